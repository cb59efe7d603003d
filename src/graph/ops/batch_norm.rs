/*!
Batch normalisation over the last axis: with the batch's statistics while training, with moving averages afterwards.

From: S. Ioffe, C. Szegedy, "Batch normalization" (2015); the arithmetic is that of TensorFlow's kernels.
*/

use crate::graph::{
    Op, Phase, Shape,
    kernels::exact::batch_norm as exact,
    op::{Backward, Dims, Forward, Reads},
};

/// y = gamma (x − mean) / √(variance + epsilon) + beta, channel by channel.
///
/// Inputs: x with channels last, gamma, beta (n_c). State: moving mean and moving variance (n_c), which a training run
/// updates: moving = momentum moving + (1 − momentum) batch.
#[derive(Debug, Clone, Copy)]
pub struct BatchNorm {
    /// How much of the moving averages a training step keeps.
    pub momentum: f32,
    /// Added to the variance.
    pub epsilon: f32,
    /// When to use the batch's own statistics.
    pub phase: Phase,
    /// Which variance enters the moving average.
    pub moving_variance: MovingVariance,
}

/// Which variance of the batch enters the moving average. What normalises the batch is always the biased one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MovingVariance {
    /// Σ (x − mean)² / n, as Keras 3 has it.
    #[default]
    Biased,
    /// Σ (x − mean)² / (n − 1), as TensorFlow's fused kernel (and so `tf.keras` 2) has it.
    Unbiased,
}

impl Op for BatchNorm {
    fn kind(&self) -> &'static str {
        "FusedBatchNormV3"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        for vector in &inputs[1..] {
            assert!(
                vector.rank() == 1 && inputs[0].rank() > 1 && inputs[0].last() == vector.dim(0),
                "batch normalisation: expected one number per channel of shape {}, got shape {vector}",
                inputs[0]
            );
        }
        inputs[0].clone()
    }

    fn phase(&self) -> Option<Phase> {
        Some(self.phase)
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // Mean and inverse standard deviation.
        2 * dims.input_len(1)
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, gamma, beta) = (run.inputs[0], run.inputs[1], run.inputs[2]);
        let n_c = gamma.len();
        let [moving_mean, moving_variance] = run.state else { unreachable!("wired with two state variables") };
        let mut inv = vec![0.0; n_c];
        let mean = if run.training {
            let (mut mean, mut variance) = (vec![0.0; n_c], vec![0.0; n_c]);
            exact::moments(x, &mut mean, &mut variance);
            exact::inverse_deviation(&variance, self.epsilon, &mut inv);
            exact::normalise(gamma, beta, &mean, &inv, x, run.output);
            let n = (x.len() / n_c) as f32;
            let correction =
                if self.moving_variance == MovingVariance::Unbiased { n / (n - 1.0).max(1.0) } else { 1.0 };
            let keep = self.momentum;
            for c in 0..n_c {
                moving_mean[c] = moving_mean[c] * keep + mean[c] * (1.0 - keep);
                moving_variance[c] = moving_variance[c] * keep + variance[c] * correction * (1.0 - keep);
            }
            mean
        } else {
            exact::inverse_deviation(moving_variance, self.epsilon, &mut inv);
            let (scale, shift) = exact::scale_and_shift(gamma, beta, moving_mean, &inv);
            exact::apply(&scale, &shift, x, run.output);
            moving_mean.to_vec()
        };
        if !run.saved.is_empty() {
            run.saved[..n_c].copy_from_slice(&mean);
            run.saved[n_c..].copy_from_slice(&inv);
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn gradient_in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (x, gamma) = (run.inputs[0], run.inputs[1]);
        let n_c = gamma.len();
        let (mean, inv) = run.saved.split_at(n_c);
        let dy =
            if run.in_place { &*run.d_inputs[0].as_ref().expect("in place means wanted").data } else { run.d_output };
        let (d_beta, d_gamma) = exact::backward_parameters(x, dy, mean, inv);
        if let Some(d_x) = &mut run.d_inputs[0] {
            let gradient = exact::InputGradient { x, gamma, mean, inv, d_beta: &d_beta, d_gamma: &d_gamma };
            let at = |i: usize, dy: f32| {
                if run.training { gradient.at(i, dy) } else { dy * gamma[i % n_c] * inv[i % n_c] }
            };
            if run.in_place {
                d_x.data.iter_mut().enumerate().for_each(|(i, d)| *d = at(i, *d));
            } else {
                d_x.set(|i| at(i, run.d_output[i]));
            }
        }
        if let Some(d) = &mut run.d_inputs[1] {
            d.set(|c| d_gamma[c]);
        }
        if let Some(d) = &mut run.d_inputs[2] {
            d.set(|c| d_beta[c]);
        }
    }
}
