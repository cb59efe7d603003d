/*!
Depthwise convolution in plain loops: each channel has filters of its own.

Everywhere, `k` filters belong to each of the `g.n_c_prev` channels, and `g.n_c = k g.n_c_prev`.
*/

use crate::graph::kernels::{geometry::ConvGeometry, window::for_each_tap};

/// Writes y[…, c k + j] = Σ over taps of x[…, c] w[tap, c, j] into `y`.
pub fn forward(g: &ConvGeometry, x: &[f32], w: &[f32], y: &mut [f32]) {
    let k = g.n_c / g.n_c_prev;
    for (position, y) in y.chunks_exact_mut(g.n_c).enumerate() {
        y.fill(0.0);
        for_each_tap(g, position, |tap, pixel| {
            for (o, y) in y.iter_mut().enumerate() {
                *y += x[pixel * g.n_c_prev + o / k] * w[tap * g.n_c + o];
            }
        });
    }
}

/// Writes or adds the gradient of the input, given that of the output.
pub fn backward_input(g: &ConvGeometry, dy: &[f32], w: &[f32], dx: &mut [f32], accumulate: bool) {
    let k = g.n_c / g.n_c_prev;
    if !accumulate {
        dx.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        for_each_tap(g, position, |tap, pixel| {
            for (o, dy) in dy.iter().enumerate() {
                dx[pixel * g.n_c_prev + o / k] += dy * w[tap * g.n_c + o];
            }
        });
    }
}

/// Writes or adds the gradient of the filters, given that of the output.
pub fn backward_filter(g: &ConvGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], accumulate: bool) {
    let k = g.n_c / g.n_c_prev;
    if !accumulate {
        dw.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        for_each_tap(g, position, |tap, pixel| {
            for (o, dy) in dy.iter().enumerate() {
                dw[tap * g.n_c + o] += x[pixel * g.n_c_prev + o / k] * dy;
            }
        });
    }
}
