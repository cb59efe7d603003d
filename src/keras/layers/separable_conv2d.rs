/*! Convolution of images in two steps: each channel on its own, then the channels of each pixel. */

use super::shared::separable::SeparableConvolution;
use crate::keras::size::Size;

/// Slides `depth_multiplier` filters over each channel of each image, then combines the channels: fewer multiplications
/// than a convolution takes.
///
/// Input: (m, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_h, n_w, filters). Weights: depthwise_kernel (f_h, f_w, n_c_prev,
/// depth_multiplier), pointwise_kernel (1, 1, n_c_prev depth_multiplier, filters), bias (filters).
///
/// From: F. Chollet, "Xception: deep learning with depthwise separable convolutions" (2016).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((32, 32, 8)).call();
/// let y = SeparableConv2D::new(16, 3).call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 30, 30, 16)");
/// assert_eq!(y.layer().count_params(), 9 * 8 + 8 * 16 + 16);
/// ```
pub type SeparableConv2D = SeparableConvolution<Size>;
