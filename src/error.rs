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

    /// A file that was asked for is not there.
    #[error("{}: not found\n  expected: {expected}\n  help: {help}", path.display())]
    Missing {
        /// Where it was looked for.
        path: PathBuf,
        /// What the file should hold.
        expected: String,
        /// How to get it.
        help: String,
    },

    /// A file that was to be written is there already.
    #[error("{}: is there already, and is not overwritten\n  help: {help}", path.display())]
    Exists {
        /// The file in question.
        path: PathBuf,
        /// What to do next.
        help: String,
    },

    /// A file is there, but its contents are not what they should be.
    #[error("{}: wrong contents\n  expected: {expected}\n  found: {found}\n  help: {help}", path.display())]
    Contents {
        /// The file in question.
        path: PathBuf,
        /// What should be in it.
        expected: String,
        /// What is in it.
        found: String,
        /// What to do next.
        help: String,
    },
}

/// A result whose error is this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
