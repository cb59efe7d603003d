use cnn::keras::{Tensor, layers::*};

/// Returns a tensor that belongs to a network of its own.
pub fn identity_block(_x: &Tensor, _f: usize, filters: [usize; 3], _stage: usize, _block: &str) -> Tensor {
    let other = Input::new((4, 4, filters[2])).call();
    Activation::new("relu").call(&other)
}

/// Its own argument, untouched.
pub fn convolutional_block(
    x: &Tensor,
    _f: usize,
    _filters: [usize; 3],
    _stage: usize,
    _block: &str,
    _s: usize,
) -> Tensor {
    x.clone()
}
