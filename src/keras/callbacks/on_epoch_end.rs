/*! A function as a callback. */

use super::callback::{Callback, Training};
use crate::keras::history::Logs;

/// See [`on_epoch_end`].
#[derive(Debug)]
pub struct OnEpochEnd<F>(F);

/// Calls a function after every epoch.
///
/// ```
/// use cnn::keras::callbacks::on_epoch_end;
/// let halve = on_epoch_end(|epoch, _logs, training| {
///     if epoch % 10 == 9 {
///         training.set_learning_rate(training.learning_rate() / 2.0);
///     }
/// });
/// ```
pub fn on_epoch_end<F: FnMut(usize, &mut Logs, &mut Training<'_>)>(f: F) -> OnEpochEnd<F> {
    OnEpochEnd(f)
}

impl<F: FnMut(usize, &mut Logs, &mut Training<'_>)> Callback for OnEpochEnd<F> {
    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, training: &mut Training<'_>) {
        (self.0)(epoch, logs, training);
    }
}
