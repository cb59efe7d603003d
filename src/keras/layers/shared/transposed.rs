/*! Transposed convolution over one, two or three axes: everything but the documentation. */

use super::{
    affine::{Affine, affine_methods},
    windows::{Windows, dilation_method, windows_methods},
};
use crate::{
    graph::{self, Op, Shape, ops},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        size::Extent,
    },
};

/// Adds each pixel, times the filters, to the output, which is larger by the strides.
#[derive(Debug, Clone)]
pub struct TransposedConvolution<S> {
    /// The number of the output's channels.
    pub filters: usize,
    /// Size, strides, dilation and padding; the size is Keras' `kernel_size`.
    pub windows: Windows<S>,
    /// Bias, activation and initializers.
    pub affine: Affine,
    attributes: Attributes,
}

impl<S: Extent> TransposedConvolution<S> {
    /// `filters` filters of this size.
    pub fn new(filters: usize, kernel_size: impl Into<S>) -> Self {
        let windows = Windows::new(kernel_size.into(), S::from(1));
        TransposedConvolution { filters, windows, affine: Affine::new(), attributes: Attributes::default() }
    }

    windows_methods!(S);
    dilation_method!(S);
    affine_methods!();

    fn op(&self) -> ops::ConvTranspose {
        let Windows { strides, dilation_rate, padding, .. } = self.windows;
        ops::ConvTranspose::new(&strides.numbers(), padding).dilations(&dilation_rate.numbers())
    }

    fn kernel_shape(&self, x: &Shape) -> Vec<usize> {
        let n_c_prev = x.last().expect("channels are known");
        [&self.windows.size.numbers()[..], &[self.filters, n_c_prev]].concat()
    }
}

impl<S: Extent> Layer for TransposedConvolution<S> {
    fn class_name() -> &'static str {
        ["Conv1DTranspose", "Conv2DTranspose", "Conv3DTranspose"][S::RANK - 1]
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        inputs::spatial(inputs, S::RANK)?;
        self.windows.check_sizes()?;
        if self.filters > 0 { Ok(()) } else { Err(Mismatch::new("at least one filter", "0")) }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        self.affine.build_kernel("kernel", &self.kernel_shape(&inputs[0]), scope);
        self.affine.build_bias(self.filters, scope);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[&inputs[0], &Shape::known(&self.kernel_shape(&inputs[0]))])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        self.affine.forward(scope, (self.op(), "conv_transpose"), inputs[0])
    }

    fn config(&self) -> Config {
        let config = self.windows.add_to(Config::new().set("filters", self.filters), "kernel_size");
        self.affine.add_to(config.set("dilation_rate", self.windows.dilation_rate))
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("groups", 1_usize)?;
        Ok(TransposedConvolution {
            filters: config.positive("filters")?,
            windows: Windows::of_convolution(config)?,
            affine: Affine::from_config(config)?,
            attributes: Attributes::default(),
        })
    }
}
