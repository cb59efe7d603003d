/*! Gradient descent with a velocity: momentum whose accumulator contains the learning rate. */

use super::optimizer::{Optimizer, Update};

/// v = momentum v − learning_rate g; w += v. Nesterov: w += momentum v − learning_rate g. Without momentum there is no
/// v: w −= learning_rate g.
///
/// It agrees with [`Momentum`](super::Momentum) as long as the learning rate does not change.
#[derive(Debug, Clone, Copy)]
pub struct Velocity {
    /// The step size.
    pub learning_rate: f32,
    /// How much of the last step is kept.
    pub momentum: f32,
    /// Whether to look ahead, as Nesterov does.
    pub nesterov: bool,
}

impl Optimizer for Velocity {
    fn name(&self) -> &'static str {
        "SGD"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        if self.momentum == 0.0 { Vec::new() } else { vec![("velocity", 0.0)] }
    }

    fn update(&self, update: Update<'_>) {
        let (lr, momentum) = (update.learning_rate, self.momentum);
        let weights = update.variable.iter_mut().zip(update.gradient);
        let [velocity] = update.slots else {
            weights.for_each(|(w, g)| *w -= lr * g);
            return;
        };
        for ((w, g), v) in weights.zip(velocity.iter_mut()) {
            *v = momentum * *v - lr * g;
            *w += if self.nesterov { momentum * *v - lr * g } else { *v };
        }
    }
}
