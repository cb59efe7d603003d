/*!
Convolution in plain loops: every window is copied into a row, and the row multiplied by the filters.

The order inside a window is filter row, filter column, input channel, as TensorFlow 1 had it.
*/

use super::matmul::{lanes, row_times_matrix};
use crate::graph::kernels::geometry::Conv2dGeometry;

/// Writes the convolution of `x` (m, n_h_prev, n_w_prev, n_c_prev) with the filters `w` (f_h, f_w, n_c_prev, n_c) into
/// `y` (m, n_h, n_w, n_c).
pub fn forward(g: &Conv2dGeometry, x: &[f32], w: &[f32], y: &mut [f32]) {
    let mut window = vec![0.0; g.f_h * g.f_w * g.n_c_prev];
    let n = g.m * g.n_h * g.n_w;
    for (position, y) in y.chunks_exact_mut(g.n_c).enumerate() {
        window.fill(0.0);
        for_each_tap(g, position, |tap, pixel| {
            window[tap..tap + g.n_c_prev].copy_from_slice(&x[pixel..pixel + g.n_c_prev]);
        });
        row_times_matrix(&window, w, y, lanes(position, n));
    }
}

/// Writes or adds the gradient of the input, given that of the output.
pub fn backward_input(g: &Conv2dGeometry, dy: &[f32], w: &[f32], dx: &mut [f32], accumulate: bool) {
    if !accumulate {
        dx.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        for_each_tap(g, position, |tap, pixel| {
            for c in 0..g.n_c_prev {
                let w = &w[(tap + c) * g.n_c..][..g.n_c];
                dx[pixel + c] += dy.iter().zip(w).fold(0.0, |sum, (dy, w)| sum + dy * w);
            }
        });
    }
}

/// Writes or adds the gradient of the filters, given that of the output.
pub fn backward_filter(g: &Conv2dGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], accumulate: bool) {
    if !accumulate {
        dw.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        for_each_tap(g, position, |tap, pixel| {
            for c in 0..g.n_c_prev {
                let x = x[pixel + c];
                for (dw, dy) in dw[(tap + c) * g.n_c..][..g.n_c].iter_mut().zip(dy) {
                    *dw += x * dy;
                }
            }
        });
    }
}

/// Calls `f` with the offset in the window and the offset in the batch of each tap that is inside the image.
fn for_each_tap(g: &Conv2dGeometry, position: usize, mut f: impl FnMut(usize, usize)) {
    let (i, h, w) = (position / (g.n_h * g.n_w), position / g.n_w % g.n_h, position % g.n_w);
    for fh in 0..g.f_h {
        let Some(row) = (h * g.stride_h + fh).checked_sub(g.pad_top).filter(|row| *row < g.n_h_prev) else { continue };
        for fw in 0..g.f_w {
            let column = (w * g.stride_w + fw).checked_sub(g.pad_left).filter(|column| *column < g.n_w_prev);
            let Some(column) = column else { continue };
            f((fh * g.f_w + fw) * g.n_c_prev, ((i * g.n_h_prev + row) * g.n_w_prev + column) * g.n_c_prev);
        }
    }
}
