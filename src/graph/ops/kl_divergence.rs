/*! The Kullback-Leibler divergence of probabilities. */

use super::shapes::labelled_shape;
use crate::graph::network::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// `loss[…] = Σ_j y[…, j] log(y[…, j] / p[…, j])`, both clipped to [1e-7, 1]. Inputs: probabilities p and labels y of one
/// shape. Output: the shape without its last axis.
#[derive(Debug, Clone, Copy)]
pub struct KlDivergence;

/// As in Keras.
const SMALLEST: f32 = 1e-7;

impl Op for KlDivergence {
    fn kind(&self) -> &'static str {
        "KlDivergence"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = labelled_shape("kl_divergence", inputs);
        assert!(shape.rank() > 0, "kl_divergence: expected vectors of probabilities, got shape {shape}");
        Shape::from(&shape.dims()[..shape.rank() - 1])
    }

    fn forward(&self, run: Forward<'_>) {
        let n = *run.dims.inputs[0].last().expect("checked above");
        let rows = run.inputs[0].chunks_exact(n).zip(run.inputs[1].chunks_exact(n));
        for (loss, (p, y)) in run.output.iter_mut().zip(rows) {
            let terms = p.iter().zip(y).map(|(p, y)| {
                let (p, y) = (p.clamp(SMALLEST, 1.0), y.clamp(SMALLEST, 1.0));
                y * (y / p).ln()
            });
            *loss = terms.sum();
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dp = −y / p d_loss where p was not clipped, else 0.
    fn backward(&self, mut run: Backward<'_>) {
        let n = *run.dims.inputs[0].last().expect("checked above");
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        let inside = SMALLEST..=1.0;
        d_p.set(|i| if inside.contains(&p[i]) { -y[i].clamp(SMALLEST, 1.0) / p[i] * d_loss[i / n] } else { 0.0 });
    }
}
