/*! Vectors of length 1. */

use crate::graph::{
    kernels::{exact::row_norm as exact, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// `y[…] = x[…] / √max(Σ x[…]², epsilon)`, the sum over the axes from `axis` to the last one, in the shape of x.
///
/// ```
/// use cnn::graph::{Graph, Session, ops::L2Normalize};
/// let graph = Graph::new();
/// let x = graph.constant(&ndarray::array![[3.0f32, 4.0]], "x");
/// let y = graph.add(L2Normalize { axis: 1, epsilon: 1e-12 }, &[&x], "y");
/// let y = Session::new(&graph).run(&y, &[]);
/// assert!((y[[0, 0]] - 0.6).abs() < 1e-6);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct L2Normalize {
    /// The first axis of a vector.
    pub axis: usize,
    /// The smallest sum of squares that is divided by the root of; TensorFlow's default is 1e-12.
    pub epsilon: f32,
}

impl L2Normalize {
    /// The elements of a vector.
    fn len(&self, dims: &Dims) -> usize {
        dims.output[self.axis..].iter().product::<usize>().max(1)
    }
}

impl Op for L2Normalize {
    fn kind(&self) -> &'static str {
        "L2Normalize"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        assert!(self.axis < inputs[0].rank(), "l2_normalize: there is no axis {} in shape {}", self.axis, inputs[0]);
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, n, epsilon) = (run.inputs[0], self.len(run.dims), self.epsilon);
        let rows = |x: &[f32], y: &mut [f32]| {
            x.chunks_exact(n).zip(y.chunks_exact_mut(n)).for_each(|(x, y)| exact::unit(x, epsilon, y));
        };
        match run.backend.fast() {
            Some(ws) => fast::for_each_rows(run.output, n, ws, &|range, y| rows(&x[range.start * n..range.end * n], y)),
            None => rows(x, run.output),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (x, d_y, n, epsilon) = (run.inputs[0], run.d_output, self.len(run.dims), self.epsilon);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let accumulate = d_x.accumulate;
        let rows = |first: usize, d_x: &mut [f32]| {
            for (row, d_x) in d_x.chunks_exact_mut(n).enumerate() {
                let range = (first + row) * n..(first + row + 1) * n;
                exact::unit_backward(&x[range.clone()], epsilon, &d_y[range], d_x, accumulate);
            }
        };
        match run.backend.fast() {
            Some(ws) => fast::for_each_rows(d_x.data, n, ws, &|range, d_x| rows(range.start, d_x)),
            None => rows(0, d_x.data),
        }
    }
}
