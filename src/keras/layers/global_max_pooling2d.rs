/*! The largest element of each channel over the whole image. */

use super::shared::global_pooling::{GlobalPooling, GlobalReduction};
use crate::{
    graph::{self, ops},
    keras::scope::Scope,
};

/// Replaces each channel of an image by its largest element. Input: (m, n_h, n_w, n_c). Output: (m, n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((7, 7, 512)).call();
/// assert_eq!(GlobalMaxPooling2D::new().call(&x).shape().to_string(), "(?, 512)");
/// ```
pub type GlobalMaxPooling2D = GlobalPooling<GlobalMax>;

/// The largest element of a channel.
#[derive(Debug, Clone, Copy)]
pub struct GlobalMax;

impl GlobalReduction for GlobalMax {
    const RANK: usize = 2;
    const CLASS_NAME: &'static str = "GlobalMaxPooling2D";

    fn apply(scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        scope.apply(ops::GlobalMaxPool, &[x], "Max")
    }
}
