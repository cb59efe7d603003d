/*! The sum of several tensors: where a shortcut meets the main path. */

use super::label;
use crate::{
    graph::{self, Op, Shape, ops},
    keras::{Attributes, Layer, layer::Scope},
};

/// Adds tensors of one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let x_shortcut = Input::new((4, 4, 8)).call();
/// let x = Conv2D::new(8, (1, 1)).call(&x_shortcut);
/// let x = Add::new().call([&x, &x_shortcut]);
/// assert_eq!(x.shape().to_string(), "(?, 4, 4, 8)");
/// ```
#[derive(Debug, Clone)]
pub struct Add {
    attributes: Attributes,
}

attributes!(Add);

impl Add {
    /// The sum of the tensors that it is called on.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        Add { attributes: Attributes::default() }
    }
}

impl Layer for Add {
    fn class_name(&self) -> &'static str {
        "Add"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        ops::Add.output_shape(&inputs.iter().collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        assert!(
            inputs.len() > 1,
            "{}: expected at least two tensors, got {}\nhelp: as in Add::new().call([&x, &x_shortcut])",
            label(self),
            inputs.len()
        );
        let first = inputs[0].shape();
        for other in inputs[1..].iter().map(|x| x.shape()) {
            assert!(
                first.merge(&other).is_some(),
                "{}: expected tensors of one shape, got {first} and {other}\nhelp: a Conv2D on the shortcut, with as many \
                 filters and the same strides as the main path has, gives it the same shape",
                label(self)
            );
        }
        scope.apply(ops::Add, inputs, "add")
    }
}
