/*! Rows and columns of zeros around each image. */

use super::{Size, only_image};
use crate::{
    graph::{self, Op, Shape, ops},
    keras::{Attributes, Layer, layer::Scope},
};

/// Adds zeros around each image. Input: (m, n_h, n_w, n_c). Output: (m, n_h + 2 rows, n_w + 2 columns, n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// assert_eq!(ZeroPadding2D::new((3, 1)).call(&x).shape().to_string(), "(?, 70, 66, 3)");
/// ```
#[derive(Debug, Clone)]
pub struct ZeroPadding2D {
    /// Rows above and as many below, columns to the left and as many to the right.
    pub padding: Size,
    attributes: Attributes,
}

attributes!(ZeroPadding2D);

impl ZeroPadding2D {
    /// `padding` rows and columns on each side.
    pub fn new(padding: impl Into<Size>) -> Self {
        ZeroPadding2D { padding: padding.into(), attributes: Attributes::default() }
    }

    fn op(&self) -> ops::ZeroPadding2d {
        let Size { rows, columns } = self.padding;
        ops::ZeroPadding2d { rows: (rows, rows), columns: (columns, columns) }
    }
}

impl Layer for ZeroPadding2D {
    fn class_name(&self) -> &'static str {
        "ZeroPadding2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[only_image(self, inputs)])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        only_image(self, &[inputs[0].shape()]);
        scope.apply(self.op(), inputs, "Pad")
    }
}
