/*! Gradient descent with momentum, plain or Nesterov's. */

use super::optimizer::{Optimizer, Update};

/// a = momentum a + g; w −= learning_rate a. Nesterov: w −= learning_rate g + learning_rate momentum a.
///
/// As TensorFlow's `ApplyMomentum`: the learning rate is outside of the accumulator.
#[derive(Debug, Clone, Copy)]
pub struct Momentum {
    /// The step size.
    pub learning_rate: f32,
    /// How much of the last direction is kept.
    pub momentum: f32,
    /// Whether to look ahead, as Nesterov does.
    pub nesterov: bool,
}

impl Optimizer for Momentum {
    fn name(&self) -> &'static str {
        "Momentum"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        vec![("momentum", 0.0)]
    }

    fn update(&self, update: Update<'_>) {
        let (lr, momentum) = (update.learning_rate, self.momentum);
        let [a] = update.slots else { unreachable!("one slot was asked for") };
        for ((w, g), a) in update.variable.iter_mut().zip(update.gradient).zip(a.iter_mut()) {
            *a = *a * momentum + g;
            *w -= if self.nesterov { g * lr + *a * momentum * lr } else { *a * lr };
        }
    }
}
