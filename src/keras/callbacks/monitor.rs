/*! Whether a monitored quantity has improved: what Keras' callbacks share. */

use crate::keras::history::Logs;

/// Whether a lower or a higher value is an improvement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Mode {
    /// Higher for what has "acc" in its name, lower for everything else.
    #[default]
    Auto,
    /// Lower.
    Min,
    /// Higher.
    Max,
}

/// A value of the logs and its best so far.
#[derive(Debug, Clone)]
pub(super) struct Monitor {
    pub name: String,
    pub mode: Mode,
    /// The smallest difference that counts as an improvement.
    pub min_delta: f64,
    pub best: Option<f64>,
}

impl Monitor {
    pub fn new(name: &str, min_delta: f64) -> Self {
        Monitor { name: name.to_string(), mode: Mode::Auto, min_delta, best: None }
    }

    /// Forgets the best.
    pub fn reset(&mut self) {
        self.best = None;
    }

    /// The current value.
    ///
    /// # Panics
    /// If there is none of this name.
    pub fn current(&self, callback: &str, logs: &Logs) -> f64 {
        logs.get(&self.name).unwrap_or_else(|| {
            let help = if self.name.contains("accuracy") {
                // Keras says so since version 2.3.
                "\nhelp: the accuracy is called acc and val_acc"
            } else if self.name.starts_with("val_") && logs.get("val_loss").is_none() {
                "\nhelp: set validation_split or validation_data"
            } else {
                ""
            };
            panic!("{callback}: there is no {} to monitor, there are {}{help}", self.name, logs.names())
        })
    }

    /// Whether `current` is better than the best so far, which it then becomes.
    pub fn improves(&mut self, current: f64) -> bool {
        let up = self.mode == Mode::Max || self.mode == Mode::Auto && self.name.contains("acc");
        let better = match self.best {
            // A NaN is never better.
            None => !current.is_nan(),
            Some(best) if up => current > best + self.min_delta,
            Some(best) => current < best - self.min_delta,
        };
        if better {
            self.best = Some(current);
        }
        better
    }
}
