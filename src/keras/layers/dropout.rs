/*! Dropout. */

use crate::{
    graph::{self, Phase, Shape, ops},
    keras::{
        config::{Config, unfit},
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// While training, sets each element to zero with probability `rate` and divides the others by 1 − rate; otherwise
/// passes everything on.
///
/// From: N. Srivastava et al., "Dropout: a simple way to prevent neural networks from overfitting" (2014).
///
/// Input and output have one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(100).call();
/// assert_eq!(Dropout::new(0.5).call(&x).shape(), x.shape());
/// ```
#[derive(Debug, Clone)]
pub struct Dropout {
    /// The share of elements that are dropped, in [0, 1).
    pub rate: f32,
    /// The seed; without one, each dropout of a network gets another.
    pub seed: Option<u64>,
    attributes: Attributes,
}

impl Dropout {
    /// Drops the share `rate`.
    ///
    /// # Panics
    /// If `rate` is not in [0, 1).
    #[track_caller]
    pub fn new(rate: f32) -> Self {
        assert!((0.0..1.0).contains(&rate), "Dropout: expected a rate in [0, 1), got {rate}");
        Dropout { rate, seed: None, attributes: Attributes::default() }
    }

    /// With a seed of its own.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }
}

impl Layer for Dropout {
    fn class_name() -> &'static str {
        "Dropout"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let op = ops::Dropout { rate: self.rate, seeds: scope.seeds(self.seed), phase: Phase::OfRun };
        scope.apply(op, inputs, "mul")
    }

    fn config(&self) -> Config {
        Config::new().set("rate", self.rate).set("noise_shape", None::<u64>).set("seed", self.seed)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        let rate = config.get("rate")?;
        if !(0.0..1.0).contains(&rate) {
            return Err(unfit("rate", "a number in [0, 1)", config.value("rate")));
        }
        Ok(Dropout { rate, seed: config.get_or("seed", None)?, attributes: Attributes::default() })
    }
}
