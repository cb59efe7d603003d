/*!
Average pooling and its gradient, one vector of channels at a time.

Padding never counts: the mean is taken over the elements inside the image. A window as large as the image makes it
global pooling.
*/

use super::{disjoint::DisjointSlices, isa::for_each_isa, pool};
use crate::graph::kernels::{
    geometry::PoolGeometry,
    window::{for_each_offset, n_inside},
    workspace::Workspace,
};

/// Writes the mean of each window into `y`.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn forward(g: &PoolGeometry, x: &[f32], y: &mut [f32], ws: &mut Workspace) {
    pool::check(g, x.len(), y.len());
    let (threads, isa, _) = ws.parts(0);
    let y = DisjointSlices::new(y);
    let row_len = g.n_w * g.n_c;
    threads.run(g.m * g.n_d * g.n_h, &|row| {
        // SAFETY: each task writes its own row.
        average_row(isa, g, row, x, unsafe { y.get(row * row_len..(row + 1) * row_len) });
    });
}

for_each_isa! {
    fn average_row(g: &PoolGeometry, row: usize, x: &[f32], y: &mut [f32]) {
        for (w, y) in y.chunks_exact_mut(g.n_c).enumerate() {
            y.fill(0.0);
            let mut n = 0;
            for_each_offset(g, row, w, |_, pixel| {
                n += 1;
                y.iter_mut().zip(&x[pixel..pixel + g.n_c]).for_each(|(y, x)| *y += x);
            });
            let n = n as f32;
            y.iter_mut().for_each(|y| *y /= n);
        }
    }
}

/// The gradient of average pooling: each element of `dy` is spread evenly over the elements of its window; added to
/// `dx` with `accumulate`.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn backward(g: &PoolGeometry, dy: &[f32], dx: &mut [f32], accumulate: bool, ws: &mut Workspace) {
    pool::check(g, dx.len(), dy.len());
    pool::for_each_image(g, dx, accumulate, ws, &|isa, i, dx| {
        average_image(isa, g, &dy[i * g.image_len()..(i + 1) * g.image_len()], dx);
    });
}

for_each_isa! {
    fn average_image(g: &PoolGeometry, dy: &[f32], dx: &mut [f32]) {
        for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
            let (row, w) = (position / g.n_w, position % g.n_w);
            let n = n_inside(g, row, w) as f32;
            for_each_offset(g, row, w, |_, pixel| {
                for (dx, dy) in dx[pixel..pixel + g.n_c].iter_mut().zip(dy) {
                    *dx += dy / n;
                }
            });
        }
    }
}
