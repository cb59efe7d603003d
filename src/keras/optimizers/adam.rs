/*! Adam with Keras' defaults; the rule is [`graph::optimizers::Adam`](crate::graph::optimizers::Adam). */

use super::common::{Common, common_methods};
use crate::graph::optimizers;
use std::rc::Rc;

/// The builder methods for the rule's settings, which [`AdamW`](super::AdamW) has as well.
macro_rules! adam_methods {
    () => {
        /// How much of the mean is kept.
        pub fn beta_1(mut self, beta_1: f32) -> Self {
            self.beta_1 = beta_1;
            self
        }

        /// How much of the mean square is kept.
        pub fn beta_2(mut self, beta_2: f32) -> Self {
            self.beta_2 = beta_2;
            self
        }

        /// Keeps the denominator away from zero.
        pub fn epsilon(mut self, epsilon: f32) -> Self {
            self.epsilon = epsilon;
            self
        }

        pub(super) fn rule(&self) -> Rc<dyn optimizers::Optimizer> {
            let Self { learning_rate, beta_1, beta_2, epsilon, .. } = *self;
            self.common.rule(optimizers::Adam { learning_rate, beta1: beta_1, beta2: beta_2, epsilon })
        }
    };
}
pub(super) use adam_methods;

/// Adam: steps along the running mean of the gradient, divided by the root of the running mean of its square.
///
/// With the gradient g, at step t, and β₁, β₂ for `beta_1` and `beta_2`:
///
/// ```text
/// m = β₁ m + (1 − β₁) g
/// v = β₂ v + (1 − β₂) g²
/// w −= learning_rate √(1 − β₂ᵗ) / (1 − β₁ᵗ) · m / (√v + epsilon)
/// ```
///
/// ```
/// use cnn::keras::Adam;
/// let adam = Adam::new().learning_rate(0.01);
/// assert_eq!((adam.learning_rate, adam.beta_1, adam.beta_2, adam.epsilon), (0.01, 0.9, 0.999, 1e-7));
/// ```
///
/// From: D. Kingma, J. Ba, "Adam: a method for stochastic optimization" (2014), with its learning rate and betas; the
/// epsilon is Keras'.
#[derive(Debug, Clone, PartialEq)]
pub struct Adam {
    /// The step size; 0.001.
    pub learning_rate: f32,
    /// How much of the mean is kept; 0.9.
    pub beta_1: f32,
    /// How much of the mean square is kept; 0.999.
    pub beta_2: f32,
    /// Keeps the denominator away from zero; 1e-7, where TensorFlow has 1e-8.
    pub epsilon: f32,
    /// Limits of the gradients, weight decay and schedule.
    pub common: Common,
}

impl Adam {
    /// Keras' defaults.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        Adam { learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, common: Common::default() }
    }

    common_methods!();
    adam_methods!();
}
