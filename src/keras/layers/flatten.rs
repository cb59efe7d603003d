/*! One row per example. */

use crate::{
    graph::{self, Op, Shape, ops},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// Reshapes each example to one row. Input: (m, n_h, n_w, n_c). Output: (m, n_h n_w n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((2, 2, 2048)).call();
/// assert_eq!(Flatten::new().call(&x).shape().to_string(), "(?, 8192)");
/// ```
#[derive(Debug, Clone)]
pub struct Flatten {
    attributes: Attributes,
}

impl Flatten {
    /// One row per example.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        Flatten { attributes: Attributes::default() }
    }
}

impl Layer for Flatten {
    fn class_name() -> &'static str {
        "Flatten"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        if x.rank() > 0 { Ok(()) } else { Err(Mismatch::new("a tensor whose first axis counts examples", "a number")) }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        ops::Reshape::flatten(&inputs[0]).output_shape(&[&inputs[0]])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(ops::Reshape::flatten(&inputs[0].shape()), inputs, "Reshape")
    }

    fn config(&self) -> Config {
        Config::new().set("data_format", "channels_last")
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("data_format", "channels_last")?;
        Ok(Flatten::new())
    }
}
