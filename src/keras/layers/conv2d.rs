/*! Convolution of images with filters, and a bias. */

use super::shared::convolution::Convolution;
use crate::keras::size::Size;

/// Slides `filters` filters over each image: y = activation(x ∗ kernel + bias).
///
/// Input: (m, n_h_prev, n_w_prev, n_c_prev). Output: (m, n_h, n_w, filters). Weights: kernel (f_h, f_w, n_c_prev /
/// groups, filters), bias (filters). Strides, dilation and groups are 1, padding is valid, there is no activation, unless
/// set otherwise.
///
/// ```
/// use cnn::keras::{GlorotUniform, layers::*};
/// let x = Input::new((64, 64, 3)).call();
/// let conv = Conv2D::new(64, (7, 7)).strides(2).padding(Padding::Same).name("conv1");
/// let y = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 32, 32, 64)");
/// ```
pub type Conv2D = Convolution<Size>;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        graph::Shape,
        keras::layers::{Layer, Padding},
    };

    #[track_caller]
    fn check(layer: Conv2D, n_prev: usize, expected: &str) {
        let x = Shape::from([None, Some(n_prev), Some(n_prev), Some(3)]);
        assert_eq!(layer.output_shape(&[x]).to_string(), expected);
    }

    #[test]
    fn output_shapes() {
        check(Conv2D::new(64, (7, 7)).strides(2), 70, "(?, 32, 32, 64)");
        check(Conv2D::new(8, (4, 4)).padding(Padding::Same), 64, "(?, 64, 64, 8)");
        check(Conv2D::new(8, 3).strides((1, 2)).padding(Padding::Same), 7, "(?, 7, 4, 8)");
        check(Conv2D::new(8, 3).dilation_rate((2, 3)), 7, "(?, 3, 1, 8)");
        check(Conv2D::new(32, (7, 7)), 70, "(?, 64, 64, 32)");
    }
}
