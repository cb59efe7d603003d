/*! What is wrong with a model's file, before it is known which file it is. */

use crate::Error;
use std::path::Path;

/// What was expected of a file and what it holds.
#[derive(Debug)]
pub(super) struct Problem {
    pub expected: String,
    pub found: String,
    help: Option<&'static str>,
}

pub(super) type Result<T> = std::result::Result<T, Problem>;

impl Problem {
    pub fn new(expected: impl Into<String>, found: impl Into<String>) -> Self {
        Problem { expected: expected.into(), found: found.into(), help: None }
    }

    /// What to do, where the file itself may be in order.
    pub fn help(mut self, help: &'static str) -> Self {
        self.help = Some(help);
        self
    }

    /// The same, said of a layer.
    pub fn of_layer(mut self, name: &str, class_name: &str) -> Self {
        self.expected = format!("layer {name} ({class_name}): {}", self.expected);
        self
    }

    /// The error of this file.
    pub fn in_file(self, path: &Path) -> Error {
        let help = self.help.unwrap_or(super::WRITE_AGAIN);
        Error::Contents { path: path.to_owned(), expected: self.expected, found: self.found, help: help.to_owned() }
    }
}
