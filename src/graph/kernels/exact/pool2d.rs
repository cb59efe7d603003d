/*!
Max and average pooling in plain loops.

Padding never counts: the largest number is looked for among the real cells, and the mean is taken over them.
*/

use crate::graph::kernels::geometry::Pool2dGeometry;

/// Writes the largest number of each window into `y`, and into `chosen`, if it is not empty, which cell of the window
/// it was (counted row by row, the first one where several are equal, as in TensorFlow).
pub fn max_forward(g: &Pool2dGeometry, x: &[f32], y: &mut [f32], chosen: &mut [f32]) {
    for position in 0..g.m * g.n_h * g.n_w {
        let out = position * g.n_c..(position + 1) * g.n_c;
        let y = &mut y[out.clone()];
        y.fill(f32::NEG_INFINITY);
        let mut untouched = true;
        for_each_cell(g, position, |cell, pixel| {
            let x = &x[pixel..pixel + g.n_c];
            for c in 0..g.n_c {
                // A NaN is passed on, too: it compares as neither smaller nor larger.
                if untouched || x[c] > y[c] || x[c].is_nan() {
                    y[c] = x[c];
                    if !chosen.is_empty() {
                        chosen[out.start + c] = cell as f32;
                    }
                }
            }
            untouched = false;
        });
    }
}

/// Adds or writes the gradient of the input: each number of `dy` goes to the cell that was chosen.
pub fn max_backward(g: &Pool2dGeometry, chosen: &[f32], dy: &[f32], dx: &mut [f32], accumulate: bool) {
    if !accumulate {
        dx.fill(0.0);
    }
    for position in 0..g.m * g.n_h * g.n_w {
        let out = position * g.n_c..(position + 1) * g.n_c;
        let (dy, chosen) = (&dy[out.clone()], &chosen[out]);
        let (i, h, w) = split(g, position);
        for c in 0..g.n_c {
            let cell = chosen[c] as usize;
            let row = h * g.stride_h + cell / g.f_w - g.pad_top;
            let column = w * g.stride_w + cell % g.f_w - g.pad_left;
            dx[((i * g.n_h_prev + row) * g.n_w_prev + column) * g.n_c + c] += dy[c];
        }
    }
}

/// Writes the mean of each window's real cells into `y`.
pub fn average_forward(g: &Pool2dGeometry, x: &[f32], y: &mut [f32]) {
    for (position, y) in y.chunks_exact_mut(g.n_c).enumerate() {
        y.fill(0.0);
        let mut n_cells = 0;
        for_each_cell(g, position, |_, pixel| {
            n_cells += 1;
            y.iter_mut().zip(&x[pixel..pixel + g.n_c]).for_each(|(y, x)| *y += x);
        });
        y.iter_mut().for_each(|y| *y /= n_cells as f32);
    }
}

/// Adds or writes the gradient of the input: each number of `dy` is spread evenly over its window's real cells.
pub fn average_backward(g: &Pool2dGeometry, dy: &[f32], dx: &mut [f32], accumulate: bool) {
    if !accumulate {
        dx.fill(0.0);
    }
    for (position, dy) in dy.chunks_exact(g.n_c).enumerate() {
        let mut n_cells = 0;
        for_each_cell(g, position, |_, _| n_cells += 1);
        for_each_cell(g, position, |_, pixel| {
            dx[pixel..pixel + g.n_c].iter_mut().zip(dy).for_each(|(dx, dy)| *dx += dy / n_cells as f32);
        });
    }
}

/// Image, row and column of an output position.
fn split(g: &Pool2dGeometry, position: usize) -> (usize, usize, usize) {
    (position / (g.n_h * g.n_w), position / g.n_w % g.n_h, position % g.n_w)
}

/// Calls `f` with the number of each real cell of a window, row by row, and its pixel's offset in the batch.
fn for_each_cell(g: &Pool2dGeometry, position: usize, mut f: impl FnMut(usize, usize)) {
    let (i, h, w) = split(g, position);
    for fh in 0..g.f_h {
        let Some(row) = (h * g.stride_h + fh).checked_sub(g.pad_top).filter(|row| *row < g.n_h_prev) else { continue };
        for fw in 0..g.f_w {
            let column = (w * g.stride_w + fw).checked_sub(g.pad_left).filter(|column| *column < g.n_w_prev);
            let Some(column) = column else { continue };
            f(fh * g.f_w + fw, ((i * g.n_h_prev + row) * g.n_w_prev + column) * g.n_c);
        }
    }
}
