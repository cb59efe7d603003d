/*!
Adam: running means of the gradient and of its square.

From: D. Kingma, J. Ba, "Adam: a method for stochastic optimization" (2014), in the form of the end of its section 2.
*/

use super::optimizer::{Optimizer, Update};
use crate::graph::kernels::fast::adam as fast;

/// alpha = learning_rate √(1 − beta₂ᵗ) / (1 − beta₁ᵗ); m += (g − m) (1 − beta₁); v += (g² − v) (1 − beta₂);
/// w −= alpha m / (√v + epsilon).
///
/// As TensorFlow's `ApplyAdam`, in f32 throughout; the powers of the betas are running products.
#[derive(Debug, Clone, Copy)]
pub struct Adam {
    /// The step size.
    pub learning_rate: f32,
    /// How much of the mean is kept.
    pub beta1: f32,
    /// How much of the mean square is kept.
    pub beta2: f32,
    /// Keeps the denominator away from zero.
    pub epsilon: f32,
}

impl Adam {
    /// Betas 0.9 and 0.999, epsilon 1e-8.
    pub fn new(learning_rate: f32) -> Self {
        Adam { learning_rate, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 }
    }
}

impl Optimizer for Adam {
    fn name(&self) -> &'static str {
        "Adam"
    }

    fn learning_rate(&self) -> f32 {
        self.learning_rate
    }

    fn slots(&self) -> Vec<(&'static str, f32)> {
        vec![("m", 0.0), ("v", 0.0)]
    }

    fn scalars(&self) -> Vec<(&'static str, f32)> {
        vec![("beta1_power", self.beta1), ("beta2_power", self.beta2)]
    }

    fn update(&self, update: Update<'_>) {
        let [beta1_power, beta2_power] = *update.scalars else { unreachable!("two scalars were asked for") };
        let alpha = update.learning_rate * (1.0 - beta2_power).sqrt() / (1.0 - beta1_power);
        if let (Some(ws), [m, v]) = (update.backend.fast(), &mut *update.slots) {
            let rule = fast::Adam { alpha, beta_1: self.beta1, beta_2: self.beta2, epsilon: self.epsilon };
            fast::step(rule, update.gradient, update.variable, m, v, ws);
            return;
        }
        let (keep1, keep2, epsilon) = (1.0 - self.beta1, 1.0 - self.beta2, self.epsilon);
        let [m, v] = update.slots else { unreachable!("two slots were asked for") };
        let slots = m.iter_mut().zip(v.iter_mut());
        for ((w, g), (m, v)) in update.variable.iter_mut().zip(update.gradient).zip(slots) {
            *m += (g - *m) * keep1;
            *v += (g * g - *v) * keep2;
            *w -= (*m * alpha) / (v.sqrt() + epsilon);
        }
    }

    fn finish(&self, scalars: &mut [f32]) {
        scalars[0] *= self.beta1;
        scalars[1] *= self.beta2;
    }
}
