/*! Losses and metrics of each epoch in a file of comma-separated values. */

use super::callback::{Callback, Training};
use crate::keras::history::Logs;
use std::{
    fs::{File, OpenOptions},
    io::Write,
    path::PathBuf,
};

/// Writes a line for each epoch: its number, counted from 0, and the values of the logs in the order of their names.
///
/// A line is in the file as soon as its epoch has ended. A failure is printed and does not end the training; see
/// [`CSVLogger::failure`].
///
/// ```
/// use cnn::keras::{CSVLogger, Model, Verbose, layers::*};
/// # let dir = tempfile::tempdir().unwrap();
/// # let path = dir.path().join("log.csv");
/// let x_input = Input::new(1).call();
/// let mut model = Model::new(&x_input, &Dense::new(1).kernel_initializer("ones").call(&x_input));
/// model.compile(cnn::keras::SGD::new().learning_rate(0.0), "mse", ["mae"]);
/// let (x, y) = (ndarray::array![[1.0], [2.0]], ndarray::array![1.0, 4.0]);
/// model.fit(&x, &y).epochs(2).callback(CSVLogger::new(&path)).verbose(Verbose::Silent).run();
/// // With append, a training that goes on adds its lines to the same file.
/// model.fit(&x, &y).epochs(3).initial_epoch(2).callback(CSVLogger::new(&path).append(true)).verbose(Verbose::Silent).run();
/// let text = std::fs::read_to_string(&path)?;
/// assert_eq!(text, "epoch,loss,mean_absolute_error\n0,2,1\n1,2,1\n2,2,1\n");
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Debug)]
pub struct CSVLogger {
    path: PathBuf,
    separator: char,
    append: bool,
    file: Option<File>,
    failure: Option<String>,
}

impl CSVLogger {
    /// Writes to this file, which is replaced.
    pub fn new(path: impl Into<PathBuf>) -> Self {
        CSVLogger { path: path.into(), separator: ',', append: false, file: None, failure: None }
    }

    /// What stands between two values; a comma.
    #[must_use]
    pub fn separator(mut self, separator: char) -> Self {
        self.separator = separator;
        self
    }

    /// Whether lines are added to what the file holds.
    #[must_use]
    pub fn append(mut self, append: bool) -> Self {
        self.append = append;
        self
    }

    /// The last failure to write, if there was one.
    pub fn failure(&self) -> Option<&str> {
        self.failure.as_deref()
    }

    fn write(&mut self, epoch: usize, logs: &Logs) -> std::io::Result<()> {
        let mut values: Vec<(&str, f64)> = logs.iter().collect();
        values.sort_by_key(|(name, _)| *name);
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let mut options = OpenOptions::new();
                options.create(true).write(true).append(self.append).truncate(!self.append);
                self.file.insert(options.open(&self.path)?)
            }
        };
        let line = |fields: Vec<String>| fields.join(&self.separator.to_string()) + "\n";
        let mut text = String::new();
        if file.metadata()?.len() == 0 {
            text +=
                &line(["epoch"].into_iter().chain(values.iter().map(|(name, _)| *name)).map(str::to_owned).collect());
        }
        let numbers = values.iter().map(|(_, value)| value.to_string());
        text += &line([epoch.to_string()].into_iter().chain(numbers).collect());
        file.write_all(text.as_bytes())
    }
}

impl Callback for CSVLogger {
    fn on_train_begin(&mut self, _training: &mut Training<'_>) {
        self.file = None;
    }

    fn on_epoch_end(&mut self, epoch: usize, logs: &mut Logs, _training: &mut Training<'_>) {
        if let Err(error) = self.write(epoch, logs) {
            let failure = format!("{}: {error}", self.path.display());
            eprintln!("CSVLogger: {failure}");
            self.failure = Some(failure);
        }
    }
}
