/*! The cosine of the angle between two vectors, with the sign of a loss. */

use super::shapes::labelled_shape;
use crate::graph::network::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// `loss[…] = −Σ_j y[…, j] p[…, j] / (|y[…]| |p[…]|)`; a vector of zeros has the loss 0. Inputs: outputs p and labels y of
/// one shape. Output: the shape without its last axis.
#[derive(Debug, Clone, Copy)]
pub struct CosineSimilarity;

/// The smallest sum of squares that is divided by the root of, as in Keras' `l2_normalize`.
const SMALLEST: f32 = 1e-12;

impl Op for CosineSimilarity {
    fn kind(&self) -> &'static str {
        "CosineSimilarity"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let shape = labelled_shape("cosine_similarity", inputs);
        assert!(shape.rank() > 0, "cosine_similarity: expected vectors, got shape {shape}");
        Shape::from(&shape.dims()[..shape.rank() - 1])
    }

    fn forward(&self, run: Forward<'_>) {
        let n = *run.dims.inputs[0].last().expect("checked above");
        let rows = run.inputs[0].chunks_exact(n).zip(run.inputs[1].chunks_exact(n));
        for (loss, (p, y)) in run.output.iter_mut().zip(rows) {
            *loss = -dot(p, y) / (norm(p) * norm(y));
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        // Labels are data.
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dp = −(y / |y| − cos p / |p|) / |p| d_loss.
    fn backward(&self, mut run: Backward<'_>) {
        let n = *run.dims.inputs[0].last().expect("checked above");
        let (p, y, d_loss) = (run.inputs[0], run.inputs[1], run.d_output);
        let rows = p.chunks_exact(n).zip(y.chunks_exact(n));
        let of_row = rows.map(|(p, y)| (norm(p), norm(y), dot(p, y) / (norm(p) * norm(y)), dot(p, p) > SMALLEST));
        let of_row: Vec<_> = of_row.collect();
        let Some(d_p) = &mut run.d_inputs[0] else { return };
        d_p.set(|i| {
            let (norm_p, norm_y, cosine, is_long) = of_row[i / n];
            let along = if is_long { cosine * p[i] / norm_p } else { 0.0 };
            -(y[i] / norm_y - along) / norm_p * d_loss[i / n]
        });
    }
}

fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn norm(a: &[f32]) -> f32 {
    dot(a, a).max(SMALLEST).sqrt()
}
