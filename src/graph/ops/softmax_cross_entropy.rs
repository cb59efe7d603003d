/*!
The loss of a classifier with exclusive classes, from the logits; softmax is part of it.

It is one element per example; the cost is their mean, see [`Reduce`](super::Reduce).
*/

use super::shapes::common_shape;
use crate::graph::{
    kernels::exact::softmax_cross_entropy as exact,
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// `loss[i] = Σ_j y[i, j] (log Σ_k exp z[i, k] − z[i, j])`. Inputs: logits z and labels y, both (m, classes).
#[derive(Debug, Clone, Copy)]
pub struct SoftmaxCrossEntropy;

impl Op for SoftmaxCrossEntropy {
    fn kind(&self) -> &'static str {
        "SoftmaxCrossEntropy"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = common_shape("softmax_cross_entropy", inputs);
        assert!(
            shape.rank() == 2 && shape.last().is_some(),
            "softmax_cross_entropy: expected logits and labels of shape (m, classes), got {shape}"
        );
        Shape::from([shape.dim(0)])
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // softmax(z) − y.
        dims.input_len(0)
    }

    fn forward(&self, run: Forward<'_>) {
        exact::forward(run.dims.inputs[0][1], run.inputs[0], run.inputs[1], run.output, run.saved);
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    /// dz = (softmax(z) − y) d_loss.
    fn backward(&self, mut run: Backward<'_>) {
        let classes = run.dims.inputs[0][1];
        let Some(d_z) = &mut run.d_inputs[0] else { return };
        d_z.set(|i| run.saved[i] * run.d_output[i / classes]);
    }
}
