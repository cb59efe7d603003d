/*! Depthwise convolution followed by one of single pixels, over one or two axes: everything but the documentation. */

use super::{
    affine::{Affine, affine_methods},
    convolution,
    depthwise::{check_multiplier, convolve, kernel_shape},
    windows::{Windows, dilation_method, windows_methods},
};
use crate::{
    graph::{self, Padding, Shape},
    keras::{
        config::Config,
        initializers::{GlorotUniform, Initializer},
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        regularizers::Regularizer,
        scope::Scope,
        size::Extent,
    },
};

/// Slides `depth_multiplier` filters over each channel, then combines the channels of each pixel.
#[derive(Debug, Clone)]
pub struct SeparableConvolution<S> {
    /// The number of the output's channels.
    pub filters: usize,
    /// Filters for each channel.
    pub depth_multiplier: usize,
    /// Size, strides, dilation and padding of the depthwise filters; the size is Keras' `kernel_size`.
    pub windows: Windows<S>,
    /// The depthwise filters' initial values.
    pub depthwise_initializer: Initializer,
    /// The penalty of the depthwise filters in the loss.
    pub depthwise_regularizer: Option<Regularizer>,
    /// Bias and activation; its kernel is the pointwise one.
    pub affine: Affine,
    attributes: Attributes,
}

impl<S: Extent> SeparableConvolution<S> {
    /// `filters` channels of the output, and one filter of this size for each channel of the input.
    pub fn new(filters: usize, kernel_size: impl Into<S>) -> Self {
        SeparableConvolution {
            filters,
            depth_multiplier: 1,
            windows: Windows::new(kernel_size.into(), S::from(1)),
            depthwise_initializer: GlorotUniform::default().into(),
            depthwise_regularizer: None,
            affine: Affine::new(),
            attributes: Attributes::default(),
        }
    }

    windows_methods!(S);
    dilation_method!(S);
    affine_methods!(output);

    /// Filters for each channel.
    #[must_use]
    pub fn depth_multiplier(mut self, depth_multiplier: usize) -> Self {
        self.depth_multiplier = depth_multiplier;
        self
    }

    /// The depthwise filters' initial values: an initializer, or its name.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[must_use]
    #[track_caller]
    pub fn depthwise_initializer(mut self, initializer: impl TryInto<Initializer, Error: std::fmt::Display>) -> Self {
        self.depthwise_initializer = crate::keras::names::parsed(initializer);
        self
    }

    /// The pointwise filters' initial values: an initializer, or its name.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[must_use]
    #[track_caller]
    pub fn pointwise_initializer(mut self, initializer: impl TryInto<Initializer, Error: std::fmt::Display>) -> Self {
        self.affine.kernel_initializer = crate::keras::names::parsed(initializer);
        self
    }
}

impl<S: Extent> Layer for SeparableConvolution<S> {
    fn class_name() -> &'static str {
        ["SeparableConv1D", "SeparableConv2D"][S::RANK - 1]
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        self.windows.check_inputs(inputs)?;
        check_multiplier(self.depth_multiplier)?;
        if self.filters > 0 { Ok(()) } else { Err(Mismatch::new("at least one filter", "0")) }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let depthwise = kernel_shape(&self.windows, &inputs[0], self.depth_multiplier);
        scope.add_weight("depthwise_kernel", &depthwise, &self.depthwise_initializer);
        scope.regularize("depthwise_kernel", self.depthwise_regularizer);
        let channels = depthwise[S::RANK] * self.depth_multiplier;
        let pointwise = [&vec![1; S::RANK][..], &[channels, self.filters]].concat();
        self.affine.build_kernel("pointwise_kernel", &pointwise, scope);
        self.affine.build_bias(self.filters, scope);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.windows.output_shape(&inputs[0], self.filters)
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let z = convolve(scope, &self.windows, inputs[0]);
        let (kernel, one) = (scope.weight("pointwise_kernel"), S::from(1));
        let z = convolution::convolve(scope, &z, kernel, one, one, Padding::Valid, 1);
        self.affine.finish(scope, z)
    }

    fn config(&self) -> Config {
        let config = self.windows.add_to(Config::new().set("filters", self.filters), "kernel_size");
        let config = config.set("dilation_rate", self.windows.dilation_rate);
        let config = config
            .set("depth_multiplier", self.depth_multiplier)
            .set("depthwise_initializer", self.depthwise_initializer.clone())
            .set("depthwise_regularizer", self.depthwise_regularizer);
        self.affine.add_to_as("pointwise", config)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        // Of the convolution that the class of Keras is derived from.
        config.only("groups", 1_usize)?;
        for name in ["kernel_initializer", "kernel_regularizer", "kernel_constraint"] {
            config.ignore(name);
        }
        Ok(SeparableConvolution {
            filters: config.positive("filters")?,
            depth_multiplier: config.get_or("depth_multiplier", 1)?,
            windows: Windows::of_convolution(config)?,
            depthwise_initializer: config.initializer("depthwise_initializer", GlorotUniform::default()),
            depthwise_regularizer: config.get_or("depthwise_regularizer", None)?,
            affine: Affine::from_config_as("pointwise", config)?,
            attributes: Attributes::default(),
        })
    }
}
