/*!
The product of two matrices and its gradients: a convolution whose image is a row of `m` pixels and whose filters are
1x1.
*/

use super::conv2d;
use crate::graph::kernels::epilogue::Epilogue;
use crate::graph::kernels::geometry::ConvGeometry;
use crate::graph::kernels::workspace::Workspace;
use crate::graph::network::padding::Padding;

fn geometry((m, n_prev, n): (usize, usize, usize)) -> ConvGeometry {
    ConvGeometry::new((1, m.min(1), m, n_prev), (1, 1, n_prev, n), (1, 1), Padding::Same)
}

/// `y = x w`, then the epilogue; `shape` is `(m, n_prev, n)`, `x` is `(m, n_prev)`, `w` is `(n_prev, n)`, `y` `(m, n)`.
///
/// # Panics
/// If a slice does not have the length that the shape says, or the epilogue normalises.
pub fn forward(
    shape: (usize, usize, usize),
    x: &[f32],
    w: &[f32],
    y: &mut [f32],
    epilogue: Epilogue,
    ws: &mut Workspace,
) {
    conv2d::forward(&geometry(shape), x, w, y, epilogue, ws);
}

/// `dx (+)= dy transpose(w)`, shapes as in [`forward`].
///
/// # Panics
/// If a slice does not have the length that the shape says.
pub fn backward_input(
    shape: (usize, usize, usize),
    dy: &[f32],
    w: &[f32],
    dx: &mut [f32],
    accumulate: bool,
    ws: &mut Workspace,
) {
    conv2d::backward_input(&geometry(shape), dy, w, dx, accumulate, ws);
}

/// `dw = transpose(x) dy`, shapes as in [`forward`].
///
/// # Panics
/// If a slice does not have the length that the shape says.
pub fn backward_weights(shape: (usize, usize, usize), x: &[f32], dy: &[f32], dw: &mut [f32], ws: &mut Workspace) {
    conv2d::backward_filter(&geometry(shape), x, dy, dw, ws);
}
