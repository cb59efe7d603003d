/*!
SIGNS: hands that show the numbers 0 to 5; `train_signs.h5` and `test_signs.h5` in the course's layout.

The layout of a file is in [`CourseFile`].
*/

use super::locate::{Place, locate};
use super::{CourseFile, Dataset, Source, Split, synthetic_signs_in};
use crate::error::Result;
use std::path::Path;

pub(super) const FILES: [&str; 2] = ["train_signs.h5", "test_signs.h5"];
pub(super) const CLASSES: usize = 6;

/// The seed of the synthetic pictures that everybody without photos gets.
pub const SYNTHETIC_SEED: u32 = 2;

/// Loads SIGNS: 1,080 + 120 pictures 64×64×3 of hands, labels 0 to 5.
///
/// The folder is the one that the environment variable `CNN_DATA` names, else the first `datasets` folder with one of
/// the two files, from the current directory upwards to the root of the workspace. Where there is none and `CNN_DATA`
/// names none, the program draws pictures that take their place ([`synthetic_signs`](super::synthetic_signs)) and keeps
/// them in that folder: [`Dataset::source`] says which it was.
///
/// ```no_run
/// let signs = cnn::datasets::load_signs()?;
/// println!("{:?} {}", signs.x_train.dim(), signs.source); // (1080, 64, 64, 3) photos from datasets
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// # Errors
/// As [`CourseFile::read`], for either file, if `CNN_DATA` is set or one of the files is there.
pub fn load_signs() -> Result<Dataset> {
    match locate(FILES) {
        Place::Named(dir) | Place::Found(dir) => load_signs_from(dir),
        Place::Nowhere(dir) => Ok(synthetic_signs_in(dir, SYNTHETIC_SEED)),
    }
}

/// Loads SIGNS from `train_signs.h5` and `test_signs.h5` in `dir`.
///
/// Of the course's own test photos, 12 have a pixel-identical twin in the training set, and rows 1 and 66 are the same
/// picture: a test accuracy on these files is a little flattered.
///
/// # Errors
/// As [`CourseFile::read`], for either file.
pub fn load_signs_from(dir: impl AsRef<Path>) -> Result<Dataset> {
    let dir = dir.as_ref();
    let train = file(dir, FILES[0]).read(Split::Train)?;
    let test = file(dir, FILES[1]).read(Split::Test)?;
    Ok(Dataset::new(train, test, Source::Files(dir.to_owned())))
}

fn file(dir: &Path, name: &str) -> CourseFile {
    CourseFile::new(dir.join(name), CLASSES).help(format!(
        "copy {} and {} from the course's `datasets` folder into {}, or make them from photos of your own with \
         `workbook data import PHOTOS -o {}`, or set CNN_DATA to the folder that holds them",
        FILES[0],
        FILES[1],
        dir.display(),
        dir.display()
    ))
}
