/*! The largest of several tensors, element by element. */

use super::shared::merging::{Merging, MergingRule};
use crate::{
    graph::{self, ops::Binary},
    keras::scope::Scope,
};

/// The largest element of tensors of one shape, position by position.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(8).call();
/// let y = Dense::new(8).call(&x);
/// assert_eq!(Maximum::new().call([&x, &y]).shape(), x.shape());
/// ```
pub type Maximum = Merging<Largest>;

/// The largest element.
#[derive(Debug, Clone, Copy)]
pub struct Largest;

impl MergingRule for Largest {
    const CLASS_NAME: &'static str = "Maximum";

    fn apply(scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let first = scope.apply(Binary::Maximum, &inputs[..2], "maximum");
        inputs[2..].iter().fold(first, |y, x| scope.apply(Binary::Maximum, &[&y, x], "maximum"))
    }
}
