/*! A relu with a slope on its left half, too. */

use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// y = x where x > 0, alpha x elsewhere.
///
/// Input and output have one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// assert_eq!(LeakyReLU::new(0.1).call(&x).shape(), x.shape());
/// ```
#[derive(Debug, Clone)]
pub struct LeakyReLU {
    /// The slope of the left half.
    pub alpha: f32,
    attributes: Attributes,
}

impl LeakyReLU {
    /// The slope of the left half; Keras' default is 0.3.
    pub fn new(alpha: f32) -> Self {
        LeakyReLU { alpha, attributes: Attributes::default() }
    }
}

impl Layer for LeakyReLU {
    fn class_name() -> &'static str {
        "LeakyReLU"
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
        scope.apply(ops::Unary::LeakyRelu { slope: self.alpha }, inputs, "LeakyReLU")
    }

    fn config(&self) -> Config {
        Config::new().set("alpha", self.alpha)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        // Keras 3 has another name for it.
        let name = if config.value("negative_slope").is_some() { "negative_slope" } else { "alpha" };
        Ok(LeakyReLU::new(config.get_or(name, 0.3)?))
    }
}
