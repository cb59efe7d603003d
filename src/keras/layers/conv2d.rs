/*! Convolution of images with filters, and a bias. */

use super::{Size, label, only_image_with_room};
use crate::{
    graph::{self, Op, Padding, Shape, ops},
    keras::{Attributes, GlorotUniform, Initializer, Layer, activations::Function, layer::Scope},
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
    /// How many filters, which is how many channels come out.
    pub filters: usize,
    /// Rows and columns of a filter.
    pub kernel_size: Size,
    /// Rows and columns between two windows.
    pub strides: Size,
    /// What happens at the border.
    pub padding: Padding,
    /// What is applied at the end.
    pub activation: Function,
    /// Whether a bias is added.
    pub use_bias: bool,
    /// Where the kernel begins.
    pub kernel_initializer: Initializer,
    /// Where the bias begins.
    pub bias_initializer: Initializer,
    attributes: Attributes,
}

attributes!(Conv2D);

impl Conv2D {
    /// `filters` filters of `kernel_size` rows and columns.
    pub fn new(filters: usize, kernel_size: impl Into<Size>) -> Self {
        Conv2D {
            filters,
            kernel_size: kernel_size.into(),
            strides: Size::from(1),
            padding: Padding::Valid,
            activation: Function::Linear,
            use_bias: true,
            kernel_initializer: GlorotUniform::default().into(),
            bias_initializer: Initializer::Zeros,
            attributes: Attributes::default(),
        }
    }

    /// Rows and columns between two windows.
    pub fn strides(mut self, strides: impl Into<Size>) -> Self {
        self.strides = strides.into();
        self
    }

    /// What happens at the border: `Padding::Same` or `"same"`, `Padding::Valid` or `"valid"`.
    ///
    /// # Panics
    /// If there is no padding of such a name.
    #[track_caller]
    pub fn padding(mut self, padding: impl Into<Padding>) -> Self {
        self.padding = padding.into();
        self
    }

    /// What is applied at the end, such as `"relu"`.
    pub fn activation(mut self, activation: impl Into<Function>) -> Self {
        self.activation = activation.into();
        self
    }

    /// Whether a bias is added.
    pub fn use_bias(mut self, use_bias: bool) -> Self {
        self.use_bias = use_bias;
        self
    }

    /// Where the kernel begins: an initializer such as `GlorotUniform::seed(0)`, or its name, such as `"he_uniform"`.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[track_caller]
    pub fn kernel_initializer(mut self, initializer: impl Into<Initializer>) -> Self {
        self.kernel_initializer = initializer.into();
        self
    }

    /// Where the bias begins: an initializer such as `GlorotUniform::seed(0)`, or its name, such as `"ones"`.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[track_caller]
    pub fn bias_initializer(mut self, initializer: impl Into<Initializer>) -> Self {
        self.bias_initializer = initializer.into();
        self
    }

    fn op(&self) -> ops::Conv2d {
        ops::Conv2d { strides: self.strides.pair(), padding: self.padding }
    }

    /// (f_h, f_w, n_c_prev, filters).
    fn kernel_shape(&self, inputs: &[Shape]) -> [usize; 4] {
        let windows = (self.kernel_size, self.strides, self.padding);
        let n_c_prev = only_image_with_room(self, inputs, windows).last().expect("channels are known");
        assert!(self.filters > 0, "{}: expected at least one filter, got 0", label(self));
        [self.kernel_size.rows, self.kernel_size.columns, n_c_prev, self.filters]
    }
}

impl Layer for Conv2D {
    fn class_name(&self) -> &'static str {
        "Conv2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        scope.add_weight("kernel", &self.kernel_shape(inputs), &self.kernel_initializer);
        if self.use_bias {
            scope.add_weight("bias", &[self.filters], &self.bias_initializer);
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[&inputs[0], &Shape::from(self.kernel_shape(inputs))])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let mut z = scope.apply(self.op(), &[inputs[0], scope.weight("kernel")], "convolution");
        if self.use_bias {
            z = scope.apply(ops::BiasAdd, &[&z, scope.weight("bias")], "BiasAdd");
        }
        self.activation.apply(scope, &z)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
