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

/// The spatial axes of a batch of sequences, images or volumes, shape (m, …, n_c): their sizes.
pub fn spatial(dims: &[usize]) -> &[usize] {
    &dims[1..dims.len() - 1]
}

/// The batch size, which may be unknown, the spatial sizes and the channels of a batch with `rank` spatial axes.
///
/// # Panics
/// If the rank is another, or a size or the channels are unknown.
#[track_caller]
pub fn spatial_dims(op: &str, shape: &Shape, rank: usize) -> (Option<usize>, Vec<usize>, usize) {
    let expected = match rank {
        1 => "a batch of sequences, shape (m, n, n_c)",
        2 => "a batch of images, shape (m, n_h, n_w, n_c)",
        3 => "a batch of volumes, shape (m, n_d, n_h, n_w, n_c)",
        _ => panic!("{op}: expected one to three spatial axes, got {rank}"),
    };
    let known = (shape.rank() == rank + 2).then(|| shape.dims()[1..].iter().copied().collect::<Option<Vec<usize>>>());
    let Some(mut sizes) = known.flatten() else { panic!("{op}: expected {expected}, got shape {shape}") };
    let n_c = sizes.pop().expect("channels");
    (shape.dim(0), sizes, n_c)
}

/// The shape (m, …, n_c).
pub fn batch_shape(m: Option<usize>, sizes: impl IntoIterator<Item = usize>, n_c: usize) -> Shape {
    let sizes = sizes.into_iter().chain([n_c]).map(Some);
    Shape::from([m].into_iter().chain(sizes).collect::<Vec<_>>())
}

/// The shape of two operands that are broadcast against each other, as in NumPy: axes are aligned at the last one, and an
/// axis of length 1 is repeated. An unknown axis is expected to have the other's length, if that is not 1.
///
/// # Panics
/// If they do not fit.
#[track_caller]
pub fn broadcast_shape(op: &str, a: &Shape, b: &Shape) -> Shape {
    let rank = a.rank().max(b.rank());
    let dim = |shape: &Shape, axis: usize| {
        let missing = rank - shape.rank();
        if axis < missing { Some(1) } else { shape.dim(axis - missing) }
    };
    let merged = (0..rank).map(|axis| match (dim(a, axis), dim(b, axis)) {
        (Some(1), other) | (other, Some(1)) => other,
        (None, other) | (other, None) => other,
        (Some(n), Some(other)) => {
            assert!(n == other, "{op}: expected shapes that agree or are broadcast, got {a} and {b}");
            Some(n)
        }
    });
    Shape::from(merged.collect::<Vec<_>>())
}
