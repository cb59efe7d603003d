/*! The smallest of several tensors, element by element. */

use super::shared::merging::{Merging, MergingRule};
use crate::{
    graph::{self, ops::Binary},
    keras::scope::Scope,
};

/// The smallest element of tensors of one shape, position by position.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(8).call();
/// let y = Dense::new(8).call(&x);
/// assert_eq!(Minimum::new().call([&x, &y]).shape(), x.shape());
/// ```
pub type Minimum = Merging<Smallest>;

/// The smallest element.
#[derive(Debug, Clone, Copy)]
pub struct Smallest;

impl MergingRule for Smallest {
    const CLASS_NAME: &'static str = "Minimum";

    fn apply(scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let first = scope.apply(Binary::Minimum, &inputs[..2], "minimum");
        inputs[2..].iter().fold(first, |y, x| scope.apply(Binary::Minimum, &[&y, x], "minimum"))
    }
}
