/*! Batch normalisation. */

use crate::{
    graph::{
        self, Phase, Shape,
        ops::{BatchNorm, batch_norm::MovingVariance},
    },
    keras::{
        config::{Config, unfit},
        initializers::Initializer,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        setting::Setting,
    },
};

/// y = gamma (x − mean) / √(variance + epsilon) + beta, channel by channel: with the statistics of the batch while
/// training, with moving averages otherwise.
///
/// Input and output: (m, …, n_c). Weights: gamma, beta, moving_mean, moving_variance, each (n_c).
///
/// The moving variance is that of Keras 2: for images that of TensorFlow's fused kernel, with n − 1 in the denominator,
/// otherwise with n. In a model from a file of Keras 3 it is with n for images, too, as there.
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
    /// The factor by which a training step keeps the moving averages.
    pub momentum: f32,
    /// Added to the variance.
    pub epsilon: f32,
    /// Whether it comes from a file of Keras 3, where the moving variance always has n in the denominator.
    is_keras_3: bool,
    attributes: Attributes,
}

impl BatchNormalization {
    /// Keras' defaults: the last axis, momentum 0.99, epsilon 0.001.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        BatchNormalization {
            axis: -1,
            momentum: 0.99,
            epsilon: 1e-3,
            is_keras_3: false,
            attributes: Attributes::default(),
        }
    }

    /// The axis of the channels: 3 for images. It must be the last one.
    pub fn axis(mut self, axis: isize) -> Self {
        self.axis = axis;
        self
    }

    /// The factor by which a training step keeps the moving averages.
    pub fn momentum(mut self, momentum: f32) -> Self {
        self.momentum = momentum;
        self
    }

    /// Added to the variance.
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl Layer for BatchNormalization {
    fn class_name() -> &'static str {
        "BatchNormalization"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        let last = x.rank() as isize - 1;
        if last < 1 || self.axis != last && self.axis != -1 {
            let expected = format!("the axis of the channels, which is the last one ({last}) of shape {x}");
            return Err(Mismatch::new(expected, format!("axis = {}", self.axis))
                .help("transpose the channels to the last axis"));
        }
        match x.last() {
            Some(_) => Ok(()),
            None => Err(Mismatch::new("a known number of channels", format!("shape {x}"))),
        }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let n_c = [inputs[0].last().expect("channels are known")];
        scope.add_weight("gamma", &n_c, &Initializer::Ones);
        scope.add_weight("beta", &n_c, &Initializer::Zeros);
        scope.add_non_trainable_weight("moving_mean", &n_c, &Initializer::Zeros);
        scope.add_non_trainable_weight("moving_variance", &n_c, &Initializer::Ones);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let is_fused = inputs[0].shape().rank() == 4 && !self.is_keras_3;
        let op = BatchNorm {
            momentum: self.momentum,
            epsilon: self.epsilon,
            phase: Phase::OfRun,
            moving_variance: if is_fused { MovingVariance::Unbiased } else { MovingVariance::Biased },
        };
        let parameters = [inputs[0], scope.weight("gamma"), scope.weight("beta")];
        let state = [scope.weight("moving_mean"), scope.weight("moving_variance")];
        scope.apply_stateful(op, &parameters, &state, "FusedBatchNorm")
    }

    fn config(&self) -> Config {
        Config::new()
            .set("axis", self.axis)
            .set("momentum", self.momentum)
            .set("epsilon", self.epsilon)
            .set("center", true)
            .set("scale", true)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        for (name, only) in [("center", true), ("scale", true), ("renorm", false), ("synchronized", false)] {
            config.only(name, only)?;
        }
        for name in ["renorm_clipping", "renorm_momentum"] {
            config.ignore(name); // of no effect without renorm
        }
        for weight in ["beta", "gamma", "moving_mean", "moving_variance"] {
            config.ignore(&format!("{weight}_initializer")); // the file holds the values themselves
        }
        // TensorFlow writes a list of one.
        let axis = match config.value("axis") {
            None => -1,
            Some(value) => {
                let one = value.as_array().filter(|list| list.len() == 1).map_or(value, |list| &list[0]);
                isize::from_json(one).ok_or_else(|| unfit("axis", "the axis of the channels", Some(value)))?
            }
        };
        let (momentum, epsilon) = (config.get_or("momentum", 0.99)?, config.get_or("epsilon", 1e-3)?);
        Ok(BatchNormalization { axis, momentum, epsilon, is_keras_3: config.is_keras_3(), ..BatchNormalization::new() })
    }
}
