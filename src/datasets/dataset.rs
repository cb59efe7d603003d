/*!
A data set in memory: pictures and labels for training and for testing, and where they came from.

It is not a loader: see [`load_signs`](super::load_signs) and its neighbours.
*/

use super::LabelledPictures;
use ndarray::{Array1, Array4};
use std::fmt;
use std::path::PathBuf;

/// Pictures with labels, split into a training set and a test set.
///
/// The field names follow the course: `x` are pictures, 8 bits a channel, channels last; `y` are labels, each an index
/// into `classes`.
#[derive(Clone, Debug, PartialEq)]
pub struct Dataset {
    /// Training pictures, (m_train, n_h, n_w, 3).
    pub x_train: Array4<u8>,
    /// Training labels, (m_train,).
    pub y_train: Array1<usize>,
    /// Test pictures, (m_test, n_h, n_w, 3).
    pub x_test: Array4<u8>,
    /// Test labels, (m_test,).
    pub y_test: Array1<usize>,
    /// The classes 0, 1, …, n_classes − 1, as `list_classes` stores them.
    pub classes: Array1<usize>,
    /// Where the pictures came from. Print it with every accuracy.
    pub source: Source,
}

impl Dataset {
    pub(super) fn new(train: LabelledPictures, test: LabelledPictures, source: Source) -> Self {
        Self {
            x_train: train.pictures,
            y_train: train.labels,
            x_test: test.pictures,
            y_test: test.labels,
            classes: test.classes,
            source,
        }
    }
}

/// Where a [`Dataset`] came from; its `Display` is one sentence to show with a result.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Source {
    /// Files in the course's layout, in this folder.
    Files(PathBuf),
    /// Pictures that the program drew.
    Synthetic {
        /// Which data set it replaces, such as SIGNS.
        name: &'static str,
        /// The seed they were drawn from.
        seed: u32,
        /// The file that keeps them, or why none does.
        kept: Result<PathBuf, String>,
    },
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Files(dir) => write!(f, "photos from {}", dir.display()),
            Self::Synthetic { name, seed, kept } => {
                write!(
                    f,
                    "synthetic {name} drawn by the program from seed {seed}: no photos, so its accuracies are not those of the course's data"
                )?;
                match kept {
                    Ok(path) => write!(f, " (kept in {})", path.display()),
                    Err(reason) => write!(f, " (not kept: {reason})"),
                }
            }
        }
    }
}
