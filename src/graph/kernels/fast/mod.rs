/*!
The kernels that training and prediction run on: vector instructions, threads, blocks that fit the caches.

They are tested against plain loops; where digits must be those of a document, use [`exact`](super::exact) instead. An
operation without a fast kernel runs the exact one.
*/

pub mod adam;
pub mod add;
pub mod average_pool;
pub mod batch_norm;
pub mod bias_add;
mod blocks;
pub mod conv2d;
pub mod conv2d_max_pool;
pub mod conv2d_sparse;
mod conv_products;
pub mod depthwise;
mod disjoint;
pub mod elementwise;
mod gemm;
mod isa;
pub mod matmul;
pub mod max_pool;
mod pool;
pub mod relu;
mod simd;
mod winograd;

pub use isa::Isa;

#[cfg(test)]
mod batch_norm_tests;
#[cfg(test)]
mod conv2d_max_pool_tests;
#[cfg(test)]
mod conv2d_tests;
#[cfg(test)]
mod elementwise_tests;
#[cfg(test)]
mod pool_tests;
#[cfg(test)]
mod testing;
