/*! Convolution of each channel of sequences with filters of its own. */

use super::shared::depthwise::DepthwiseConvolution;
use crate::keras::size::Length;

/// Slides `depth_multiplier` filters over each channel of each sequence: y = activation(x ∗ kernel + bias).
///
/// Input: (m, n_prev, n_c_prev). Output: (m, n, n_c_prev depth_multiplier), the filters of a channel side by
/// side. Weights: depthwise_kernel (f, n_c_prev, depth_multiplier), bias (n_c_prev depth_multiplier).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((100, 8)).call();
/// assert_eq!(DepthwiseConv1D::new(3).depth_multiplier(2).call(&x).shape().to_string(), "(?, 98, 16)");
/// ```
pub type DepthwiseConv1D = DepthwiseConvolution<Length>;
