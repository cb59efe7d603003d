/*! Layers and losses: TensorFlow's `tf.nn`. */

use crate::graph::{
    Padding, Phase, Tensor,
    ops::{self, Reshape},
};

use super::random_seed::get_seed;

/// Convolves a batch of images with filters.
///
/// # Arguments
/// * `x`: images, shape (m, n_h_prev, n_w_prev, n_c_prev)
/// * `filters`: shape (f_h, f_w, n_c_prev, n_c)
/// * `strides`: for examples, rows, columns and channels; the first and the last must be 1
/// * `padding`: [`SAME`](super::SAME) or [`VALID`](super::VALID)
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, n_c).
///
/// # Panics
/// If the shapes or strides do not fit.
#[track_caller]
pub fn conv2d(x: &Tensor, filters: &Tensor, strides: [usize; 4], padding: Padding) -> Tensor {
    let strides = inner("conv2d", "strides", strides);
    x.graph().add(ops::Conv2d { strides, padding }, &[x, filters], "Conv2D")
}

/// The largest number of each window, channel by channel.
///
/// # Arguments
/// * `x`: images, shape (m, n_h_prev, n_w_prev, n_c)
/// * `ksize`: the window's size for examples, rows, columns and channels; the first and the last must be 1
/// * `strides`: likewise
/// * `padding`: [`SAME`](super::SAME) or [`VALID`](super::VALID)
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn max_pool(x: &Tensor, ksize: [usize; 4], strides: [usize; 4], padding: Padding) -> Tensor {
    let (window, strides) = (inner("max_pool", "ksize", ksize), inner("max_pool", "strides", strides));
    x.graph().add(ops::MaxPool { window, strides, padding }, &[x], "MaxPool")
}

/// The mean of each window, channel by channel; arguments as [`max_pool`].
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn avg_pool(x: &Tensor, ksize: [usize; 4], strides: [usize; 4], padding: Padding) -> Tensor {
    let (window, strides) = (inner("avg_pool", "ksize", ksize), inner("avg_pool", "strides", strides));
    x.graph().add(ops::AveragePool { window, strides, padding }, &[x], "AvgPool")
}

/// What is negative becomes zero.
pub fn relu(x: &Tensor) -> Tensor {
    x.graph().add(ops::Relu, &[x], "Relu")
}

/// exp(x) divided by its sum over the last axis.
#[track_caller]
pub fn softmax(x: &Tensor) -> Tensor {
    x.graph().add(ops::Softmax, &[x], "Softmax")
}

/// Adds one number per channel.
#[track_caller]
pub fn bias_add(x: &Tensor, bias: &Tensor) -> Tensor {
    x.graph().add(ops::BiasAdd, &[x, bias], "BiasAdd")
}

/// Keeps each number with probability `keep_prob`, divided by it, and sets the others to zero, in every run.
pub fn dropout(x: &Tensor, keep_prob: f32, seed: Option<u64>) -> Tensor {
    let seeds = get_seed(x.graph(), seed);
    let phase = Phase::Training;
    x.graph().add(ops::Dropout { rate: 1.0 - keep_prob, seeds, phase }, &[x], "dropout/mul")
}

/// The loss of each example, from logits: softmax is part of it.
///
/// # Arguments
/// * `logits`: the output of the last linear layer, shape (m, classes)
/// * `labels`: a distribution over the classes for each example, such as one-hot rows, shape (m, classes)
///
/// # Returns
/// A tensor of shape (m,).
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn softmax_cross_entropy_with_logits(logits: &Tensor, labels: &Tensor) -> Tensor {
    let graph = logits.graph();
    // TensorFlow flattens the outer dimensions of both operands, and restores them afterwards.
    let flatten = |i: usize| {
        let names = ["Rank", "Shape", "Sub/y", "Sub", "Slice/begin", "Slice/size", "Slice"];
        graph.reserve(&names[2 * usize::from(i == 2)..]);
        if i < 2 {
            graph.reserve(&["concat/values_0", "concat/axis", "concat", "Reshape"]);
        }
    };
    graph.reserve(&["Rank", "Shape"]);
    flatten(0);
    flatten(1);
    let loss = graph.add(ops::SoftmaxCrossEntropy, &[logits, labels], "SoftmaxCrossEntropyWithLogits");
    flatten(2);
    graph.add(Reshape { dims: loss.shape().dims().to_vec() }, &[&loss], "Reshape")
}

/// The loss of independent yes-or-no answers, from logits: the sigmoid is part of it. One number per answer.
#[track_caller]
pub fn sigmoid_cross_entropy_with_logits(logits: &Tensor, labels: &Tensor) -> Tensor {
    logits.graph().add(ops::SigmoidCrossEntropy, &[logits, labels], "logistic_loss")
}

/// Rows and columns of a `[1, rows, columns, 1]`.
#[track_caller]
fn inner(op: &str, what: &str, sizes: [usize; 4]) -> (usize, usize) {
    let [1, rows, columns, 1] = sizes else {
        panic!("{op}: expected {what} of the form [1, rows, columns, 1], got {sizes:?}")
    };
    (rows, columns)
}
