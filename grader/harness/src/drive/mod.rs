/*!
Drives graded functions that take or return graphs, tensors and models, which cannot cross the wire: one file for each
assignment, one function for each graded one.

A driver makes the graph from plain arguments, calls the learner's function, runs its result, and returns plain values:
shapes, layers, arrays. It holds no answer: the same driver is run with the reference. Its pointer to the function is
also what checks the function's signature.
*/

pub mod application;
pub mod classic_networks;
pub mod keras_tutorial;
mod layers;
pub mod residual_networks;
mod symbols;

use cnn::graph::Kernels;
use ndarray::{Array, Dimension};
use wire::Value;

/// One thread: the cases are small, and a machine with many threads would need memory for each of them.
const KERNELS: Kernels = Kernels::Fast { threads: 1 };

/// What a driver answers, by name.
fn record<const N: usize>(fields: [(&str, Value); N]) -> Value {
    Value::Record(fields.map(|(name, value)| (name.to_owned(), value)).into())
}

fn text(value: impl ToString) -> Value {
    Value::Text(value.to_string())
}

fn f32_array<D: Dimension>(array: &Array<f32, D>) -> Value {
    Value::f32_array(array.shape(), array.iter().copied().collect())
}
