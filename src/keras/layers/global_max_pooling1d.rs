/*! The largest element of each channel over the whole sequence. */

use super::shared::global_pooling::{GlobalPooling, GlobalReduction};
use crate::{
    graph::{self, ops},
    keras::scope::Scope,
};

/// Replaces each channel of a sequence by its largest element. Input: (m, n, n_c). Output: (m, n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((10, 3)).call();
/// assert_eq!(GlobalMaxPooling1D::new().call(&x).shape().to_string(), "(?, 3)");
/// ```
pub type GlobalMaxPooling1D = GlobalPooling<GlobalMax>;

/// The largest element of a channel.
#[derive(Debug, Clone, Copy)]
pub struct GlobalMax;

impl GlobalReduction for GlobalMax {
    const RANK: usize = 1;
    const CLASS_NAME: &'static str = "GlobalMaxPooling1D";

    fn apply(scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        scope.apply(ops::GlobalMaxPool, &[x], "Max")
    }
}
