/*! The largest element of each window. */

use super::shared::{
    pooling::{Pooling, Reduction},
    windows::Windows,
};
use crate::{
    graph::{self, ops},
    keras::{scope::Scope, size::Size},
};

/// Replaces each window of each channel by its largest element.
///
/// Input: (m, n_h_prev, n_w_prev, n_c). Output: (m, n_h, n_w, n_c). Without `strides`, windows do not overlap.
///
/// With padding valid, n_h = ⌊(n_h_prev − f_h) / stride⌋ + 1; with padding same, n_h = ⌈n_h_prev / stride⌉, and what is
/// outside of the image does not count.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((15, 15, 8)).call();
/// assert_eq!(MaxPooling2D::new(3).strides(2).call(&x).shape().to_string(), "(?, 7, 7, 8)");
/// assert_eq!(MaxPooling2D::new(3).strides(2).padding(Padding::Same).call(&x).shape().to_string(), "(?, 8, 8, 8)");
/// ```
pub type MaxPooling2D = Pooling<Max>;

/// The largest element of a window.
#[derive(Debug, Clone, Copy)]
pub struct Max;

impl Reduction for Max {
    type Size = Size;

    const CLASS_NAME: &'static str = "MaxPooling2D";

    fn apply(windows: &Windows, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor {
        let Windows { size, strides, padding, .. } = *windows;
        scope.apply(ops::MaxPool { window: size.pair(), strides: strides.pair(), padding }, &[x], "MaxPool")
    }
}
