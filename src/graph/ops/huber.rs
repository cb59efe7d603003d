/*! Huber's loss: the square of a small difference, the absolute value of a large one. */

use super::shapes::labelled_shape;
use crate::graph::{
    kernels::exact::elementwise,
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// loss = e² / 2 where |e| ≤ delta, delta |e| − delta² / 2 elsewhere, e = p − y. Inputs: outputs p and labels y of one
/// shape. Output: the same shape.
///
/// From: P. Huber, "Robust estimation of a location parameter" (1964).
#[derive(Debug, Clone, Copy)]
pub struct Huber {
    /// Where the square becomes a line.
    pub delta: f32,
}

impl Op for Huber {
    fn kind(&self) -> &'static str {
        "Huber"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        labelled_shape("huber", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        let delta = self.delta;
        elementwise::zip_into(run.output, run.inputs[0], run.inputs[1], |p, y| {
            let e = (p - y).abs();
            if e <= delta { 0.5 * e * e } else { delta * e - 0.5 * delta * delta }
        });
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dp = e d_loss, e limited to ±delta.
    fn backward(&self, mut run: Backward<'_>) {
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| (p[i] - y[i]).clamp(-self.delta, self.delta) * d_loss[i]);
    }
}
