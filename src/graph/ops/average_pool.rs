/*! The mean of each window, channel by channel. */

use super::shapes::{image, pool_shape};
use crate::graph::{
    kernels::{exact::average_pool as exact, fast::average_pool as fast, geometry::PoolGeometry},
    network::{
        Op, Padding, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// y[i, h, w, c] = mean of x[i, h s + a, w s + b, c] over those rows a and columns b of a window that are inside the
/// image. Input: (m, n_h_prev, n_w_prev, n_c). Output: (m, n_h, n_w, n_c).
#[derive(Debug, Clone, Copy)]
pub struct AveragePool {
    /// Rows and columns of a window.
    pub window: (usize, usize),
    /// Rows and columns between two windows.
    pub strides: (usize, usize),
    /// What happens at the border.
    pub padding: Padding,
}

impl AveragePool {
    fn geometry(&self, dims: &Dims) -> PoolGeometry {
        PoolGeometry::new(image(&dims.inputs[0]), self.window, self.strides, self.padding)
    }
}

impl Op for AveragePool {
    fn kind(&self) -> &'static str {
        "AvgPool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        pool_shape("avg_pool", inputs[0], self.window, self.strides, self.padding)
    }

    fn forward(&self, run: Forward<'_>) {
        let geometry = self.geometry(run.dims);
        match run.backend.fast() {
            Some(ws) => fast::forward(&geometry, run.inputs[0], run.output, ws),
            None => exact::forward(&geometry, run.inputs[0], run.output),
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let geometry = self.geometry(run.dims);
        match run.backend.fast() {
            Some(ws) => fast::backward(&geometry, run.d_output, d_x.data, d_x.accumulate, ws),
            None => exact::backward(&geometry, run.d_output, d_x.data, d_x.accumulate),
        }
    }
}
