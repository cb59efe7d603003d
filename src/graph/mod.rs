/*!
The engine: symbolic tensors, gradients and the kernels that compute them.

It is not a face: the TensorFlow-1 and Keras names are thin layers above it.
*/

pub mod kernels;
pub mod padding;
