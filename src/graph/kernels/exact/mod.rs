/*!
The exact kernels: plain loops that add in the order in which TensorFlow 1 did, and so reproduce its digits.

They are not optimised for speed. Multiplication and addition are rounded separately (never fused), and where the order
matters the file names its source.
*/

pub mod argmax;
pub mod average_pool;
pub mod batch_norm;
pub mod bias_add;
pub mod concat;
pub mod conv2d;
pub mod cross_entropy;
pub mod depthwise;
pub mod dropout;
pub mod elementwise;
pub mod global_pool;
pub mod matmul;
pub mod max_pool;
pub mod one_hot;
pub mod reduce;
pub mod resize;
pub mod row_norm;
pub mod softmax;
pub mod softmax_cross_entropy;
pub mod sum;
pub mod zero_padding;
