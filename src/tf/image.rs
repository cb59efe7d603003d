/*! Pictures: TensorFlow's `tf.image`. */

use crate::graph::{
    Tensor,
    ops::{self, Interpolation},
};

/// Pictures of another size.
///
/// # Arguments
/// * `images`: shape (m, n_h_prev, n_w_prev, n_c)
/// * `size`: rows and columns of the result
/// * `method`: the nearest pixel, or linearly between pixels
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, n_c).
///
/// ```
/// use cnn::{graph::ops::Interpolation, tf::{self, Graph}};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(300), Some(400), Some(3)]);
/// let y = tf::image::resize(&x, (224, 224), Interpolation::Bilinear);
/// assert_eq!(y.shape().to_string(), "(?, 224, 224, 3)");
/// ```
///
/// # Panics
/// If `images` is no batch of pictures, or there is no pixel.
///
/// DIFFERENCE: pixels have their centres at halves, as in TensorFlow 2; `tf.image.resize_images` of TensorFlow 1 has them
/// at whole numbers.
#[track_caller]
pub fn resize(images: &Tensor, size: (usize, usize), method: Interpolation) -> Tensor {
    images.graph().add(ops::Resize { n_h: size.0, n_w: size.1, interpolation: method }, &[images], "resize")
}
