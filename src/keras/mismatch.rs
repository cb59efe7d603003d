/*! The error of a layer, a setting or a file that is not as expected. */

use std::fmt;

/// What was expected, what came, and what to do about it.
///
/// A layer that is called prints it as a panic, a file that is read returns it as an error.
///
/// ```
/// use cnn::keras::Mismatch;
/// let mismatch = Mismatch::new("one tensor", "2").help("Add takes several");
/// assert_eq!(mismatch.to_string(), "expected one tensor, got 2\nhelp: Add takes several");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mismatch {
    pub(super) expected: String,
    pub(super) found: String,
    pub(super) help: Option<String>,
}

impl Mismatch {
    /// Says what was expected and what was found.
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Mismatch { expected: expected.into(), found: found.into(), help: None }
    }

    /// Says what to do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// The same, with the layer named that it is about.
    #[must_use]
    pub(super) fn of_layer(mut self, name: &str, class_name: &str) -> Self {
        self.expected = format!("layer {name} ({class_name}): {}", self.expected);
        self
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {}, got {}", self.expected, self.found)?;
        self.help.as_ref().map_or(Ok(()), |help| write!(f, "\nhelp: {help}"))
    }
}

impl std::error::Error for Mismatch {}
