/*! Convolutions and pools beside those of the course: sequences, volumes, dilation, depthwise and transposed; in `tf.nn`. */

use crate::graph::{
    Padding, Tensor,
    ops::{Conv, ConvTranspose, DepthwiseConv, L2Normalize, Pool, Pooling},
};

/// Convolves a batch of sequences with filters.
///
/// # Arguments
/// * `x`: sequences, shape (m, n_prev, n_c_prev)
/// * `filters`: shape (f, n_c_prev, n_c)
/// * `stride`: entries between two windows
/// * `padding`: [`SAME`](crate::tf::SAME) or [`VALID`](crate::tf::VALID)
///
/// # Returns
/// A tensor of shape (m, n, n_c).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(100), Some(3)]);
/// let w = tf::get_variable(&graph, "W", &[15, 3, 8], tf::zeros_initializer());
/// assert_eq!(tf::nn::conv1d(&x, &w, 4, tf::VALID).shape().to_string(), "(?, 22, 8)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn conv1d(x: &Tensor, filters: &Tensor, stride: usize, padding: Padding) -> Tensor {
    x.graph().add(Conv::new(&[stride], padding), &[x, filters], "conv1d")
}

/// Convolves a batch of volumes with filters.
///
/// # Arguments
/// * `x`: volumes, shape (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev)
/// * `filters`: shape (f_d, f_h, f_w, n_c_prev, n_c)
/// * `strides`: for examples, slices, rows, columns and channels; the first and the last must be 1
/// * `padding`: [`SAME`](crate::tf::SAME) or [`VALID`](crate::tf::VALID)
///
/// # Returns
/// A tensor of shape (m, n_d, n_h, n_w, n_c).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(16), Some(16), Some(1)]);
/// let w = tf::get_variable(&graph, "W", &[3, 3, 3, 1, 4], tf::zeros_initializer());
/// assert_eq!(tf::nn::conv3d(&x, &w, [1, 1, 2, 2, 1], tf::SAME).shape().to_string(), "(?, 8, 8, 8, 4)");
/// ```
///
/// # Panics
/// If the shapes or strides do not fit.
#[track_caller]
pub fn conv3d(x: &Tensor, filters: &Tensor, strides: [usize; 5], padding: Padding) -> Tensor {
    x.graph().add(Conv::new(inner("conv3d", "strides", &strides), padding), &[x, filters], "Conv3D")
}

/// Convolves sequences, images or volumes, whose filters may have gaps between their taps.
///
/// # Arguments
/// * `x`: shape (m, …, n_c_prev), with one to three spatial axes
/// * `filters`: shape (f…, n_c_prev, n_c)
/// * `padding`: [`SAME`](crate::tf::SAME) or [`VALID`](crate::tf::VALID)
/// * `strides`: pixels between two windows along each spatial axis
/// * `dilation_rate`: pixels between two taps along each spatial axis; 1 means neighbours
///
/// # Returns
/// A tensor of shape (m, …, n_c).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(32), Some(32), Some(3)]);
/// let w = tf::get_variable(&graph, "W", &[3, 3, 3, 8], tf::zeros_initializer());
/// assert_eq!(tf::nn::convolution(&x, &w, tf::VALID, &[1, 1], &[2, 2]).shape().to_string(), "(?, 28, 28, 8)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
///
/// DIFFERENCE: TensorFlow takes either strides or dilation; here both may be more than 1.
#[track_caller]
pub fn convolution(
    x: &Tensor,
    filters: &Tensor,
    padding: Padding,
    strides: &[usize],
    dilation_rate: &[usize],
) -> Tensor {
    x.graph().add(Conv::new(strides, padding).dilations(dilation_rate), &[x, filters], "convolution")
}

/// Convolves each channel with filters of its own.
///
/// # Arguments
/// * `x`: images, shape (m, n_h_prev, n_w_prev, n_c_prev)
/// * `filters`: shape (f_h, f_w, n_c_prev, k), k filters for each channel
/// * `strides`: for examples, rows, columns and channels; the first and the last must be 1
/// * `padding`: [`SAME`](crate::tf::SAME) or [`VALID`](crate::tf::VALID)
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, n_c_prev k), the filters of a channel side by side.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(32), Some(32), Some(8)]);
/// let w = tf::get_variable(&graph, "W", &[3, 3, 8, 2], tf::zeros_initializer());
/// assert_eq!(tf::nn::depthwise_conv2d(&x, &w, [1, 2, 2, 1], tf::SAME).shape().to_string(), "(?, 16, 16, 16)");
/// ```
///
/// # Panics
/// If the shapes or strides do not fit.
#[track_caller]
pub fn depthwise_conv2d(x: &Tensor, filters: &Tensor, strides: [usize; 4], padding: Padding) -> Tensor {
    let strides = inner("depthwise_conv2d", "strides", &strides);
    x.graph().add(DepthwiseConv::new(strides, padding), &[x, filters], "depthwise")
}

/// The transposed convolution: the gradient of [`conv2d`](crate::tf::nn::conv2d) with respect to its images, which
/// upsamples by the strides.
///
/// # Arguments
/// * `x`: images, shape (m, n_h_prev, n_w_prev, n_c_prev)
/// * `filters`: shape (f_h, f_w, n_c, n_c_prev): the channels of the output first
/// * `output_shape`: rows and columns of the output
/// * `strides`: for examples, rows, columns and channels; the first and the last must be 1
/// * `padding`: of the convolution that this is the gradient of
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, n_c).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(8), Some(16)]);
/// let w = tf::get_variable(&graph, "W", &[3, 3, 4, 16], tf::zeros_initializer());
/// let y = tf::nn::conv2d_transpose(&x, &w, [16, 16], [1, 2, 2, 1], tf::SAME);
/// assert_eq!(y.shape().to_string(), "(?, 16, 16, 4)");
/// ```
///
/// # Panics
/// If the shapes or strides do not fit.
///
/// DIFFERENCE: TensorFlow's `output_shape` has four entries; examples and channels follow from `x` and `filters`.
#[track_caller]
pub fn conv2d_transpose(
    x: &Tensor,
    filters: &Tensor,
    output_shape: [usize; 2],
    strides: [usize; 4],
    padding: Padding,
) -> Tensor {
    let strides = inner("conv2d_transpose", "strides", &strides);
    let op = ConvTranspose::new(strides, padding).sizes(&output_shape);
    x.graph().add(op, &[x, filters], "conv2d_transpose")
}

/// The maximum or mean of each window of sequences, images or volumes, channel by channel.
///
/// # Arguments
/// * `x`: shape (m, …, n_c), with one to three spatial axes
/// * `window_shape`: the window's size along each spatial axis
/// * `pooling_type`: maximum or mean
/// * `strides`: pixels between two windows along each spatial axis
/// * `padding`: [`SAME`](crate::tf::SAME) or [`VALID`](crate::tf::VALID); padded cells do not count
///
/// # Returns
/// A tensor of shape (m, …, n_c).
///
/// ```
/// use cnn::{graph::ops::Pooling, tf::{self, Graph}};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(22), Some(8)]);
/// let y = tf::nn::pool(&x, &[2], Pooling::Max, &[2], tf::VALID);
/// assert_eq!(y.shape().to_string(), "(?, 11, 8)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn pool(x: &Tensor, window_shape: &[usize], pooling_type: Pooling, strides: &[usize], padding: Padding) -> Tensor {
    let name = match pooling_type {
        Pooling::Max => "max_pool",
        Pooling::Average => "avg_pool",
    };
    let op = Pool { pooling: pooling_type, window: window_shape.to_vec(), strides: strides.to_vec(), padding };
    x.graph().add(op, &[x], name)
}

/// The maximum of each window of a volume, channel by channel.
///
/// # Arguments
/// * `x`: volumes, shape (m, n_d_prev, n_h_prev, n_w_prev, n_c)
/// * `ksize`: the window's size for examples, slices, rows, columns and channels; the first and the last must be 1
/// * `strides`: likewise
/// * `padding`: [`SAME`](crate::tf::SAME) or [`VALID`](crate::tf::VALID)
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(16), Some(16), Some(4)]);
/// let y = tf::nn::max_pool3d(&x, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], tf::VALID);
/// assert_eq!(y.shape().to_string(), "(?, 4, 8, 8, 4)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn max_pool3d(x: &Tensor, ksize: [usize; 5], strides: [usize; 5], padding: Padding) -> Tensor {
    let (window, strides) = (inner("max_pool3d", "ksize", &ksize), inner("max_pool3d", "strides", &strides));
    let op = Pool { pooling: Pooling::Max, window: window.to_vec(), strides: strides.to_vec(), padding };
    x.graph().add(op, &[x], "MaxPool3D")
}

/// The mean of each window of a volume, channel by channel; padded cells do not count. Arguments as [`max_pool3d`].
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(16), Some(16), Some(4)]);
/// let y = tf::nn::avg_pool3d(&x, [1, 2, 2, 2, 1], [1, 2, 2, 2, 1], tf::VALID);
/// assert_eq!(y.shape().to_string(), "(?, 4, 8, 8, 4)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn avg_pool3d(x: &Tensor, ksize: [usize; 5], strides: [usize; 5], padding: Padding) -> Tensor {
    let (window, strides) = (inner("avg_pool3d", "ksize", &ksize), inner("avg_pool3d", "strides", &strides));
    let op = Pool { pooling: Pooling::Average, window: window.to_vec(), strides: strides.to_vec(), padding };
    x.graph().add(op, &[x], "AvgPool3D")
}

/// Vectors of length 1: y = x / √max(Σ x², 1e-12), the sum over the axes from `axis` to the last one.
///
/// # Arguments
/// * `x`: of any shape
/// * `axis`: the first axis of a vector
///
/// # Returns
/// A tensor in the shape of `x`.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![[3.0f32, 4.0]]);
/// let y = Session::new(&graph).run(&tf::nn::l2_normalize(&x, 1), &[]);
/// assert!((y[[0, 1]] - 0.8).abs() < 1e-6);
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn l2_normalize(x: &Tensor, axis: usize) -> Tensor {
    x.graph().add(L2Normalize { axis, epsilon: 1e-12 }, &[x], "l2_normalize")
}

/// The entries between the first and the last of a `[1, …, 1]`.
#[track_caller]
fn inner<'a>(op: &str, what: &str, sizes: &'a [usize]) -> &'a [usize] {
    match sizes {
        [1, inner @ .., 1] => inner,
        _ => panic!("{op}: expected {what} of the form [1, …, 1], got {sizes:?}"),
    }
}
