/*! Stopping when a quantity has stopped improving. */

use super::{
    callback::{Callback, Training},
    monitor::{Mode, Monitor},
};
use crate::keras::history::Logs;
use ndarray::ArrayD;

/// Ends the training when a quantity has not improved for `patience` epochs.
///
/// ```
/// use cnn::keras::{EarlyStopping, Model, Verbose, layers::*};
/// use ndarray::array;
/// let x_input = Input::new(1).call();
/// let mut model = Model::new(&x_input, &Dense::new(1).call(&x_input));
/// model.compile("sgd", "mse", ["mae"]);
/// // Unrelated numbers cannot be learned, so that the loss soon stays where it is.
/// let (x, y) = (array![[0.0], [0.0]], array![1.0, -1.0]);
/// let mut stopping = EarlyStopping::new("loss").patience(3).restore_best_weights(true);
/// let history = model.fit(&x, &y).epochs(100).callback(&mut stopping).verbose(Verbose::Silent).run();
/// assert_eq!(history.epochs(), 4);
/// assert_eq!(stopping.stopped_epoch(), Some(3));
/// ```
#[derive(Debug, Clone)]
pub struct EarlyStopping {
    monitor: Monitor,
    patience: usize,
    verbose: bool,
    restore_best_weights: bool,
    wait: usize,
    best_weights: Option<Vec<ArrayD<f32>>>,
    stopped_epoch: Option<usize>,
}

impl EarlyStopping {
    /// Watches `monitor`, such as `"val_acc"`. Keras' defaults: patience 0, min_delta 0.
    pub fn new(monitor: &str) -> Self {
        EarlyStopping {
            monitor: Monitor::new(monitor, 0.0),
            patience: 0,
            verbose: false,
            restore_best_weights: false,
            wait: 0,
            best_weights: None,
            stopped_epoch: None,
        }
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

    /// Whether the model gets back the weights of its best epoch when it is stopped.
    pub fn restore_best_weights(mut self, restore: bool) -> Self {
        self.restore_best_weights = restore;
        self
    }

    /// Whether to print a line when it stops.
    pub fn verbose(mut self, verbose: bool) -> Self {
        self.verbose = verbose;
        self
    }

    /// The epoch, counted from 0, after which it stopped the training.
    pub fn stopped_epoch(&self) -> Option<usize> {
        self.stopped_epoch
    }
}

impl Callback for EarlyStopping {
    fn on_train_begin(&mut self, _training: &mut Training<'_>) {
        self.monitor.reset();
        (self.wait, self.best_weights, self.stopped_epoch) = (0, None, None);
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, training: &mut Training<'_>) {
        let current = self.monitor.current("EarlyStopping", logs);
        if self.monitor.improves(current) {
            self.wait = 0;
            self.best_weights = self.restore_best_weights.then(|| training.model().get_weights());
            return;
        }
        self.wait += 1;
        if self.wait >= self.patience {
            self.stopped_epoch = Some(epoch);
            training.stop();
            if let Some(weights) = &self.best_weights {
                training.model().set_weights(weights);
            }
        }
    }

    fn on_train_end(&mut self, _training: &mut Training<'_>) {
        if let (Some(epoch), true) = (self.stopped_epoch, self.verbose) {
            println!("Epoch {:05}: early stopping", epoch + 1);
        }
    }
}
