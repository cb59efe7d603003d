/*! A lower learning rate when a quantity has stopped improving. */

use super::{
    callback::{Callback, Training},
    monitor::{Mode, Monitor},
};
use crate::{keras::history::Logs, numpy as np};

/// Multiplies the learning rate by `factor` when a quantity has not improved for `patience` epochs, down to `min_lr`.
///
/// Adds the learning rate to the history, as `lr`.
///
/// ```
/// use cnn::keras::{Model, ReduceLROnPlateau, Verbose, layers::*};
/// use ndarray::array;
/// let x_input = Input::new(1).call();
/// let mut model = Model::new(&x_input, &Dense::new(1).call(&x_input));
/// model.compile("sgd", "mse", ["mae"]);
/// let (x, y) = (array![[0.0], [0.0]], array![1.0, -1.0]); // nothing to learn
/// let reduce = ReduceLROnPlateau::new("loss").factor(0.5).patience(2);
/// let history = model.fit(&x, &y).epochs(4).callback(reduce).verbose(Verbose::Silent).run();
/// assert!(history["lr"][0] > history["lr"][3]);
/// assert_eq!(model.learning_rate(), 0.005);
/// ```
///
/// With [`verbose`](Self::verbose) it prints the line of Keras 2.0 to 2.1.2, with the number as Python prints it. From
/// Keras 2.1.3 on the line says "ReduceLROnPlateau reducing learning rate to".
///
/// DIFFERENCE: up to Keras 2.1.5 it waited one epoch more than `patience`; this is the rule since 2.1.6.
#[derive(Debug, Clone)]
pub struct ReduceLROnPlateau {
    monitor: Monitor,
    factor: f64,
    patience: usize,
    cooldown: usize,
    min_lr: f64,
    verbose: bool,
    wait: usize,
    cooldown_counter: usize,
}

impl ReduceLROnPlateau {
    /// Watches `monitor`, such as `"val_loss"`. Keras' defaults: factor 0.1, patience 10, min_delta 0.0001, no
    /// cooldown, min_lr 0.
    pub fn new(monitor: &str) -> Self {
        ReduceLROnPlateau {
            monitor: Monitor::new(monitor, 1e-4),
            factor: 0.1,
            patience: 10,
            cooldown: 0,
            min_lr: 0.0,
            verbose: false,
            wait: 0,
            cooldown_counter: 0,
        }
    }

    /// What the learning rate is multiplied by.
    ///
    /// # Panics
    /// If it is 1 or more.
    #[track_caller]
    pub fn factor(mut self, factor: f64) -> Self {
        assert!(factor < 1.0, "ReduceLROnPlateau: expected a factor below 1, got {factor}");
        self.factor = factor;
        self
    }

    /// How many epochs without improvement are tolerated.
    pub fn patience(mut self, patience: usize) -> Self {
        self.patience = patience;
        self
    }

    /// The smallest difference that counts as an improvement.
    pub fn min_delta(mut self, min_delta: f64) -> Self {
        self.monitor.min_delta = min_delta;
        self
    }

    /// Whether a lower or a higher value is an improvement.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.monitor.mode = mode;
        self
    }

    /// How many epochs to wait after each reduction.
    pub fn cooldown(mut self, cooldown: usize) -> Self {
        self.cooldown = cooldown;
        self
    }

    /// The smallest learning rate.
    pub fn min_lr(mut self, min_lr: f64) -> Self {
        self.min_lr = min_lr;
        self
    }

    /// Whether to print a line at each reduction.
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }
}

impl Callback for ReduceLROnPlateau {
    fn on_train_begin(&mut self, _training: &mut Training<'_>) {
        self.monitor.reset();
        (self.wait, self.cooldown_counter) = (0, 0);
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, training: &mut Training<'_>) {
        let old = f64::from(training.learning_rate());
        logs.set("lr", old);
        let current = self.monitor.current("ReduceLROnPlateau", logs);
        if self.cooldown_counter > 0 {
            self.cooldown_counter -= 1;
            self.wait = 0;
        }
        if self.monitor.improves(current) {
            self.wait = 0;
        } else if self.cooldown_counter == 0 {
            self.wait += 1;
            if self.wait >= self.patience && old > f64::from(self.min_lr as f32) {
                let new = (old * self.factor).max(self.min_lr);
                training.set_learning_rate(new as f32);
                if self.verbose {
                    println!("\nEpoch {:05}: reducing learning rate to {}.", epoch + 1, np::str(new));
                }
                self.cooldown_counter = self.cooldown;
                self.wait = 0;
            }
        }
    }
}
