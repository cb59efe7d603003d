/*! RMSprop as Keras computes it. */

use crate::graph::optimizers::{Optimizer, Update};

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
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RMSprop {
    /// How far to go; 0.001.
    pub learning_rate: f32,
    /// How much of the mean square is kept; 0.9.
    pub rho: f32,
    /// Keeps the denominator away from zero; 1e-7.
    pub epsilon: f32,
}

impl RMSprop {
    /// Keras' defaults.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        RMSprop { learning_rate: 0.001, rho: 0.9, epsilon: 1e-7 }
    }

    /// How far to go.
    pub fn learning_rate(mut self, learning_rate: f32) -> Self {
        self.learning_rate = learning_rate;
        self
    }

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
}

impl Optimizer for RMSprop {
    fn name(&self) -> &'static str {
        "RMSprop"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        vec![("accumulator", 0.0)]
    }

    fn update(&self, update: Update<'_>) {
        let (lr, rho, epsilon) = (update.learning_rate, self.rho, self.epsilon);
        let [a] = update.slots else { unreachable!("one slot was asked for") };
        for ((w, g), a) in update.variable.iter_mut().zip(update.gradient).zip(a.iter_mut()) {
            *a = rho * *a + (1.0 - rho) * (g * g);
            *w -= lr * g / (a.sqrt() + epsilon);
        }
    }
}
