/*!
Happy House: faces, 0 not happy, 1 happy; `train_happy.h5` and `test_happy.h5` in the course's layout.

The layout of a file is in [`CourseFile`].
*/

use super::locate::{Place, locate};
use super::{CourseFile, Dataset, LabelledPictures, SYNTHETIC_SEED, Source, Split, synthetic_happy_house_in};
use crate::error::Result;
use std::path::Path;

const FILES: [&str; 2] = ["train_happy.h5", "test_happy.h5"];
pub(super) const CLASSES: usize = 2;

/// Loads Happy House: 600 + 150 pictures 64×64×3, labels 0 (not happy) and 1 (happy).
///
/// The folder is the one that the environment variable `CNN_DATA` names, else the first `datasets` folder with one of
/// the two files, from the current directory upwards to the root of the workspace. Where there is none and `CNN_DATA`
/// names none, the program draws pictures that take their place
/// ([`synthetic_happy_house`](super::synthetic_happy_house)) and keeps them in that folder: [`Dataset::source`] says
/// which it was.
///
/// ```no_run
/// let happy = cnn::datasets::load_happy_house()?;
/// println!("{:?} {}", happy.x_train.dim(), happy.source); // (600, 64, 64, 3) photos from datasets
/// # Ok::<(), cnn::Error>(())
/// ```
///
/// # Errors
/// As [`CourseFile::read`], for either file, if `CNN_DATA` is set or one of the files is there.
pub fn load_happy_house() -> Result<Dataset> {
    match locate(FILES) {
        Place::Named(dir) | Place::Found(dir) => load_happy_house_from(dir),
        Place::Nowhere(dir) => Ok(synthetic_happy_house_in(dir, SYNTHETIC_SEED)),
    }
}

/// Loads Happy House from `train_happy.h5` and `test_happy.h5` in `dir`.
///
/// # Errors
/// As [`CourseFile::read`], for either file.
pub fn load_happy_house_from(dir: impl AsRef<Path>) -> Result<Dataset> {
    let dir = dir.as_ref();
    let train = file(dir, FILES[0]).read(Split::Train)?;
    let test = load_happy_house_test_from(dir)?;
    Ok(Dataset::new(train, test, Source::Files(dir.to_owned())))
}

/// Loads the 150 test pictures alone, from `test_happy.h5` in `dir`.
///
/// # Errors
/// As [`CourseFile::read`].
pub fn load_happy_house_test_from(dir: impl AsRef<Path>) -> Result<LabelledPictures> {
    file(dir.as_ref(), FILES[1]).read(Split::Test)
}

fn file(dir: &Path, name: &str) -> CourseFile {
    CourseFile::new(dir.join(name), CLASSES).help(format!(
        "copy {} and {} from the course's `datasets` folder into {}, or set CNN_DATA to the folder that holds them",
        FILES[0],
        FILES[1],
        dir.display()
    ))
}
