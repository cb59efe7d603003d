/*! Transposed convolution of images, which makes them larger. */

use super::shared::transposed::TransposedConvolution;
use crate::keras::size::Size;

/// Adds each pixel of the image, times the filters, to a image that is larger by the strides.
///
/// Input: (m, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_h, n_w, filters): along each axis n_prev stride for padding same,
/// n_prev stride + max(f − stride, 0) for padding valid. Weights: kernel (f_h, f_w, filters, n_c_prev), bias (filters).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 16)).call();
/// let y = Conv2DTranspose::new(4, 3).strides(2).padding("same").call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 16, 16, 4)");
/// ```
pub type Conv2DTranspose = TransposedConvolution<Size>;
