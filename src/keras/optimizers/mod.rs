/*!
Optimizers with Keras' names and defaults, one file each.

The update rules are the engine's, see [`graph::optimizers`](crate::graph::optimizers).
*/

mod adam;
mod adam_w;
mod common;
mod rmsprop;
pub mod schedules;
mod sgd;

pub use adam::Adam;
pub use adam_w::AdamW;
pub use common::{Common, LearningRate};
pub use rmsprop::RMSprop;
pub use schedules::Schedule;
pub use sgd::SGD;

use super::names::UnknownName;
use crate::graph::{Operation, Tensor, optimizers};
use std::rc::Rc;

/// How training updates the weights. [`Model::compile`](super::Model::compile) also takes its name.
#[derive(Debug, Clone, PartialEq)]
pub enum Optimizer {
    /// See [`Adam`].
    Adam(Adam),
    /// See [`AdamW`].
    AdamW(AdamW),
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
            Optimizer::AdamW(_) => "AdamW",
            Optimizer::SGD(_) => "SGD",
            Optimizer::RMSprop(_) => "RMSprop",
        }
    }

    /// The settings that all optimizers have.
    pub fn common(&self) -> &Common {
        match self {
            Optimizer::Adam(adam) => &adam.common,
            Optimizer::AdamW(adam) => &adam.common,
            Optimizer::SGD(sgd) => &sgd.common,
            Optimizer::RMSprop(rmsprop) => &rmsprop.common,
        }
    }

    /// The rule by which it updates weights.
    pub(super) fn rule(&self) -> Rc<dyn optimizers::Optimizer> {
        match self {
            Optimizer::Adam(adam) => adam.rule(),
            Optimizer::AdamW(adam) => adam.rule(),
            Optimizer::SGD(sgd) => sgd.rule(),
            Optimizer::RMSprop(rmsprop) => rmsprop.rule(),
        }
    }

    /// The training step that updates `variables`.
    pub(super) fn minimize(&self, loss: &Tensor, variables: &[&Tensor]) -> Operation {
        loss.graph().minimize(loss, variables, self.rule(), &format!("training/{}", self.class_name()))
    }
}

impl From<AdamW> for Optimizer {
    fn from(adam: AdamW) -> Self {
        Optimizer::AdamW(adam)
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

    /// The optimizer of this name with its defaults: `"adam"`, `"adamw"`, `"sgd"` or `"rmsprop"`, in any case.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        match name.to_ascii_lowercase().as_str() {
            "adam" => Ok(Adam::new().into()),
            "adamw" => Ok(AdamW::new().into()),
            "sgd" => Ok(SGD::new().into()),
            "rmsprop" => Ok(RMSprop::new().into()),
            _ => Err(UnknownName::new("optimizer", name, "the optimizers are adam, adamw, sgd and rmsprop")),
        }
    }
}
