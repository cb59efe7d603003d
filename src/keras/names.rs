/*!
Keras' names for activations, initializers, losses, metrics, optimizers and paddings, parsed with an error that lists
the names there are.

Each type lists its own names, in its `TryFrom<&str>`.
*/

use std::fmt::{self, Display};

/// A name that is not known here.
///
/// ```
/// use cnn::keras::Loss;
/// let error = Loss::try_from("catgorical_crossentropy").unwrap_err();
/// assert!(error.to_string().starts_with("there is no loss \"catgorical_crossentropy\"\nhelp: the losses are "));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName {
    kind: &'static str,
    name: String,
    help: String,
}

impl UnknownName {
    /// `kind` is what was to be parsed, such as `loss`; `help` lists the names there are.
    pub(super) fn new(kind: &'static str, name: &str, help: impl Into<String>) -> Self {
        UnknownName { kind, name: name.to_owned(), help: help.into() }
    }
}

impl Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "there is no {} \"{}\"\nhelp: {}", self.kind, self.name, self.help)
    }
}

impl std::error::Error for UnknownName {}

/// What cannot fail has no unknown name.
impl From<std::convert::Infallible> for UnknownName {
    fn from(never: std::convert::Infallible) -> Self {
        match never {}
    }
}

/// The value that a setting was given, by itself or by its name.
///
/// # Panics
/// If there is no such name: a wrong call is a bug in the program.
#[track_caller]
pub(super) fn parsed<T>(value: impl TryInto<T, Error: Display>) -> T {
    match value.try_into() {
        Ok(value) => value,
        Err(error) => panic!("{error}"),
    }
}
