/*! AdamW with Keras' defaults; the rule is [`graph::optimizers::Adam`](crate::graph::optimizers::Adam). */

use super::{
    adam::adam_methods,
    common::{Common, common_methods},
};
use crate::graph::optimizers;
use std::rc::Rc;

/// Adam with decoupled weight decay: before Adam's step, w −= learning_rate weight_decay w.
///
/// ```
/// use cnn::keras::AdamW;
/// let adam = AdamW::new().learning_rate(0.01).weight_decay(0.1);
/// assert_eq!((adam.learning_rate, adam.common.weight_decay), (0.01, 0.1));
/// assert_eq!(AdamW::new().common.weight_decay, 0.004);
/// ```
///
/// From: I. Loshchilov, F. Hutter, "Decoupled weight decay regularization" (2017); the defaults are Keras'.
#[derive(Debug, Clone, PartialEq)]
pub struct AdamW {
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

impl AdamW {
    /// Keras' defaults.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        let common = Common { weight_decay: 0.004, ..Common::default() };
        AdamW { learning_rate: 0.001, beta_1: 0.9, beta_2: 0.999, epsilon: 1e-7, common }
    }

    common_methods!();
    adam_methods!();
}
