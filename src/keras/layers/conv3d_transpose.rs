/*! Transposed convolution of volumes, which makes them larger. */

use super::shared::transposed::TransposedConvolution;
use crate::keras::size::Size3D;

/// Adds each pixel of the volume, times the filters, to a volume that is larger by the strides.
///
/// Input: (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_d, n_h, n_w, filters): along each axis n_prev stride for padding same,
/// n_prev stride + max(f − stride, 0) for padding valid. Weights: kernel (f_d, f_h, f_w, filters, n_c_prev), bias (filters).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((4, 4, 4, 8)).call();
/// let y = Conv3DTranspose::new(4, 3).strides(2).padding("same").call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 8, 8, 8, 4)");
/// ```
pub type Conv3DTranspose = TransposedConvolution<Size3D>;
