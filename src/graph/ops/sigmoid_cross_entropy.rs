/*! The loss of independent yes-or-no answers, from the logits; the sigmoid is part of it. */

use super::{shapes::common_shape, sigmoid::sigmoid};
use crate::graph::{
    kernels::exact::elementwise,
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// loss = max(z, 0) − z y + log(1 + exp(−|z|)), which is −y log σ(z) − (1 − y) log(1 − σ(z)) without overflow.
///
/// Inputs: logits z and labels y of one shape. Output: the same shape.
#[derive(Debug, Clone, Copy)]
pub struct SigmoidCrossEntropy;

impl Op for SigmoidCrossEntropy {
    fn kind(&self) -> &'static str {
        "SigmoidCrossEntropy"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("sigmoid_cross_entropy", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        elementwise::zip_into(run.output, run.inputs[0], run.inputs[1], |z, y| {
            let log = (-f64::from(z.abs())).exp().ln_1p() as f32;
            z.max(0.0) - z * y + log
        });
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
