/*!
Element-by-element loops on several threads, in blocks; each element is computed by one task, from the same numbers, so
the result does not depend on the threads.
*/

use super::{blocks, disjoint::DisjointSlices};
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Calls `f(range, part)` for each block of `y`, where `part` is `y[range]`.
pub fn for_each_block(y: &mut [f32], ws: &mut Workspace, f: &(dyn Fn(Range<usize>, &mut [f32]) + Sync)) {
    for_each_rows(y, 1, ws, f);
}

/// Calls `f(rows, part)` for each block of whole rows of `width` elements, where `part` has these rows.
pub fn for_each_rows(y: &mut [f32], width: usize, ws: &mut Workspace, f: &(dyn Fn(Range<usize>, &mut [f32]) + Sync)) {
    let (threads, _, _) = ws.parts(0);
    let (n_rows, y) = (y.len() / width.max(1), DisjointSlices::new(y));
    blocks::for_each_block(threads, n_rows, width, &|_, rows| {
        // SAFETY: blocks do not overlap.
        let part = unsafe { y.get(rows.start * width..rows.end * width) };
        f(rows, part);
    });
}

/// Calls `f(rows, part)` for blocks of `y` that has one element for each row of `width` elements of the input.
pub fn for_each_rows_of(
    width: usize,
    y: &mut [f32],
    ws: &mut Workspace,
    f: &(dyn Fn(Range<usize>, &mut [f32]) + Sync),
) {
    let (threads, _, _) = ws.parts(0);
    let (n_rows, y) = (y.len(), DisjointSlices::new(y));
    blocks::for_each_block(threads, n_rows, width, &|_, rows| {
        // SAFETY: blocks do not overlap.
        let part = unsafe { y.get(rows.clone()) };
        f(rows, part);
    });
}
