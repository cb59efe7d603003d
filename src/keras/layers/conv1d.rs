/*! Convolution of sequences with filters, and a bias. */

use super::shared::convolution::Convolution;
use crate::keras::size::Length;

/// Slides `filters` filters along each sequence: y = activation(x ∗ kernel + bias).
///
/// Input: (m, n_prev, n_c_prev). Output: (m, n, filters). Weights: kernel (f, n_c_prev / groups, filters), bias (filters).
/// Strides, dilation and groups are 1, padding is valid, there is no activation, unless set otherwise.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((5511, 101)).call();
/// let y = Conv1D::new(196, 15).strides(4).call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 1375, 196)");
/// assert_eq!(y.layer().count_params(), 15 * 101 * 196 + 196);
/// ```
pub type Conv1D = Convolution<Length>;
