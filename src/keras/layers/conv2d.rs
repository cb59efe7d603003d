/*! Convolution of images with filters, and a bias. */

use super::shared::{
    affine::{Affine, affine_methods},
    windows::{Windows, windows_methods},
};
use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        size::Size,
    },
};

/// Slides `filters` filters over each image: y = activation(x ∗ kernel + bias).
///
/// Input: (m, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_h, n_w, filters). Weights: kernel (f_h, f_w, n_c_prev,
/// filters), bias (filters). Strides are 1, padding is valid, there is no activation, unless set otherwise.
///
/// ```
/// use cnn::keras::{GlorotUniform, layers::*};
/// let x = Input::new((64, 64, 3)).call();
/// let conv = Conv2D::new(64, (7, 7)).strides(2).padding(Padding::Same).name("conv1");
/// let y = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 32, 32, 64)");
/// ```
#[derive(Debug, Clone)]
pub struct Conv2D {
    /// The number of filters, which is that of the output's channels.
    pub filters: usize,
    /// Size, strides and padding; the size is Keras' `kernel_size`.
    pub windows: Windows,
    /// Bias, activation and initializers.
    pub affine: Affine,
    attributes: Attributes,
}

impl Conv2D {
    /// `filters` filters of `kernel_size` rows and columns.
    pub fn new(filters: usize, kernel_size: impl Into<Size>) -> Self {
        let windows = Windows::new(kernel_size.into(), Size::from(1));
        Conv2D { filters, windows, affine: Affine::new(), attributes: Attributes::default() }
    }

    windows_methods!();
    affine_methods!();
}

impl Layer for Conv2D {
    fn class_name() -> &'static str {
        "Conv2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        self.windows.check_inputs(inputs)?;
        if self.filters > 0 { Ok(()) } else { Err(Mismatch::new("at least one filter", "0")) }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let (f_h, f_w) = self.windows.size.pair();
        let n_c_prev = inputs[0].last().expect("channels are known");
        self.affine.build(&[f_h, f_w, n_c_prev, self.filters], scope);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.windows.output_shape(&inputs[0], self.filters)
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let op = ops::Conv2d { strides: self.windows.strides.pair(), padding: self.windows.padding };
        self.affine.forward(scope, (op, "convolution"), inputs[0])
    }

    fn config(&self) -> Config {
        let config = Config::new().set("filters", self.filters);
        let config = self.windows.add_to(config, "kernel_size").set("dilation_rate", Size::from(1));
        self.affine.add_to(config)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("dilation_rate", Size::from(1))?;
        config.only("groups", 1_usize)?;
        Ok(Conv2D {
            filters: config.positive("filters")?,
            windows: Windows::from_config(config, config.get("kernel_size")?, |_| Size::from(1))?,
            affine: Affine::from_config(config)?,
            attributes: Attributes::default(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keras::layers::Padding;

    #[track_caller]
    fn check(layer: Conv2D, n_prev: usize, expected: &str) {
        let x = Shape::from([None, Some(n_prev), Some(n_prev), Some(3)]);
        assert_eq!(layer.output_shape(&[x]).to_string(), expected);
    }

    #[test]
    fn output_shapes() {
        check(Conv2D::new(64, (7, 7)).strides(2), 70, "(?, 32, 32, 64)");
        check(Conv2D::new(8, (4, 4)).padding(Padding::Same), 64, "(?, 64, 64, 8)");
        check(Conv2D::new(8, 3).strides((1, 2)).padding(Padding::Same), 7, "(?, 7, 4, 8)");
        check(Conv2D::new(32, (7, 7)), 70, "(?, 64, 64, 32)");
    }
}
