/*! Why nothing could be graded. A wrong submission is not an error: it has a verdict. */

use std::path::Path;

/// What went wrong, and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error("{message}\nhelp: {help}")]
pub struct Error {
    message: String,
    help: String,
}

/// A result whose error is this package's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// What was expected and what came, and what to do next.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self { message: message.into(), help: help.into() }
    }

    /// A file that could not be read or written.
    pub fn io(path: &Path, source: &std::io::Error) -> Self {
        Self::new(format!("{}: {source}", path.display()), "check that the file exists and that you may use it")
    }
}

impl From<course::Error> for Error {
    fn from(error: course::Error) -> Self {
        let text = error.to_string();
        match text.rsplit_once("\nhelp: ") {
            Some((message, help)) => Self::new(message, help),
            None => Self::new(text, "the course's own sources must be right before anything is graded"),
        }
    }
}

impl From<crate::sandbox::Error> for Error {
    fn from(error: crate::sandbox::Error) -> Self {
        Self::new(error.to_string(), "nothing was graded, because nothing of a submission runs outside of the sandbox")
    }
}
