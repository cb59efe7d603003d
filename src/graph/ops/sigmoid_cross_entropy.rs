/*! The loss of independent yes-or-no answers, from the logits; the sigmoid is part of it. */

use super::{add::common_shape, sigmoid::sigmoid};
use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// loss = max(z, 0) − z y + log(1 + exp(−|z|)), which is −y log σ(z) − (1 − y) log(1 − σ(z)) without overflow.
///
/// Inputs: logits z and labels y of one shape. Output: the same shape.
#[derive(Debug, Clone, Copy)]
pub struct SigmoidCrossEntropy;

impl Op for SigmoidCrossEntropy {
    fn kind(&self) -> &'static str {
        "logistic_loss"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("sigmoid_cross_entropy_with_logits", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        let (z, y) = (run.inputs[0], run.inputs[1]);
        for (i, loss) in run.output.iter_mut().enumerate() {
            let log = (-f64::from(z[i].abs())).exp().ln_1p() as f32;
            *loss = z[i].max(0.0) - z[i] * y[i] + log;
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dz = (σ(z) − y) d_loss.
    fn backward(&self, mut run: Backward<'_>) {
        let (z, y) = (run.inputs[0], run.inputs[1]);
        let Some(d_z) = &mut run.d_inputs[0] else { return };
        d_z.set(|i| (sigmoid(z[i]) - y[i]) * run.d_output[i]);
    }
}
