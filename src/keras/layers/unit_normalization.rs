/*! Vectors of length 1. */

use super::shared::last_axes::LastAxes;
use crate::{
    graph::{self, Shape, ops::L2Normalize},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// y = x / √(Σ x²), the sum over the last axes: each vector gets the length 1.
///
/// Input and output have one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(128).call();
/// assert_eq!(UnitNormalization::new().call(&x).shape(), x.shape());
/// ```
#[derive(Debug, Clone)]
pub struct UnitNormalization {
    /// The axes of a vector.
    pub axes: LastAxes,
    attributes: Attributes,
}

impl UnitNormalization {
    /// Vectors along the last axis.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        UnitNormalization { axes: LastAxes::one(), attributes: Attributes::default() }
    }

    /// The axes of a vector, which are the last ones; negative numbers count from the end.
    #[must_use]
    pub fn axis(mut self, axes: impl Into<LastAxes>) -> Self {
        self.axes = axes.into();
        self
    }
}

impl Layer for UnitNormalization {
    fn class_name() -> &'static str {
        "UnitNormalization"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        self.axes.first(inputs::one(inputs)?)?;
        Ok(())
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let axis = self.axes.first(&inputs[0].shape()).expect("checked when the layer was called");
        scope.apply(L2Normalize { axis, epsilon: 1e-12 }, inputs, "l2_normalize")
    }

    fn config(&self) -> Config {
        Config::new().set("axis", self.axes.clone())
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("order", 2_usize)?;
        Ok(UnitNormalization::new().axis(config.get_or("axis", LastAxes::one())?))
    }
}
