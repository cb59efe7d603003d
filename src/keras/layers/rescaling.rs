/*! Pixels on another scale. */

use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// y = scale x + offset: `Rescaling::new(1.0 / 255.0)` makes numbers from 0 to 1 of pixels.
///
/// Input and output have one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// assert_eq!(Rescaling::new(1.0 / 255.0).call(&x).shape(), x.shape());
/// ```
#[derive(Debug, Clone)]
pub struct Rescaling {
    /// The factor.
    pub scale: f32,
    /// What is added.
    pub offset: f32,
    attributes: Attributes,
}

impl Rescaling {
    /// Times `scale`, without an offset.
    pub fn new(scale: f32) -> Self {
        Rescaling { scale, offset: 0.0, attributes: Attributes::default() }
    }

    /// What is added.
    pub fn offset(mut self, offset: f32) -> Self {
        self.offset = offset;
        self
    }
}

impl Layer for Rescaling {
    fn class_name() -> &'static str {
        "Rescaling"
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
        scope.apply(ops::Unary::Rescale { scale: self.scale, offset: self.offset }, inputs, "Rescaling")
    }

    fn config(&self) -> Config {
        Config::new().set("scale", self.scale).set("offset", self.offset)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(Rescaling::new(config.get("scale")?).offset(config.get_or("offset", 0.0)?))
    }
}
