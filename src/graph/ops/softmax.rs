/*!
Softmax over the last axis. To train a classifier use [`SoftmaxCrossEntropy`](super::SoftmaxCrossEntropy), which takes
the logits themselves.
*/

use crate::graph::{
    Op, Shape,
    kernels::exact::sum::packet_sum,
    op::{Backward, Forward, Reads},
};

/// y[…, j] = exp(x[…, j]) / Σ_k exp(x[…, k]).
#[derive(Debug, Clone, Copy)]
pub struct Softmax;

/// Replaces a row by exp(row − max(row)) and returns its sum.
pub(super) fn exponentials(row: &mut [f32]) -> f32 {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|x| *x = f64::from(*x - largest).exp() as f32);
    packet_sum(row)
}

impl Op for Softmax {
    fn kind(&self) -> &'static str {
        "Softmax"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        assert!(inputs[0].last().is_some(), "softmax: expected a known last axis, got shape {}", inputs[0]);
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        if !run.in_place {
            run.output.copy_from_slice(run.inputs[0]);
        }
        for row in run.output.chunks_exact_mut(*run.dims.output.last().unwrap_or(&1)) {
            let sum = exponentials(row);
            row.iter_mut().for_each(|x| *x /= sum);
        }
    }

    fn in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    /// dx = y (dy − Σ y dy).
    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let n = *run.dims.output.last().unwrap_or(&1);
        let row_sum = |i: usize| -> f32 {
            let row = i / n * n..i / n * n + n;
            run.output[row.clone()].iter().zip(&run.d_output[row]).map(|(y, dy)| y * dy).sum()
        };
        let sums: Vec<f32> = (0..run.output.len() / n).map(|row| row_sum(row * n)).collect();
        d_x.set(|i| run.output[i] * (run.d_output[i] - sums[i / n]));
    }
}
