/*! The difference of two tensors. */

use super::shared::merging::{Merging, MergingRule};
use crate::{
    graph::{self, ops::Binary},
    keras::scope::Scope,
};

/// Subtracts the second tensor from the first.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(8).call();
/// let y = Dense::new(8).call(&x);
/// assert_eq!(Subtract::new().call([&x, &y]).shape(), x.shape());
/// ```
pub type Subtract = Merging<Difference>;

/// The difference.
#[derive(Debug, Clone, Copy)]
pub struct Difference;

impl MergingRule for Difference {
    const CLASS_NAME: &'static str = "Subtract";
    const COUNT: Option<usize> = Some(2);

    fn apply(scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(Binary::Subtract, inputs, "sub")
    }
}
