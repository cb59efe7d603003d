/*!
What is written down: the graph with its tensors and names, shapes, and what an operation must be able to do.

Nothing is computed here.
*/

pub mod fusion;
pub mod graph;
pub mod initializer;
pub mod op;
pub mod padding;
pub mod philox;
pub mod shape;
mod tensor;

pub use graph::{Graph, Operation, Tensor};
pub use op::{Op, Phase};
pub use padding::Padding;
pub use shape::{DType, Shape};
