/*! Gradient descent. */

use super::optimizer::{Optimizer, Update};

/// `w -= learning_rate * g`.
#[derive(Debug, Clone, Copy)]
pub struct Sgd {
    /// The step size.
    pub learning_rate: f32,
}

impl Optimizer for Sgd {
    fn name(&self) -> &'static str {
        "GradientDescent"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn update(&self, update: Update<'_>) {
        for (w, g) in update.variable.iter_mut().zip(update.gradient) {
            *w -= update.learning_rate * g;
        }
    }
}
