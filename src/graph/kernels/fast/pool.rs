/*! What max pooling and average pooling share: checks, and tasks that are whole images. */

use super::{disjoint::DisjointSlices, isa::Isa};
use crate::graph::kernels::{geometry::Pool2dGeometry, workspace::Workspace};

/// Calls `task` for each image of the batch with its gradient, which starts at zero unless it accumulates.
pub fn for_each_image(
    g: &Pool2dGeometry,
    dx: &mut [f32],
    accumulate: bool,
    ws: &mut Workspace,
    task: &(dyn Fn(Isa, usize, &mut [f32]) + Sync),
) {
    let (threads, isa, _) = ws.parts(0);
    let len = g.n_h_prev * g.n_w_prev * g.n_c;
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
pub fn check(g: &Pool2dGeometry, x_len: usize, y_len: usize) {
    assert!(
        (x_len, y_len) == (g.input_len(), g.output_len()),
        "pool: expected {} elements before and {} after pooling as the geometry says, got {x_len} and {y_len}",
        g.input_len(),
        g.output_len()
    );
}
