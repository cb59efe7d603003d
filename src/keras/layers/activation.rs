/*! An activation function as a layer of its own. */

use crate::{
    graph::{self, Shape},
    keras::{
        activations::Function,
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        names::parsed,
        scope::Scope,
    },
};
use std::fmt::Display;

/// Applies a function to every element: `Activation::new("relu")`.
///
/// Input and output have one shape. The functions and their equations are in [`Function`].
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// let y = Activation::new("relu").call(&x);
/// assert_eq!(y.shape(), x.shape());
/// ```
#[derive(Debug, Clone)]
pub struct Activation {
    /// The function.
    pub function: Function,
    attributes: Attributes,
}

impl Activation {
    /// Applies `function`: one of `"relu"`, `"sigmoid"`, `"tanh"`, `"softmax"`, `"linear"`.
    ///
    /// # Panics
    /// If there is no function of this name.
    #[track_caller]
    pub fn new(function: impl TryInto<Function, Error: Display>) -> Self {
        Activation { function: parsed(function), attributes: Attributes::default() }
    }
}

impl Layer for Activation {
    fn class_name() -> &'static str {
        "Activation"
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
        self.function.apply(scope, inputs[0])
    }

    fn config(&self) -> Config {
        Config::new().set("activation", self.function)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(Activation::new(config.get::<Function>("activation")?))
    }
}
