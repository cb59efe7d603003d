/*! The square of the difference, element by element; its mean is the mean squared error. */

use super::shapes::labelled_shape;
use crate::graph::{
    kernels::exact::elementwise,
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// loss = (p − y)². Inputs: outputs p and labels y of one shape. Output: the same shape.
#[derive(Debug, Clone, Copy)]
pub struct SquaredDifference;

impl Op for SquaredDifference {
    fn kind(&self) -> &'static str {
        "SquaredDifference"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        labelled_shape("mean_squared_error", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        elementwise::zip_into(run.output, run.inputs[0], run.inputs[1], |p, y| (p - y) * (p - y));
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dp = 2 (p − y) d_loss.
    fn backward(&self, mut run: Backward<'_>) {
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| 2.0 * (p[i] - y[i]) * d_loss[i]);
    }
}
