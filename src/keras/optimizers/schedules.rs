/*!
Learning rates that follow the number of training steps.

A callback can change a learning rate as well, see [`callbacks`](crate::keras::callbacks).
*/

use std::f32::consts::PI;

/// A learning rate for each training step, which are counted from 0.
#[derive(Debug, Clone, PartialEq)]
pub enum Schedule {
    /// See [`CosineDecay`].
    CosineDecay(CosineDecay),
    /// See [`ExponentialDecay`].
    ExponentialDecay(ExponentialDecay),
    /// See [`PiecewiseConstantDecay`].
    PiecewiseConstantDecay(PiecewiseConstantDecay),
}

impl Schedule {
    /// The learning rate of a step.
    pub fn at(&self, step: u64) -> f32 {
        match self {
            Schedule::CosineDecay(schedule) => schedule.at(step),
            Schedule::ExponentialDecay(schedule) => schedule.at(step),
            Schedule::PiecewiseConstantDecay(schedule) => schedule.at(step),
        }
    }
}

/// Half a wave of a cosine from the initial learning rate down to `alpha` times it, after a linear warm-up if one is set.
///
/// ```
/// use cnn::keras::{Adam, schedules::CosineDecay};
/// let schedule = CosineDecay::new(0.0, 1000).warmup(0.01, 100);
/// assert_eq!((schedule.at(0), schedule.at(50), schedule.at(100)), (0.0, 0.005, 0.01));
/// assert!(schedule.at(1100) < 1e-9);
/// let adam = Adam::new().learning_rate(schedule);
/// ```
///
/// From: I. Loshchilov, F. Hutter, "SGDR: stochastic gradient descent with warm restarts" (2016).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CosineDecay {
    /// The learning rate of the first step.
    pub initial_learning_rate: f32,
    /// How many steps the decay takes.
    pub decay_steps: u64,
    /// The share of the learning rate that is left at the end; 0.
    pub alpha: f32,
    /// The learning rate at the end of the warm-up, and how many steps that takes.
    pub warmup: Option<(f32, u64)>,
}

impl CosineDecay {
    /// Down to 0, without a warm-up.
    pub fn new(initial_learning_rate: f32, decay_steps: u64) -> Self {
        CosineDecay { initial_learning_rate, decay_steps, alpha: 0.0, warmup: None }
    }

    /// The share of the learning rate that is left at the end.
    #[must_use]
    pub fn alpha(mut self, alpha: f32) -> Self {
        self.alpha = alpha;
        self
    }

    /// Rises from the initial learning rate to `target` in `steps` steps first.
    #[must_use]
    pub fn warmup(mut self, target: f32, steps: u64) -> Self {
        self.warmup = Some((target, steps));
        self
    }

    /// The learning rate of a step.
    pub fn at(&self, step: u64) -> f32 {
        let (from, warmup_steps) = self.warmup.unwrap_or((self.initial_learning_rate, 0));
        if step < warmup_steps {
            let done = step as f32 / warmup_steps as f32;
            return (from - self.initial_learning_rate) * done + self.initial_learning_rate;
        }
        let done = (step - warmup_steps).min(self.decay_steps) as f32 / self.decay_steps as f32;
        let cosine = 0.5 * (1.0 + (PI * done).cos());
        from * ((1.0 - self.alpha) * cosine + self.alpha)
    }
}

/// The learning rate times `decay_rate` to the power of step / decay_steps.
///
/// ```
/// use cnn::keras::schedules::ExponentialDecay;
/// let schedule = ExponentialDecay::new(0.1, 10, 0.5).staircase(true);
/// assert_eq!((schedule.at(9), schedule.at(10), schedule.at(25)), (0.1, 0.05, 0.025));
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct ExponentialDecay {
    /// The learning rate of the first step.
    pub initial_learning_rate: f32,
    /// After how many steps the whole factor has been applied.
    pub decay_steps: u64,
    /// The factor.
    pub decay_rate: f32,
    /// Whether it is applied at once, after each `decay_steps` steps.
    pub staircase: bool,
}

impl ExponentialDecay {
    /// A little in every step.
    pub fn new(initial_learning_rate: f32, decay_steps: u64, decay_rate: f32) -> Self {
        ExponentialDecay { initial_learning_rate, decay_steps, decay_rate, staircase: false }
    }

    /// Whether the factor is applied at once, after each `decay_steps` steps.
    #[must_use]
    pub fn staircase(mut self, staircase: bool) -> Self {
        self.staircase = staircase;
        self
    }

    /// The learning rate of a step.
    pub fn at(&self, step: u64) -> f32 {
        let power = step as f32 / self.decay_steps as f32;
        let power = if self.staircase { power.floor() } else { power };
        self.initial_learning_rate * self.decay_rate.powf(power)
    }
}

/// One learning rate up to each boundary, and a last one after them.
///
/// ```
/// use cnn::keras::schedules::PiecewiseConstantDecay;
/// let schedule = PiecewiseConstantDecay::new([100, 200], [0.1, 0.01, 0.001]);
/// assert_eq!([0, 100, 101, 200, 201].map(|step| schedule.at(step)), [0.1, 0.1, 0.01, 0.01, 0.001]);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct PiecewiseConstantDecay {
    /// The last step of each piece but the last.
    pub boundaries: Vec<u64>,
    /// The learning rate of each piece.
    pub values: Vec<f32>,
}

impl PiecewiseConstantDecay {
    /// These learning rates, each up to and with its boundary.
    ///
    /// # Panics
    /// If there is not one learning rate more than boundaries.
    #[track_caller]
    pub fn new(boundaries: impl Into<Vec<u64>>, values: impl Into<Vec<f32>>) -> Self {
        let (boundaries, values) = (boundaries.into(), values.into());
        assert!(
            values.len() == boundaries.len() + 1,
            "PiecewiseConstantDecay: expected one learning rate more than boundaries, got {} and {}",
            values.len(),
            boundaries.len()
        );
        PiecewiseConstantDecay { boundaries, values }
    }

    /// The learning rate of a step.
    pub fn at(&self, step: u64) -> f32 {
        self.values[self.boundaries.iter().filter(|boundary| step > **boundary).count()]
    }
}
