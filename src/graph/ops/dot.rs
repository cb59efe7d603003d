/*! The dot product of the vectors along the last axis. */

use super::shapes::common_shape;
use crate::graph::{
    kernels::{exact::elementwise, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// `y[…] = Σ_j a[…, j] b[…, j]`, for a and b of one shape. Output: the shape without its last axis.
///
/// ```
/// use cnn::graph::{Graph, Session, ops::Dot};
/// let graph = Graph::new();
/// let a = graph.constant(&ndarray::array![[1.0f32, 2.0], [3.0, 4.0]], "a");
/// let y = graph.add(Dot, &[&a, &a], "y");
/// assert_eq!(Session::new(&graph).run(&y, &[]), ndarray::array![5.0f32, 25.0].into_dyn());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Dot;

/// The elements of a vector.
fn len(dims: &Dims) -> usize {
    dims.inputs[0].last().copied().unwrap_or(1).max(1)
}

impl Op for Dot {
    fn kind(&self) -> &'static str {
        "Dot"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = common_shape("dot", inputs);
        assert!(shape.rank() > 0, "dot: expected vectors, got two scalars");
        Shape::from(&shape.dims()[..shape.rank() - 1])
    }

    fn forward(&self, run: Forward<'_>) {
        let (a, b, n) = (run.inputs[0], run.inputs[1], len(run.dims));
        let dot = |row: usize| elementwise::dot(&a[row * n..(row + 1) * n], &b[row * n..(row + 1) * n]);
        match run.backend.fast() {
            Some(ws) => fast::for_each_rows_of(n, run.output, ws, &|rows, y| {
                elementwise::fill(y, false, |i| dot(rows.start + i));
            }),
            None => elementwise::fill(run.output, false, dot),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// da = b dy, db = a dy.
    fn backward(&self, mut run: Backward<'_>) {
        let (n, d_y) = (len(run.dims), run.d_output);
        for (gradient, other) in run.d_inputs.iter_mut().zip([run.inputs[1], run.inputs[0]]) {
            if let Some(gradient) = gradient {
                gradient.set(|i| other[i] * d_y[i / n]);
            }
        }
    }
}
