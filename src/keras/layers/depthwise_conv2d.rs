/*! Convolution of each channel of images with filters of its own. */

use super::shared::depthwise::DepthwiseConvolution;
use crate::keras::size::Size;

/// Slides `depth_multiplier` filters over each channel of each image: y = activation(x ∗ kernel + bias).
///
/// Input: (m, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_h, n_w, n_c_prev depth_multiplier), the filters of a channel side by
/// side. Weights: depthwise_kernel (f_h, f_w, n_c_prev, depth_multiplier), bias (n_c_prev depth_multiplier).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((32, 32, 8)).call();
/// assert_eq!(DepthwiseConv2D::new(3).depth_multiplier(2).call(&x).shape().to_string(), "(?, 30, 30, 16)");
/// ```
pub type DepthwiseConv2D = DepthwiseConvolution<Size>;
