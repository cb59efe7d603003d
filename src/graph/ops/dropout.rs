/*! Dropout: while training, each number is set to zero with a given probability. */

use super::elementwise::map_gradient;
use crate::graph::{
    Op, Phase, Shape,
    op::{Backward, Dims, Forward},
    philox::Philox,
};

/// y = x mask / (1 − rate) in training, y = x otherwise; the mask is 1 where a uniform number is at least `rate`.
///
/// The stream is that of TensorFlow's `random_uniform` with the same seeds, and goes on from run to run.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    /// The share of numbers that are dropped, in [0, 1).
    pub rate: f32,
    /// Graph seed and operation seed.
    pub seeds: (u64, u64),
    /// When to drop.
    pub phase: Phase,
}

impl Op for Dropout {
    fn kind(&self) -> &'static str {
        "Dropout"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        assert!((0.0..1.0).contains(&self.rate), "dropout: expected a rate in [0, 1), got {}", self.rate);
        inputs[0].clone()
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        dims.output_len()
    }

    fn phase(&self) -> Option<Phase> {
        Some(self.phase)
    }

    fn forward(&self, run: Forward<'_>) {
        let n = run.output.len();
        if !run.in_place {
            run.output.copy_from_slice(run.inputs[0]);
        }
        if !run.training {
            run.saved.fill(1.0);
            return;
        }
        let scale = 1.0 / (1.0 - self.rate);
        let uniform = Philox::new(self.seeds.0, self.seeds.1).uniform(*run.counter, n);
        // TensorFlow's kernels reserve 256 blocks for each number drawn, however many they use.
        *run.counter += 256 * n as u64;
        for (i, u) in uniform.into_iter().enumerate() {
            let factor = if u >= self.rate { scale } else { 0.0 };
            run.output[i] *= factor;
            if let Some(saved) = run.saved.get_mut(i) {
                *saved = factor;
            }
        }
    }

    fn in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn gradient_in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn backward(&self, run: Backward<'_>) {
        let saved = run.saved;
        map_gradient(run, saved, |factor, dy| factor * dy);
    }
}
