/*! One row per example. */

use super::only;
use crate::{
    graph::{self, Op, Shape, ops},
    keras::{Attributes, Layer, layer::Scope},
};

/// Lays the numbers of each example in one row. Input: (m, n_h, n_w, n_c). Output: (m, n_h n_w n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((2, 2, 2048)).call();
/// assert_eq!(Flatten::new().call(&x).shape().to_string(), "(?, 8192)");
/// ```
#[derive(Debug, Clone)]
pub struct Flatten {
    attributes: Attributes,
}

attributes!(Flatten);

impl Flatten {
    /// One row per example.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        Flatten { attributes: Attributes::default() }
    }
}

impl Layer for Flatten {
    fn class_name(&self) -> &'static str {
        "Flatten"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        let x = only(self, inputs);
        ops::Reshape::flatten(x).output_shape(&[x])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(ops::Reshape::flatten(only(self, &[inputs[0].shape()])), inputs, "Reshape")
    }
}
