/*! What operations ask of their inputs' shapes. */

use crate::graph::network::{Padding, Shape};

/// The shape that all inputs share.
///
/// # Panics
/// If they do not.
#[track_caller]
pub fn common_shape(op: &str, inputs: &[&Shape]) -> Shape {
    inputs.iter().skip(1).fold(inputs[0].clone(), |shape, other| {
        shape.merge(other).unwrap_or_else(|| panic!("{op}: expected tensors of one shape, got {shape} and {other}"))
    })
}

/// The shape of outputs and labels of a loss.
///
/// # Panics
/// If they differ.
#[track_caller]
pub fn labelled_shape(op: &str, inputs: &[&Shape]) -> Shape {
    let (output, labels) = (inputs[0], inputs[1]);
    output.merge(labels).unwrap_or_else(|| panic!("{op}: expected labels of shape {output}, got shape {labels}"))
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

/// The output shape of a pooling with a window of `f` rows and columns.
#[track_caller]
pub fn pool_shape(op: &str, x: &Shape, f: (usize, usize), strides: (usize, usize), padding: Padding) -> Shape {
    let (m, n_h_prev, n_w_prev, n_c) = image_dims(op, x);
    let rows = padding.windows(n_h_prev, f.0, strides.0);
    let columns = padding.windows(n_w_prev, f.1, strides.1);
    Shape::from([m, Some(rows.n), Some(columns.n), Some(n_c)])
}
