/*! The largest element of each window of sequences. */

use super::shared::{
    pooling::{Pooling, Reduction, pool},
    windows::Windows,
};
use crate::{
    graph::{self, ops},
    keras::{scope::Scope, size::Length},
};

/// Replaces each window of each channel by its largest element.
///
/// Input: (m, n_prev, n_c). Output: (m, n, n_c). Without `strides`, windows do not overlap.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((10, 3)).call();
/// assert_eq!(MaxPooling1D::new(2).call(&x).shape().to_string(), "(?, 5, 3)");
/// ```
pub type MaxPooling1D = Pooling<Max>;

/// The largest element of a window.
#[derive(Debug, Clone, Copy)]
pub struct Max;

impl Reduction for Max {
    type Size = Length;

    const CLASS_NAME: &'static str = "MaxPooling1D";

    fn apply(windows: &Windows<Length>, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        pool(ops::Pooling::Max, windows, scope, x)
    }
}
