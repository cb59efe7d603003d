/*! The mean of each window of sequences. */

use super::shared::{
    pooling::{Pooling, Reduction, pool},
    windows::Windows,
};
use crate::{
    graph::{self, ops},
    keras::{scope::Scope, size::Length},
};

/// Replaces each window of each channel by its mean; what padding adds does not count.
///
/// Input: (m, n_prev, n_c). Output: (m, n, n_c). Without `strides`, windows do not overlap.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((10, 3)).call();
/// assert_eq!(AveragePooling1D::new(2).call(&x).shape().to_string(), "(?, 5, 3)");
/// ```
pub type AveragePooling1D = Pooling<Mean>;

/// The mean of a window.
#[derive(Debug, Clone, Copy)]
pub struct Mean;

impl Reduction for Mean {
    type Size = Length;

    const CLASS_NAME: &'static str = "AveragePooling1D";

    fn apply(windows: &Windows<Length>, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        pool(ops::Pooling::Average, windows, scope, x)
    }
}
