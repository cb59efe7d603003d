/*!
Batch normalisation over the last axis: with the batch's statistics while training, with moving averages afterwards.

From: S. Ioffe, C. Szegedy, "Batch normalization" (2015).
*/

use crate::graph::{
    kernels::{
        exact::batch_norm as exact,
        fast::batch_norm::{self as fast, Statistics},
    },
    network::{
        Op, Phase, Shape,
        fusion::{Accepts, EpilogueStep, Fusion},
        op::{Aliasing, Backward, Dims, Forward, Gradient, Reads},
    },
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
    /// Σ (x − mean)² / n.
    #[default]
    Biased,
    /// Σ (x − mean)² / (n − 1).
    Unbiased,
}

impl Op for BatchNorm {
    fn kind(&self) -> &'static str {
        "BatchNorm"
    }

    fn arity(&self) -> Option<usize> {
        Some(3)
    }

    fn n_state(&self) -> usize {
        2
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        for vector in &inputs[1..] {
            assert!(
                vector.rank() == 1 && inputs[0].rank() > 1 && inputs[0].last() == vector.dim(0),
                "batch normalisation: expected one element per channel of shape {}, got shape {vector}",
                inputs[0]
            );
        }
        inputs[0].clone()
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // Mean and inverse standard deviation.
        2 * dims.input_len(1)
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, gamma, beta) = (run.inputs[0], run.inputs[1], run.inputs[2]);
        let n_c = gamma.len();
        let [moving_mean, moving_variance] = run.state else { unreachable!("there are two state variables") };
        let mut inv_std = vec![0.0; n_c];
        let mean = if run.training {
            let (mut mean, mut variance) = (vec![0.0; n_c], vec![0.0; n_c]);
            match run.backend.fast() {
                Some(ws) => fast::moments(x, &mut mean, &mut variance, ws),
                None => exact::moments(x, &mut mean, &mut variance),
            }
            exact::inverse_deviation(&variance, self.epsilon, &mut inv_std);
            let n = (x.len() / n_c) as f32;
            let correction =
                if self.moving_variance == MovingVariance::Unbiased { n / (n - 1.0).max(1.0) } else { 1.0 };
            exact::update_average(self.momentum, &mean, 1.0, moving_mean);
            exact::update_average(self.momentum, &variance, correction, moving_variance);
            mean
        } else {
            exact::inverse_deviation(moving_variance, self.epsilon, &mut inv_std);
            moving_mean.to_vec()
        };
        if let Some(ws) = run.backend.fast() {
            let statistics = Statistics { mean: &mean, inv_std: &inv_std, gamma, beta };
            fast::forward(&statistics, x, run.output, run.epilogue, ws);
        } else if run.training {
            exact::normalise(gamma, beta, &mean, &inv_std, x, run.output);
        } else {
            exact::scale_and_shift(gamma, beta, &mean, &inv_std, x, run.output);
        }
        if !run.saved.is_empty() {
            run.saved[..n_c].copy_from_slice(&mean);
            run.saved[n_c..].copy_from_slice(&inv_std);
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1, 2])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (x, gamma, beta) = (run.inputs[0], run.inputs[1], run.inputs[2]);
        let (mean, inv_std) = run.saved.split_at(gamma.len());
        let (mut d_gamma, mut d_beta) = (vec![0.0; gamma.len()], vec![0.0; gamma.len()]);
        let mut unwanted = Vec::new();
        let mut d_x = run.d_inputs[0].take().unwrap_or_else(|| {
            unwanted.resize(x.len(), 0.0);
            Gradient { data: &mut unwanted, accumulate: false }
        });
        let d_y = (!run.in_place).then_some(run.d_output);
        if run.training {
            let statistics = Statistics { mean, inv_std, gamma, beta };
            let relu = run.fused_relu;
            match run.backend.fast() {
                Some(ws) => d_x.write(|d_x| {
                    fast::backward(&statistics, relu, x, d_y, d_x, &mut d_gamma, &mut d_beta, ws);
                }),
                None => d_x.write(|d_x| {
                    exact::backward_parameters(x, d_y.unwrap_or(d_x), mean, inv_std, &mut d_gamma, &mut d_beta);
                    let gradient = exact::InputGradient { x, gamma, mean, inv_std, d_beta: &d_beta, d_gamma: &d_gamma };
                    gradient.write(d_y, d_x);
                }),
            }
        } else {
            d_x.write(|d_x| {
                exact::backward_parameters(x, d_y.unwrap_or(d_x), mean, inv_std, &mut d_gamma, &mut d_beta);
                exact::backward_given(gamma, inv_std, d_y, d_x);
            });
        }
        if let Some(d) = &mut run.d_inputs[1] {
            d.set(|c| d_gamma[c]);
        }
        if let Some(d) = &mut run.d_inputs[2] {
            d.set(|c| d_beta[c]);
        }
    }

    fn phase(&self) -> Option<Phase> {
        Some(self.phase)
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { gradient_in_place: true, ..Aliasing::default() }
    }

    fn fusion(&self) -> Fusion {
        Fusion {
            step: Some(EpilogueStep::Norm { epsilon: self.epsilon }),
            epilogue: Accepts { add: true, relu: true, ..Accepts::default() },
            relu_backward: true,
        }
    }
}
