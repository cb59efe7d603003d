/*!
The kernels that training and prediction run on: vector instructions, threads, blocks that fit the caches.

They are tested against plain loops; where digits must be those of a document, use `exact` instead.
*/

pub mod conv2d;
mod isa;
mod outer;
mod rows;
mod simd;
mod tile;

pub use isa::Isa;

#[cfg(test)]
mod conv2d_tests;
#[cfg(test)]
mod testing;
