/*! The largest element of each channel over the whole volume. */

use super::shared::global_pooling::{GlobalPooling, GlobalReduction};
use crate::{
    graph::{self, ops},
    keras::scope::Scope,
};

/// Replaces each channel of a volume by its largest element. Input: (m, n_d, n_h, n_w, n_c). Output: (m, n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((4, 6, 8, 3)).call();
/// assert_eq!(GlobalMaxPooling3D::new().call(&x).shape().to_string(), "(?, 3)");
/// ```
pub type GlobalMaxPooling3D = GlobalPooling<GlobalMax>;

/// The largest element of a channel.
#[derive(Debug, Clone, Copy)]
pub struct GlobalMax;

impl GlobalReduction for GlobalMax {
    const RANK: usize = 3;
    const CLASS_NAME: &'static str = "GlobalMaxPooling3D";

    fn apply(scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        scope.apply(ops::GlobalMaxPool, &[x], "Max")
    }
}
