/*! Convolution of each channel with filters of its own, over one or two axes: everything but the documentation. */

use super::{
    affine::{Affine, affine_methods},
    windows::{Windows, dilation_method, windows_methods},
};
use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        initializers::Initializer,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        regularizers::Regularizer,
        scope::Scope,
        size::Extent,
    },
};

/// Slides `depth_multiplier` filters over each channel.
#[derive(Debug, Clone)]
pub struct DepthwiseConvolution<S> {
    /// Filters for each channel.
    pub depth_multiplier: usize,
    /// Size, strides, dilation and padding; the size is Keras' `kernel_size`.
    pub windows: Windows<S>,
    /// Bias, activation and initializers.
    pub affine: Affine,
    attributes: Attributes,
}

impl<S: Extent> DepthwiseConvolution<S> {
    /// One filter of this size for each channel.
    pub fn new(kernel_size: impl Into<S>) -> Self {
        let windows = Windows::new(kernel_size.into(), S::from(1));
        DepthwiseConvolution { depth_multiplier: 1, windows, affine: Affine::new(), attributes: Attributes::default() }
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

    /// The filters' initial values: an initializer, or its name.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[must_use]
    #[track_caller]
    pub fn depthwise_initializer(mut self, initializer: impl TryInto<Initializer, Error: std::fmt::Display>) -> Self {
        self.affine.kernel_initializer = crate::keras::names::parsed(initializer);
        self
    }

    /// The penalty of the filters in the loss: a regularizer, or its name.
    ///
    /// # Panics
    /// If there is no regularizer of such a name.
    #[must_use]
    #[track_caller]
    pub fn depthwise_regularizer(mut self, regularizer: impl TryInto<Regularizer, Error: std::fmt::Display>) -> Self {
        self.affine.kernel_regularizer = Some(crate::keras::names::parsed(regularizer));
        self
    }
}

/// Adds the depthwise convolution of `windows` to the graph.
pub(super) fn convolve<S: Extent>(scope: &Scope<'_>, windows: &Windows<S>, x: &graph::Tensor) -> graph::Tensor {
    let op = ops::DepthwiseConv::new(&windows.strides.numbers(), windows.padding);
    let op = op.dilations(&windows.dilation_rate.numbers());
    scope.apply(op, &[x, scope.weight("depthwise_kernel")], "depthwise")
}

/// The shape of the filters.
pub(super) fn kernel_shape<S: Extent>(windows: &Windows<S>, x: &Shape, depth_multiplier: usize) -> Vec<usize> {
    let n_c = x.last().expect("channels are known");
    [&windows.size.numbers()[..], &[n_c, depth_multiplier]].concat()
}

/// Requires at least one filter for each channel.
pub(super) fn check_multiplier(depth_multiplier: usize) -> Result<(), Mismatch> {
    if depth_multiplier > 0 { Ok(()) } else { Err(Mismatch::new("depth_multiplier of at least 1", "0")) }
}

impl<S: Extent> Layer for DepthwiseConvolution<S> {
    fn class_name() -> &'static str {
        ["DepthwiseConv1D", "DepthwiseConv2D"][S::RANK - 1]
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        self.windows.check_inputs(inputs)?;
        check_multiplier(self.depth_multiplier)
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let shape = kernel_shape(&self.windows, &inputs[0], self.depth_multiplier);
        let outputs = shape[shape.len() - 2] * self.depth_multiplier;
        self.affine.build_kernel("depthwise_kernel", &shape, scope);
        self.affine.build_bias(outputs, scope);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        let n_c = inputs[0].last().expect("channels are known");
        self.windows.output_shape(&inputs[0], n_c * self.depth_multiplier)
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        self.affine.finish(scope, convolve(scope, &self.windows, inputs[0]))
    }

    fn config(&self) -> Config {
        let config = self.windows.add_to(Config::new(), "kernel_size");
        let config = config.set("dilation_rate", self.windows.dilation_rate);
        self.affine.add_to_as("depthwise", config.set("depth_multiplier", self.depth_multiplier))
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        // Of the convolution that the class of Keras is derived from.
        config.only("groups", 1_usize)?;
        for name in ["kernel_initializer", "kernel_regularizer", "kernel_constraint"] {
            config.ignore(name);
        }
        Ok(DepthwiseConvolution {
            depth_multiplier: config.get_or("depth_multiplier", 1)?,
            windows: Windows::of_convolution(config)?,
            affine: Affine::from_config_as("depthwise", config)?,
            attributes: Attributes::default(),
        })
    }
}
