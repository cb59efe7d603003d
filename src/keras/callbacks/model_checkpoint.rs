/*!
Saving a model after its epochs.

How it is saved is a function that the callback is given, such as one that writes the weights.
*/

use super::{Callback, Mode, Training, monitor::Monitor};
use crate::keras::{Logs, Model};
use std::{
    fmt::{self, Display},
    path::{Path, PathBuf},
};

/// Saves the model after each epoch, or after those in which a number has become better.
///
/// A failure is printed and does not end the training; see [`ModelCheckpoint::failure`].
pub struct ModelCheckpoint<S> {
    path: String,
    save: S,
    monitor: Monitor,
    save_best_only: bool,
    period: usize,
    saved: Vec<PathBuf>,
    failure: Option<String>,
}

impl<S> ModelCheckpoint<S> {
    /// Saves to `path` by calling `save(model, path)`. In the path, `{epoch}` or `{epoch:02d}` stands for the epoch,
    /// counted from 1, and `{val_loss:.2f}` for a number of the logs, as in Keras.
    pub fn new<E: Display>(path: impl Into<String>, save: S) -> Self
    where
        S: FnMut(&Model, &Path) -> Result<(), E>,
    {
        let monitor = Monitor::new("val_loss", 0.0);
        let path = path.into();
        ModelCheckpoint { path, save, monitor, save_best_only: false, period: 1, saved: Vec::new(), failure: None }
    }

    /// Saves only when the monitored number has become better.
    pub fn save_best_only(mut self, save_best_only: bool) -> Self {
        self.save_best_only = save_best_only;
        self
    }

    /// The number that says what is better; `"val_loss"`.
    pub fn monitor(mut self, name: &str) -> Self {
        self.monitor.name = name.to_string();
        self
    }

    /// Which way is better.
    pub fn mode(mut self, mode: Mode) -> Self {
        self.monitor.mode = mode;
        self
    }

    /// Saves after every `period` epochs only.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn period(mut self, period: usize) -> Self {
        assert!(period > 0, "ModelCheckpoint: expected a period of at least 1 epoch, got 0");
        self.period = period;
        self
    }

    /// The files that were written, in order.
    pub fn saved(&self) -> &[PathBuf] {
        &self.saved
    }

    /// The last failure to save, if there was one.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }
}

impl<S, E> Callback for ModelCheckpoint<S>
where
    S: FnMut(&Model, &Path) -> Result<(), E>,
    E: Display,
{
    fn on_train_begin(&mut self, _training: &mut Training<'_>) {
        self.monitor.reset();
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, training: &mut Training<'_>) {
        if !(epoch + 1).is_multiple_of(self.period) {
            return;
        }
        if self.save_best_only && !self.monitor.improves(self.monitor.current("ModelCheckpoint", logs)) {
            return;
        }
        let path = PathBuf::from(fill_in(&self.path, epoch + 1, logs));
        match (self.save)(training.model(), &path) {
            Ok(()) => self.saved.push(path),
            Err(error) => {
                eprintln!("ModelCheckpoint: {}: {error}", path.display());
                self.failure = Some(error.to_string());
            }
        }
    }
}

impl<S> fmt::Debug for ModelCheckpoint<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "ModelCheckpoint({})", self.path)
    }
}

/// Replaces `{epoch:02d}` and `{val_loss:.2f}`; what is not known stays as it is.
fn fill_in(template: &str, epoch: usize, logs: &Logs) -> String {
    let mut path = String::new();
    let mut rest = template;
    while let Some((before, (field, after))) =
        rest.split_once('{').and_then(|(before, rest)| Some((before, rest.split_once('}')?)))
    {
        path += before;
        let (name, format) = field.split_once(':').unwrap_or((field, ""));
        path += &match (name, logs.get(name)) {
            ("epoch", _) => {
                let width = format.trim_end_matches('d').trim_start_matches('0').parse().unwrap_or(0);
                format!("{epoch:0width$}")
            }
            (_, Some(value)) => match format.trim_start_matches('.').trim_end_matches('f').parse::<usize>() {
                Ok(decimals) => format!("{value:.decimals$}"),
                Err(_) => value.to_string(),
            },
            (_, None) => format!("{{{field}}}"),
        };
        rest = after;
    }
    path + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_filled_in_as_by_keras() {
        let logs: Logs = [("val_loss".to_string(), 0.31234)].into_iter().collect();
        let check = |template: &str, expected: &str| assert_eq!(fill_in(template, 7, &logs), expected);
        check("weights.{epoch:02d}-{val_loss:.2f}.h5", "weights.07-0.31.h5");
        check("best.h5", "best.h5");
        check("{epoch}-{val_acc:.2f}.h5", "7-{val_acc:.2f}.h5");
    }
}
