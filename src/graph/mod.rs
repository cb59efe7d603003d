/*!
The engine: symbolic tensors, gradients and the kernels that compute them.

It is not a face: the TensorFlow-1 and Keras names are thin layers above it.

Reading order: [`definition`] is what is written down, [`op`] what an operation must be able to do, [`ops`] the
operations; `plan`, `backward` and `memory` turn a graph into steps, `execute` carries them out, and [`Session`] holds
what lasts from run to run.
*/

mod backward;
pub mod compute;
pub mod definition;
mod execute;
pub mod fetch;
pub mod fuse;
pub mod initializer;
pub mod kernels;
mod memory;
pub mod op;
pub mod ops;
pub mod optimizers;
pub mod padding;
pub mod philox;
mod plan;
pub mod session;
pub mod shape;

pub use compute::Kernels;
pub use definition::{Graph, Operation, Tensor};
pub use fetch::{Feed, Fetch, Item};
pub use op::{Op, Phase};
pub use padding::Padding;
pub use session::Session;
pub use shape::{DType, Shape};
