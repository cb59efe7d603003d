/*!
Gradient descent with Keras' defaults; the rule is
[`graph::optimizers::Velocity`](crate::graph::optimizers::Velocity).
*/

use super::common::{Common, common_methods};
use crate::graph::optimizers;
use std::rc::Rc;

/// v = momentum v − learning_rate g; w += v. Nesterov: w += momentum v − learning_rate g.
///
/// ```
/// use cnn::keras::SGD;
/// let sgd = SGD::new().learning_rate(0.1).momentum(0.9).nesterov(true);
/// assert_eq!((sgd.learning_rate, sgd.momentum), (0.1, 0.9));
/// ```
///
/// DIFFERENCE: TensorFlow's momentum keeps the learning rate out of v. The two agree as long as it does not change.
#[derive(Debug, Clone, PartialEq)]
pub struct SGD {
    /// The step size; 0.01.
    pub learning_rate: f32,
    /// How much of the last step is kept; 0.
    pub momentum: f32,
    /// Whether to look ahead, as Nesterov does.
    pub nesterov: bool,
    /// Limits of the gradients, weight decay and schedule.
    pub common: Common,
}

impl SGD {
    /// Keras' defaults: learning rate 0.01, no momentum.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        SGD { learning_rate: 0.01, momentum: 0.0, nesterov: false, common: Common::default() }
    }

    common_methods!();

    /// How much of the last step is kept.
    pub fn momentum(mut self, momentum: f32) -> Self {
        self.momentum = momentum;
        self
    }

    /// Whether to look ahead, as Nesterov does.
    pub fn nesterov(mut self, nesterov: bool) -> Self {
        self.nesterov = nesterov;
        self
    }
    pub(super) fn rule(&self) -> Rc<dyn optimizers::Optimizer> {
        let SGD { learning_rate, momentum, nesterov, .. } = *self;
        self.common.rule(optimizers::Velocity { learning_rate, momentum, nesterov })
    }
}
