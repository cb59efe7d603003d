/*!
The loss of independent yes-or-no answers, from given probabilities. Behind a sigmoid use
[`SigmoidCrossEntropy`](super::SigmoidCrossEntropy), which is exact where a probability is close to 0 or 1.
*/

use super::shapes::labelled_shape;
use crate::graph::{
    kernels::exact::{cross_entropy as exact, elementwise},
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// loss = −y log p − (1 − y) log(1 − p), element by element, p clipped to [1e-7, 1 − 1e-7]. Inputs: probabilities p and
/// labels y of one shape. Output: the same shape.
#[derive(Debug, Clone, Copy)]
pub struct BinaryCrossEntropy;

impl Op for BinaryCrossEntropy {
    fn kind(&self) -> &'static str {
        "BinaryCrossEntropy"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        labelled_shape("binary_crossentropy", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        elementwise::zip_into(run.output, run.inputs[0], run.inputs[1], exact::binary);
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dp = ((1 − y) / (1 − p) − y / p) d_loss where p was not clipped, else 0.
    fn backward(&self, mut run: Backward<'_>) {
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| exact::binary_derivative(p[i], y[i]).map_or(0.0, |slope| slope * d_loss[i]));
    }
}
