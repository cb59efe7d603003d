/*! Adds one number per channel. */

use crate::graph::{
    Op, Shape,
    kernels::fast::elementwise as fast,
    op::{Backward, Dims, Forward, Stage},
};

/// `y[…, c] = x[…, c] + b[c]`. Inputs: anything with channels last, a vector of as many numbers as there are channels.
#[derive(Debug, Clone, Copy)]
pub struct BiasAdd;

impl Op for BiasAdd {
    fn kind(&self) -> &'static str {
        "BiasAdd"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (x, b) = (inputs[0], inputs[1]);
        assert!(
            b.rank() == 1 && x.rank() >= 1 && x.last() == b.dim(0),
            "bias_add: expected one bias per channel of shape {x}, got biases of shape {b}"
        );
        x.clone()
    }

    fn forward(&self, run: Forward<'_>) {
        let b = run.inputs[1];
        if !run.in_place {
            run.output.copy_from_slice(run.inputs[0]);
        }
        if let Some(ws) = run.compute.fast() {
            fast::bias_add(run.output, b, run.then.relu, ws);
            return;
        }
        for y in run.output.chunks_exact_mut(b.len()) {
            y.iter_mut().zip(b).for_each(|(y, b)| *y += b);
        }
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Bias)
    }

    fn fuses(&self, stage: Stage) -> bool {
        stage == Stage::Relu
    }

    fn in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn passes_gradient(&self, input: usize, _dims: &Dims) -> bool {
        input == 0
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_b) = &mut run.d_inputs[1] else { return };
        if let Some(ws) = run.compute.fast() {
            d_b.write(|d_b| fast::bias_gradient(run.d_output, d_b, ws));
            return;
        }
        // A bias collects from every position of the batch: too many for running sums in f32.
        let mut sums = vec![0.0f64; d_b.data.len()];
        for dy in run.d_output.chunks_exact(sums.len()) {
            sums.iter_mut().zip(dy).for_each(|(sum, dy)| *sum += f64::from(*dy));
        }
        d_b.set(|c| sums[c] as f32);
    }
}
