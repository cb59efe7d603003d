/*! Arithmetic on tensors: reductions, comparisons, element types. */

use crate::graph::{
    DType, Graph, Tensor,
    ops::{self, Reduction},
};
use ndarray::{ArrayBase, Data, Dimension};

/// The mean of all numbers.
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

/// The sum of all numbers.
pub fn reduce_sum(x: &Tensor) -> Tensor {
    reduce(x, Reduction::Sum, "Sum")
}

fn reduce(x: &Tensor, reduction: Reduction, name: &str) -> Tensor {
    // The list of axes is a constant.
    x.graph().reserve(&["Const"]);
    x.graph().add(ops::Reduce { reduction, axes: None }, &[x], name)
}

/// The index of the largest number along an axis.
#[track_caller]
pub fn argmax(x: &Tensor, axis: usize) -> Tensor {
    let name = x.graph().unique_name("ArgMax");
    x.graph().reserve(&[&format!("{name}/dimension")]);
    x.graph().add_named(ops::ArgMax { axis }, &[x], &name)
}

/// Whether two tensors agree, number by number.
#[track_caller]
pub fn equal(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Equal, &[a, b], "Equal")
}

/// The same numbers as another element type; truth values become 0 and 1.
pub fn cast(x: &Tensor, to: DType) -> Tensor {
    x.graph().add(ops::Cast { to }, &[x], "Cast")
}

/// The sum of two tensors of one shape.
#[track_caller]
pub fn add(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Add, &[a, b], "Add")
}

/// The product of two tensors of one shape, or of a tensor and a single number, number by number.
#[track_caller]
pub fn multiply(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Multiply, &[a, b], "Mul")
}

/// The product of two matrices.
#[track_caller]
pub fn matmul(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::MatMul, &[a, b], "MatMul")
}

/// Tensors side by side along an axis.
///
/// # Panics
/// If there are none, or they differ in another axis.
#[track_caller]
pub fn concat(tensors: &[&Tensor], axis: usize) -> Tensor {
    let graph = tensors.first().expect("concat: expected at least one tensor, got none").graph();
    let name = graph.unique_name("concat");
    graph.reserve(&[&format!("{name}/axis")]);
    graph.add_named(ops::Concat { axis }, tensors, &name)
}

/// The same numbers under another shape; one dimension may be `None` and follows from the others.
#[track_caller]
pub fn reshape(x: &Tensor, dims: &[Option<usize>]) -> Tensor {
    let name = x.graph().unique_name("Reshape");
    x.graph().reserve(&[&format!("{name}/shape")]);
    x.graph().add_named(ops::Reshape { dims: dims.to_vec() }, &[x], &name)
}

/// 1 / (1 + exp(−x)).
pub fn sigmoid(x: &Tensor) -> Tensor {
    x.graph().add(ops::Sigmoid, &[x], "Sigmoid")
}

/// The hyperbolic tangent.
pub fn tanh(x: &Tensor) -> Tensor {
    x.graph().add(ops::Tanh, &[x], "Tanh")
}

/// A tensor of fixed values.
pub fn constant<S: Data<Elem = f32>, D: Dimension>(graph: &Graph, values: &ArrayBase<S, D>) -> Tensor {
    graph.constant(values, "Const")
}
