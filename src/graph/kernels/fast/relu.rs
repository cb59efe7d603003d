/*! The rectifier and its gradient. In a convolution or a dense layer it is better part of the kernel's epilogue. */

use super::{blocks, disjoint::DisjointSlices, isa::for_each_isa};
use crate::graph::kernels::workspace::Workspace;

/// Negative elements of `x` become zero.
pub fn forward(x: &mut [f32], ws: &mut Workspace) {
    let (threads, isa, _) = ws.parts(0);
    let (len, x) = (x.len(), DisjointSlices::new(x));
    // SAFETY: blocks do not overlap.
    blocks::for_each_block(threads, len, 1, &|_, range| block_relu(isa, unsafe { x.get(range) }));
}

for_each_isa! {
    fn block_relu(x: &mut [f32]) {
        x.iter_mut().for_each(|x| *x = if *x < 0.0 { 0.0 } else { *x });
    }
}

/// The gradient from the output: `dx = dy` where `y > 0`, else 0; in place, `dy` becomes `dx`.
///
/// # Panics
/// If the slices differ in length.
pub fn backward(y: &[f32], dy: &mut [f32], ws: &mut Workspace) {
    assert!(y.len() == dy.len(), "relu: expected two slices of one length, got {} and {} elements", y.len(), dy.len());
    let (threads, isa, _) = ws.parts(0);
    let (len, dy) = (dy.len(), DisjointSlices::new(dy));
    blocks::for_each_block(threads, len, 1, &|_, range| {
        // SAFETY: blocks do not overlap.
        block_relu_backward(isa, &y[range.clone()], unsafe { dy.get(range) });
    });
}

for_each_isa! {
    fn block_relu_backward(y: &[f32], dy: &mut [f32]) {
        dy.iter_mut().zip(y).for_each(|(dy, y)| *dy = if *y > 0.0 { *dy } else { 0.0 });
    }
}
