/*!
The kernels that training and prediction run on: vector instructions, threads, blocks that fit the caches.

They are tested against plain loops; where digits must be those of a document, use `exact` instead.
*/

pub mod adam;
pub mod batch_norm;
pub mod conv2d;
pub mod conv2d_max_pool;
pub mod elementwise;
mod gemm;
mod isa;
pub mod matmul;
pub mod pool2d;
mod simd;
mod slices;
pub mod softmax;
mod winograd;

pub use isa::Isa;

#[cfg(test)]
mod batch_norm_tests;
#[cfg(test)]
mod conv2d_max_pool_tests;
#[cfg(test)]
mod conv2d_tests;
#[cfg(test)]
mod pool2d_tests;
#[cfg(test)]
mod testing;
