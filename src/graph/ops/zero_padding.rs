/*! Rows and columns of zeros around each image. */

use super::shapes::{image, image_dims};
use crate::graph::{
    kernels::exact::zero_padding::{self as exact, Frame},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// Adds zeros around each image. Input: (m, n_h, n_w, n_c). Output: (m, top + n_h + bottom, left + n_w + right, n_c).
#[derive(Debug, Clone, Copy)]
pub struct ZeroPadding2d {
    /// Rows above and below.
    pub rows: (usize, usize),
    /// Columns to the left and to the right.
    pub columns: (usize, usize),
}

impl ZeroPadding2d {
    fn frame(&self, dims: &Dims) -> Frame {
        let (_, out_h, out_w, _) = image(&dims.output);
        Frame { inner: image(&dims.inputs[0]), outer: (out_h, out_w), before: (self.rows.0, self.columns.0) }
    }
}

impl Op for ZeroPadding2d {
    fn kind(&self) -> &'static str {
        "ZeroPadding2d"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, n_h, n_w, n_c) = image_dims("zero padding", inputs[0]);
        let (rows, columns) = (self.rows.0 + n_h + self.rows.1, self.columns.0 + n_w + self.columns.1);
        Shape::from([m, Some(rows), Some(columns), Some(n_c)])
    }

    fn forward(&self, run: Forward<'_>) {
        exact::forward(&self.frame(run.dims), run.inputs[0], run.output);
    }

    fn backward(&self, mut run: Backward<'_>) {
        let frame = self.frame(run.dims);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        exact::backward(&frame, run.d_output, d_x.data, d_x.accumulate);
    }
}
