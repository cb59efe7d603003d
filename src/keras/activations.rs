/*!
Activation functions by their Keras names.

The layer that applies one is [`layers::Activation`](super::layers::Activation).
*/

use super::{names::UnknownName, scope::Scope, setting::Setting};
use crate::graph::{Tensor, ops};
use serde_json::{Value, json};

/// An activation function. Every layer that takes one also takes its name: `Dense::new(6).activation("softmax")`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Function {
    /// y = x.
    #[default]
    Linear,
    /// y = max(x, 0).
    Relu,
    /// y = 1 / (1 + exp(−x)).
    Sigmoid,
    /// y = tanh(x).
    Tanh,
    /// y = exp(x) / Σ exp(x), over the last axis.
    Softmax,
    /// y = x where x > 0, exp(x) − 1 elsewhere.
    Elu,
    /// y = x Φ(x), where Φ is the standard normal distribution.
    Gelu,
    /// y = x / (1 + exp(−x)); also called silu.
    Swish,
}

const ALL: [Function; 8] = [
    Function::Linear,
    Function::Relu,
    Function::Sigmoid,
    Function::Tanh,
    Function::Softmax,
    Function::Elu,
    Function::Gelu,
    Function::Swish,
];

impl Function {
    /// Its Keras name.
    pub fn name(self) -> &'static str {
        match self {
            Function::Linear => "linear",
            Function::Relu => "relu",
            Function::Sigmoid => "sigmoid",
            Function::Tanh => "tanh",
            Function::Softmax => "softmax",
            Function::Elu => "elu",
            Function::Gelu => "gelu",
            Function::Swish => "swish",
        }
    }

    pub(super) fn apply(self, scope: &Scope<'_>, x: &Tensor) -> Tensor {
        match self {
            Function::Linear => x.clone(),
            Function::Relu => scope.apply(ops::Relu, &[x], "Relu"),
            Function::Sigmoid => scope.apply(ops::Sigmoid, &[x], "Sigmoid"),
            Function::Tanh => scope.apply(ops::Tanh, &[x], "Tanh"),
            Function::Softmax => scope.apply(ops::Softmax, &[x], "Softmax"),
            Function::Elu => scope.apply(ops::Unary::Elu { alpha: 1.0 }, &[x], "Elu"),
            Function::Gelu => scope.apply(ops::Unary::Gelu, &[x], "Gelu"),
            Function::Swish => scope.apply(ops::Unary::Swish, &[x], "Swish"),
        }
    }
}

impl TryFrom<&str> for Function {
    type Error = UnknownName;

    /// The function of this name.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let help = || format!("the activations are {}", ALL.map(Function::name).join(", "));
        // Keras 3's name.
        let name = if name == "silu" { "swish" } else { name };
        let found = ALL.into_iter().find(|function| function.name() == name);
        found.ok_or_else(|| UnknownName::new("activation", name, help()))
    }
}

impl Setting for Function {
    const EXPECTED: &'static str = "linear, relu, sigmoid, tanh, softmax, elu, gelu or swish";

    fn to_json(&self) -> Value {
        json!(self.name())
    }

    fn from_json(value: &Value) -> Option<Self> {
        let name = match value {
            Value::Object(object) if value["class_name"] == "function" => object.get("config")?.as_str()?,
            _ => value.as_str()?,
        };
        Function::try_from(name).ok()
    }
}
