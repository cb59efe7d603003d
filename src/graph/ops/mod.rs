/*!
The operations, one file each: output shape, forward and backward side by side.

They are built and wired by the faces through [`Graph::add`](super::Graph::add); what they cost to run is the kernels'
business.
*/

pub mod add;
pub mod argmax;
pub mod average_pool2d;
pub mod batch_norm;
pub mod bias_add;
pub mod cast;
pub mod concat;
pub mod conv2d;
mod conv2d_max_pool;
mod conv2d_sparse;
pub mod dropout;
mod elementwise;
pub mod equal;
pub mod global_pool2d;
pub mod matmul;
pub mod max_pool2d;
pub mod multiply;
pub mod one_hot;
pub mod reduce;
pub mod relu;
pub mod reshape;
pub mod sigmoid;
pub mod sigmoid_cross_entropy;
pub mod softmax;
pub mod softmax_cross_entropy;
pub mod tanh;
pub mod zero_padding;

pub use add::Add;
pub use argmax::ArgMax;
pub use average_pool2d::AveragePool;
pub use batch_norm::BatchNorm;
pub use bias_add::BiasAdd;
pub use cast::Cast;
pub use concat::Concat;
pub use conv2d::Conv2d;
pub use dropout::Dropout;
pub use equal::Equal;
pub use global_pool2d::{GlobalAveragePool, GlobalMaxPool};
pub use matmul::MatMul;
pub use max_pool2d::MaxPool;
pub use multiply::Multiply;
pub use one_hot::OneHot;
pub use reduce::{Reduce, Reduction};
pub use relu::Relu;
pub use reshape::Reshape;
pub use sigmoid::Sigmoid;
pub use sigmoid_cross_entropy::SigmoidCrossEntropy;
pub use softmax::Softmax;
pub use softmax_cross_entropy::SoftmaxCrossEntropy;
pub use tanh::Tanh;
pub use zero_padding::ZeroPadding2d;
