/*! What max pooling and average pooling share: checks, and tasks that are whole images. */

use super::{disjoint::DisjointSlices, isa::Isa};
use crate::graph::kernels::{geometry::PoolGeometry, workspace::Workspace};

/// Calls `task` for each image of the batch with its gradient, which starts at zero unless it accumulates.
pub fn for_each_image(
    g: &PoolGeometry,
    dx: &mut [f32],
    accumulate: bool,
    ws: &mut Workspace,
    task: &(dyn Fn(Isa, usize, &mut [f32]) + Sync),
) {
    let (threads, isa, _) = ws.parts(0);
    let len = g.image_len_prev();
    let dx = DisjointSlices::new(dx);
    threads.run(g.m, &|i| {
        // SAFETY: each task writes its own image.
        let dx = unsafe { dx.get(i * len..(i + 1) * len) };
        if !accumulate {
            dx.fill(0.0);
        }
        task(isa, i, dx);
    });
}

/// Compares lengths with the geometry.
#[track_caller]
pub fn check(g: &PoolGeometry, x_len: usize, y_len: usize) {
    assert!(
        (x_len, y_len) == (g.input_len(), g.output_len()),
        "pool: expected {} elements before and {} after pooling as the geometry says, got {x_len} and {y_len}",
        g.input_len(),
        g.output_len()
    );
}
