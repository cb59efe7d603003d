/*! Loss and metrics of a training run: of one epoch, and of all epochs. */

use std::ops::Index;

/// Named values, in order: loss, metrics, the same for the validation examples, the learning rate.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Logs(Vec<(String, f64)>);

impl Logs {
    /// The value of this name.
    pub fn get(&self, name: &str) -> Option<f64> {
        self.0.iter().find(|(own, _)| own == name).map(|(_, value)| *value)
    }

    /// Sets the value of this name.
    pub fn set(&mut self, name: &str, value: f64) {
        match self.0.iter_mut().find(|(own, _)| own == name) {
            Some((_, own)) => *own = value,
            None => self.0.push((name.to_string(), value)),
        }
    }

    /// Names and values.
    pub fn iter(&self) -> impl Iterator<Item = (&str, f64)> {
        self.0.iter().map(|(name, value)| (name.as_str(), *value))
    }

    /// The names, separated by commas.
    pub(super) fn names(&self) -> String {
        self.iter().map(|(name, _)| name).collect::<Vec<_>>().join(", ")
    }
}

impl FromIterator<(String, f64)> for Logs {
    fn from_iter<T: IntoIterator<Item = (String, f64)>>(iter: T) -> Self {
        Logs(iter.into_iter().collect())
    }
}

/// What [`Model::fit`](super::Model::fit) returns: for each name its values, epoch by epoch. `history["val_acc"]` is a
/// curve.
///
/// ```
/// use cnn::keras::{Model, Verbose, layers::*};
/// let x_input = Input::new(1).call();
/// let mut model = Model::new(&x_input, &Dense::new(1).call(&x_input));
/// model.compile("sgd", "mse", ["mae"]);
/// let (x, y) = (ndarray::array![[0.0], [1.0]], ndarray::array![1.0, 3.0]);
/// let history = model.fit(&x, &y).epochs(3).verbose(Verbose::Silent).run();
/// assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "mean_absolute_error"]);
/// assert_eq!(history["loss"].len(), 3);
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct History {
    curves: Vec<(String, Vec<f64>)>,
    epochs: usize,
}

impl History {
    pub(super) fn push(&mut self, logs: &Logs) {
        for (name, value) in logs.iter() {
            match self.curves.iter_mut().find(|(own, _)| own == name) {
                Some((_, curve)) => curve.push(value),
                None => self.curves.push((name.to_string(), vec![value])),
            }
        }
        self.epochs += 1;
    }

    /// The values of this name, one for each epoch.
    pub fn get(&self, name: &str) -> Option<&[f64]> {
        self.curves.iter().find(|(own, _)| own == name).map(|(_, curve)| curve.as_slice())
    }

    /// The names, in the order of the progress line.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.curves.iter().map(|(name, _)| name.as_str())
    }

    /// How many epochs there were.
    pub fn epochs(&self) -> usize {
        self.epochs
    }
}

impl Index<&str> for History {
    type Output = [f64];

    /// The values of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    fn index(&self, name: &str) -> &[f64] {
        let Some(curve) = self.get(name) else {
            let names: Vec<&str> = self.names().collect();
            let help =
                if names.is_empty() { "no epoch was run".into() } else { format!("there are {}", names.join(", ")) };
            panic!("history: there is no {name}\nhelp: {help}")
        };
        curve
    }
}
