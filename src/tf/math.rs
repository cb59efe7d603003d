/*! Arithmetic on tensors: reductions, comparisons, element types. */

use super::names::{print_as_tensorflow, reserve};
use crate::graph::{
    DType, Graph, Tensor,
    ops::{self, Reduction},
};
use ndarray::{ArrayBase, Data, Dimension};

/// The mean of all elements.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
/// assert_eq!(tf::reduce_mean(&x).to_string(), r#"Tensor("Mean:0", shape=(), dtype=float32)"#);
/// ```
pub fn reduce_mean(x: &Tensor) -> Tensor {
    reduce(x, Reduction::Mean, "Mean")
}

/// The sum of all elements: a tensor of shape ().
///
/// ```
/// use cnn::tf::{self, Graph, Item, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![[1.0f32, 2.0], [3.0, 4.0]]);
/// assert_eq!(Session::new(&graph).run(&tf::reduce_sum(&x), &[]).item(), 10.0);
/// ```
pub fn reduce_sum(x: &Tensor) -> Tensor {
    reduce(x, Reduction::Sum, "Sum")
}

fn reduce(x: &Tensor, reduction: Reduction, name: &str) -> Tensor {
    // The list of axes is a constant.
    reserve(x.graph(), &["Const"]);
    x.graph().add(ops::Reduce { reduction, axes: None }, &[x], name)
}

/// The index of the largest element along an axis.
///
/// # Arguments
/// * `x`: a tensor of any shape
/// * `axis`: the axis that disappears
///
/// # Returns
/// Integers; where several entries are equal, the index of the first.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
/// assert_eq!(tf::argmax(&x, 1).to_string(), r#"Tensor("ArgMax:0", shape=(?,), dtype=int64)"#);
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn argmax(x: &Tensor, axis: usize) -> Tensor {
    let name = x.graph().unique_name("ArgMax");
    reserve(x.graph(), &[&format!("{name}/dimension")]);
    x.graph().add_named(ops::ArgMax { axis }, &[x], &name)
}

/// Whether two tensors are equal, element by element.
///
/// # Returns
/// Truth values, in the common shape.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let y = tf::constant(&graph, &ndarray::array![1.0f32, 2.0]);
/// let t = tf::constant(&graph, &ndarray::array![1.0f32, 3.0]);
/// let accuracy = tf::reduce_mean(&tf::cast(&tf::equal(&y, &t), tf::float32));
/// assert_eq!(tf::Session::new(&graph).run(&accuracy, &[]).sum(), 0.5);
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn equal(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Equal, &[a, b], "Equal")
}

/// The same elements as another type; truth values become 0 and 1, fractions are cut off towards zero.
pub fn cast(x: &Tensor, to: DType) -> Tensor {
    x.graph().add(ops::Cast { to }, &[x], "Cast")
}

/// Whole numbers as rows with a single 1: the labels of a classifier.
///
/// # Arguments
/// * `indices`: whole numbers, of any shape
/// * `depth`: the number of classes
///
/// # Returns
/// Real numbers with one more axis of length `depth`. Classes are counted from 0; an index that is none of them gives a
/// row of zeros.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let labels = tf::placeholder(&graph, tf::int64, [None]);
/// let rows = tf::one_hot(&labels, 3);
/// assert_eq!(rows.to_string(), r#"Tensor("one_hot:0", shape=(?, 3), dtype=float32)"#);
/// let out = Session::new(&graph).run(&rows, &[labels.feed(&ndarray::array![2, 0, 3])]);
/// assert_eq!(out, ndarray::array![[0.0f32, 0.0, 1.0], [1.0, 0.0, 0.0], [0.0, 0.0, 0.0]].into_dyn());
/// ```
///
/// # Panics
/// If the indices are not whole numbers, or `depth` is 0.
#[track_caller]
pub fn one_hot(indices: &Tensor, depth: usize) -> Tensor {
    assert!(
        indices.dtype() == DType::Int64,
        "one_hot: expected indices of type int64, got {indices}\nhelp: make the placeholder with tf::int64, or convert with \
         tf::cast(&x, tf::int64)"
    );
    assert!(depth > 0, "one_hot: expected a depth of at least 1, got 0");
    let name = indices.graph().unique_name("one_hot");
    let helpers = ["on_value", "off_value", "depth"].map(|helper| format!("{name}/{helper}"));
    reserve(indices.graph(), &helpers.each_ref().map(String::as_str));
    indices.graph().add_named(ops::OneHot { depth }, &[indices], &name)
}

/// The sum of two tensors of one shape, element by element.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![1.0f32, 2.0]);
/// assert_eq!(Session::new(&graph).run(&tf::add(&x, &x), &[]), ndarray::array![2.0f32, 4.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes differ.
#[track_caller]
pub fn add(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Add, &[a, b], "Add")
}

/// The product of two tensors of one shape, or of a tensor and a scalar, element by element.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![2.0f32, 3.0]);
/// assert_eq!(Session::new(&graph).run(&tf::multiply(&x, &x), &[]), ndarray::array![4.0f32, 9.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes differ and the second is no scalar.
#[track_caller]
pub fn multiply(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Multiply, &[a, b], "Mul")
}

/// The product of two matrices.
///
/// # Arguments
/// * `a`: shape (m, k)
/// * `b`: shape (k, n)
///
/// # Returns
/// A tensor of shape (m, n).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
/// let w = tf::get_variable(&graph, "W", &[6, 2], tf::zeros_initializer());
/// assert_eq!(tf::matmul(&x, &w).shape().to_string(), "(?, 2)");
/// ```
///
/// # Panics
/// If the inner dimensions differ.
#[track_caller]
pub fn matmul(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::MatMul, &[a, b], "MatMul")
}

/// Tensors joined along an axis.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
/// assert_eq!(tf::concat(&[&x, &x, &x], 1).shape().to_string(), "(?, 18)");
/// ```
///
/// # Panics
/// If there are none, or they differ in another axis.
#[track_caller]
pub fn concat(tensors: &[&Tensor], axis: usize) -> Tensor {
    let graph = tensors.first().expect("concat: expected at least one tensor, got none").graph();
    let name = graph.unique_name("concat");
    reserve(graph, &[&format!("{name}/axis")]);
    graph.add_named(ops::Concat { axis }, tensors, &name)
}

/// The same elements under another shape; one dimension may be `None` and follows from the others.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
/// assert_eq!(tf::reshape(&x, &[None, Some(64 * 64 * 3)]).shape().to_string(), "(?, 12288)");
/// ```
///
/// # Panics
/// If the dimensions give another number of elements.
#[track_caller]
pub fn reshape(x: &Tensor, dims: &[Option<usize>]) -> Tensor {
    let name = x.graph().unique_name("Reshape");
    reserve(x.graph(), &[&format!("{name}/shape")]);
    x.graph().add_named(ops::Reshape { dims: dims.to_vec() }, &[x], &name)
}

/// y = 1 / (1 + exp(−x)), in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![0.0f32, 200.0]);
/// assert_eq!(Session::new(&graph).run(&tf::sigmoid(&x), &[]), ndarray::array![0.5f32, 1.0].into_dyn());
/// ```
pub fn sigmoid(x: &Tensor) -> Tensor {
    x.graph().add(ops::Sigmoid, &[x], "Sigmoid")
}

/// The hyperbolic tangent, y = (exp(x) − exp(−x)) / (exp(x) + exp(−x)), in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![0.0f32, 200.0]);
/// assert_eq!(Session::new(&graph).run(&tf::tanh(&x), &[]), ndarray::array![0.0f32, 1.0].into_dyn());
/// ```
pub fn tanh(x: &Tensor) -> Tensor {
    x.graph().add(ops::Tanh, &[x], "Tanh")
}

/// A tensor of fixed values.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let c = tf::constant(&graph, &ndarray::array![[1.0f32, 2.0]]);
/// assert_eq!(Session::new(&graph).run(&c, &[]).shape(), [1, 2]);
/// ```
pub fn constant<S: Data<Elem = f32>, D: Dimension>(graph: &Graph, values: &ArrayBase<S, D>) -> Tensor {
    print_as_tensorflow(graph);
    graph.constant(values, "Const")
}
