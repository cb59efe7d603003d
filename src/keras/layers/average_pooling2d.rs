/*! The mean of each window. */

use super::{Size, only_image_with_room};
use crate::{
    graph::{self, Op, Padding, Shape, ops},
    keras::{Attributes, Layer, layer::Scope},
};

/// Replaces each window of each channel by its mean; padded cells do not count.
///
/// Input: (m, n_h_prev, n_w_prev, n_c). Output: (m, n_h, n_w, n_c). Windows lie side by side, unless strides are set.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// assert_eq!(AveragePooling2D::new(2).call(&x).shape().to_string(), "(?, 32, 32, 3)");
/// ```
#[derive(Debug, Clone)]
pub struct AveragePooling2D {
    /// Rows and columns of a window.
    pub pool_size: Size,
    /// Rows and columns between two windows.
    pub strides: Size,
    /// What happens at the border.
    pub padding: Padding,
    attributes: Attributes,
}

attributes!(AveragePooling2D);

impl AveragePooling2D {
    /// Windows of `pool_size` rows and columns, side by side, inside the image.
    pub fn new(pool_size: impl Into<Size>) -> Self {
        let pool_size = pool_size.into();
        AveragePooling2D { pool_size, strides: pool_size, padding: Padding::Valid, attributes: Attributes::default() }
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

    fn windows(&self) -> (Size, Size, Padding) {
        (self.pool_size, self.strides, self.padding)
    }

    fn op(&self) -> ops::AveragePool {
        ops::AveragePool { window: self.pool_size.pair(), strides: self.strides.pair(), padding: self.padding }
    }
}

impl Layer for AveragePooling2D {
    fn class_name(&self) -> &'static str {
        "AveragePooling2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[only_image_with_room(self, inputs, self.windows())])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        only_image_with_room(self, &inputs.iter().map(|x| x.shape()).collect::<Vec<_>>(), self.windows());
        scope.apply(self.op(), inputs, "AvgPool")
    }
}
