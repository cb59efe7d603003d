/*!
What can go wrong outside a learner's control: files and data.

A wrong array shape is not here: it is a bug in the call, and panics with both shapes.
*/

use std::path::PathBuf;

/// A file or its contents were not what was expected.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file in question.
        path: PathBuf,
        /// What the operating system said.
        source: std::io::Error,
    },
}

/// A result whose error is this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
