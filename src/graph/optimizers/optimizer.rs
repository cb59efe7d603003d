/*! What every update rule can do. */

use super::clipping::Clipping;
use crate::graph::run::backend::Backend;
use std::{fmt, rc::Rc};

/// A rule that updates variables by their gradients.
pub trait Optimizer: fmt::Debug {
    /// The rule's name, such as `Adam`.
    fn name(&self) -> &'static str;

    /// The learning rate to begin with; a session can change it between runs.
    fn learning_rate(&self) -> f32;

    /// What the rule remembers for each element of a variable: names and first values.
    fn slots(&self) -> Vec<(&'static str, f32)> {
        Vec::new()
    }

    /// What the rule remembers as a whole, such as powers of decay rates: names and first values.
    fn scalars(&self) -> Vec<(&'static str, f32)> {
        Vec::new()
    }

    /// How gradients are limited before they are used.
    fn clipping(&self) -> Clipping {
        Clipping::default()
    }

    /// Updates a variable.
    fn update(&self, update: Update<'_>);

    /// Advances the scalars to the next training step, once all variables have been updated.
    fn finish(&self, _scalars: &mut [f32]) {}
}

impl Optimizer for Rc<dyn Optimizer> {
    fn name(&self) -> &'static str {
        (**self).name()
    }

    fn learning_rate(&self) -> f32 {
        (**self).learning_rate()
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        (**self).slots()
    }

    fn scalars(&self) -> Vec<(&'static str, f32)> {
        (**self).scalars()
    }

    fn clipping(&self) -> Clipping {
        (**self).clipping()
    }

    fn update(&self, update: Update<'_>) {
        (**self).update(update);
    }

    fn finish(&self, scalars: &mut [f32]) {
        (**self).finish(scalars);
    }
}

/// One variable with all that belongs to it.
#[derive(Debug)]
pub struct Update<'a> {
    /// Kernels and threads.
    pub backend: &'a mut Backend,
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
