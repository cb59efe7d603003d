/*!
Activation functions by their Keras names.

The layer that applies one is [`layers::Activation`](super::layers::Activation).
*/

use super::layer::Scope;
use crate::graph::{Tensor, ops};

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
}

const ALL: [Function; 5] = [Function::Linear, Function::Relu, Function::Sigmoid, Function::Tanh, Function::Softmax];

impl Function {
    /// Its Keras name.
    pub fn name(self) -> &'static str {
        match self {
            Function::Linear => "linear",
            Function::Relu => "relu",
            Function::Sigmoid => "sigmoid",
            Function::Tanh => "tanh",
            Function::Softmax => "softmax",
        }
    }

    /// The function of this name, if there is one.
    pub(super) fn named(name: &str) -> Option<Self> {
        ALL.into_iter().find(|function| function.name() == name)
    }

    pub(super) fn apply(self, scope: &Scope<'_>, x: &Tensor) -> Tensor {
        match self {
            Function::Linear => x.clone(),
            Function::Relu => scope.apply(ops::Relu, &[x], "Relu"),
            Function::Sigmoid => scope.apply(ops::Sigmoid, &[x], "Sigmoid"),
            Function::Tanh => scope.apply(ops::Tanh, &[x], "Tanh"),
            Function::Softmax => scope.apply(ops::Softmax, &[x], "Softmax"),
        }
    }
}

impl From<&str> for Function {
    /// The function of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    fn from(name: &str) -> Self {
        let known = || ALL.map(Function::name).join(", ");
        Function::named(name)
            .unwrap_or_else(|| panic!("there is no activation \"{name}\"\nhelp: the activations are {}", known()))
    }
}
