/*! The mean of each window of volumes. */

use super::shared::{
    pooling::{Pooling, Reduction, pool},
    windows::Windows,
};
use crate::{
    graph::{self, ops},
    keras::{scope::Scope, size::Size3D},
};

/// Replaces each window of each channel by its mean; what padding adds does not count.
///
/// Input: (m, n_d_prev, n_h_prev, n_w_prev, n_c). Output: (m, n_d, n_h, n_w, n_c). Without `strides`, windows do not overlap.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((4, 6, 8, 3)).call();
/// assert_eq!(AveragePooling3D::new(2).call(&x).shape().to_string(), "(?, 2, 3, 4, 3)");
/// ```
pub type AveragePooling3D = Pooling<Mean>;

/// The mean of a window.
#[derive(Debug, Clone, Copy)]
pub struct Mean;

impl Reduction for Mean {
    type Size = Size3D;

    const CLASS_NAME: &'static str = "AveragePooling3D";

    fn apply(windows: &Windows<Size3D>, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        pool(ops::Pooling::Average, windows, scope, x)
    }
}
