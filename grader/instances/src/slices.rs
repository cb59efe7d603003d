/*! Windows of arrays: every mixture of indices and ranges that a window of an image, a filter or a box consists of. */

use std::hint::black_box;

use cnn::prelude::*;

/// Reads and writes a window.
macro_rules! window {
    ($a:ident, $($s:tt)*) => {
        black_box($a.view().slice(s![$($s)*]).to_owned());
        let other = $a.slice(s![$($s)*]).to_owned();
        $a.slice_mut(s![$($s)*]).assign(&other);
    };
}

/// Compiled for its instances.
pub fn of_vectors(a: &mut Array1<f64>, i: usize) {
    window!(a, ..);
    window!(a, i..i + 1);
    window!(a, ..i);
    window!(a, i..);
}

/// Compiled for its instances.
pub fn of_matrices(a: &mut Array2<f64>, i: usize) {
    window!(a, i, ..);
    window!(a, .., i);
    window!(a, i..i + 1, i..i + 1);
    window!(a, i..i + 1, ..);
    window!(a, .., i..i + 1);
    window!(a, ..i, ..i);
}

/// Compiled for its instances.
pub fn of_volumes(a: &mut Array3<f64>, i: usize) {
    window!(a, i..i + 1, i..i + 1, i);
    window!(a, i..i + 1, i..i + 1, ..);
    window!(a, i, i..i + 1, ..);
    window!(a, .., i..i + 1, ..);
    window!(a, i, .., ..);
    window!(a, .., .., i);
    window!(a, i, i, ..);
}

/// Compiled for its instances.
pub fn of_batches(a: &mut Array4<f64>, i: usize) {
    window!(a, i, i..i + 1, i..i + 1, ..);
    window!(a, i, i..i + 1, i..i + 1, i);
    window!(a, .., i..i + 1, i..i + 1, ..);
    window!(a, .., i..i + 1, i..i + 1, i);
    window!(a, i, .., .., ..);
    window!(a, .., .., .., i);
    window!(a, i, .., .., i);
    window!(a, .., .., .., i..);
    window!(a, .., .., .., ..i);
    window!(a, i, i, i, ..);
    window!(a, i, i, i, i..i + 1);
}

/// Compiled for its instances.
pub fn of_films(a: &mut Array5<f64>, i: usize) {
    window!(a, i, i..i + 1, i..i + 1, i..i + 1, ..);
    window!(a, i, .., .., .., ..);
}
