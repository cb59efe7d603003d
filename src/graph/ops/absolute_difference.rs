/*! The absolute value of the difference, element by element; its mean is the mean absolute error. */

use super::shapes::labelled_shape;
use crate::graph::{
    kernels::exact::elementwise,
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// loss = |p − y|. Inputs: outputs p and labels y of one shape. Output: the same shape.
#[derive(Debug, Clone, Copy)]
pub struct AbsoluteDifference;

impl Op for AbsoluteDifference {
    fn kind(&self) -> &'static str {
        "AbsoluteDifference"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        labelled_shape("mean_absolute_error", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        elementwise::zip_into(run.output, run.inputs[0], run.inputs[1], |p, y| (p - y).abs());
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dp = sign(p − y) d_loss, and 0 where they are equal, as in TensorFlow.
    fn backward(&self, mut run: Backward<'_>) {
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| if p[i] == y[i] { 0.0 } else { (p[i] - y[i]).signum() * d_loss[i] });
    }
}
