/*! RMSProp: each element's step is divided by the running root mean square of its gradient. */

use super::optimizer::{Optimizer, Update};

/// ms += (g² − ms) (1 − rho); mom = momentum mom + learning_rate g / √(ms + epsilon); w −= mom.
///
/// As TensorFlow's `ApplyRMSProp`: epsilon is inside of the root, and ms begins at `initial_mean_square`, which is 1 in
/// `tf.train.RMSPropOptimizer` and 0 in Keras.
#[derive(Debug, Clone, Copy)]
pub struct RmsProp {
    /// The step size.
    pub learning_rate: f32,
    /// How much of the mean square is kept: TensorFlow's `decay`.
    pub rho: f32,
    /// How much of the last step is kept.
    pub momentum: f32,
    /// Keeps the root away from zero.
    pub epsilon: f32,
    /// What the mean square begins with.
    pub initial_mean_square: f32,
}

impl RmsProp {
    /// TensorFlow's defaults: decay 0.9, no momentum, epsilon 1e-10.
    pub fn new(learning_rate: f32) -> Self {
        RmsProp { learning_rate, rho: 0.9, momentum: 0.0, epsilon: 1e-10, initial_mean_square: 1.0 }
    }
}

impl Optimizer for RmsProp {
    fn name(&self) -> &'static str {
        "RMSProp"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        vec![("rms", self.initial_mean_square), ("momentum", 0.0)]
    }

    fn update(&self, update: Update<'_>) {
        let lr = update.learning_rate;
        let [ms, mom] = update.slots else { unreachable!("two slots were asked for") };
        let slots = ms.iter_mut().zip(mom.iter_mut());
        for ((w, g), (ms, mom)) in update.variable.iter_mut().zip(update.gradient).zip(slots) {
            *ms += (g * g - *ms) * (1.0 - self.rho);
            *mom = *mom * self.momentum + g * lr / (*ms + self.epsilon).sqrt();
            *w -= *mom;
        }
    }
}
