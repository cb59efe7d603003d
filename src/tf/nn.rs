/*! Layers and losses: TensorFlow's `tf.nn`. */

use crate::graph::{
    Padding, Phase, Tensor,
    ops::{self, Reshape},
};

use super::{names::reserve, random_seed::get_seed};

pub use super::convolutions::{
    avg_pool3d, conv1d, conv2d_transpose, conv3d, convolution, depthwise_conv2d, l2_normalize, max_pool3d, pool,
};

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
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
/// let w = tf::get_variable(&graph, "W1", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(Some(0)));
/// let z = tf::nn::conv2d(&x, &w, [1, 2, 2, 1], tf::SAME);
/// assert_eq!(z.shape().to_string(), "(?, 32, 32, 8)");
/// ```
///
/// # Panics
/// If the shapes or strides do not fit.
#[track_caller]
pub fn conv2d(x: &Tensor, filters: &Tensor, strides: [usize; 4], padding: Padding) -> Tensor {
    let strides = inner("conv2d", "strides", strides);
    x.graph().add(ops::Conv2d { strides, padding }, &[x, filters], "Conv2D")
}

/// The maximum of each window, channel by channel.
///
/// # Arguments
/// * `x`: images, shape (m, n_h_prev, n_w_prev, n_c)
/// * `ksize`: the window's size for examples, rows, columns and channels; the first and the last must be 1
/// * `strides`: likewise
/// * `padding`: [`SAME`](super::SAME) or [`VALID`](super::VALID)
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
/// let p = tf::nn::max_pool(&x, [1, 8, 8, 1], [1, 8, 8, 1], tf::SAME);
/// assert_eq!(p.shape().to_string(), "(?, 8, 8, 3)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn max_pool(x: &Tensor, ksize: [usize; 4], strides: [usize; 4], padding: Padding) -> Tensor {
    let (window, strides) = (inner("max_pool", "ksize", ksize), inner("max_pool", "strides", strides));
    x.graph().add(ops::MaxPool { window, strides, padding }, &[x], "MaxPool")
}

/// The mean of each window, channel by channel; padded cells do not count. Arguments as [`max_pool`].
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, n_c).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(8), Some(3)]);
/// let p = tf::nn::avg_pool(&x, [1, 2, 2, 1], [1, 2, 2, 1], tf::VALID);
/// assert_eq!(p.shape().to_string(), "(?, 4, 4, 3)");
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn avg_pool(x: &Tensor, ksize: [usize; 4], strides: [usize; 4], padding: Padding) -> Tensor {
    let (window, strides) = (inner("avg_pool", "ksize", ksize), inner("avg_pool", "strides", strides));
    x.graph().add(ops::AveragePool { window, strides, padding }, &[x], "AvgPool")
}

/// Negative elements become zero.
///
/// y = max(x, 0), in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
/// assert_eq!(tf::nn::relu(&x).to_string(), r#"Tensor("Relu:0", shape=(?, 6), dtype=float32)"#);
/// ```
pub fn relu(x: &Tensor) -> Tensor {
    x.graph().add(ops::Relu, &[x], "Relu")
}

/// exp(x) divided by its sum over the last axis.
///
/// y_j = exp(x_j) / Σ_k exp(x_k), in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
/// assert_eq!(tf::nn::softmax(&x).shape().to_string(), "(?, 6)");
/// ```
#[track_caller]
pub fn softmax(x: &Tensor) -> Tensor {
    x.graph().add(ops::Softmax, &[x], "Softmax")
}

/// Adds one element per channel: `y[…, c] = x[…, c] + bias[c]`.
///
/// # Arguments
/// * `x`: shape (m, …, n_c)
/// * `bias`: shape (n_c)
///
/// # Returns
/// A tensor in the shape of `x`.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let z = tf::placeholder(&graph, tf::float32, [None, Some(32), Some(32), Some(8)]);
/// let b = tf::get_variable(&graph, "b1", &[8], tf::zeros_initializer());
/// assert_eq!(tf::nn::bias_add(&z, &b).shape().to_string(), "(?, 32, 32, 8)");
/// ```
///
/// # Panics
/// If `bias` does not have one element per channel.
#[track_caller]
pub fn bias_add(x: &Tensor, bias: &Tensor) -> Tensor {
    x.graph().add(ops::BiasAdd, &[x, bias], "BiasAdd")
}

/// Keeps each element with probability `keep_prob`, divided by it, and sets the others to zero, in every run.
///
/// The expected value of each element stays the same. As in TensorFlow 1, dropout does not depend on whether a run
/// trains: to predict, build a graph without it, or use a model of the Keras frontend.
///
/// # Arguments
/// * `x`: of any shape
/// * `keep_prob`: in (0, 1]
/// * `seed`: without one, the graph's seed and the number of operations created so far decide
///
/// # Returns
/// A tensor in the shape of `x`.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::Array1::<f32>::ones(1000));
/// let y = Session::new(&graph).run(&tf::nn::dropout(&x, 0.5, Some(1)), &[]);
/// assert!(y.iter().all(|y| *y == 0.0 || *y == 2.0));
/// ```
///
/// # Panics
/// If `keep_prob` is not in (0, 1].
#[track_caller]
pub fn dropout(x: &Tensor, keep_prob: f32, seed: Option<u64>) -> Tensor {
    assert!(
        keep_prob > 0.0 && keep_prob <= 1.0,
        "dropout: expected a keep_prob in (0, 1], got {keep_prob}\nhelp: it is the share that is kept, not the one that \
         is dropped"
    );
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
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let logits = tf::constant(&graph, &ndarray::array![[2.0f32, 0.0], [0.0, 0.0]]);
/// let labels = tf::constant(&graph, &ndarray::array![[1.0f32, 0.0], [0.0, 1.0]]);
/// let loss = tf::nn::softmax_cross_entropy_with_logits(&logits, &labels);
/// let loss = tf::Session::new(&graph).run(&loss, &[]);
/// assert!((loss[1] - 2.0f32.ln()).abs() < 1e-6);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn softmax_cross_entropy_with_logits(logits: &Tensor, labels: &Tensor) -> Tensor {
    let graph = logits.graph();
    // TensorFlow flattens the outer dimensions of both operands, and restores them afterwards.
    let flatten = |i: usize| {
        let names = ["Rank", "Shape", "Sub/y", "Sub", "Slice/begin", "Slice/size", "Slice"];
        reserve(graph, &names[2 * usize::from(i == 2)..]);
        if i < 2 {
            reserve(graph, &["concat/values_0", "concat/axis", "concat", "Reshape"]);
        }
    };
    reserve(graph, &["Rank", "Shape"]);
    flatten(0);
    flatten(1);
    let loss = graph.add(ops::SoftmaxCrossEntropy, &[logits, labels], "SoftmaxCrossEntropyWithLogits");
    flatten(2);
    graph.add(Reshape { dims: loss.shape().dims().to_vec() }, &[&loss], "Reshape")
}

/// The loss of independent yes-or-no answers, from logits: the sigmoid is part of it. One element per answer.
///
/// loss = max(z, 0) − z y + log(1 + exp(−|z|)), which overflows for no z.
///
/// # Arguments
/// * `logits`: z, of any shape
/// * `labels`: y in [0, 1], of the same shape
///
/// # Returns
/// A tensor of that shape.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let logits = tf::constant(&graph, &ndarray::array![0.0f32, 100.0]);
/// let labels = tf::constant(&graph, &ndarray::array![1.0f32, 1.0]);
/// let loss = Session::new(&graph).run(&tf::nn::sigmoid_cross_entropy_with_logits(&logits, &labels), &[]);
/// assert!((loss[0] - 2.0f32.ln()).abs() < 1e-6 && loss[1] < 1e-6);
/// ```
///
/// # Panics
/// If the shapes differ.
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
