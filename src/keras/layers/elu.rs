/*! The exponential linear unit. */

use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// y = x where x > 0, alpha (exp(x) − 1) elsewhere.
///
/// Input and output have one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// assert_eq!(ELU::new(1.0).call(&x).shape(), x.shape());
/// ```
#[derive(Debug, Clone)]
pub struct ELU {
    /// The limit on the left, negated.
    pub alpha: f32,
    attributes: Attributes,
}

impl ELU {
    /// The limit on the left, negated; Keras' default is 1.
    pub fn new(alpha: f32) -> Self {
        ELU { alpha, attributes: Attributes::default() }
    }
}

impl Layer for ELU {
    fn class_name() -> &'static str {
        "ELU"
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
        scope.apply(ops::Unary::Elu { alpha: self.alpha }, inputs, "ELU")
    }

    fn config(&self) -> Config {
        Config::new().set("alpha", self.alpha)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(ELU::new(config.get_or("alpha", 1.0)?))
    }
}
