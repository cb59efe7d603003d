/*!
Softmax over the last axis. To train a classifier use [`SoftmaxCrossEntropy`](super::SoftmaxCrossEntropy), which takes
the logits themselves.
*/

use crate::graph::{
    kernels::exact::softmax as exact,
    network::{
        Op, Shape,
        op::{Aliasing, Backward, Dims, Forward, Reads},
    },
};

/// y[…, j] = exp(x[…, j]) / Σ_k exp(x[…, k]).
#[derive(Debug, Clone, Copy)]
pub struct Softmax;

fn row_len(dims: &Dims) -> usize {
    *dims.output.last().unwrap_or(&1)
}

impl Op for Softmax {
    fn kind(&self) -> &'static str {
        "Softmax"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        assert!(inputs[0].last().is_some(), "softmax: expected a known last axis, got shape {}", inputs[0]);
        inputs[0].clone()
    }

    fn forward(&self, mut run: Forward<'_>) {
        run.copy_input();
        exact::forward(row_len(run.dims), run.output);
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    /// dx = y (dy − Σ y dy).
    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let n = row_len(run.dims);
        let sums = exact::row_products(n, run.output, run.d_output);
        d_x.set(|i| run.output[i] * (run.d_output[i] - sums[i / n]));
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, ..Aliasing::default() }
    }
}
