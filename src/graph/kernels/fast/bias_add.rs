/*!
One element per channel added to every row of channels, and the gradient of these biases. Behind a convolution or a
matrix product it is better part of the kernel's epilogue.
*/

use super::{blocks, disjoint::DisjointSlices, isa::for_each_isa};
use crate::graph::kernels::workspace::Workspace;

/// Adds `bias`, one element per channel, to every row of `x`; with `relu`, negative results become zero.
///
/// # Panics
/// If `x` is not made of whole rows of as many elements as `bias` has.
pub fn forward(x: &mut [f32], bias: &[f32], relu: bool, ws: &mut Workspace) {
    let n_c = whole_rows(x.len(), bias.len());
    let (threads, isa, _) = ws.parts(0);
    let (rows, x) = (x.len() / n_c, DisjointSlices::new(x));
    let floor = if relu { 0.0 } else { f32::NEG_INFINITY };
    blocks::for_each_block(threads, rows, n_c, &|_, range| {
        // SAFETY: blocks do not overlap.
        block_bias(isa, bias, unsafe { x.get(range.start * n_c..range.end * n_c) }, floor);
    });
}

for_each_isa! {
    fn block_bias(bias: &[f32], x: &mut [f32], floor: f32) {
        for x in x.chunks_exact_mut(bias.len()) {
            for (x, bias) in x.iter_mut().zip(bias) {
                let sum = *x + bias;
                *x = if sum < floor { floor } else { sum };
            }
        }
    }
}

/// The gradient of the biases: the sum of all rows of `dy`. Blocks of rows are summed in `f32`, the blocks in `f64`, in
/// order.
///
/// # Panics
/// If `dy` is not made of whole rows of as many elements as `d_bias` has.
pub fn backward(dy: &[f32], d_bias: &mut [f32], ws: &mut Workspace) {
    let n_c = whole_rows(dy.len(), d_bias.len());
    let rows = dy.len() / n_c;
    let (threads, isa, partial) = ws.parts(blocks::n_blocks(rows, n_c) * n_c);
    let sums = DisjointSlices::new(partial);
    blocks::for_each_block(threads, rows, n_c, &|block, range| {
        // SAFETY: each block has its own sums.
        block_sum(isa, &dy[range.start * n_c..range.end * n_c], unsafe { sums.get(block * n_c..(block + 1) * n_c) });
    });
    let mut sums = vec![0.0f64; n_c];
    for block in partial.chunks_exact(n_c) {
        sums.iter_mut().zip(block).for_each(|(sum, &block)| *sum += f64::from(block));
    }
    d_bias.iter_mut().zip(sums).for_each(|(d_bias, sum)| *d_bias = sum as f32);
}

for_each_isa! {
    fn block_sum(x: &[f32], sums: &mut [f32]) {
        sums.fill(0.0);
        for row in x.chunks_exact(sums.len()) {
            sums.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
    }
}

#[track_caller]
fn whole_rows(len: usize, n_c: usize) -> usize {
    assert!(n_c > 0 && len.is_multiple_of(n_c), "bias_add: expected whole rows of {n_c} channels, got {len} elements");
    n_c
}
