/*!
The settings of a layer by their Keras names: what is saved of it, and what the grader compares.

Each layer lists its own, in [`Layer::config`](super::Layer::config) and
[`Layer::from_config`](super::Layer::from_config).
*/

use super::{
    initializers::Initializer,
    mismatch::Mismatch,
    setting::{Setting, positive},
};
use serde_json::Value;
use std::{cell::RefCell, collections::HashSet};

pub(super) const NOT_KNOWN: &str =
    "the file may be in order: this setting is not known here; give the layer another one";

/// A layer's settings, in order.
///
/// ```
/// use cnn::keras::Config;
/// let config = Config::new().set("rate", 0.25).set("use_bias", true);
/// assert_eq!(config.get::<f32>("rate")?, 0.25);
/// assert_eq!(config.get_or("units", 3_usize)?, 3);
/// let error = config.get::<bool>("rate").unwrap_err().to_string();
/// assert!(error.starts_with("expected rate = true or false, got rate = 0.25\nhelp: "));
/// # Ok::<(), cnn::keras::Mismatch>(())
/// ```
#[derive(Debug, Clone, Default)]
pub struct Config {
    settings: Vec<(String, Value)>,
    /// The names that have been read: a setting that nothing reads would be lost in silence.
    read: RefCell<HashSet<String>>,
    is_keras_3: bool,
}

impl Config {
    /// No settings.
    pub fn new() -> Self {
        Config::default()
    }

    /// The settings of a layer in a file.
    pub(super) fn from_json(config: &Value, is_keras_3: bool) -> Result<Self, Mismatch> {
        let settings = config.as_object().ok_or_else(|| unfit("config", "an object of settings", Some(config)))?;
        let settings = settings.iter().map(|(name, value)| (name.clone(), value.clone())).collect();
        Ok(Config { settings, read: RefCell::default(), is_keras_3 })
    }

    /// Adds a setting.
    #[must_use]
    pub fn set<T: Setting>(mut self, name: &str, value: T) -> Self {
        self.settings.push((name.to_owned(), value.to_json()));
        self
    }

    /// Settings as a file holds them, such as `{"rate": 0.5}`.
    ///
    /// # Errors
    /// If it is no JSON object.
    pub fn parse(json: &str) -> Result<Self, Mismatch> {
        let value: Value = serde_json::from_str(json).map_err(|e| Mismatch::new("JSON", e.to_string()))?;
        Config::from_json(&value, false)
    }

    /// All settings, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.settings.iter().map(|(name, value)| (name.as_str(), value))
    }

    /// The value of a setting, as a file has it. Python's `None` counts as no value.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.ignore(name);
        self.settings.iter().find(|(own, _)| own == name).map(|(_, value)| value).filter(|value| !value.is_null())
    }

    /// A setting.
    ///
    /// # Errors
    /// If it is missing, or of another type.
    pub fn get<T: Setting>(&self, name: &str) -> Result<T, Mismatch> {
        let value = self.value(name);
        value.and_then(T::from_json).ok_or_else(|| match value {
            Some(_) => unfit(name, T::EXPECTED, value).help(NOT_KNOWN),
            None => unfit(name, T::EXPECTED, value),
        })
    }

    /// A setting, or `default` where it is missing.
    ///
    /// # Errors
    /// If it is of another type.
    pub fn get_or<T: Setting>(&self, name: &str, default: T) -> Result<T, Mismatch> {
        if self.value(name).is_some() { self.get(name) } else { Ok(default) }
    }

    /// A whole number of at least 1.
    ///
    /// # Errors
    /// If it is missing, or something else.
    pub fn positive(&self, name: &str) -> Result<usize, Mismatch> {
        let value = self.value(name);
        value.and_then(positive).ok_or_else(|| unfit(name, "a whole number of at least 1", value))
    }

    /// An initializer. One that is not known here becomes `default`: the file holds the weight's value itself.
    pub fn initializer(&self, name: &str, default: impl Into<Initializer>) -> Initializer {
        self.value(name).and_then(Initializer::from_json).unwrap_or_else(|| default.into())
    }

    /// Requires a setting to be missing, or to have the only value that is known here.
    ///
    /// # Errors
    /// If it has another one.
    pub fn only<T: Setting>(&self, name: &str, value: T) -> Result<(), Mismatch> {
        let expected = value.to_json();
        match self.value(name) {
            Some(found)
                if *found != expected && T::from_json(found).is_none_or(|found| found.to_json() != expected) =>
            {
                Err(unfit(name, &expected.to_string(), Some(found)).help(NOT_KNOWN))
            }
            _ => Ok(()),
        }
    }

    /// Whether Keras 3 wrote the file: some layers compute otherwise there.
    pub(super) fn is_keras_3(&self) -> bool {
        self.is_keras_3
    }

    /// Counts a setting as read, which does not change what the layer computes.
    pub fn ignore(&self, name: &str) {
        self.read.borrow_mut().insert(name.to_owned());
    }

    /// Requires that every setting has been read, or has no value.
    pub(super) fn all_read(&self) -> Result<(), Mismatch> {
        let read = self.read.borrow();
        match self.settings.iter().find(|(name, value)| !value.is_null() && !read.contains(name)) {
            None => Ok(()),
            Some((name, value)) => {
                Err(Mismatch::new("settings that are known here", format!("{name} = {value}")).help(NOT_KNOWN))
            }
        }
    }
}

/// A setting that is not what it should be.
pub(super) fn unfit(name: &str, expected: &str, found: Option<&Value>) -> Mismatch {
    let found = found.map_or("no such setting".to_string(), |value| format!("{name} = {value}"));
    Mismatch::new(format!("{name} = {expected}"), found)
}
