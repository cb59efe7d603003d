/*!
What operations on single numbers share: mapping in place or from one buffer to another, and the shapes of images.
*/

use crate::graph::{
    Shape,
    op::{Backward, Forward},
};

/// Computes y = f(x) for each number of input 0.
pub fn map(run: Forward<'_>, f: impl Fn(f32) -> f32) {
    if run.in_place {
        run.output.iter_mut().for_each(|y| *y = f(*y));
    } else {
        run.output.iter_mut().zip(run.inputs[0]).for_each(|(y, x)| *y = f(*x));
    }
}

/// Computes dx = f(v, dy) for each number of `values`, into the gradient of input 0.
pub fn map_gradient(mut run: Backward<'_>, values: &[f32], f: impl Fn(f32, f32) -> f32) {
    let Some(mut d_x) = run.d_inputs[0].take() else { return };
    if run.in_place {
        d_x.data.iter_mut().zip(values).for_each(|(d, v)| *d = f(*v, *d));
    } else {
        d_x.set(|i| f(values[i], run.d_output[i]));
    }
}

/// The four dimensions of a batch of images, of which the first may be unknown.
///
/// # Panics
/// If there are not four, or one of the last three is unknown.
#[track_caller]
pub fn image_dims(op: &str, shape: &Shape) -> (Option<usize>, usize, usize, usize) {
    match shape.dims() {
        [m, Some(n_h), Some(n_w), Some(n_c)] => (*m, *n_h, *n_w, *n_c),
        _ => panic!("{op}: expected a batch of images, shape (m, n_h, n_w, n_c), got shape {shape}"),
    }
}

/// The four dimensions of a batch of images in a run.
pub fn image(dims: &[usize]) -> (usize, usize, usize, usize) {
    (dims[0], dims[1], dims[2], dims[3])
}
