/*! The largest element of each window of volumes. */

use super::shared::{
    pooling::{Pooling, Reduction, pool},
    windows::Windows,
};
use crate::{
    graph::{self, ops},
    keras::{scope::Scope, size::Size3D},
};

/// Replaces each window of each channel by its largest element.
///
/// Input: (m, n_d_prev, n_h_prev, n_w_prev, n_c). Output: (m, n_d, n_h, n_w, n_c). Without `strides`, windows do not overlap.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((4, 6, 8, 3)).call();
/// assert_eq!(MaxPooling3D::new(2).call(&x).shape().to_string(), "(?, 2, 3, 4, 3)");
/// ```
pub type MaxPooling3D = Pooling<Max>;

/// The largest element of a window.
#[derive(Debug, Clone, Copy)]
pub struct Max;

impl Reduction for Max {
    type Size = Size3D;

    const CLASS_NAME: &'static str = "MaxPooling3D";

    fn apply(windows: &Windows<Size3D>, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        pool(ops::Pooling::Max, windows, scope, x)
    }
}
