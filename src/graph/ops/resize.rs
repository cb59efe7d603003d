/*! Images of another size: upsampling and downsampling by the nearest pixel, or linearly between pixels. */

use super::shapes::{image, image_dims};
use crate::graph::{
    kernels::{exact::resize as exact, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// How pixels between those of the image are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interpolation {
    /// The nearest pixel.
    Nearest,
    /// Linearly in both directions, from the four pixels around.
    Bilinear,
}

/// Images of `n_h` rows and `n_w` columns. Input: (m, n_h_prev, n_w_prev, n_c). Output: (m, n_h, n_w, n_c).
///
/// A pixel's centre is at a half, as in TensorFlow 2: output row i reads at (i + 1/2) n_h_prev / n_h − 1/2, columns
/// likewise; there is no antialiasing.
///
/// ```
/// use cnn::graph::{DType, Graph, ops::{Interpolation, Resize}};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(8), Some(8), Some(3)], DType::Float32, "x");
/// let op = Resize::by((2, 3), &x.shape(), Interpolation::Nearest);
/// assert_eq!(graph.add(op, &[&x], "y").shape().to_string(), "(?, 16, 24, 3)");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Resize {
    /// Rows of the output.
    pub n_h: usize,
    /// Columns of the output.
    pub n_w: usize,
    /// How pixels between those of the image are computed.
    pub interpolation: Interpolation,
}

impl Resize {
    /// Repeats rows and columns by factors, for images of the shape `x`: Keras' `UpSampling2D`.
    ///
    /// # Panics
    /// If `x` is no batch of images.
    #[track_caller]
    pub fn by(factors: (usize, usize), x: &Shape, interpolation: Interpolation) -> Self {
        let (_, n_h, n_w, _) = image_dims("resize", x);
        Resize { n_h: n_h * factors.0, n_w: n_w * factors.1, interpolation }
    }

    fn sources(&self, dims: &Dims) -> [Vec<exact::Source>; 2] {
        let (_, n_h_prev, n_w_prev, _) = image(&dims.inputs[0]);
        let is_nearest = self.interpolation == Interpolation::Nearest;
        [exact::sources(self.n_h, n_h_prev, is_nearest), exact::sources(self.n_w, n_w_prev, is_nearest)]
    }
}

impl Op for Resize {
    fn kind(&self) -> &'static str {
        match self.interpolation {
            Interpolation::Nearest => "ResizeNearestNeighbor",
            Interpolation::Bilinear => "ResizeBilinear",
        }
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, n_h_prev, n_w_prev, n_c) = image_dims("resize", inputs[0]);
        let sizes = [n_h_prev, n_w_prev, self.n_h, self.n_w];
        assert!(
            !sizes.contains(&0),
            "resize: expected at least one pixel, got {sizes:?} rows and columns, before and after"
        );
        Shape::from([m, Some(self.n_h), Some(self.n_w), Some(n_c)])
    }

    fn forward(&self, run: Forward<'_>) {
        let (_, n_h_prev, n_w_prev, n_c) = image(&run.dims.inputs[0]);
        let ([rows, columns], x) = (self.sources(run.dims), run.inputs[0]);
        let (row_len, len) = (n_w_prev * n_c, self.n_w * n_c);
        let image_row = |row: usize, y: &mut [f32]| {
            let x = &x[row / self.n_h * n_h_prev * row_len..][..n_h_prev * row_len];
            exact::row(x, row_len, n_c, rows[row % self.n_h], &columns, y);
        };
        match run.backend.fast() {
            Some(ws) => fast::for_each_rows(run.output, len, ws, &|range, y| {
                y.chunks_exact_mut(len).enumerate().for_each(|(i, y)| image_row(range.start + i, y));
            }),
            None => run.output.chunks_exact_mut(len).enumerate().for_each(|(row, y)| image_row(row, y)),
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (_, n_h_prev, n_w_prev, n_c) = image(&run.dims.inputs[0]);
        let ([rows, columns], d_y) = (self.sources(run.dims), run.d_output);
        let (row_len, y_len) = (n_w_prev * n_c, self.n_h * self.n_w * n_c);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let accumulate = d_x.accumulate;
        let images = |first: usize, d_x: &mut [f32]| {
            for (i, d_x) in d_x.chunks_exact_mut(n_h_prev * row_len).enumerate() {
                if !accumulate {
                    d_x.fill(0.0);
                }
                let d_y = &d_y[(first + i) * y_len..(first + i + 1) * y_len];
                exact::backward(d_y, row_len, n_c, &rows, &columns, d_x);
            }
        };
        match run.backend.fast() {
            Some(ws) => {
                fast::for_each_rows(d_x.data, n_h_prev * row_len, ws, &|range, d_x| images(range.start, d_x));
            }
            None => images(0, d_x.data),
        }
    }
}
