/*! An update rule whose gradients are limited, and whose variables decay. */

use super::{
    clipping::Clipping,
    optimizer::{Optimizer, Update},
};
use std::rc::Rc;

/// Another rule, with limited gradients and weight decay: before the rule's update, w −= learning_rate weight_decay w.
///
/// From: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization" (2017).
#[derive(Debug, Clone)]
pub struct Adjusted {
    /// The rule.
    pub rule: Rc<dyn Optimizer>,
    /// The limits of the gradients.
    pub clipping: Clipping,
    /// The share of each weight that a step with learning rate 1 takes away; 0 for none.
    pub weight_decay: f32,
}

impl Optimizer for Adjusted {
    fn name(&self) -> &'static str {
        self.rule.name()
    }

    fn learning_rate(&self) -> f32 {
        self.rule.learning_rate()
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        self.rule.slots()
    }

    fn scalars(&self) -> Vec<(&'static str, f32)> {
        self.rule.scalars()
    }

    fn clipping(&self) -> Clipping {
        self.clipping
    }

    fn update(&self, update: Update<'_>) {
        if self.weight_decay != 0.0 {
            let share = update.learning_rate * self.weight_decay;
            update.variable.iter_mut().for_each(|w| *w -= *w * share);
        }
        self.rule.update(update);
    }

    fn finish(&self, scalars: &mut [f32]) {
        self.rule.finish(scalars);
    }
}
