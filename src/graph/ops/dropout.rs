/*! Dropout: while training, each element is set to zero with a given probability. */

use crate::graph::{
    kernels::exact::dropout as exact,
    network::{
        Op, Phase, Shape,
        op::{Aliasing, Backward, Dims, Forward},
        philox::Philox,
    },
};

/// y = x mask / (1 − rate) in training, y = x otherwise; the mask is 1 where a uniform draw is at least `rate`.
///
/// The stream of draws goes on from run to run.
#[derive(Debug, Clone, Copy)]
pub struct Dropout {
    /// The share of elements that are dropped, in [0, 1).
    pub rate: f32,
    /// The two seeds of the [`Philox`] stream.
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

    fn forward(&self, mut run: Forward<'_>) {
        run.copy_input();
        if !run.training {
            run.saved.fill(1.0);
            return;
        }
        let n = run.output.len();
        let uniform = Philox::new(self.seeds.0, self.seeds.1).uniform(*run.counter, n);
        // TensorFlow's kernels reserve 256 blocks for each element drawn, however many they use; the same stream is
        // used here.
        *run.counter += 256 * n as u64;
        exact::forward(&uniform, self.rate, run.output, run.saved);
    }

    fn backward(&self, run: Backward<'_>) {
        let saved = run.saved;
        run.map_gradient(saved, |factor, dy| factor * dy);
    }

    fn phase(&self) -> Option<Phase> {
        Some(self.phase)
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, gradient_in_place: true, ..Aliasing::default() }
    }
}
