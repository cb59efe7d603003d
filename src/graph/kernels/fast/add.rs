/*! The sum of two tensors. Behind a convolution it is better part of the kernel's epilogue. */

use super::{blocks, disjoint::DisjointSlices, isa::for_each_isa};
use crate::graph::kernels::workspace::Workspace;

/// `sum += x`.
///
/// # Panics
/// If the slices differ in length.
pub fn add_assign(sum: &mut [f32], x: &[f32], ws: &mut Workspace) {
    assert!(x.len() == sum.len(), "add: expected two slices of one length, got {} and {} elements", x.len(), sum.len());
    let (threads, isa, _) = ws.parts(0);
    let sum = DisjointSlices::new(sum);
    blocks::for_each_block(threads, x.len(), 1, &|_, range| {
        // SAFETY: blocks do not overlap.
        block_add(isa, &x[range.clone()], unsafe { sum.get(range) });
    });
}

for_each_isa! {
    fn block_add(x: &[f32], sum: &mut [f32]) {
        sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += x);
    }
}
