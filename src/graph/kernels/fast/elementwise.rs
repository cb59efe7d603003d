/*!
Number-by-number kernels: relu and its gradient, sums of tensors, biases and their gradient.

What fuses into a neighbour is better fused: see the epilogue of `conv2d` and `batch_norm`.
*/

use super::isa::for_each_isa;
use super::slices::{self, Parts};
use crate::graph::kernels::workspace::Workspace;

/// Negative numbers of `x` become zero.
pub fn relu(x: &mut [f32], ws: &mut Workspace) {
    let (threads, isa, _) = ws.parts(0);
    let (len, x) = (x.len(), Parts::new(x));
    // SAFETY: blocks do not overlap.
    slices::for_each_block(threads, len, 1, &|_, range| block_relu(isa, unsafe { x.get(range) }));
}

for_each_isa! {
    fn block_relu(x: &mut [f32]) {
        x.iter_mut().for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x });
    }
}

/// The gradient of relu from its output: `g = dy` where `y > 0`, else 0; in place, `dy` becomes `g`.
///
/// # Panics
/// If the slices differ in length.
pub fn relu_backward(y: &[f32], dy: &mut [f32], ws: &mut Workspace) {
    same_len("relu", y.len(), dy.len());
    let (threads, isa, _) = ws.parts(0);
    let (len, dy) = (dy.len(), Parts::new(dy));
    // SAFETY: blocks do not overlap.
    slices::for_each_block(threads, len, 1, &|_, range| block_gate(isa, &y[range.clone()], unsafe { dy.get(range) }));
}

for_each_isa! {
    fn block_gate(y: &[f32], dy: &mut [f32]) {
        dy.iter_mut().zip(y).for_each(|(dy, y)| *dy = if *y > 0.0 { *dy } else { 0.0 });
    }
}

/// `sum += x`.
///
/// # Panics
/// If the slices differ in length.
pub fn add_assign(sum: &mut [f32], x: &[f32], ws: &mut Workspace) {
    same_len("add", x.len(), sum.len());
    let (threads, isa, _) = ws.parts(0);
    let sum = Parts::new(sum);
    // SAFETY: blocks do not overlap.
    slices::for_each_block(threads, x.len(), 1, &|_, range| {
        block_add(isa, &x[range.clone()], unsafe { sum.get(range) })
    });
}

for_each_isa! {
    fn block_add(x: &[f32], sum: &mut [f32]) {
        sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
    }
}

/// Adds `bias`, one number per channel, to every row of `x`; with `relu`, negative numbers become zero.
///
/// # Panics
/// If `x` is not made of whole rows of as many numbers as `bias` has.
pub fn bias_add(x: &mut [f32], bias: &[f32], relu: bool, ws: &mut Workspace) {
    let n_c = whole_rows(x.len(), bias.len());
    let (threads, isa, _) = ws.parts(0);
    let (rows, x) = (x.len() / n_c, Parts::new(x));
    let floor = if relu { 0.0 } else { f32::NEG_INFINITY };
    slices::for_each_block(threads, rows, n_c, &|_, range| {
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

/// The gradient of a bias: the sum of all rows of `dy`. Blocks of rows are summed in `f32`, the blocks in `f64`, in order.
///
/// # Panics
/// If `dy` is not made of whole rows of as many numbers as `d_bias` has.
pub fn bias_gradient(dy: &[f32], d_bias: &mut [f32], ws: &mut Workspace) {
    let n_c = whole_rows(dy.len(), d_bias.len());
    let rows = dy.len() / n_c;
    let (threads, isa, partial) = ws.parts(slices::n_blocks(rows, n_c) * n_c);
    let parts = Parts::new(partial);
    slices::for_each_block(threads, rows, n_c, &|block, range| {
        // SAFETY: each block has its own sums.
        block_sum(isa, &dy[range.start * n_c..range.end * n_c], unsafe { parts.get(block * n_c..(block + 1) * n_c) });
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
fn same_len(caller: &str, expected: usize, len: usize) {
    assert!(len == expected, "{caller}: expected two slices of one length, got {expected} and {len} numbers");
}

#[track_caller]
fn whole_rows(len: usize, n_c: usize) -> usize {
    assert!(n_c > 0 && len.is_multiple_of(n_c), "bias: expected whole rows of {n_c} channels, got {len} numbers");
    n_c
}
