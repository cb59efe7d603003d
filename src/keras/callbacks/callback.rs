/*! What a callback is, and the training run that it is called in. */

use crate::keras::{history::Logs, model::Model};

/// Is called while a model trains. Every method does nothing unless written otherwise.
///
/// A callback of the program's own is any type with the methods that it needs; for a single function there is
/// [`on_epoch_end()`](super::on_epoch_end()).
///
/// ```
/// use cnn::keras::{Callback, Logs, Model, Training, Verbose, layers::*};
/// /// Ends the training when the loss is NaN.
/// struct TerminateOnNaN;
///
/// impl Callback for TerminateOnNaN {
///     fn on_batch_end(&mut self, _batch: usize, logs: &Logs, training: &mut Training<'_>) {
///         if logs.get("loss").is_some_and(f64::is_nan) {
///             training.stop();
///         }
///     }
/// }
///
/// let x_input = Input::new(1).call();
/// let mut model = Model::new(&x_input, &Dense::new(1).kernel_initializer("ones").call(&x_input));
/// model.compile(cnn::keras::SGD::new().learning_rate(1e30), "mse", ["mae"]);
/// let (x, y) = (ndarray::array![[1.0], [2.0]], ndarray::array![0.0, 0.0]);
/// let history = model.fit(&x, &y).epochs(100).callback(TerminateOnNaN).verbose(Verbose::Silent).run();
/// assert!(history.epochs() < 10);
/// ```
pub trait Callback {
    /// Before the first epoch.
    fn on_train_begin(&mut self, _training: &mut Training<'_>) {}

    /// Before an epoch; the first one is 0.
    fn on_epoch_begin(&mut self, _epoch: usize, _training: &mut Training<'_>) {}

    /// After a training step; `logs` are the means over the epoch so far.
    fn on_batch_end(&mut self, _batch: usize, _logs: &Logs, _training: &mut Training<'_>) {}

    /// After an epoch and its validation. What it adds to `logs` appears in the history.
    fn on_epoch_end(&mut self, _epoch: usize, _logs: &mut Logs, _training: &mut Training<'_>) {}

    /// After the last epoch.
    fn on_train_end(&mut self, _training: &mut Training<'_>) {}
}

impl<C: Callback + ?Sized> Callback for &mut C {
    fn on_train_begin(&mut self, training: &mut Training<'_>) {
        (**self).on_train_begin(training);
    }

    fn on_epoch_begin(&mut self, epoch: usize, training: &mut Training<'_>) {
        (**self).on_epoch_begin(epoch, training);
    }

    fn on_batch_end(&mut self, batch: usize, logs: &Logs, training: &mut Training<'_>) {
        (**self).on_batch_end(batch, logs, training);
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, training: &mut Training<'_>) {
        (**self).on_epoch_end(epoch, logs, training);
    }

    fn on_train_end(&mut self, training: &mut Training<'_>) {
        (**self).on_train_end(training);
    }
}

/// The training run that a callback is called in.
#[derive(Debug)]
pub struct Training<'m> {
    pub(in crate::keras) model: &'m Model,
    pub(in crate::keras) stop: bool,
}

impl Training<'_> {
    /// The model.
    pub fn model(&self) -> &Model {
        self.model
    }

    /// The learning rate.
    pub fn learning_rate(&self) -> f32 {
        self.model.learning_rate()
    }

    /// Changes the learning rate, from the next training step on.
    pub fn set_learning_rate(&mut self, learning_rate: f32) {
        self.model.set_learning_rate(learning_rate);
    }

    /// Ends the training after this batch or epoch.
    pub fn stop(&mut self) {
        self.stop = true;
    }
}
