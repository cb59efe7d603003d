/*! The square of the difference, number by number; its mean is the mean squared error. */

use super::from_probabilities::common_shape;
use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// loss = (p − y)². Inputs: outputs p and labels y of one shape.
#[derive(Debug, Clone, Copy)]
pub(super) struct SquaredDifference;

impl Op for SquaredDifference {
    fn kind(&self) -> &'static str {
        "SquaredDifference"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("mean_squared_error", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        for ((loss, p), y) in run.output.iter_mut().zip(run.inputs[0]).zip(run.inputs[1]) {
            *loss = (p - y) * (p - y);
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| 2.0 * (p[i] - y[i]) * d_loss[i]);
    }
}
