/*! Layer normalisation. */

use super::shared::last_axes::LastAxes;
use crate::{
    graph::{self, Shape, ops::LayerNorm},
    keras::{
        config::Config,
        initializers::Initializer,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// y = gamma (x − mean) / √(variance + epsilon) + beta, with mean and variance of each example over its last axes.
///
/// Input and output have one shape. Weights: gamma and beta, of the shape of the axes that are normalised.
///
/// From: J. Ba, J. Kiros, G. Hinton, "Layer normalization" (2016).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((10, 8)).call();
/// let y = LayerNormalization::new().call(&x);
/// assert_eq!((y.shape(), y.layer().count_params()), (x.shape(), 16));
/// ```
#[derive(Debug, Clone)]
pub struct LayerNormalization {
    /// The axes that are normalised.
    pub axes: LastAxes,
    /// Added to the variance.
    pub epsilon: f32,
    attributes: Attributes,
}

impl LayerNormalization {
    /// Keras' defaults: the last axis, epsilon 0.001.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        LayerNormalization { axes: LastAxes::one(), epsilon: 1e-3, attributes: Attributes::default() }
    }

    /// The axes that are normalised, which are the last ones; negative numbers count from the end.
    #[must_use]
    pub fn axis(mut self, axes: impl Into<LastAxes>) -> Self {
        self.axes = axes.into();
        self
    }

    /// Added to the variance.
    #[must_use]
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.epsilon = epsilon;
        self
    }
}

impl Layer for LayerNormalization {
    fn class_name() -> &'static str {
        "LayerNormalization"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        let first = self.axes.first(x)?;
        match Shape::from(&x.dims()[first..]).concrete() {
            Some(_) => Ok(()),
            None => Err(Mismatch::new("known sizes of the axes that are normalised", format!("shape {x}"))),
        }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        let first = self.axes.first(&inputs[0]).expect("checked when the layer was called");
        let shape = Shape::from(&inputs[0].dims()[first..]).concrete().expect("checked when the layer was called");
        scope.add_weight("gamma", &shape, &Initializer::Ones);
        scope.add_weight("beta", &shape, &Initializer::Zeros);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let op = LayerNorm { epsilon: self.epsilon };
        scope.apply(op, &[inputs[0], scope.weight("gamma"), scope.weight("beta")], "LayerNorm")
    }

    fn config(&self) -> Config {
        let config = Config::new().set("axis", self.axes.clone()).set("epsilon", self.epsilon);
        config.set("center", true).set("scale", true)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        for (name, only) in [("center", true), ("scale", true), ("rms_scaling", false)] {
            config.only(name, only)?;
        }
        for weight in ["beta", "gamma"] {
            config.ignore(&format!("{weight}_initializer")); // the file holds the values themselves
        }
        let axes = config.get_or("axis", LastAxes::one())?;
        Ok(LayerNormalization::new().axis(axes).epsilon(config.get_or("epsilon", 1e-3)?))
    }
}
