/*!
The loss of a classifier with exclusive classes, from given probabilities. Behind a softmax use
[`SoftmaxCrossEntropy`](super::SoftmaxCrossEntropy), which is exact where a probability is close to 0 or 1.
*/

use super::shapes::labelled_shape;
use crate::graph::{
    kernels::exact::cross_entropy as exact,
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// `loss[i] = −Σ_j y[i, j] log(o[i, j] / Σ_k o[i, k])`, the probabilities clipped to [1e-7, 1 − 1e-7]. Inputs: outputs
/// o and labels y, both (m, classes). Output: (m).
#[derive(Debug, Clone, Copy)]
pub struct CategoricalCrossEntropy;

impl Op for CategoricalCrossEntropy {
    fn kind(&self) -> &'static str {
        "CategoricalCrossEntropy"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = labelled_shape("categorical_crossentropy", inputs);
        assert!(shape.rank() == 2, "categorical_crossentropy: expected outputs of shape (m, classes), got {shape}");
        Shape::from([shape.dim(0)])
    }

    fn forward(&self, run: Forward<'_>) {
        exact::categorical_forward(run.dims.inputs[0][1], run.inputs[0], run.inputs[1], run.output);
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let classes = run.dims.inputs[0][1];
        let Some(d_o) = &mut run.d_inputs[0] else { return };
        d_o.set(exact::categorical_backward(classes, run.inputs[0], run.inputs[1], run.d_output));
    }
}
