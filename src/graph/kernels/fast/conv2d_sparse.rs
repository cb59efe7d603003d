/*!
The gradient of a convolution's filters where nearly all elements of dy are zero, as behind a max pooling with a large
window: of 64 elements, it sends a gradient to one.

It is no kernel for dense gradients: it processes the elements that are not zero one by one.

What it is worth: without it, an epoch of the application network (`benches/networks.rs`) on one core of an AMD EPYC with
AVX2 takes 229 ms instead of 191 ms; with `conv2d_max_pool.rs`, which needs it, 144 ms.
*/

use crate::graph::kernels::{
    geometry::{ConvGeometry, PoolGeometry},
    threads::Threads,
};
use std::sync::{Mutex, PoisonError};

/// At most one element in so many may differ from zero.
pub const SPARSE: usize = 24;

/// Whether so few elements of `dy` differ from zero that [`backward_filter`] is faster than the dense product; judged
/// by samples spread over all of it.
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

/// Writes the gradient of the filters, from the gradient of the convolution's output.
pub fn backward_filter(g: &ConvGeometry, x: &[f32], dy: &[f32], dw: &mut [f32], threads: &Threads) {
    // Blocks of a fixed size are compared with zero by vector instructions.
    const BLOCK: usize = 32;
    let is_zero = |block: &[f32; BLOCK]| block.iter().fold(0, |bits, dy| bits | dy.to_bits()) << 1 == 0;
    let dy_len = g.n_h * g.n_w * g.n_c;
    add_images(g, x, dw, threads, &|i, sums| {
        let dy = &dy[i * dy_len..(i + 1) * dy_len];
        let (blocks, rest) = dy.as_chunks::<BLOCK>();
        let blocks = blocks.iter().enumerate().filter(|(_, block)| !is_zero(block));
        let blocks = blocks.map(|(index, block)| (index, block.as_slice())).chain([(dy.len() / BLOCK, rest)]);
        for (block, elements) in blocks {
            for (at, dy) in elements.iter().enumerate().filter(|(_, dy)| **dy != 0.0) {
                let (position, c) = ((block * BLOCK + at) / g.n_c, (block * BLOCK + at) % g.n_c);
                sums.add(position / g.n_w, position % g.n_w, c, *dy);
            }
        }
    });
}

/// Writes the gradient of the filters, from the gradient and the argmax of a max pooling that follows the convolution,
/// whose windows neither overlap nor leave gaps. The result has the same bits as [`backward_filter`] of the gradient
/// between the two.
pub fn backward_filter_of_argmax(
    g: &ConvGeometry,
    pool: &PoolGeometry,
    x: &[f32],
    argmax: &[f32],
    dy: &[f32],
    dw: &mut [f32],
    threads: &Threads,
) {
    let row_len = pool.n_w * pool.n_c;
    add_images(g, x, dw, threads, &|i, sums| {
        // Sums go row by row over the convolution's output, so the elements of a row of windows are sorted by row.
        let mut by_row: Vec<Vec<(usize, usize, f32)>> = vec![Vec::new(); pool.f_h];
        for h in 0..pool.n_h {
            let start = (i * pool.n_h + h) * row_len;
            let elements = dy[start..start + row_len].iter().zip(&argmax[start..start + row_len]);
            for (at, (dy, offset)) in elements.enumerate().filter(|(_, (dy, _))| **dy != 0.0) {
                let (w, c, offset) = (at / pool.n_c, at % pool.n_c, *offset as usize);
                by_row[offset / pool.f_w].push((w * pool.stride_w + offset % pool.f_w - pool.pad_left, c, *dy));
            }
            for (row, elements) in by_row.iter_mut().enumerate() {
                for (column, c, dy) in elements.drain(..) {
                    sums.add(h * pool.stride_h + row - pool.pad_top, column, c, dy);
                }
            }
        }
    });
}

/// Calls `add_image` for each image to add its share of the gradient of the filters.
///
/// Each image has sums of its own, added up in the order of the images, so that the number of threads does not change
/// the result.
fn add_images(
    g: &ConvGeometry,
    x: &[f32],
    dw: &mut [f32],
    threads: &Threads,
    add_image: &(dyn Fn(usize, &mut Sums) + Sync),
) {
    let x_len = g.n_h_prev * g.n_w_prev * g.n_c_prev;
    let mut sums = vec![0.0f32; g.m * g.filter_len()];
    let tasks: Vec<Mutex<&mut [f32]>> = sums.chunks_exact_mut(g.filter_len()).map(Mutex::new).collect();
    threads.run(g.m, &|i| {
        let mut sums = tasks[i].lock().unwrap_or_else(PoisonError::into_inner);
        add_image(i, &mut Sums { g, x: &x[i * x_len..(i + 1) * x_len], sums: &mut sums });
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

/// One image's share of the gradient.
struct Sums<'a> {
    g: &'a ConvGeometry,
    x: &'a [f32],
    /// Laid out (n_c, f_h, f_w, n_c_prev): a row of a window is contiguous, as in the image.
    sums: &'a mut [f32],
}

impl Sums<'_> {
    /// Adds the gradient of filter `c` from one element of the convolution's output gradient.
    fn add(&mut self, h: usize, w: usize, c: usize, dy: f32) {
        let g = self.g;
        let (top, left) = (h * g.stride_h, w * g.stride_w);
        // The rows and columns of the window that are inside the image.
        let first_row = g.pad_top.saturating_sub(top);
        let last_row = g.f_h.min((g.n_h_prev + g.pad_top).saturating_sub(top));
        let first = g.pad_left.saturating_sub(left);
        let last = g.f_w.min((g.n_w_prev + g.pad_left).saturating_sub(left));
        if first >= last {
            return;
        }
        let window = g.f_h * g.f_w * g.n_c_prev;
        let sums = &mut self.sums[c * window..(c + 1) * window];
        let len = (last - first) * g.n_c_prev;
        for fh in first_row..last_row {
            let from = ((top + fh - g.pad_top) * g.n_w_prev + left + first - g.pad_left) * g.n_c_prev;
            let to = (fh * g.f_w + first) * g.n_c_prev;
            let (sums, rest) = sums[to..to + len].as_chunks_mut::<4>();
            let (x, x_rest) = self.x[from..from + len].as_chunks::<4>();
            // A row of a filter is short: chunks of four are one vector each, without a loop over their length.
            for (sums, x) in sums.iter_mut().zip(x) {
                *sums = std::array::from_fn(|lane| sums[lane] + x[lane] * dy);
            }
            rest.iter_mut().zip(x_rest).for_each(|(sum, x)| *sum += x * dy);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::graph::{
        kernels::exact::{conv2d as exact, max_pool},
        network::padding::Padding,
    };

    #[test]
    fn agrees_with_the_plain_loops() {
        for (strides, padding, f) in [
            ((1, 1), Padding::Same, (4, 4)),
            ((2, 1), Padding::Same, (3, 5)),
            ((1, 2), Padding::Valid, (2, 3)),
            ((3, 3), Padding::Same, (1, 1)),
        ] {
            let g = ConvGeometry::new((3, 13, 17, 3), (f.0, f.1, 3, 8), strides, padding);
            let element = |i: usize| ((i * 2_654_435_761) % 1009) as f32 / 1009.0 - 0.5;
            let x: Vec<f32> = (0..g.input_len()).map(element).collect();
            let dy: Vec<f32> = (0..g.output_len()).map(|i| if i % 29 == 7 { element(i + 5) } else { 0.0 }).collect();
            let (mut ours, mut expected) = (vec![1.0; g.filter_len()], vec![0.0; g.filter_len()]);
            backward_filter(&g, &x, &dy, &mut ours, &Threads::new(2));
            exact::backward_filter(&g, &x, &dy, &mut expected, false);
            for (ours, expected) in ours.iter().zip(&expected) {
                assert!((ours - expected).abs() < 1e-5, "{g:?}: {ours} is not {expected}");
            }
        }
    }

    #[test]
    fn a_gradient_by_argmax_has_the_bits_of_the_dense_one() {
        for (padding, f, windows) in
            [(Padding::Same, (4, 4), (8, 8)), (Padding::Valid, (3, 2), (5, 6)), (Padding::Same, (2, 5), (7, 4))]
        {
            let g = ConvGeometry::new((3, 19, 26, 3), (f.0, f.1, 3, 7), (1, 1), padding);
            let pool = PoolGeometry::new((3, g.n_h, g.n_w, 7), windows, windows, padding);
            let element = |i: usize| ((i * 2_654_435_761) % 1009) as f32 / 1009.0 - 0.5;
            let x: Vec<f32> = (0..g.input_len()).map(element).collect();
            let between: Vec<f32> = (0..g.output_len()).map(|i| element(i + 77)).collect();
            let dy: Vec<f32> = (0..pool.output_len()).map(|i| element(i + 5).max(0.0)).collect();
            let (mut y, mut argmax) = (vec![0.0; pool.output_len()], vec![0.0; pool.output_len()]);
            max_pool::forward(&pool, &between, &mut y, &mut argmax);
            let mut d_between = vec![0.0; g.output_len()];
            max_pool::backward(&pool, &argmax, &dy, &mut d_between, false);
            let (mut ours, mut expected) = (vec![1.0; g.filter_len()], vec![0.0; g.filter_len()]);
            backward_filter_of_argmax(&g, &pool, &x, &argmax, &dy, &mut ours, &Threads::new(2));
            backward_filter(&g, &x, &d_between, &mut expected, &Threads::new(1));
            assert_eq!(ours, expected, "{g:?} {pool:?}");
        }
    }

    #[test]
    fn dense_and_sparse_gradients_are_distinguished() {
        assert!(is_sparse(&[0.0; 8192]));
        assert!(!is_sparse(&[1.0; 8192]));
        assert!(!is_sparse(&[0.0; 100]), "too few to be worth it");
    }
}
