/*! RMSProp with epsilon added after the root, and without momentum. */

use super::optimizer::{Optimizer, Update};

/// a = rho a + (1 − rho) g²; w −= learning_rate g / (√a + epsilon).
///
/// In [`RmsProp`](super::RmsProp), epsilon is inside of the root.
#[derive(Debug, Clone, Copy)]
pub struct RmsPropAfterRoot {
    /// The step size.
    pub learning_rate: f32,
    /// How much of the mean square is kept.
    pub rho: f32,
    /// Keeps the denominator away from zero.
    pub epsilon: f32,
}

impl Optimizer for RmsPropAfterRoot {
    fn name(&self) -> &'static str {
        "RMSprop"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        vec![("mean_square", 0.0)]
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
