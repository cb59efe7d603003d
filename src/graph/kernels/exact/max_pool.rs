/*!
Max pooling in plain loops.

Padding never counts: the maximum is taken over the elements inside the image.
*/

use crate::graph::kernels::{
    geometry::PoolGeometry,
    window::{for_each_offset, pixel},
};

/// Writes the maximum of each window into `y`, and its offset in the window into `argmax`, if that is not empty:
/// counted row by row, the first one where several are equal, as in TensorFlow.
pub fn forward(g: &PoolGeometry, x: &[f32], y: &mut [f32], argmax: &mut [f32]) {
    for position in 0..g.m * g.n_d * g.n_h * g.n_w {
        let out = position * g.n_c..(position + 1) * g.n_c;
        let y = &mut y[out.clone()];
        y.fill(f32::NEG_INFINITY);
        let mut is_first = true;
        for_each_offset(g, position / g.n_w, position % g.n_w, |offset, pixel| {
            let x = &x[pixel..pixel + g.n_c];
            for c in 0..g.n_c {
                // A NaN is passed on, too: it compares as neither smaller nor larger.
                if is_first || x[c] > y[c] || x[c].is_nan() {
                    y[c] = x[c];
                    if !argmax.is_empty() {
                        argmax[out.start + c] = offset as f32;
                    }
                }
            }
            is_first = false;
        });
    }
}

/// Adds or writes the gradient of the input: each element of `dy` goes to the argmax of its window.
pub fn backward(g: &PoolGeometry, argmax: &[f32], dy: &[f32], dx: &mut [f32], accumulate: bool) {
    if !accumulate {
        dx.fill(0.0);
    }
    let n_rows = g.n_d * g.n_h;
    for position in 0..g.m * n_rows * g.n_w {
        let (i, row, w) = (position / (n_rows * g.n_w), position / g.n_w % n_rows, position % g.n_w);
        for c in 0..g.n_c {
            let out = position * g.n_c + c;
            dx[i * g.image_len_prev() + pixel(g, row, w, argmax[out] as usize) + c] += dy[out];
        }
    }
}
