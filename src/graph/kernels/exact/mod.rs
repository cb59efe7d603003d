/*!
The exact kernels: plain loops that add numbers up in the order in which TensorFlow 1 did, and so print its digits.

They are not made to be fast. Multiplication and addition are rounded apart (never fused), and where the order matters
the file says whose order it is.
*/

pub mod batch_norm;
pub mod conv2d;
pub mod matmul;
pub mod pool2d;
pub mod sum;
