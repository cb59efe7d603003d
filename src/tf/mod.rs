/*!
TensorFlow 1's names for the engine: `placeholder`, `get_variable`, `nn::conv2d`, `Session`.

It computes nothing itself; [`graph`](crate::graph) does. What TensorFlow keeps in a default graph per process is here
an explicit [`Graph`], a value that lives as long as the variable that holds it.

Operations are named and numbered as TensorFlow 1 (up to 1.5) did, with the helper operations that it created along the
way, because its random seeds depend on these numbers: in the course's network the fully connected layer, which has no
seed of its own, draws from the seeds (1, 45), where 45 is the number of operations created before.

```
use cnn::tf::{self, Graph, SAME, Session};
use ndarray::Array4;

let graph = Graph::new();
graph.set_random_seed(1);
let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(8), Some(3)]);
let w = tf::get_variable(&graph, "W", &[2, 2, 3, 4], tf::contrib::layers::xavier_initializer(Some(0)));
let z = tf::nn::conv2d(&x, &w, [1, 1, 1, 1], SAME);
let a = tf::nn::relu(&z);
assert_eq!(a.to_string(), r#"Tensor("Relu:0", shape=(?, 8, 8, 4), dtype=float32)"#);

let session = Session::new(&graph);
session.run(&tf::global_variables_initializer(&graph), &[]);
let value = session.run(&a, &[x.feed(&Array4::<f32>::zeros((5, 8, 8, 3)))]);
assert_eq!(value.shape(), [5, 8, 8, 4]);
```
*/

mod arrays;
pub mod contrib;
mod convolutions;
mod elementwise;
pub mod image;
pub mod initializers;
pub mod math;
mod names;
pub mod nn;
pub mod random_seed;
pub mod train;
mod trained;
mod variables;

pub use crate::graph::{DType, Graph, Item, Kernels, Operation, Padding, Session, Shape, Tensor};
pub use arrays::{
    batch_matmul, gather, gradients, reduce_max, reduce_max_over, reduce_mean_over, reduce_sum_over, slice, transpose,
};
pub use elementwise::{
    abs, clip_by_value, divide, exp, log, maximum, minimum, negative, pow, sqrt, square, squared_difference, subtract,
};
pub use initializers::{constant_initializer, ones_initializer, random_uniform, zeros_initializer};
pub use math::{
    add, argmax, cast, concat, constant, equal, matmul, multiply, one_hot, reduce_mean, reduce_sum, reshape, sigmoid,
    tanh,
};
pub use names::{last_id, operations};
pub use trained::{Parameters, TrainedModel};
pub use variables::{get_variable, global_variables_initializer, placeholder, trainable_variables};

/// Floating-point numbers of 32 bits.
#[expect(non_upper_case_globals, reason = "TensorFlow's spelling")]
pub const float32: DType = DType::Float32;
/// Integers.
#[expect(non_upper_case_globals, reason = "TensorFlow's spelling")]
pub const int64: DType = DType::Int64;
/// As many outputs as the stride allows; zeros around the border where windows reach over it.
pub const SAME: Padding = Padding::Same;
/// Only windows inside the image.
pub const VALID: Padding = Padding::Valid;
