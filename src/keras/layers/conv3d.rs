/*! Convolution of volumes with filters, and a bias. */

use super::shared::convolution::Convolution;
use crate::keras::size::Size3D;

/// Slides `filters` filters over each volume: y = activation(x ∗ kernel + bias).
///
/// Input: (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_d, n_h, n_w, filters). Weights: kernel (f_d, f_h,
/// f_w, n_c_prev / groups, filters), bias (filters). Strides, dilation and groups are 1, padding is valid, there is no
/// activation, unless set otherwise.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((14, 14, 14, 1)).call();
/// assert_eq!(Conv3D::new(16, 5).call(&x).shape().to_string(), "(?, 10, 10, 10, 16)");
/// ```
pub type Conv3D = Convolution<Size3D>;
