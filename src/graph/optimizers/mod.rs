/*!
How a training step turns gradients into new values, one rule per file, each as TensorFlow computes it.

Where gradients come from is not decided here, see [`Graph::minimize`](super::Graph::minimize).
*/

mod adam;
mod momentum;
mod rms_prop;
mod sgd;

pub use adam::Adam;
pub use momentum::Momentum;
pub use rms_prop::RmsProp;
pub use sgd::Sgd;

use crate::graph::run::backend::Compute;
use std::fmt;

/// A rule that moves variables along their gradients.
pub trait Optimizer: fmt::Debug {
    /// TensorFlow's name of the rule, such as `Adam`.
    fn name(&self) -> &'static str;

    /// The learning rate to begin with; a session can change it between runs.
    fn learning_rate(&self) -> f32;

    /// What the rule remembers for each number of a variable: names and first values.
    fn slots(&self) -> Vec<(&'static str, f32)> {
        Vec::new()
    }

    /// What the rule remembers as a whole, such as powers of decay rates: names and first values.
    fn scalars(&self) -> Vec<(&'static str, f32)> {
        Vec::new()
    }

    /// Moves a stretch of one variable.
    fn update(&self, update: Update<'_>);

    /// Moves on to the next training step, once all variables have been updated.
    fn finish(&self, _scalars: &mut [f32]) {}
}

/// A stretch of one variable with all that belongs to it.
#[derive(Debug)]
pub struct Update<'a> {
    /// Kernels and threads.
    pub compute: &'a mut Compute,
    /// The learning rate now.
    pub learning_rate: f32,
    /// See [`Optimizer::scalars`].
    pub scalars: &'a [f32],
    /// The variable.
    pub variable: &'a mut [f32],
    /// The gradient of the loss with respect to it.
    pub gradient: &'a [f32],
    /// See [`Optimizer::slots`].
    pub slots: &'a mut [&'a mut [f32]],
}
