/*!
Max pooling and its gradient, one vector of channels at a time.

Padding never counts: the maximum is taken over the elements inside the image.
*/

use super::{
    disjoint::DisjointSlices,
    isa::{Isa, for_each_isa},
    pool,
};
use crate::graph::kernels::{
    geometry::PoolGeometry,
    window::{for_each_offset, pixel},
    workspace::Workspace,
};

/// Writes the maximum of each window into `y`, and its offset in the window into `argmax`, if that is not empty:
/// counted row by row, the first one where several are equal, as in TensorFlow.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn forward(g: &PoolGeometry, x: &[f32], y: &mut [f32], argmax: &mut [f32], ws: &mut Workspace) {
    pool::check(g, x.len(), y.len());
    let argmax_stride = match argmax.len() {
        0 => 0,
        len => {
            assert!(len == y.len(), "max_pool: expected {} argmaxes, one for each output, got {len}", y.len());
            g.n_w * g.n_c
        }
    };
    let (threads, isa, _) = ws.parts(0);
    let (y, argmax) = (DisjointSlices::new(y), DisjointSlices::new(argmax));
    let row_len = g.n_w * g.n_c;
    threads.run(g.m * g.n_d * g.n_h, &|row| {
        // SAFETY: each task writes its own row.
        let (y, argmax) = unsafe {
            (y.get(row * row_len..(row + 1) * row_len), argmax.get(row * argmax_stride..(row + 1) * argmax_stride))
        };
        max_row(isa, g, row, x, y, argmax);
    });
}

for_each_isa! {
    fn max_row(g: &PoolGeometry, row: usize, x: &[f32], y: &mut [f32], argmax: &mut [f32]) {
        let mut none = [];
        for (w, y) in y.chunks_exact_mut(g.n_c).enumerate() {
            let argmax = if argmax.is_empty() { &mut none[..] } else { &mut argmax[w * g.n_c..(w + 1) * g.n_c] };
            let mut is_first = true;
            for_each_offset(g, row, w, |offset, pixel| {
                let x = &x[pixel..pixel + g.n_c];
                let offset = offset as f32;
                if is_first {
                    y.copy_from_slice(x);
                    argmax.fill(offset);
                    is_first = false;
                } else if argmax.is_empty() {
                    for (y, x) in y.iter_mut().zip(x) {
                        *y = if *x <= *y { *y } else { *x };
                    }
                } else {
                    for ((y, argmax), x) in y.iter_mut().zip(argmax.iter_mut()).zip(x) {
                        let keep = *x <= *y;
                        *argmax = if keep { *argmax } else { offset };
                        *y = if keep { *y } else { *x };
                    }
                }
            });
        }
    }
}

/// The gradient of max pooling: each element of `dy` goes to the argmax of its window; added to `dx` with `accumulate`.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn backward(g: &PoolGeometry, argmax: &[f32], dy: &[f32], dx: &mut [f32], accumulate: bool, ws: &mut Workspace) {
    pool::check(g, dx.len(), dy.len());
    assert!(argmax.len() == dy.len(), "max_pool: expected {} argmaxes, got {}", dy.len(), argmax.len());
    pool::for_each_image(g, dx, accumulate, ws, &|isa: Isa, i, dx| {
        let image = i * g.image_len()..(i + 1) * g.image_len();
        if g.f_d * g.f_h * g.f_w <= MAX_GATHER_WINDOW {
            backward_by_gather(isa, g, &argmax[image.clone()], &dy[image], dx);
        } else {
            backward_by_scatter(g, &argmax[image.clone()], &dy[image], dx);
        }
    });
}

/// For windows of up to so many elements, comparing every offset with the argmax, a vector of channels at a time, is
/// faster than an indexed addition for every element.
const MAX_GATHER_WINDOW: usize = 16;

for_each_isa! {
    fn backward_by_gather(g: &PoolGeometry, argmax: &[f32], dy: &[f32], dx: &mut [f32]) {
        for (position, (dy, argmax)) in dy.chunks_exact(g.n_c).zip(argmax.chunks_exact(g.n_c)).enumerate() {
            for_each_offset(g, position / g.n_w, position % g.n_w, |offset, pixel| {
                let offset = offset as f32;
                for ((dx, dy), argmax) in dx[pixel..pixel + g.n_c].iter_mut().zip(dy).zip(argmax) {
                    *dx += if *argmax == offset { *dy } else { 0.0 };
                }
            });
        }
    }
}

fn backward_by_scatter(g: &PoolGeometry, argmax: &[f32], dy: &[f32], dx: &mut [f32]) {
    for (position, (dy, argmax)) in dy.chunks_exact(g.n_c).zip(argmax.chunks_exact(g.n_c)).enumerate() {
        let (row, w) = (position / g.n_w, position % g.n_w);
        for (c, (dy, &argmax)) in dy.iter().zip(argmax).enumerate() {
            dx[pixel(g, row, w, argmax as usize) + c] += dy;
        }
    }
}
