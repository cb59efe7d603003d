/*! Rows and columns of zeros around each image. */

use super::elementwise::{image, image_dims};
use crate::graph::{
    Op, Shape,
    op::{Backward, Dims, Forward},
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
    /// The offsets of each image row in the input and in the output.
    fn rows_of(&self, dims: &Dims) -> impl Iterator<Item = (usize, usize)> + use<> {
        let (m, n_h, n_w, n_c) = image(&dims.inputs[0]);
        let (_, out_h, out_w, _) = image(&dims.output);
        let (top, left) = (self.rows.0, self.columns.0);
        (0..m * n_h).map(move |row| {
            let (i, h) = (row / n_h, row % n_h);
            (row * n_w * n_c, ((i * out_h + top + h) * out_w + left) * n_c)
        })
    }
}

impl Op for ZeroPadding2d {
    fn kind(&self) -> &'static str {
        "Pad"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, n_h, n_w, n_c) = image_dims("zero padding", inputs[0]);
        let (rows, columns) = (self.rows.0 + n_h + self.rows.1, self.columns.0 + n_w + self.columns.1);
        Shape::from([m, Some(rows), Some(columns), Some(n_c)])
    }

    fn forward(&self, run: Forward<'_>) {
        run.output.fill(0.0);
        let width = run.dims.inputs[0][2] * run.dims.inputs[0][3];
        for (from, to) in self.rows_of(run.dims) {
            run.output[to..to + width].copy_from_slice(&run.inputs[0][from..from + width]);
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let width = run.dims.inputs[0][2] * run.dims.inputs[0][3];
        for (to, from) in self.rows_of(run.dims) {
            let (d_x, accumulate) = (&mut d_x.data[to..to + width], d_x.accumulate);
            for (d_x, d_y) in d_x.iter_mut().zip(&run.d_output[from..from + width]) {
                *d_x = if accumulate { *d_x + d_y } else { *d_y };
            }
        }
    }
}
