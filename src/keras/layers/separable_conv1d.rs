/*! Convolution of sequences in two steps: each channel on its own, then the channels of each step. */

use super::shared::separable::SeparableConvolution;
use crate::keras::size::Length;

/// Slides `depth_multiplier` filters over each channel of each sequence, then combines the channels: fewer multiplications
/// than a convolution takes.
///
/// Input: (m, n_prev, n_c_prev). Output: (m, n, filters). Weights: depthwise_kernel (f, n_c_prev,
/// depth_multiplier), pointwise_kernel (1, n_c_prev depth_multiplier, filters), bias (filters).
///
/// From: F. Chollet, "Xception: deep learning with depthwise separable convolutions" (2016).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((100, 8)).call();
/// let y = SeparableConv1D::new(16, 3).call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 98, 16)");
/// assert_eq!(y.layer().count_params(), 3 * 8 + 8 * 16 + 16);
/// ```
pub type SeparableConv1D = SeparableConvolution<Length>;
