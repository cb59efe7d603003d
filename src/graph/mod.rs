/*!
The engine: symbolic tensors, gradients and the kernels that compute them.

It is no frontend: the TensorFlow 1 and Keras names are thin layers above it.

[`network`] has the graph, its tensors and shapes, and the interface of an operation; [`ops`] has the operations; `compile` turns a graph into a plan; [`run`] executes plans with the
[`kernels`]; [`optimizers`] has the update rules.
*/

mod compile;
pub mod kernels;
pub mod network;
pub mod ops;
pub mod optimizers;
pub mod run;

pub use network::{
    DType, Graph, Op, Operation, Padding, Phase, Shape, Tensor, fusion, initializer, op, padding, philox, shape,
};
pub use run::{Feed, Fetch, Item, Kernels, Session, backend, fetch, session};
