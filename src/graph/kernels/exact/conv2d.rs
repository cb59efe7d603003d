/*!
Convolution in plain loops: every window is copied into a row, and the row multiplied by the filters.

The order inside a window is filter row, filter column, input channel, as TensorFlow 1 had it.
*/

use super::matmul::{lanes, row_times_matrix};
use crate::graph::kernels::{geometry::ConvGeometry, window::for_each_tap};

/// Writes the convolution of `x` (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev) with the filters `w` (f_d, f_h, f_w,
/// n_c_prev, n_c) into `y` (m, n_d, n_h, n_w, n_c).
pub fn forward(g: &ConvGeometry, x: &[f32], w: &[f32], y: &mut [f32]) {
    let mut window = vec![0.0; g.n_taps() * g.n_c_prev];
    let n = g.m * g.pixels();
    for (position, y) in y.chunks_exact_mut(g.n_c).enumerate() {
        window.fill(0.0);
        for_each_tap(g, position, |tap, pixel| {
            let (tap, pixel) = (tap * g.n_c_prev, pixel * g.n_c_prev);
            window[tap..tap + g.n_c_prev].copy_from_slice(&x[pixel..pixel + g.n_c_prev]);
        });
        row_times_matrix(&window, w, y, lanes(position, n));
    }
}

/// Writes or adds the gradient of the input, given that of the output.
pub fn backward_input(g: &ConvGeometry, dy: &[f32], w: &[f32], dx: &mut [f32], accumulate: bool) {
    if !accumulate {
        dx.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        for_each_tap(g, position, |tap, pixel| {
            let (tap, pixel) = (tap * g.n_c_prev, pixel * g.n_c_prev);
            for c in 0..g.n_c_prev {
                let w = &w[(tap + c) * g.n_c..][..g.n_c];
                dx[pixel + c] += dy.iter().zip(w).fold(0.0, |sum, (dy, w)| sum + dy * w);
            }
        });
    }
}

/// Writes or adds the gradient of the filters, given that of the output.
pub fn backward_filter(g: &ConvGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], accumulate: bool) {
    if !accumulate {
        dw.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        for_each_tap(g, position, |tap, pixel| {
            let (tap, pixel) = (tap * g.n_c_prev, pixel * g.n_c_prev);
            for c in 0..g.n_c_prev {
                let x = x[pixel + c];
                for (dw, dy) in dw[(tap + c) * g.n_c..][..g.n_c].iter_mut().zip(dy) {
                    *dw += x * dy;
                }
            }
        });
    }
}
