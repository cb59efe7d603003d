/*! Tensors side by side. */

use super::label;
use crate::{
    graph::{self, Op, Shape, ops},
    keras::{Attributes, Layer, layer::Scope},
};

/// Lays tensors side by side along one axis; they agree in all others.
///
/// The last axis, unless another one is set.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// let y = Conv2D::new(5, (1, 1)).call(&x);
/// assert_eq!(Concatenate::new().call([&x, &y]).shape().to_string(), "(?, 8, 8, 8)");
/// ```
#[derive(Debug, Clone)]
pub struct Concatenate {
    /// The axis along which they lie side by side; negative numbers count from the end.
    pub axis: isize,
    attributes: Attributes,
}

attributes!(Concatenate);

impl Concatenate {
    /// Along the last axis: the channels of images.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        Concatenate { axis: -1, attributes: Attributes::default() }
    }

    /// Along this axis; negative numbers count from the end.
    pub fn axis(mut self, axis: isize) -> Self {
        self.axis = axis;
        self
    }

    fn op(&self, x: &Shape) -> ops::Concat {
        let rank = x.rank() as isize;
        let axis = if self.axis < 0 { self.axis + rank } else { self.axis };
        assert!(
            (1..rank).contains(&axis),
            "{}: expected an axis from 1 to {} of tensors of shape {x}, got {}\nhelp: axis 0 counts examples; negative \
             numbers count from the end",
            label(self),
            rank - 1,
            self.axis
        );
        ops::Concat { axis: axis as usize }
    }
}

impl Layer for Concatenate {
    fn class_name(&self) -> &'static str {
        "Concatenate"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op(&inputs[0]).output_shape(&inputs.iter().collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(self.op(&inputs[0].shape()), inputs, "concat")
    }
}
