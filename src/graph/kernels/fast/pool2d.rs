/*!
Max and average pooling and their gradients, one vector of channels at a time.

Padding never counts: the largest number is looked for among the real cells, and the mean is taken over them. A window
as large as the image makes it global pooling.
*/

use super::isa::for_each_isa;
use super::slices::Parts;
use crate::graph::kernels::geometry::Pool2dGeometry;
use crate::graph::kernels::workspace::Workspace;
use std::ops::Range;

/// Writes the largest number of each window into `y`, and into `chosen`, if it is not empty, which cell of the window
/// it was: counted row by row, the first one where several are equal, as in TensorFlow.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn max_forward(g: &Pool2dGeometry, x: &[f32], y: &mut [f32], chosen: &mut [f32], ws: &mut Workspace) {
    check(g, x.len(), y.len());
    let chosen_step = match chosen.len() {
        0 => 0,
        len => {
            assert!(len == y.len(), "max_pool: expected {} choices, one for each output, got {len}", y.len());
            g.n_w * g.n_c
        }
    };
    let (threads, isa, _) = ws.parts(0);
    let (y, chosen) = (Parts::new(y), Parts::new(chosen));
    let row_len = g.n_w * g.n_c;
    threads.run(g.m * g.n_h, &|row| {
        // SAFETY: each task writes its own row.
        let (y, chosen) = unsafe {
            (y.get(row * row_len..(row + 1) * row_len), chosen.get(row * chosen_step..(row + 1) * chosen_step))
        };
        max_row(isa, g, row, x, y, chosen);
    });
}

for_each_isa! {
    fn max_row(g: &Pool2dGeometry, row: usize, x: &[f32], y: &mut [f32], chosen: &mut [f32]) {
        let mut none = [];
        for (w, y) in y.chunks_exact_mut(g.n_c).enumerate() {
            let chosen = if chosen.is_empty() { &mut none[..] } else { &mut chosen[w * g.n_c..(w + 1) * g.n_c] };
            let mut untouched = true;
            for_each_cell(g, row, w, |cell, pixel| {
                let x = &x[pixel..pixel + g.n_c];
                let cell = cell as f32;
                if untouched {
                    y.copy_from_slice(x);
                    chosen.fill(cell);
                    untouched = false;
                } else if chosen.is_empty() {
                    for (y, x) in y.iter_mut().zip(x) {
                        *y = if *x <= *y { *y } else { *x };
                    }
                } else {
                    for ((y, chosen), x) in y.iter_mut().zip(chosen.iter_mut()).zip(x) {
                        let keep = *x <= *y;
                        *chosen = if keep { *chosen } else { cell };
                        *y = if keep { *y } else { *x };
                    }
                }
            });
        }
    }
}

/// The gradient of max pooling: each number of `dy` goes to the cell that was chosen; added to `dx` with `accumulate`.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn max_backward(
    g: &Pool2dGeometry,
    chosen: &[f32],
    dy: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    ws: &mut Workspace,
) {
    check(g, dx.len(), dy.len());
    assert!(chosen.len() == dy.len(), "max_pool: expected {} choices, got {}", dy.len(), chosen.len());
    for_each_image(g, dx, accumulate, ws, &|isa, i, dx| {
        let image = i * g.n_h * g.n_w * g.n_c..(i + 1) * g.n_h * g.n_w * g.n_c;
        if g.f_h * g.f_w <= GATHER_CELLS {
            max_image_gather(isa, g, &chosen[image.clone()], &dy[image], dx);
        } else {
            max_image_scatter(g, &chosen[image.clone()], &dy[image], dx);
        }
    });
}

/// Up to so many cells, a comparison of every cell with the chosen one, a vector of channels at a time, beats a jump for
/// every number.
const GATHER_CELLS: usize = 16;

for_each_isa! {
    fn max_image_gather(g: &Pool2dGeometry, chosen: &[f32], dy: &[f32], dx: &mut [f32]) {
        for (position, (dy, chosen)) in dy.chunks_exact(g.n_c).zip(chosen.chunks_exact(g.n_c)).enumerate() {
            for_each_cell(g, position / g.n_w, position % g.n_w, |cell, pixel| {
                let cell = cell as f32;
                for ((dx, dy), chosen) in dx[pixel..pixel + g.n_c].iter_mut().zip(dy).zip(chosen) {
                    *dx += if *chosen == cell { *dy } else { 0.0 };
                }
            });
        }
    }
}

fn max_image_scatter(g: &Pool2dGeometry, chosen: &[f32], dy: &[f32], dx: &mut [f32]) {
    for (position, (dy, chosen)) in dy.chunks_exact(g.n_c).zip(chosen.chunks_exact(g.n_c)).enumerate() {
        let (h, w) = (position / g.n_w, position % g.n_w);
        for (c, (dy, &chosen)) in dy.iter().zip(chosen).enumerate() {
            let cell = chosen as usize;
            let row = h * g.stride_h + cell / g.f_w - g.pad_top;
            let column = w * g.stride_w + cell % g.f_w - g.pad_left;
            dx[(row * g.n_w_prev + column) * g.n_c + c] += dy;
        }
    }
}

/// Writes the mean of each window's real cells into `y`.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn average_forward(g: &Pool2dGeometry, x: &[f32], y: &mut [f32], ws: &mut Workspace) {
    check(g, x.len(), y.len());
    let (threads, isa, _) = ws.parts(0);
    let y = Parts::new(y);
    let row_len = g.n_w * g.n_c;
    threads.run(g.m * g.n_h, &|row| {
        // SAFETY: each task writes its own row.
        average_row(isa, g, row, x, unsafe { y.get(row * row_len..(row + 1) * row_len) });
    });
}

for_each_isa! {
    fn average_row(g: &Pool2dGeometry, row: usize, x: &[f32], y: &mut [f32]) {
        for (w, y) in y.chunks_exact_mut(g.n_c).enumerate() {
            y.fill(0.0);
            let mut n_cells = 0;
            for_each_cell(g, row, w, |_, pixel| {
                n_cells += 1;
                y.iter_mut().zip(&x[pixel..pixel + g.n_c]).for_each(|(y, x)| *y += x);
            });
            let n_cells = n_cells as f32;
            y.iter_mut().for_each(|y| *y /= n_cells);
        }
    }
}

/// The gradient of average pooling: each number of `dy` is spread evenly over its window's real cells; added to `dx`
/// with `accumulate`.
///
/// # Panics
/// If a slice does not have the length that the geometry says.
pub fn average_backward(g: &Pool2dGeometry, dy: &[f32], dx: &mut [f32], accumulate: bool, ws: &mut Workspace) {
    check(g, dx.len(), dy.len());
    for_each_image(g, dx, accumulate, ws, &|isa, i, dx| {
        average_image(isa, g, &dy[i * g.n_h * g.n_w * g.n_c..(i + 1) * g.n_h * g.n_w * g.n_c], dx);
    });
}

for_each_isa! {
    fn average_image(g: &Pool2dGeometry, dy: &[f32], dx: &mut [f32]) {
        for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
            let (h, w) = (position / g.n_w, position % g.n_w);
            let n_cells = (rows(g, h).len() * columns(g, w).len()) as f32;
            for_each_cell(g, h, w, |_, pixel| {
                for (dx, dy) in dx[pixel..pixel + g.n_c].iter_mut().zip(dy) {
                    *dx += dy / n_cells;
                }
            });
        }
    }
}

/// Calls `task` for each image of the batch and its gradient, which starts at zero unless it accumulates.
fn for_each_image(
    g: &Pool2dGeometry,
    dx: &mut [f32],
    accumulate: bool,
    ws: &mut Workspace,
    task: &(dyn Fn(super::Isa, usize, &mut [f32]) + Sync),
) {
    let (threads, isa, _) = ws.parts(0);
    let len = g.n_h_prev * g.n_w_prev * g.n_c;
    let dx = Parts::new(dx);
    threads.run(g.m, &|i| {
        // SAFETY: each task writes its own image.
        let dx = unsafe { dx.get(i * len..(i + 1) * len) };
        if !accumulate {
            dx.fill(0.0);
        }
        task(isa, i, dx);
    });
}

/// The rows of the window at output row `h` that lie inside the image.
#[inline(always)]
pub(super) fn rows(g: &Pool2dGeometry, h: usize) -> Range<usize> {
    let start = h * g.stride_h;
    g.pad_top.saturating_sub(start)..(g.n_h_prev + g.pad_top).saturating_sub(start).min(g.f_h)
}

/// The columns of the window at output column `w` that lie inside the image.
#[inline(always)]
pub(super) fn columns(g: &Pool2dGeometry, w: usize) -> Range<usize> {
    let start = w * g.stride_w;
    g.pad_left.saturating_sub(start)..(g.n_w_prev + g.pad_left).saturating_sub(start).min(g.f_w)
}

/// Calls `f` with the number of each real cell of a window, row by row, and its pixel's offset; `row` counts the rows
/// of all images' outputs, and the offset is from the first of them.
#[inline(always)]
fn for_each_cell(g: &Pool2dGeometry, row: usize, w: usize, mut f: impl FnMut(usize, usize)) {
    let (i, h) = (row / g.n_h, row % g.n_h);
    for fh in rows(g, h) {
        let x_row = i * g.n_h_prev + h * g.stride_h + fh - g.pad_top;
        for fw in columns(g, w) {
            f(fh * g.f_w + fw, (x_row * g.n_w_prev + w * g.stride_w + fw - g.pad_left) * g.n_c);
        }
    }
}

#[track_caller]
fn check(g: &Pool2dGeometry, x_len: usize, y_len: usize) {
    assert!(
        (x_len, y_len) == (g.input_len(), g.output_len()),
        "pool2d: expected {} numbers before and {} after pooling as the geometry says, got {x_len} and {y_len}",
        g.input_len(),
        g.output_len()
    );
}
