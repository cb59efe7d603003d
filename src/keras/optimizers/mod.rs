/*!
Optimizers with Keras' names and defaults, one file each.

The update rules are the engine's, see [`graph::optimizers`](crate::graph::optimizers).
*/

mod adam;
mod rmsprop;
mod sgd;

pub use adam::Adam;
pub use rmsprop::RMSprop;
pub use sgd::SGD;

use super::names::UnknownName;
use crate::graph::{Operation, Tensor};

/// How training updates the weights. [`Model::compile`](super::Model::compile) also takes its name.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Optimizer {
    /// See [`Adam`].
    Adam(Adam),
    /// See [`SGD`].
    SGD(SGD),
    /// See [`RMSprop`].
    RMSprop(RMSprop),
}

impl Optimizer {
    /// Its Keras name.
    pub fn class_name(&self) -> &'static str {
        match self {
            Optimizer::Adam(_) => "Adam",
            Optimizer::SGD(_) => "SGD",
            Optimizer::RMSprop(_) => "RMSprop",
        }
    }

    /// The training step that updates `variables`.
    pub(super) fn minimize(&self, loss: &Tensor, variables: &[&Tensor]) -> Operation {
        let name = format!("training/{}", self.class_name());
        let graph = loss.graph();
        match self {
            Optimizer::Adam(adam) => graph.minimize(loss, variables, adam.rule(), &name),
            Optimizer::SGD(sgd) => graph.minimize(loss, variables, sgd.rule(), &name),
            Optimizer::RMSprop(rmsprop) => graph.minimize(loss, variables, rmsprop.rule(), &name),
        }
    }
}

impl From<Adam> for Optimizer {
    fn from(adam: Adam) -> Self {
        Optimizer::Adam(adam)
    }
}

impl From<SGD> for Optimizer {
    fn from(sgd: SGD) -> Self {
        Optimizer::SGD(sgd)
    }
}

impl From<RMSprop> for Optimizer {
    fn from(rmsprop: RMSprop) -> Self {
        Optimizer::RMSprop(rmsprop)
    }
}

impl TryFrom<&str> for Optimizer {
    type Error = UnknownName;

    /// The optimizer of this name with its defaults: `"adam"`, `"sgd"` or `"rmsprop"`, in any case.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        match name.to_ascii_lowercase().as_str() {
            "adam" => Ok(Adam::new().into()),
            "sgd" => Ok(SGD::new().into()),
            "rmsprop" => Ok(RMSprop::new().into()),
            _ => Err(UnknownName::new("optimizer", name, "the optimizers are adam, sgd and rmsprop")),
        }
    }
}
