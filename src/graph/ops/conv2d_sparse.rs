/*!
The gradient of a convolution's filters where nearly all numbers of dy are zero, as behind a max pool with a large window:
of 64 numbers, it sends a gradient to one.

It is no kernel for dense gradients: it takes the numbers that are not zero one by one.
*/

use crate::graph::kernels::{geometry::Conv2dGeometry, threads::Threads};
use std::sync::{Mutex, PoisonError};

/// At most one number in so many may differ from zero.
const SPARSE: usize = 24;

/// Whether so few numbers of `dy` differ from zero that [`backward_filter`] is the faster way; judged by samples spread
/// over all of it.
pub fn is_sparse(dy: &[f32]) -> bool {
    const SAMPLE: usize = 64;
    let (n_samples, step) = (64, dy.len() / 64);
    if step < SAMPLE {
        return false;
    }
    let samples = (0..n_samples).map(|i| &dy[i * step..i * step + SAMPLE]);
    let non_zero: usize = samples.map(|sample| sample.iter().filter(|dy| **dy != 0.0).count()).sum();
    non_zero * SPARSE < n_samples * SAMPLE
}

/// Writes the gradient of the filters.
///
/// Each image has sums of its own, added up in the order of the images, so that threads do not change the result.
pub fn backward_filter(g: &Conv2dGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], threads: &Threads) {
    let (x_len, dy_len) = (g.n_h_prev * g.n_w_prev * g.n_c_prev, g.n_h * g.n_w * g.n_c);
    let mut sums = vec![0.0f32; g.m * g.filter_len()];
    let tasks: Vec<Mutex<&mut [f32]>> = sums.chunks_exact_mut(g.filter_len()).map(Mutex::new).collect();
    threads.run(g.m, &|i| {
        let mut sums = tasks[i].lock().unwrap_or_else(PoisonError::into_inner);
        add_image(g, &x[i * x_len..(i + 1) * x_len], &dy[i * dy_len..(i + 1) * dy_len], &mut sums);
    });
    let window = g.f_h * g.f_w * g.n_c_prev;
    let mut totals = vec![0.0f64; g.filter_len()];
    for sums in sums.chunks_exact(g.filter_len()) {
        totals.iter_mut().zip(sums).for_each(|(total, sum)| *total += f64::from(*sum));
    }
    for (k, dw) in dw.chunks_exact_mut(g.n_c).enumerate() {
        dw.iter_mut().enumerate().for_each(|(c, dw)| *dw = totals[c * window + k] as f32);
    }
}

/// Adds one image's share to `sums`, laid out (n_c, f_h, f_w, n_c_prev): a window's rows lie together, as in the image.
fn add_image(g: &Conv2dGeometry, x: &[f32], dy: &[f32], sums: &mut [f32]) {
    let window = g.f_h * g.f_w * g.n_c_prev;
    // Blocks of a fixed size are looked at with vector instructions.
    const BLOCK: usize = 32;
    let (blocks, rest) = dy.as_chunks::<BLOCK>();
    let is_zero = |block: &[f32; BLOCK]| block.iter().fold(0, |bits, dy| bits | dy.to_bits()) << 1 == 0;
    let blocks = blocks.iter().enumerate().filter(|(_, block)| !is_zero(block));
    let blocks = blocks.map(|(index, block)| (index, block.as_slice())).chain([(dy.len() / BLOCK, rest)]);
    for (block, numbers) in blocks {
        for (i, dy) in numbers.iter().enumerate().filter(|(_, dy)| **dy != 0.0) {
            let (position, c) = ((block * BLOCK + i) / g.n_c, (block * BLOCK + i) % g.n_c);
            let (top, left) = (position / g.n_w * g.stride_h, position % g.n_w * g.stride_w);
            let sums = &mut sums[c * window..(c + 1) * window];
            // The columns of the window that lie inside of the image.
            let first = g.pad_left.saturating_sub(left);
            let last = g.f_w.min((g.n_w_prev + g.pad_left).saturating_sub(left));
            if first >= last {
                continue;
            }
            for fh in 0..g.f_h {
                let Some(row) = (top + fh).checked_sub(g.pad_top).filter(|row| *row < g.n_h_prev) else { continue };
                let from = (row * g.n_w_prev + left + first - g.pad_left) * g.n_c_prev;
                let to = (fh * g.f_w + first) * g.n_c_prev;
                let len = (last - first) * g.n_c_prev;
                for (sum, x) in sums[to..to + len].iter_mut().zip(&x[from..from + len]) {
                    *sum += x * dy;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{kernels::exact::conv2d as exact, padding::Padding};

    #[test]
    fn agrees_with_the_plain_loops() {
        for (strides, padding, f) in [
            ((1, 1), Padding::Same, (4, 4)),
            ((2, 1), Padding::Same, (3, 5)),
            ((1, 2), Padding::Valid, (2, 3)),
            ((3, 3), Padding::Same, (1, 1)),
        ] {
            let g = Conv2dGeometry::new((3, 13, 17, 3), (f.0, f.1, 3, 8), strides, padding);
            let number = |i: usize| ((i * 2_654_435_761) % 1009) as f32 / 1009.0 - 0.5;
            let x: Vec<f32> = (0..g.input_len()).map(number).collect();
            let dy: Vec<f32> = (0..g.output_len()).map(|i| if i % 29 == 7 { number(i + 5) } else { 0.0 }).collect();
            let (mut ours, mut expected) = (vec![1.0; g.filter_len()], vec![0.0; g.filter_len()]);
            backward_filter(&g, &x, &dy, &mut ours, &Threads::new(2));
            exact::backward_filter(&g, &x, &dy, &mut expected, false);
            for (ours, expected) in ours.iter().zip(&expected) {
                assert!((ours - expected).abs() < 1e-5, "{g:?}: {ours} is not {expected}");
            }
        }
    }

    #[test]
    fn dense_gradients_are_told_from_sparse_ones() {
        assert!(is_sparse(&[0.0; 8192]));
        assert!(!is_sparse(&[1.0; 8192]));
        assert!(!is_sparse(&[0.0; 100]), "too few to be worth it");
    }
}
