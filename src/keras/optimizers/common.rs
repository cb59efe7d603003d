/*! What all optimizers have in common: limits of the gradients, weight decay, a learning rate that follows a schedule. */

use super::schedules::{CosineDecay, ExponentialDecay, PiecewiseConstantDecay, Schedule};
use crate::graph::optimizers::{self, Clipping};
use std::rc::Rc;

/// Settings that every optimizer has.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Common {
    /// The limits of the gradients: Keras' `clipvalue`, `clipnorm` and `global_clipnorm`.
    pub clipping: Clipping,
    /// The share of each weight that a step with learning rate 1 takes away; 0 for none.
    pub weight_decay: f32,
    /// What the learning rate follows, step by step.
    pub schedule: Option<Schedule>,
}

impl Common {
    /// The rule with these settings.
    pub(super) fn rule(&self, rule: impl optimizers::Optimizer + 'static) -> Rc<dyn optimizers::Optimizer> {
        if self.clipping == Clipping::default() && self.weight_decay == 0.0 {
            return Rc::new(rule);
        }
        let (rule, clipping, weight_decay) = (Rc::new(rule), self.clipping, self.weight_decay);
        Rc::new(optimizers::Adjusted { rule, clipping, weight_decay })
    }
}

/// A learning rate: a number, or a schedule.
#[derive(Debug, Clone, PartialEq)]
pub enum LearningRate {
    /// The same in every step.
    Constant(f32),
    /// Another one in every step.
    Schedule(Schedule),
}

impl LearningRate {
    /// The number of the first step, and the schedule.
    pub(super) fn parts(self) -> (f32, Option<Schedule>) {
        match self {
            LearningRate::Constant(learning_rate) => (learning_rate, None),
            LearningRate::Schedule(schedule) => (schedule.at(0), Some(schedule)),
        }
    }
}

impl From<f32> for LearningRate {
    fn from(learning_rate: f32) -> Self {
        LearningRate::Constant(learning_rate)
    }
}

macro_rules! into_learning_rate {
    ($($schedule:ident),+) => {
        $(impl From<$schedule> for LearningRate {
            fn from(schedule: $schedule) -> Self {
                LearningRate::Schedule(Schedule::$schedule(schedule))
            }
        })+
    };
}

into_learning_rate!(CosineDecay, ExponentialDecay, PiecewiseConstantDecay);

/// The builder methods for an optimizer's field `common`.
macro_rules! common_methods {
    () => {
        /// The step size: a number, or a [schedule](crate::keras::schedules).
        #[must_use]
        pub fn learning_rate(mut self, learning_rate: impl Into<crate::keras::optimizers::LearningRate>) -> Self {
            (self.learning_rate, self.common.schedule) = learning_rate.into().parts();
            self
        }

        /// Limits each element of a gradient to ±`value`.
        #[must_use]
        pub fn clipvalue(mut self, value: f32) -> Self {
            self.common.clipping.value = Some(value);
            self
        }

        /// Scales the gradient of each weight so that its norm is at most `norm`.
        #[must_use]
        pub fn clipnorm(mut self, norm: f32) -> Self {
            self.common.clipping.norm = Some(norm);
            self
        }

        /// Scales the gradients of all weights together so that their common norm is at most `norm`.
        #[must_use]
        pub fn global_clipnorm(mut self, norm: f32) -> Self {
            self.common.clipping.global_norm = Some(norm);
            self
        }

        /// Takes the share learning_rate · `share` of each weight away in every step, before the step itself.
        #[must_use]
        pub fn weight_decay(mut self, share: f32) -> Self {
            self.common.weight_decay = share;
            self
        }
    };
}
pub(super) use common_methods;
