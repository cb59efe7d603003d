/*!
The operations, one file each: output shape, forward and backward side by side. What they compute with is in
[`kernels`](super::kernels), under the same names.

A new operation is one file here and its `pub mod` line below; the re-export is a shorthand. An operation outside of
this crate needs neither, see [`Op`](super::Op).
*/

pub mod add;
pub mod argmax;
pub mod average_pool;
pub mod batch_matmul;
pub mod batch_norm;
pub mod bias_add;
pub mod binary;
pub mod binary_cross_entropy;
pub mod cast;
pub mod categorical_cross_entropy;
pub mod concat;
pub mod conv;
pub mod conv2d;
pub mod conv2d_max_pool;
pub mod conv_transpose;
pub mod depthwise_conv;
pub mod dot;
pub mod dropout;
pub mod equal;
pub mod gather;
pub mod global_pool;
pub mod huber;
pub mod kl_divergence;
pub mod l2_normalize;
pub mod layer_norm;
pub mod matmul;
pub mod max_pool;
pub mod multiply;
pub mod one_hot;
pub mod pool;
pub mod reduce;
pub mod relu;
pub mod reshape;
pub mod resize;
mod shapes;
pub mod sigmoid;
pub mod sigmoid_cross_entropy;
pub mod slice;
pub mod smooth_labels;
pub mod softmax;
pub mod softmax_cross_entropy;
pub mod tanh;
pub mod transpose;
pub mod unary;
pub mod weight_penalty;
pub mod zero_padding;

pub use add::Add;
pub use argmax::ArgMax;
pub use average_pool::AveragePool;
pub use batch_matmul::BatchMatMul;
pub use batch_norm::BatchNorm;
pub use bias_add::BiasAdd;
pub use binary::Binary;
pub use binary_cross_entropy::BinaryCrossEntropy;
pub use cast::Cast;
pub use categorical_cross_entropy::CategoricalCrossEntropy;
pub use concat::Concat;
pub use conv::Conv;
pub use conv_transpose::ConvTranspose;
pub use conv2d::Conv2d;
pub use depthwise_conv::DepthwiseConv;
pub use dot::Dot;
pub use dropout::Dropout;
pub use equal::Equal;
pub use gather::Gather;
pub use global_pool::{GlobalAveragePool, GlobalMaxPool};
pub use huber::Huber;
pub use kl_divergence::KlDivergence;
pub use l2_normalize::L2Normalize;
pub use layer_norm::LayerNorm;
pub use matmul::MatMul;
pub use max_pool::MaxPool;
pub use multiply::Multiply;
pub use one_hot::OneHot;
pub use pool::{Pool, Pooling};
pub use reduce::{Reduce, Reduction};
pub use relu::Relu;
pub use reshape::Reshape;
pub use resize::{Interpolation, Resize};
pub use sigmoid::Sigmoid;
pub use sigmoid_cross_entropy::SigmoidCrossEntropy;
pub use slice::Slice;
pub use smooth_labels::SmoothLabels;
pub use softmax::Softmax;
pub use softmax_cross_entropy::SoftmaxCrossEntropy;
pub use tanh::Tanh;
pub use transpose::Transpose;
pub use unary::Unary;
pub use weight_penalty::WeightPenalty;
pub use zero_padding::ZeroPadding2d;
