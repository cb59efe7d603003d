/*!
The loss of a classifier with exclusive classes, from the logits; softmax is part of it.

It is one number per example; the cost is their mean, see [`Reduce`](super::Reduce).
*/

use super::{add::common_shape, softmax::exponentials};
use crate::graph::{
    Op, Shape,
    kernels::exact::sum::packet_sum,
    op::{Backward, Dims, Forward, Reads},
};

/// `loss[i] = Σ_j y[i, j] (log Σ_k exp z[i, k] − z[i, j])`. Inputs: logits z and labels y, both (m, classes).
#[derive(Debug, Clone, Copy)]
pub struct SoftmaxCrossEntropy;

impl Op for SoftmaxCrossEntropy {
    fn kind(&self) -> &'static str {
        "SoftmaxCrossEntropyWithLogits"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = common_shape("softmax_cross_entropy_with_logits", inputs);
        assert!(
            shape.rank() == 2 && shape.last().is_some(),
            "softmax_cross_entropy_with_logits: expected logits and labels of shape (m, classes), got {shape}"
        );
        Shape::from([shape.dim(0)])
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        dims.input_len(0)
    }

    fn forward(&self, run: Forward<'_>) {
        let classes = run.dims.inputs[0][1];
        let mut exps = vec![0.0; classes];
        let mut products = vec![0.0; classes];
        let rows = run.inputs[0].chunks_exact(classes).zip(run.inputs[1].chunks_exact(classes));
        for (i, (z, y)) in rows.enumerate() {
            let largest = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
            exps.copy_from_slice(z);
            let sum = exponentials(&mut exps);
            let log_sum = f64::from(sum).ln() as f32;
            for j in 0..classes {
                products[j] = y[j] * (log_sum - (z[j] - largest));
            }
            run.output[i] = packet_sum(&products);
            if let Some(saved) = run.saved.get_mut(i * classes..(i + 1) * classes) {
                for j in 0..classes {
                    saved[j] = exps[j] / sum - y[j];
                }
            }
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data; so it was in TensorFlow 1.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::default()
    }

    /// dz = (softmax(z) − y) d_loss.
    fn backward(&self, mut run: Backward<'_>) {
        let classes = run.dims.inputs[0][1];
        let Some(d_z) = &mut run.d_inputs[0] else { return };
        d_z.set(|i| run.saved[i] * run.d_output[i / classes]);
    }
}
