/*! Convolution with filters over one, two or three axes: everything but the documentation. */

use super::{
    affine::{Affine, affine_methods},
    windows::{Windows, dilation_method, windows_methods},
};
use crate::{
    graph::{self, Padding, Shape, ops},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        size::Extent,
    },
};

/// Slides filters over sequences, images or volumes: y = activation(x ∗ kernel + bias).
#[derive(Debug, Clone)]
pub struct Convolution<S> {
    /// The number of filters, which is that of the output's channels.
    pub filters: usize,
    /// Size, strides, dilation and padding; the size is Keras' `kernel_size`.
    pub windows: Windows<S>,
    /// The parts that the channels are cut into: each part of the output reads its part of the input.
    pub groups: usize,
    /// Bias, activation and initializers.
    pub affine: Affine,
    attributes: Attributes,
}

impl<S: Extent> Convolution<S> {
    /// `filters` filters of this size.
    pub fn new(filters: usize, kernel_size: impl Into<S>) -> Self {
        let windows = Windows::new(kernel_size.into(), S::from(1));
        Convolution { filters, windows, groups: 1, affine: Affine::new(), attributes: Attributes::default() }
    }

    windows_methods!(S);
    dilation_method!(S);
    affine_methods!();

    /// Cuts the channels of input and output into so many parts, each of which is convolved on its own.
    #[must_use]
    pub fn groups(mut self, groups: usize) -> Self {
        self.groups = groups;
        self
    }
}

impl<S: Extent> Layer for Convolution<S> {
    fn class_name() -> &'static str {
        ["Conv1D", "Conv2D", "Conv3D"][S::RANK - 1]
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let (_, n_c_prev) = self.windows.check_inputs(inputs)?;
        let groups = self.groups;
        if self.filters == 0 {
            return Err(Mismatch::new("at least one filter", "0"));
        }
        if groups == 0 || !n_c_prev.is_multiple_of(groups) || !self.filters.is_multiple_of(groups) {
            let expected = format!("groups that divide {n_c_prev} channels and {} filters evenly", self.filters);
            return Err(Mismatch::new(expected, format!("groups = {groups}")));
        }
        Ok(())
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let n_c_prev = inputs[0].last().expect("channels are known");
        let channels = [n_c_prev / self.groups, self.filters];
        self.affine.build(&[&self.windows.size.numbers()[..], &channels].concat(), scope);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.windows.output_shape(&inputs[0], self.filters)
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let Windows { strides, dilation_rate, padding, .. } = self.windows;
        let kernel = scope.weight("kernel");
        let z = convolve(scope, inputs[0], kernel, strides, dilation_rate, padding, self.groups);
        self.affine.finish(scope, z)
    }

    fn config(&self) -> Config {
        let config = Config::new().set("filters", self.filters);
        let config = self.windows.add_to(config, "kernel_size").set("dilation_rate", self.windows.dilation_rate);
        // The older versions know no groups.
        let config = if self.groups == 1 { config } else { config.set("groups", self.groups) };
        self.affine.add_to(config)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(Convolution {
            filters: config.positive("filters")?,
            windows: Windows::of_convolution(config)?,
            groups: config.get_or("groups", 1)?,
            affine: Affine::from_config(config)?,
            attributes: Attributes::default(),
        })
    }
}

/// Adds the convolution to the graph; for images without dilation and groups the operation that is fused with pooling.
pub(super) fn convolve<S: Extent>(
    scope: &Scope<'_>,
    x: &graph::Tensor,
    kernel: &graph::Tensor,
    strides: S,
    dilation_rate: S,
    padding: Padding,
    groups: usize,
) -> graph::Tensor {
    let inputs = [x, kernel];
    match strides.numbers()[..] {
        [rows, columns] if dilation_rate == S::from(1) && groups == 1 => {
            scope.apply(ops::Conv2d { strides: (rows, columns), padding }, &inputs, "convolution")
        }
        ref strides => {
            let op = ops::Conv::new(strides, padding).dilations(&dilation_rate.numbers()).groups(groups);
            scope.apply(op, &inputs, "convolution")
        }
    }
}
