/*!
Functions of two elements, with NumPy's broadcasting: difference, quotient, power and what else is one formula.

[`Add`](super::Add) and [`Multiply`](super::Multiply) are those of networks, without broadcasting.
*/

use super::shapes::broadcast_shape;
use crate::graph::{
    kernels::{broadcast::Broadcast, exact::elementwise, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// y = f(a, b) for each pair of elements; axes of length 1, and missing ones at the front, are repeated.
///
/// ```
/// use cnn::graph::{Graph, Session, ops::Binary};
/// let graph = Graph::new();
/// let a = graph.constant(&ndarray::array![[1.0f32, 2.0], [3.0, 4.0]], "a");
/// let b = graph.constant(&ndarray::array![1.0f32, 2.0], "b");
/// let y = graph.add(Binary::Divide, &[&a, &b], "y");
/// assert_eq!(Session::new(&graph).run(&y, &[]), ndarray::array![[1.0f32, 1.0], [3.0, 2.0]].into_dyn());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Binary {
    /// a + b.
    Add,
    /// a − b.
    Subtract,
    /// a b.
    Multiply,
    /// a / b.
    Divide,
    /// a to the power of b; the gradient of b is 0 where a ≤ 0, as in TensorFlow.
    Power,
    /// The larger of the two; of equal ones, a gets the gradient, as in TensorFlow.
    Maximum,
    /// The smaller of the two; of equal ones, a gets the gradient, as in TensorFlow.
    Minimum,
    /// (a − b)².
    SquaredDifference,
}

impl Binary {
    fn value(self, a: f32, b: f32) -> f32 {
        match self {
            Binary::Add => a + b,
            Binary::Subtract => a - b,
            Binary::Multiply => a * b,
            Binary::Divide => a / b,
            Binary::Power => a.powf(b),
            Binary::Maximum => {
                if a >= b || a.is_nan() {
                    a
                } else {
                    b
                }
            }
            Binary::Minimum => {
                if a <= b || a.is_nan() {
                    a
                } else {
                    b
                }
            }
            Binary::SquaredDifference => (a - b) * (a - b),
        }
    }

    fn gradient_a(self, a: f32, b: f32, dy: f32) -> f32 {
        match self {
            Binary::Add | Binary::Subtract => dy,
            Binary::Multiply => b * dy,
            Binary::Divide => dy / b,
            Binary::Power => b * a.powf(b - 1.0) * dy,
            Binary::Maximum => f32::from(u8::from(a >= b)) * dy,
            Binary::Minimum => f32::from(u8::from(a <= b)) * dy,
            Binary::SquaredDifference => 2.0 * (a - b) * dy,
        }
    }

    fn gradient_b(self, a: f32, b: f32, dy: f32) -> f32 {
        match self {
            Binary::Add => dy,
            Binary::Subtract => -dy,
            Binary::Multiply => a * dy,
            Binary::Divide => -a / b / b * dy,
            Binary::Power if a <= 0.0 => 0.0,
            Binary::Power => a.powf(b) * a.ln() * dy,
            Binary::Maximum => f32::from(u8::from(a < b)) * dy,
            Binary::Minimum => f32::from(u8::from(a > b)) * dy,
            Binary::SquaredDifference => 2.0 * (b - a) * dy,
        }
    }
}

/// How both operands are repeated.
fn operands(dims: &Dims) -> [Broadcast; 2] {
    [0, 1].map(|i| Broadcast::new(&dims.inputs[i], &dims.output))
}

impl Op for Binary {
    fn kind(&self) -> &'static str {
        match self {
            Binary::Add => "AddV2",
            Binary::Subtract => "Sub",
            Binary::Multiply => "Mul",
            Binary::Divide => "RealDiv",
            Binary::Power => "Pow",
            Binary::Maximum => "Maximum",
            Binary::Minimum => "Minimum",
            Binary::SquaredDifference => "SquaredDifference",
        }
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        broadcast_shape(self.kind(), inputs[0], inputs[1])
    }

    fn forward(&self, run: Forward<'_>) {
        let ([of_a, of_b], a, b) = (operands(run.dims), run.inputs[0], run.inputs[1]);
        let value = |i: usize| self.value(a[of_a.index(i)], b[of_b.index(i)]);
        match run.backend.fast() {
            Some(ws) => fast::for_each_block(run.output, ws, &|range, y| {
                elementwise::fill(y, false, |i| value(range.start + i));
            }),
            None => elementwise::fill(run.output, false, value),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let ([of_a, of_b], a, b, d_y) = (operands(run.dims), run.inputs[0], run.inputs[1], run.d_output);
        let operands = |i: usize| (a[of_a.index(i)], b[of_b.index(i)]);
        if let Some(d_a) = &mut run.d_inputs[0] {
            let sums = of_a.sum(d_y.len(), |i| {
                let (a, b) = operands(i);
                self.gradient_a(a, b, d_y[i])
            });
            d_a.set(|i| sums[i]);
        }
        if let Some(d_b) = &mut run.d_inputs[1] {
            let sums = of_b.sum(d_y.len(), |i| {
                let (a, b) = operands(i);
                self.gradient_b(a, b, d_y[i])
            });
            d_b.set(|i| sums[i]);
        }
    }
}
