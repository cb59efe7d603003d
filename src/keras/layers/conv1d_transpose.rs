/*! Transposed convolution of sequences, which makes them larger. */

use super::shared::transposed::TransposedConvolution;
use crate::keras::size::Length;

/// Adds each entry of the sequence, times the filters, to a sequence that is larger by the strides.
///
/// Input: (m, n_prev, n_c_prev). Output: (m, n, filters): along each axis n_prev stride for padding same,
/// n_prev stride + max(f − stride, 0) for padding valid. Weights: kernel (f, filters, n_c_prev), bias (filters).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((100, 8)).call();
/// let y = Conv1DTranspose::new(4, 3).strides(2).padding("same").call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 200, 4)");
/// ```
pub type Conv1DTranspose = TransposedConvolution<Length>;
