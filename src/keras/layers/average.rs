/*! The mean of several tensors. */

use super::shared::merging::{Merging, MergingRule};
use crate::{
    graph::{
        self,
        ops::{self, Unary},
    },
    keras::scope::Scope,
};

/// The mean of tensors of one shape, element by element.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(8).call();
/// let y = Dense::new(8).call(&x);
/// assert_eq!(Average::new().call([&x, &y]).shape(), x.shape());
/// ```
pub type Average = Merging<Mean>;

/// The mean.
#[derive(Debug, Clone, Copy)]
pub struct Mean;

impl MergingRule for Mean {
    const CLASS_NAME: &'static str = "Average";

    fn apply(scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let sum = scope.apply(ops::Add, inputs, "add");
        let scale = 1.0 / inputs.len() as f32;
        scope.apply(Unary::Rescale { scale, offset: 0.0 }, &[&sum], "mean")
    }
}
