/*!
Saving a model after its epochs.

The files are those of [`Model::save`] and [`Model::save_weights`], unless it was made with a function.
*/

use super::{
    callback::{Callback, Training},
    monitor::{Mode, Monitor},
};
use crate::keras::{history::Logs, model::Model};
use std::{
    fmt::{self, Display},
    path::{Path, PathBuf},
};

/// Saves the model after each epoch, or after those in which the monitored quantity has improved.
///
/// A failure is printed and does not end the training; see [`ModelCheckpoint::failure`].
///
/// ```
/// use cnn::keras::{Model, ModelCheckpoint, Verbose, layers::*, load_model};
/// # let dir = tempfile::tempdir().unwrap();
/// # let path = dir.path().join("weights.{epoch:02d}.h5").display().to_string();
/// let x_input = Input::new(1).call();
/// let mut model = Model::new(&x_input, &Dense::new(1).call(&x_input));
/// model.compile("sgd", "mse", ["mae"]);
/// let (x, y) = (ndarray::array![[1.0], [2.0]], ndarray::array![3.0, 5.0]);
/// let mut checkpoint = ModelCheckpoint::new(path); // such as "weights.{epoch:02d}.h5"
/// model.fit(&x, &y).epochs(2).callback(&mut checkpoint).verbose(Verbose::Silent).run();
/// let best = load_model(&checkpoint.saved()[1])?;
/// assert_eq!(best.predict(&x), model.predict(&x));
/// # Ok::<(), cnn::Error>(())
/// ```
pub struct ModelCheckpoint {
    path: String,
    save: Save,
    monitor: Monitor,
    save_best_only: bool,
    period: usize,
    saved: Vec<PathBuf>,
    failure: Option<String>,
}

/// How a model is written; the error as a sentence.
type Save = Box<dyn FnMut(&Model, &Path) -> Result<(), String>>;

impl ModelCheckpoint {
    /// Saves whole models to `path`. In the path, `{epoch}` or `{epoch:02d}` stands for the epoch, counted from 1, and
    /// `{val_loss:.2f}` for a value of the logs, as in Keras.
    pub fn new(path: impl Into<String>) -> Self {
        Self::with(path, |model, path| model.save(path))
    }

    /// Saves by calling `save(model, path)`.
    pub fn with<E: Display>(
        path: impl Into<String>,
        mut save: impl FnMut(&Model, &Path) -> Result<(), E> + 'static,
    ) -> Self {
        let monitor = Monitor::new("val_loss", 0.0);
        let save: Save = Box::new(move |model, path| save(model, path).map_err(|error| error.to_string()));
        let path = path.into();
        ModelCheckpoint { path, save, monitor, save_best_only: false, period: 1, saved: Vec::new(), failure: None }
    }

    /// Saves the weights alone (`true`), or whole models.
    pub fn save_weights_only(self, save_weights_only: bool) -> Self {
        let save = move |model: &Model, path: &Path| {
            let result = if save_weights_only { model.save_weights(path) } else { model.save(path) };
            result.map_err(|error| error.to_string())
        };
        ModelCheckpoint { save: Box::new(save), ..self }
    }

    /// Saves only when the monitored quantity has improved.
    pub fn save_best_only(mut self, save_best_only: bool) -> Self {
        self.save_best_only = save_best_only;
        self
    }

    /// The quantity that is monitored; `"val_loss"`.
    pub fn monitor(mut self, name: &str) -> Self {
        self.monitor.name = name.to_string();
        self
    }

    /// Whether a lower or a higher value is an improvement.
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

impl Callback for ModelCheckpoint {
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
                eprintln!("ModelCheckpoint: {error}");
                self.failure = Some(error);
            }
        }
    }
}

impl fmt::Debug for ModelCheckpoint {
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
