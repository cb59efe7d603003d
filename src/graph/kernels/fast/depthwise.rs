/*!
Depthwise convolution and its gradients, a vector of channels at a time; tasks are output rows or images.

Everywhere, `k` filters belong to each of the `g.n_c_prev` channels, and `g.n_c = k g.n_c_prev`; with `k` = 1, the usual
case, every loop is a plain one over channels.
*/

use super::{disjoint::DisjointSlices, isa::for_each_isa};
use crate::graph::kernels::{geometry::ConvGeometry, window::for_each_tap, workspace::Workspace};

/// Writes y[…, c k + j] = Σ over taps of x[…, c] w[tap, c, j] into `y`. `x` is (m, …, n_c_prev), `w` (f…, n_c_prev, k),
/// `y` (m, …, n_c_prev k).
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn forward(g: &ConvGeometry, x: &[f32], w: &[f32], y: &mut [f32], ws: &mut Workspace) {
    check(g, x.len(), w.len(), y.len());
    let (threads, isa, _) = ws.parts(0);
    let (y, row_len) = (DisjointSlices::new(y), g.n_w * g.n_c);
    threads.run(g.m * g.n_d * g.n_h, &|row| {
        // SAFETY: each task writes its own row.
        convolve_row(isa, g, row, x, w, unsafe { y.get(row * row_len..(row + 1) * row_len) });
    });
}

for_each_isa! {
    fn convolve_row(g: &ConvGeometry, row: usize, x: &[f32], w: &[f32], y: &mut [f32]) {
        let k = g.n_c / g.n_c_prev;
        for (column, y) in y.chunks_exact_mut(g.n_c).enumerate() {
            y.fill(0.0);
            for_each_tap(g, row * g.n_w + column, |tap, pixel| {
                let x = &x[pixel * g.n_c_prev..(pixel + 1) * g.n_c_prev];
                let w = &w[tap * g.n_c..(tap + 1) * g.n_c];
                if k == 1 {
                    y.iter_mut().zip(x).zip(w).for_each(|((y, x), w)| *y += x * w);
                } else {
                    for ((y, x), w) in y.chunks_exact_mut(k).zip(x).zip(w.chunks_exact(k)) {
                        y.iter_mut().zip(w).for_each(|(y, w)| *y += x * w);
                    }
                }
            });
        }
    }
}

/// Writes the gradient of the input, or adds it with `accumulate`; shapes as in [`forward`].
///
/// # Panics
/// As [`forward`].
pub fn backward_input(g: &ConvGeometry, dy: &[f32], w: &[f32], dx: &mut [f32], accumulate: bool, ws: &mut Workspace) {
    check(g, dx.len(), w.len(), dy.len());
    let (threads, isa, _) = ws.parts(0);
    let (dx, len, dy_len) = (DisjointSlices::new(dx), g.pixels_prev() * g.n_c_prev, g.pixels() * g.n_c);
    threads.run(g.m, &|i| {
        // SAFETY: each task writes its own image.
        let dx = unsafe { dx.get(i * len..(i + 1) * len) };
        if !accumulate {
            dx.fill(0.0);
        }
        spread_image(isa, g, &dy[i * dy_len..(i + 1) * dy_len], w, dx);
    });
}

for_each_isa! {
    fn spread_image(g: &ConvGeometry, dy: &[f32], w: &[f32], dx: &mut [f32]) {
        let k = g.n_c / g.n_c_prev;
        for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
            for_each_tap(g, position, |tap, pixel| {
                let dx = &mut dx[pixel * g.n_c_prev..(pixel + 1) * g.n_c_prev];
                let w = &w[tap * g.n_c..(tap + 1) * g.n_c];
                if k == 1 {
                    dx.iter_mut().zip(dy).zip(w).for_each(|((dx, dy), w)| *dx += dy * w);
                } else {
                    for ((dx, dy), w) in dx.iter_mut().zip(dy.chunks_exact(k)).zip(w.chunks_exact(k)) {
                        dy.iter().zip(w).for_each(|(dy, w)| *dx += dy * w);
                    }
                }
            });
        }
    }
}

/// Writes the gradient of the filters; shapes as in [`forward`].
///
/// Each output row has sums of its own, added up within its image and then image by image, so that the number of threads
/// does not change the result.
///
/// # Panics
/// As [`forward`].
pub fn backward_filter(g: &ConvGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
    check(g, x.len(), dw.len(), dy.len());
    let (filter_len, x_len, dy_len) = (dw.len(), g.pixels_prev() * g.n_c_prev, g.pixels() * g.n_c);
    let (threads, isa, scratch) = ws.parts(2 * g.m * filter_len);
    let shared = DisjointSlices::new(scratch);
    threads.run(g.m, &|i| {
        // SAFETY: each task writes its own sums.
        let own = unsafe { shared.get(2 * i * filter_len..2 * (i + 1) * filter_len) };
        let (sums, of_row) = own.split_at_mut(filter_len);
        sums.fill(0.0);
        let (x, dy) = (&x[i * x_len..(i + 1) * x_len], &dy[i * dy_len..(i + 1) * dy_len]);
        for (row, dy) in dy.chunks_exact(g.n_w * g.n_c).enumerate() {
            of_row.fill(0.0);
            sum_row(isa, g, row, x, dy, of_row);
            sums.iter_mut().zip(&*of_row).for_each(|(sum, row)| *sum += row);
        }
    });
    let mut totals = vec![0.0f64; filter_len];
    for sums in scratch.chunks_exact(2 * filter_len) {
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += f64::from(*sum));
    }
    dw.iter_mut().zip(totals).for_each(|(dw, total)| *dw = total as f32);
}

for_each_isa! {
    fn sum_row(g: &ConvGeometry, row: usize, x: &[f32], dy: &[f32], sums: &mut [f32]) {
        let k = g.n_c / g.n_c_prev;
        for (column, dy) in dy.chunks_exact(g.n_c).enumerate() {
            for_each_tap(g, row * g.n_w + column, |tap, pixel| {
                let x = &x[pixel * g.n_c_prev..(pixel + 1) * g.n_c_prev];
                let sums = &mut sums[tap * g.n_c..(tap + 1) * g.n_c];
                if k == 1 {
                    sums.iter_mut().zip(x).zip(dy).for_each(|((sum, x), dy)| *sum += x * dy);
                } else {
                    for ((sums, x), dy) in sums.chunks_exact_mut(k).zip(x).zip(dy.chunks_exact(k)) {
                        sums.iter_mut().zip(dy).for_each(|(sum, dy)| *sum += x * dy);
                    }
                }
            });
        }
    }
}

#[track_caller]
fn check(g: &ConvGeometry, x_len: usize, w_len: usize, y_len: usize) {
    let expected = (g.input_len(), g.n_taps() * g.n_c, g.output_len());
    assert!(
        (x_len, w_len, y_len) == expected,
        "depthwise: expected {expected:?} elements of images, filters and outputs as the geometry says, got {:?}",
        (x_len, w_len, y_len)
    );
}
