/*!
What losses of the program's own are made of: Keras 3's `keras.ops` on the engine's tensors.

It computes nothing; each function adds an operation of [`graph::ops`](crate::graph::ops) to the graph.

```
use cnn::keras::{Loss, ops};
let mse = Loss::custom("mse", |y_true, y_pred| ops::mean(&ops::square(&ops::subtract(y_pred, y_true))));
assert_eq!(mse.name(), "mse");
```
*/

use crate::graph::{
    Tensor,
    ops::{self, Reduction},
};
use ndarray::{ArrayBase, Data, Dimension, arr0};

/// a + b, for tensors of one shape.
///
/// # Panics
/// As each function here, if the shapes do not fit.
#[track_caller]
pub fn add(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Add, &[a, b], "add")
}

/// a − b, broadcast as in NumPy.
#[track_caller]
pub fn subtract(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Binary::Subtract, &[a, b], "subtract")
}

/// a b, element by element, for tensors of one shape, or b a scalar.
#[track_caller]
pub fn multiply(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Multiply, &[a, b], "multiply")
}

/// factor x.
pub fn scale(x: &Tensor, factor: f32) -> Tensor {
    multiply(x, &constant(x, &arr0(factor)))
}

/// x².
pub fn square(x: &Tensor) -> Tensor {
    multiply(x, x)
}

/// (a − b)², broadcast as in NumPy.
#[track_caller]
pub fn squared_difference(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Binary::SquaredDifference, &[a, b], "squared_difference")
}

/// |a − b|, broadcast as in NumPy.
#[track_caller]
pub fn absolute_difference(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::Unary::Abs, &[&subtract(a, b)], "absolute_difference")
}

/// The mean of all elements, a scalar.
pub fn mean(x: &Tensor) -> Tensor {
    reduce(x, Reduction::Mean, None)
}

/// The mean over these axes.
#[track_caller]
pub fn mean_over(x: &Tensor, axes: &[usize]) -> Tensor {
    reduce(x, Reduction::Mean, Some(axes.to_vec()))
}

/// The sum of all elements, a scalar.
pub fn sum(x: &Tensor) -> Tensor {
    reduce(x, Reduction::Sum, None)
}

/// The sum over these axes.
#[track_caller]
pub fn sum_over(x: &Tensor, axes: &[usize]) -> Tensor {
    reduce(x, Reduction::Sum, Some(axes.to_vec()))
}

#[track_caller]
fn reduce(x: &Tensor, reduction: Reduction, axes: Option<Vec<usize>>) -> Tensor {
    x.graph().add(ops::Reduce { reduction, axes }, &[x], "reduce")
}

/// max(x, 0).
pub fn relu(x: &Tensor) -> Tensor {
    x.graph().add(ops::Relu, &[x], "relu")
}

/// 1 / (1 + exp(−x)).
pub fn sigmoid(x: &Tensor) -> Tensor {
    x.graph().add(ops::Sigmoid, &[x], "sigmoid")
}

/// exp(x) / Σ exp(x), over the last axis.
pub fn softmax(x: &Tensor) -> Tensor {
    x.graph().add(ops::Softmax, &[x], "softmax")
}

/// tanh(x).
pub fn tanh(x: &Tensor) -> Tensor {
    x.graph().add(ops::Tanh, &[x], "tanh")
}

/// The matrix product.
#[track_caller]
pub fn matmul(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(ops::MatMul, &[a, b], "matmul")
}

/// The tensors side by side along an axis.
#[track_caller]
pub fn concatenate(tensors: &[&Tensor], axis: usize) -> Tensor {
    tensors[0].graph().add(ops::Concat { axis }, tensors, "concat")
}

/// Fixed values, in the graph that `beside` belongs to.
pub fn constant<S: Data<Elem = f32>, D: Dimension>(beside: &Tensor, values: &ArrayBase<S, D>) -> Tensor {
    beside.graph().constant(values, "constant")
}
