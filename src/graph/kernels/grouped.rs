/*!
Grouped convolution: the channels of each group are gathered, convolved by the kernels of a plain convolution, and
scattered.

It belongs to both sets of kernels; one channel for each group is better computed by `depthwise`.
*/

use super::{
    epilogue::Epilogue, exact::conv2d as exact, fast::conv2d as fast, geometry::ConvGeometry, workspace::Workspace,
};

/// Copies part `part` of `parts` equal parts of each row.
fn gather(rows: &[f32], parts: usize, part: usize, part_len: usize) -> Vec<f32> {
    let parts = rows.chunks_exact(part_len * parts).map(|row| &row[part * part_len..(part + 1) * part_len]);
    parts.flatten().copied().collect()
}

/// Writes a part of each row: the inverse of [`gather`].
fn scatter(from: &[f32], rows: &mut [f32], parts: usize, part: usize, part_len: usize) {
    for (row, from) in rows.chunks_exact_mut(part_len * parts).zip(from.chunks_exact(part_len)) {
        row[part * part_len..(part + 1) * part_len].copy_from_slice(from);
    }
}

/// Writes the convolution of `groups` groups, each of the geometry `g`. `x` is (m, …, groups n_c_prev), `w` (f…, n_c_prev,
/// groups n_c), `y` (m, …, groups n_c). Without a workspace, the exact kernels are used.
pub fn forward(g: &ConvGeometry, groups: usize, x: &[f32], w: &[f32], y: &mut [f32], mut ws: Option<&mut Workspace>) {
    for group in 0..groups {
        let (x, w) = (gather(x, groups, group, g.n_c_prev), gather(w, groups, group, g.n_c));
        let mut part = vec![0.0; g.output_len()];
        match ws.as_deref_mut() {
            Some(ws) => fast::forward(g, &x, &w, &mut part, Epilogue::default(), ws),
            None => exact::forward(g, &x, &w, &mut part),
        }
        scatter(&part, y, groups, group, g.n_c);
    }
}

/// Writes the gradient of the input, shapes as in [`forward`].
pub fn backward_input(
    g: &ConvGeometry,
    groups: usize,
    dy: &[f32],
    w: &[f32],
    dx: &mut [f32],
    mut ws: Option<&mut Workspace>,
) {
    for group in 0..groups {
        let (dy, w) = (gather(dy, groups, group, g.n_c), gather(w, groups, group, g.n_c));
        let mut part = vec![0.0; g.input_len()];
        match ws.as_deref_mut() {
            Some(ws) => fast::backward_input(g, &dy, &w, &mut part, false, ws),
            None => exact::backward_input(g, &dy, &w, &mut part, false),
        }
        scatter(&part, dx, groups, group, g.n_c_prev);
    }
}

/// Writes the gradient of the filters, shapes as in [`forward`].
pub fn backward_filter(
    g: &ConvGeometry,
    groups: usize,
    x: &[f32],
    dy: &[f32],
    dw: &mut [f32],
    mut ws: Option<&mut Workspace>,
) {
    for group in 0..groups {
        let (x, dy) = (gather(x, groups, group, g.n_c_prev), gather(dy, groups, group, g.n_c));
        let mut part = vec![0.0; g.filter_len()];
        match ws.as_deref_mut() {
            Some(ws) => fast::backward_filter(g, &x, &dy, &mut part, ws),
            None => exact::backward_filter(g, &x, &dy, &mut part, false),
        }
        scatter(&part, dw, groups, group, g.n_c);
    }
}
