/*! The mean of each channel over the whole image. */

use super::only_image;
use crate::{
    graph::{self, Shape, ops},
    keras::{Attributes, Layer, layer::Scope},
};

/// Replaces each channel of an image by its mean. Input: (m, n_h, n_w, n_c). Output: (m, n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((7, 7, 512)).call();
/// assert_eq!(GlobalAveragePooling2D::new().call(&x).shape().to_string(), "(?, 512)");
/// ```
#[derive(Debug, Clone)]
pub struct GlobalAveragePooling2D {
    attributes: Attributes,
}

attributes!(GlobalAveragePooling2D);

impl GlobalAveragePooling2D {
    /// One number per channel.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        GlobalAveragePooling2D { attributes: Attributes::default() }
    }
}

impl Layer for GlobalAveragePooling2D {
    fn class_name(&self) -> &'static str {
        "GlobalAveragePooling2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        let x = only_image(self, inputs);
        Shape::from([x.dim(0), x.last()])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        only_image(self, &[inputs[0].shape()]);
        scope.apply(ops::GlobalAveragePool, inputs, "Mean")
    }
}
