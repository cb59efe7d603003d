/*!
Average pooling in plain loops.

Padding never counts: the mean is taken over the elements inside the image.
*/

use crate::graph::kernels::{
    geometry::PoolGeometry,
    window::{for_each_offset, n_inside},
};

/// Writes the mean of each window into `y`.
pub fn forward(g: &PoolGeometry, x: &[f32], y: &mut [f32]) {
    for (position, y) in y.chunks_exact_mut(g.n_c).enumerate() {
        y.fill(0.0);
        let mut n = 0;
        for_each_offset(g, position / g.n_w, position % g.n_w, |_, pixel| {
            n += 1;
            y.iter_mut().zip(&x[pixel..pixel + g.n_c]).for_each(|(y, x)| *y += x);
        });
        y.iter_mut().for_each(|y| *y /= n as f32);
    }
}

/// Adds or writes the gradient of the input: each element of `dy` is spread evenly over the elements of its window.
pub fn backward(g: &PoolGeometry, dy: &[f32], dx: &mut [f32], accumulate: bool) {
    if !accumulate {
        dx.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        let (row, w) = (position / g.n_w, position % g.n_w);
        let n = n_inside(g, row, w);
        for_each_offset(g, row, w, |_, pixel| {
            dx[pixel..pixel + g.n_c].iter_mut().zip(dy).for_each(|(dx, dy)| *dx += dy / n as f32);
        });
    }
}
