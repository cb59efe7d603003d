/*!
RMSprop with Keras' defaults; the rule is
[`graph::optimizers::RmsPropAfterRoot`](crate::graph::optimizers::RmsPropAfterRoot).
*/

use super::common::{Common, common_methods};
use crate::graph::optimizers;
use std::rc::Rc;

/// a = rho a + (1 − rho) g²; w −= learning_rate g / (√a + epsilon).
///
/// ```
/// use cnn::keras::RMSprop;
/// assert_eq!(RMSprop::new().learning_rate(0.01).rho, 0.9);
/// ```
///
/// DIFFERENCE: in TensorFlow's rule epsilon is inside of the root.
///
/// From: T. Tieleman, G. Hinton, "Lecture 6.5, rmsprop" (2012), with its rho; learning rate and epsilon are Keras'.
#[derive(Debug, Clone, PartialEq)]
pub struct RMSprop {
    /// The step size; 0.001.
    pub learning_rate: f32,
    /// How much of the mean square is kept; 0.9.
    pub rho: f32,
    /// Keeps the denominator away from zero; 1e-7.
    pub epsilon: f32,
    /// Limits of the gradients, weight decay and schedule.
    pub common: Common,
}

impl RMSprop {
    /// Keras' defaults.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        RMSprop { learning_rate: 0.001, rho: 0.9, epsilon: 1e-7, common: Common::default() }
    }

    common_methods!();

    /// How much of the mean square is kept.
    pub fn rho(mut self, rho: f32) -> Self {
        self.rho = rho;
        self
    }

    /// Keeps the denominator away from zero.
    pub fn epsilon(mut self, epsilon: f32) -> Self {
        self.epsilon = epsilon;
        self
    }
    pub(super) fn rule(&self) -> Rc<dyn optimizers::Optimizer> {
        let RMSprop { learning_rate, rho, epsilon, .. } = *self;
        self.common.rule(optimizers::RmsPropAfterRoot { learning_rate, rho, epsilon })
    }
}
