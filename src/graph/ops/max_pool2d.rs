/*! The largest number of each window, channel by channel. */

use super::elementwise::{image, image_dims};
use crate::graph::{
    Op, Shape,
    kernels::{exact::pool2d as exact, fast::pool2d as fast, geometry::Pool2dGeometry},
    op::{Backward, Dims, Forward},
    padding::Padding,
};

/// y[i, h, w, c] = max of x[i, h s + a, w s + b, c] over a window's cells. Input: (m, n_h_prev, n_w_prev, n_c). Output:
/// (m, n_h, n_w, n_c).
#[derive(Debug, Clone, Copy)]
pub struct MaxPool {
    /// Rows and columns of a window.
    pub window: (usize, usize),
    /// Rows and columns between two windows.
    pub strides: (usize, usize),
    /// What happens at the border.
    pub padding: Padding,
}

impl MaxPool {
    fn geometry(&self, dims: &Dims) -> Pool2dGeometry {
        Pool2dGeometry::new(image(&dims.inputs[0]), self.window, self.strides, self.padding)
    }
}

/// The output shape of any pooling layer.
#[track_caller]
pub(super) fn pool_shape(op: &str, x: &Shape, f: (usize, usize), strides: (usize, usize), padding: Padding) -> Shape {
    let (m, n_h_prev, n_w_prev, n_c) = image_dims(op, x);
    let rows = padding.windows(n_h_prev, f.0, strides.0);
    let columns = padding.windows(n_w_prev, f.1, strides.1);
    Shape::from([m, Some(rows.n), Some(columns.n), Some(n_c)])
}

impl Op for MaxPool {
    fn kind(&self) -> &'static str {
        "MaxPool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        pool_shape("max_pool", inputs[0], self.window, self.strides, self.padding)
    }

    fn as_max_pool(&self) -> Option<&MaxPool> {
        Some(self)
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        dims.output_len()
    }

    fn forward(&self, run: Forward<'_>) {
        let geometry = self.geometry(run.dims);
        match run.compute.fast() {
            Some(ws) => fast::max_forward(&geometry, run.inputs[0], run.output, run.saved, ws),
            None => exact::max_forward(&geometry, run.inputs[0], run.output, run.saved),
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let geometry = self.geometry(run.dims);
        match run.compute.fast() {
            Some(ws) => fast::max_backward(&geometry, run.saved, run.d_output, d_x.data, d_x.accumulate, ws),
            None => exact::max_backward(&geometry, run.saved, run.d_output, d_x.data, d_x.accumulate),
        }
    }
}
