/*! The mean of each window. */

use super::shared::{
    pooling::{Pooling, Reduction},
    windows::Windows,
};
use crate::{
    graph::{self, ops},
    keras::{scope::Scope, size::Size},
};

/// Replaces each window of each channel by its mean; what padding adds does not count.
///
/// Input: (m, n_h_prev, n_w_prev, n_c). Output: (m, n_h, n_w, n_c). Without `strides`, windows do not overlap.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// assert_eq!(AveragePooling2D::new(2).call(&x).shape().to_string(), "(?, 32, 32, 3)");
/// ```
pub type AveragePooling2D = Pooling<Mean>;

/// The mean of a window.
#[derive(Debug, Clone, Copy)]
pub struct Mean;

impl Reduction for Mean {
    type Size = Size;

    const CLASS_NAME: &'static str = "AveragePooling2D";

    fn apply(windows: &Windows, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        let Windows { size, strides, padding, .. } = *windows;
        scope.apply(ops::AveragePool { window: size.pair(), strides: strides.pair(), padding }, &[x], "AvgPool")
    }
}
