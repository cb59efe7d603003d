/*!
Batch normalisation over the last axis, forward and backward. The addition and the relu that follow it in a residual
network are the epilogue of the forward pass; the backward pass can apply the gradient of a relu alone.

Moving averages are not kept here.
*/

use super::isa::for_each_isa;
use super::{blocks, disjoint::DisjointSlices};
use crate::graph::kernels::epilogue::Epilogue;
use crate::graph::kernels::workspace::Workspace;

/// What a batch is normalised with: `y = (x - mean) inv_std gamma + beta`, each of one element per channel.
#[derive(Debug, Clone, Copy)]
pub struct Statistics<'a> {
    /// The mean.
    pub mean: &'a [f32],
    /// One over the standard deviation, `1 / sqrt(variance + epsilon)`.
    pub inv_std: &'a [f32],
    /// The learned scale.
    pub gamma: &'a [f32],
    /// The learned shift.
    pub beta: &'a [f32],
}

impl Statistics<'_> {
    fn check(&self, x_len: usize) -> usize {
        let n_c = self.mean.len();
        assert!(
            [self.inv_std.len(), self.gamma.len(), self.beta.len()] == [n_c; 3],
            "batch_norm: expected inv_std, gamma and beta of {n_c} channels as mean has, got {}, {} and {}",
            self.inv_std.len(),
            self.gamma.len(),
            self.beta.len()
        );
        assert!(
            n_c > 0 && x_len.is_multiple_of(n_c),
            "batch_norm: expected whole rows of {n_c} channels, got {x_len} elements"
        );
        n_c
    }

    /// `inv_std gamma`.
    fn scale(&self) -> Vec<f32> {
        self.inv_std.iter().zip(self.gamma).map(|(inv_std, gamma)| inv_std * gamma).collect()
    }
}

/// Writes each channel's mean and (biased) variance over all pixels of `x`.
///
/// Blocks of pixels are summed twice in `f32` while they are in the cache, first for their mean, then for their
/// deviations from it; blocks are combined in `f64` (Chan, Golub and LeVeque 1979), in order.
///
/// # Panics
/// If `x` is empty or not made of whole rows of as many channels as `mean` and `variance` have.
pub fn moments(x: &[f32], mean: &mut [f32], variance: &mut [f32], ws: &mut Workspace) {
    let n_c = mean.len();
    assert!(
        variance.len() == n_c && n_c > 0 && !x.is_empty() && x.len().is_multiple_of(n_c),
        "batch_norm: expected whole rows of {n_c} channels and as many variances, got {} elements and {} variances",
        x.len(),
        variance.len()
    );
    let rows = x.len() / n_c;
    let n_blocks = blocks::n_blocks(rows, n_c);
    let (threads, isa, partial) = ws.parts(n_blocks * 2 * n_c);
    let block_partial = DisjointSlices::new(partial);
    blocks::for_each_block(threads, rows, n_c, &|block, range| {
        // SAFETY: each block has its own sums.
        let (mean, deviation) = unsafe { block_partial.get(block * 2 * n_c..(block + 1) * 2 * n_c) }.split_at_mut(n_c);
        let scale = 1.0 / range.len() as f32;
        let x = &x[range.start * n_c..range.end * n_c];
        block_moments(isa, x, scale, mean, deviation);
    });
    let per_block = blocks::rows_per_task(n_c);
    let mut means = vec![0.0f64; n_c];
    let mut deviations = vec![0.0f64; n_c];
    for (block, sums) in partial.chunks_exact(2 * n_c).enumerate() {
        let before = (block * per_block) as f64;
        let here = per_block.min(rows - block * per_block) as f64;
        let (share, weight) = (here / (before + here), before * here / (before + here));
        let (mean, deviation) = sums.split_at(n_c);
        for c in 0..n_c {
            let delta = f64::from(mean[c]) - means[c];
            means[c] += delta * share;
            deviations[c] += f64::from(deviation[c]) + delta * delta * weight;
        }
    }
    for c in 0..n_c {
        mean[c] = means[c] as f32;
        variance[c] = (deviations[c] / rows as f64) as f32;
    }
}

for_each_isa! {
    fn block_moments(x: &[f32], scale: f32, mean: &mut [f32], deviation: &mut [f32]) {
        let n_c = mean.len();
        mean.fill(0.0);
        deviation.fill(0.0);
        // Four rows at once: the sums are loaded and stored once for every four elements.
        let mut fours = x.chunks_exact(4 * n_c);
        for rows in &mut fours {
            let (a, b) = rows.split_at(2 * n_c);
            let ((a, b), (c, d)) = (a.split_at(n_c), b.split_at(n_c));
            for ((((sum, a), b), c), d) in mean.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                *sum += (a + b) + (c + d);
            }
        }
        for row in fours.remainder().chunks_exact(n_c) {
            mean.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        mean.iter_mut().for_each(|sum| *sum *= scale);
        let mut fours = x.chunks_exact(4 * n_c);
        for rows in &mut fours {
            let (a, b) = rows.split_at(2 * n_c);
            let ((a, b), (c, d)) = (a.split_at(n_c), b.split_at(n_c));
            for (((((sum, m), a), b), c), d) in deviation.iter_mut().zip(&*mean).zip(a).zip(b).zip(c).zip(d) {
                let (a, b, c, d) = (a - m, b - m, c - m, d - m);
                *sum += (a * a + b * b) + (c * c + d * d);
            }
        }
        for row in fours.remainder().chunks_exact(n_c) {
            for ((sum, m), x) in deviation.iter_mut().zip(&*mean).zip(row) {
                *sum += (x - m) * (x - m);
            }
        }
    }
}

/// Normalises: `y = (x - mean) inv_std gamma + beta`, then the epilogue, which may have an addition and a relu.
///
/// # Panics
/// If `x`, `y` and the addend differ in length or are not made of whole rows of channels, or if the epilogue has a bias
/// or a normalisation.
pub fn forward(s: &Statistics, x: &[f32], y: &mut [f32], epilogue: Epilogue, ws: &mut Workspace) {
    let Epilogue { bias, norm, add, relu } = epilogue;
    assert!(
        bias.is_none() && norm.is_none(),
        "batch_norm: expected an epilogue of addition and relu, got {epilogue:?}"
    );
    let n_c = s.check(x.len());
    assert!(
        y.len() == x.len() && add.is_none_or(|add| add.len() == x.len()),
        "batch_norm: expected an output and an addend of {} elements as the input has",
        x.len()
    );
    let scale = s.scale();
    let (threads, isa, _) = ws.parts(0);
    let y = DisjointSlices::new(y);
    let floor = if relu { 0.0 } else { f32::NEG_INFINITY };
    blocks::for_each_block(threads, x.len() / n_c, n_c, &|_, range| {
        let range = range.start * n_c..range.end * n_c;
        // SAFETY: blocks do not overlap.
        let y = unsafe { y.get(range.clone()) };
        match add {
            Some(add) => block_normalise_add(isa, s.mean, &scale, s.beta, &x[range.clone()], &add[range], y, floor),
            None => block_normalise(isa, s.mean, &scale, s.beta, &x[range], y, floor),
        }
    });
}

for_each_isa! {
    fn block_normalise(mean: &[f32], scale: &[f32], beta: &[f32], x: &[f32], y: &mut [f32], floor: f32) {
        let n_c = mean.len();
        for (x, y) in x.chunks_exact(n_c).zip(y.chunks_exact_mut(n_c)) {
            for ((((y, x), mean), scale), beta) in y.iter_mut().zip(x).zip(mean).zip(scale).zip(beta) {
                let z = (x - mean) * scale + beta;
                *y = if z < floor { floor } else { z };
            }
        }
    }
}

for_each_isa! {
    #[allow(clippy::too_many_arguments)]
    fn block_normalise_add(
        mean: &[f32],
        scale: &[f32],
        beta: &[f32],
        x: &[f32],
        add: &[f32],
        y: &mut [f32],
        floor: f32,
    ) {
        let n_c = mean.len();
        for ((x, add), y) in x.chunks_exact(n_c).zip(add.chunks_exact(n_c)).zip(y.chunks_exact_mut(n_c)) {
            for (((((y, x), add), mean), scale), beta) in y.iter_mut().zip(x).zip(add).zip(mean).zip(scale).zip(beta) {
                let z = ((x - mean) * scale + beta) + add;
                *y = if z < floor { floor } else { z };
            }
        }
    }
}

/// The gradients of a batch normalisation with the batch's own statistics.
///
/// ```text
/// g = dy; with `relu`, only where (x - mean) inv_std gamma + beta > 0;   x_hat = (x - mean) inv_std;   n pixels
/// d_beta = sum of g;   d_gamma = sum of g x_hat
/// dx = gamma inv_std (g - (d_beta + x_hat d_gamma) / n)
/// ```
///
/// `relu` says that a relu was in the epilogue of the forward pass; where its input was positive is computed again.
/// `dy` None means that `dx` holds it.
///
/// # Panics
/// If the slices do not fit each other.
#[allow(clippy::too_many_arguments)]
pub fn backward(
    s: &Statistics,
    relu: bool,
    x: &[f32],
    dy: Option<&[f32]>,
    dx: &mut [f32],
    d_gamma: &mut [f32],
    d_beta: &mut [f32],
    ws: &mut Workspace,
) {
    let n_c = s.check(x.len());
    assert!(
        dx.len() == x.len() && dy.is_none_or(|dy| dy.len() == x.len()),
        "batch_norm: expected gradients of {} elements as the input has",
        x.len()
    );
    assert!(
        d_gamma.len() == n_c && d_beta.len() == n_c,
        "batch_norm: expected gradients of gamma and beta of {n_c} elements"
    );
    let rows = x.len() / n_c;
    let n_blocks = blocks::n_blocks(rows, n_c);
    let scale = s.scale();
    let (threads, isa, partial) = ws.parts(n_blocks * 2 * n_c);
    let block_partial = DisjointSlices::new(partial);
    {
        let dy = dy.unwrap_or(dx);
        blocks::for_each_block(threads, rows, n_c, &|block, range| {
            // SAFETY: each block has its own sums.
            let (beta, gamma) = unsafe { block_partial.get(block * 2 * n_c..(block + 1) * 2 * n_c) }.split_at_mut(n_c);
            let range = range.start * n_c..range.end * n_c;
            block_sums(isa, relu, s.mean, &scale, s.beta, &x[range.clone()], &dy[range], beta, gamma);
        });
    }
    let mut sums = vec![0.0f64; 2 * n_c];
    for block in partial.chunks_exact(2 * n_c) {
        sums.iter_mut().zip(block).for_each(|(sum, &block)| *sum += f64::from(block));
    }
    // dx = scale g + slope (x - mean) + level
    let (mut slope, mut level) = (vec![0.0f32; n_c], vec![0.0f32; n_c]);
    for c in 0..n_c {
        let inv_std = f64::from(s.inv_std[c]);
        let (sum, product) = (sums[c], sums[n_c + c] * inv_std);
        d_beta[c] = sum as f32;
        d_gamma[c] = product as f32;
        let per_pixel = f64::from(s.gamma[c]) * inv_std / rows as f64;
        slope[c] = (-per_pixel * inv_std * product) as f32;
        level[c] = (-per_pixel * sum) as f32;
    }
    let dx = DisjointSlices::new(dx);
    blocks::for_each_block(threads, rows, n_c, &|_, block| {
        for first in block.clone().step_by(cached_rows(n_c)) {
            let range = first * n_c..(first + cached_rows(n_c)).min(block.end) * n_c;
            // SAFETY: blocks do not overlap.
            let dx = unsafe { dx.get(range.clone()) };
            if let Some(dy) = dy {
                dx.copy_from_slice(&dy[range.clone()]);
            }
            let x = &x[range];
            if relu {
                block_relu_gradient(isa, s.mean, &scale, s.beta, x, dx);
            }
            block_gradient(isa, s.mean, &scale, &slope, &level, x, dx);
        }
    });
}

/// Rows that stay in the L1 cache from one pass to the next.
fn cached_rows(n_c: usize) -> usize {
    (CACHED_LEN / n_c).max(1)
}

/// Elements of each operand that are processed together: four operands of them are half of the L1 cache.
const CACHED_LEN: usize = 1 << 10;

for_each_isa! {
    #[allow(clippy::too_many_arguments)]
    fn block_sums(
        relu: bool,
        mean: &[f32],
        scale: &[f32],
        beta: &[f32],
        x: &[f32],
        dy: &[f32],
        sums: &mut [f32],
        products: &mut [f32],
    ) {
        let n_c = mean.len();
        sums.fill(0.0);
        products.fill(0.0);
        for (x, dy) in x.chunks_exact(n_c).zip(dy.chunks_exact(n_c)) {
            let sums = sums.iter_mut().zip(products.iter_mut());
            let elements = x.iter().zip(dy).zip(mean);
            if relu {
                for (((sum, product), ((x, dy), mean)), (scale, beta)) in sums.zip(elements).zip(scale.iter().zip(beta)) {
                    let g = if (x - mean) * scale + beta > 0.0 { *dy } else { 0.0 };
                    *sum += g;
                    *product += g * (x - mean);
                }
            } else {
                for ((sum, product), ((x, dy), mean)) in sums.zip(elements) {
                    *sum += dy;
                    *product += dy * (x - mean);
                }
            }
        }
    }
}

for_each_isa! {
    /// Sets the gradient `g` to zero where the relu's input was not positive.
    fn block_relu_gradient(mean: &[f32], scale: &[f32], beta: &[f32], x: &[f32], g: &mut [f32]) {
        let n_c = mean.len();
        for (x, g) in x.chunks_exact(n_c).zip(g.chunks_exact_mut(n_c)) {
            for ((((g, x), mean), scale), beta) in g.iter_mut().zip(x).zip(mean).zip(scale).zip(beta) {
                *g = if (x - mean) * scale + beta > 0.0 { *g } else { 0.0 };
            }
        }
    }
}

for_each_isa! {
    fn block_gradient(mean: &[f32], scale: &[f32], slope: &[f32], level: &[f32], x: &[f32], g: &mut [f32]) {
        let n_c = mean.len();
        for (x, g) in x.chunks_exact(n_c).zip(g.chunks_exact_mut(n_c)) {
            for (((((g, x), mean), scale), slope), level) in g.iter_mut().zip(x).zip(mean).zip(scale).zip(slope).zip(level) {
                *g = *g * scale + ((x - mean) * slope + level);
            }
        }
    }
}
