/*! Batch normalisation. */

use super::only;
use crate::{
    graph::{
        self, Phase, Shape,
        ops::{BatchNorm, batch_norm::MovingVariance},
    },
    keras::{Attributes, Initializer, Layer, layer::Scope},
};

/// y = gamma (x − mean) / √(variance + epsilon) + beta, channel by channel: with the statistics of the batch while
/// training, with moving averages otherwise.
///
/// Input and output: (m, …, n_c). Weights: gamma, beta, moving_mean, moving_variance, each (n_c).
///
/// The moving variance is that of TensorFlow's fused kernel, with n − 1 in the denominator.
///
/// From: S. Ioffe, C. Szegedy, "Batch normalization" (2015).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((32, 32, 64)).call();
/// let y = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
/// assert_eq!(y.shape(), x.shape());
/// assert_eq!((y.layer().count_params(), y.layer().count_trainable_params()), (256, 128));
/// ```
#[derive(Debug, Clone)]
pub struct BatchNormalization {
    /// The axis of the channels; negative numbers count from the end.
    pub axis: isize,
    /// How much of the moving averages a training step keeps.
    pub momentum: f32,
    /// Added to the variance.
    pub epsilon: f32,
    attributes: Attributes,
}

attributes!(BatchNormalization);

impl BatchNormalization {
    /// Keras' defaults: the last axis, momentum 0.99, epsilon 0.001.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        BatchNormalization { axis: -1, momentum: 0.99, epsilon: 1e-3, attributes: Attributes::default() }
    }

    /// The axis of the channels: 3 for images. It must be the last one.
    pub fn axis(mut self, axis: isize) -> Self {
        self.axis = axis;
        self
    }

    /// How much of the moving averages a training step keeps.
    pub fn momentum(mut self, momentum: f32) -> Self {
        self.momentum = momentum;
        self
    }

    /// Added to the variance.
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.epsilon = epsilon;
        self
    }

    fn channels(&self, inputs: &[Shape]) -> usize {
        let x = only(self, inputs);
        let last = x.rank() as isize - 1;
        assert!(
            self.axis == last || self.axis == -1,
            "BatchNormalization: expected the axis of the channels, which is the last one ({last}) of shape {x}, got \
             axis {}",
            self.axis
        );
        x.last().unwrap_or_else(|| panic!("BatchNormalization: expected a known number of channels, got shape {x}"))
    }
}

impl Layer for BatchNormalization {
    fn class_name(&self) -> &'static str {
        "BatchNormalization"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let n_c = [self.channels(inputs)];
        scope.add_weight("gamma", &n_c, &Initializer::Ones);
        scope.add_weight("beta", &n_c, &Initializer::Zeros);
        scope.add_untrained_weight("moving_mean", &n_c, &Initializer::Zeros);
        scope.add_untrained_weight("moving_variance", &n_c, &Initializer::Ones);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        only(self, inputs).clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let op = BatchNorm {
            momentum: self.momentum,
            epsilon: self.epsilon,
            phase: Phase::OfRun,
            moving_variance: MovingVariance::Unbiased,
        };
        let parameters = [inputs[0], scope.weight("gamma"), scope.weight("beta")];
        let state = [scope.weight("moving_mean"), scope.weight("moving_variance")];
        scope.apply_stateful(op, &parameters, &state, "FusedBatchNorm")
    }
}
