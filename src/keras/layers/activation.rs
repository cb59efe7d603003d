/*! An activation function as a layer of its own. */

use super::only;
use crate::{
    graph::{self, Shape},
    keras::{Attributes, Layer, activations::Function, layer::Scope},
};

/// Applies a function to every number: `Activation::new("relu")`.
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

attributes!(Activation);

impl Activation {
    /// Applies `function`: one of `"relu"`, `"sigmoid"`, `"tanh"`, `"softmax"`, `"linear"`.
    ///
    /// # Panics
    /// If there is no function of this name.
    #[track_caller]
    pub fn new(function: impl Into<Function>) -> Self {
        Activation { function: function.into(), attributes: Attributes::default() }
    }
}

impl Layer for Activation {
    fn class_name(&self) -> &'static str {
        "Activation"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        only(self, inputs).clone()
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        self.function.apply(scope, inputs[0])
    }
}
