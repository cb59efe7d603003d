/*!
SIGNS from your own photos: a folder of pictures becomes `train_signs.h5` and `test_signs.h5`.

It does not change the photos. A damaged one is left out and named; the others are imported.
*/

use super::signs::{CLASSES, FILES};
use super::{CourseFile, LabelledPictures, Split};
use crate::error::{Error, Result};
use crate::images;
use crate::numpy::RandomState;
use indicatif::{ProgressBar, ProgressStyle};
use ndarray::{Array1, Array3, Axis};
use std::collections::HashSet;
use std::fmt;
use std::path::{Path, PathBuf};

const SIDE: usize = 64;

/// Every tenth picture of a label is for testing: 120 of 1,200, as in the course.
const ONE_FOR_TESTING_IN: usize = 10;

/// What [`import_folder`] wrote and what it left out; its `Display` is a report of some lines for the terminal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Imported {
    /// The two files.
    pub files: [PathBuf; 2],
    /// For each label, how many pictures are in the training file and how many in the test file.
    pub per_label: Vec<(usize, usize)>,
    /// Pictures left out because an earlier one is the same, pixel for pixel.
    pub repeated: Vec<PathBuf>,
    /// Files left out because they are no complete JPEG or PNG picture. A caller with an exit code reports them by it.
    pub refused: Vec<Refused>,
}

/// A file of the folder that could not be imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The file.
    pub path: PathBuf,
    /// What it is instead of a complete picture.
    pub found: String,
}

impl fmt::Display for Imported {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (m_train, m_test) = self.per_label.iter().fold((0, 0), |sum, n| (sum.0 + n.0, sum.1 + n.1));
        writeln!(f, "{m_train} pictures for training in {}", self.files[0].display())?;
        write!(f, "{m_test} pictures for testing in {}", self.files[1].display())?;
        if !self.repeated.is_empty() {
            write!(f, "\n{} left out because an earlier one is the same, pixel for pixel:", self.repeated.len())?;
            for path in &self.repeated {
                write!(f, "\n  {}", path.display())?;
            }
        }
        if !self.refused.is_empty() {
            write!(f, "\n{} left out because they are no complete JPEG or PNG pictures:", self.refused.len())?;
            for Refused { path, found } in &self.refused {
                write!(f, "\n  {}: {found}", path.display())?;
            }
            write!(
                f,
                "\nhelp: copy them again or export them as JPEG or PNG, move the two .h5 files away, and import again"
            )?;
        }
        Ok(())
    }
}

/// Makes `train_signs.h5` and `test_signs.h5` in `out` from the photos in `dir`, in the course's layout.
///
/// A photo is a JPEG or PNG file whose name begins with its label and an underscore: `0_…` to `5_….jpg`. It is turned
/// upright, cropped to the square in its middle and resized to 64×64. Hidden files, such as the companions `._….jpg`
/// that macOS writes, and files without a picture's extension are passed over; so are folders.
///
/// A file that is no complete picture (cut off, overwritten, of another format such as HEIC) is left out and listed in
/// [`Imported::refused`]; the others are imported.
///
/// Of each label's photos, in the order of their file names, the 10th, 20th, 30th … are for testing; of fewer than ten,
/// the last one. Photos that repeat another, pixel for pixel, are left out first. Each half is then shuffled with
/// `np.random.RandomState(0).permutation`.
///
/// # Errors
/// [`Error::Exists`] if one of the two files is there already; [`Error::Missing`] if there is no such folder;
/// [`Error::Contents`] if a label has fewer than two usable photos, or a name does not begin with one of the labels 0 to
/// 5; [`Error::Io`] if the folder or a photo cannot be read or the files cannot be written.
pub fn import_folder(dir: impl AsRef<Path>, out: impl AsRef<Path>) -> Result<Imported> {
    let (dir, out) = (dir.as_ref(), out.as_ref());
    let files = FILES.map(|name| out.join(name));
    if let Some(path) = files.iter().find(|path| path.exists()) {
        let help = "move it away, or choose another folder to write to".to_owned();
        return Err(Error::Exists { path: path.clone(), help });
    }
    let photos = labelled_files(dir)?;
    let pictures = load_all(&photos)?;

    let mut seen = HashSet::new();
    let (mut repeated, mut refused) = (Vec::new(), Vec::new());
    let mut by_label = vec![Vec::new(); CLASSES];
    for ((label, path), picture) in photos.iter().zip(&pictures) {
        match picture {
            Ok(picture) if seen.insert(picture) => by_label[*label].push(picture),
            Ok(_) => repeated.push(path.clone()),
            Err(found) => refused.push(Refused { path: path.clone(), found: found.clone() }),
        }
    }

    let (mut train, mut test) = (Vec::new(), Vec::new());
    let mut per_label = Vec::new();
    for (label, pictures) in by_label.iter().enumerate() {
        let n = pictures.len();
        if n < 2 {
            let mut found = format!("{n} with label {label}");
            for Refused { path, found: what } in &refused {
                found += &format!("\n    not usable: {}: {what}", path.display());
            }
            return Err(wrong_folder(
                dir,
                found,
                "add photos whose names begin with the label, such as 3_left_hand.jpg",
            ));
        }
        let tests =
            |i: usize| if n < ONE_FOR_TESTING_IN { i + 1 == n } else { (i + 1).is_multiple_of(ONE_FOR_TESTING_IN) };
        for (i, picture) in pictures.iter().enumerate() {
            if tests(i) { &mut test } else { &mut train }.push((label, *picture));
        }
        let n_test = (0..n).filter(|&i| tests(i)).count();
        per_label.push((n - n_test, n_test));
    }
    CourseFile::new(&files[0], CLASSES).write(&[(Split::Train, &shuffled(&train))])?;
    CourseFile::new(&files[1], CLASSES).write(&[(Split::Test, &shuffled(&test))])?;
    Ok(Imported { files, per_label, repeated, refused })
}

/// The photos in `dir` with their labels, in the order of their names.
fn labelled_files(dir: &Path) -> Result<Vec<(usize, PathBuf)>> {
    if !dir.is_dir() {
        return Err(Error::Missing {
            path: dir.to_owned(),
            expected: "a folder of photos named <label>_….jpg".to_owned(),
            help: "give the folder that holds the photos themselves".to_owned(),
        });
    }
    let io = |source| Error::Io { path: dir.to_owned(), source };
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(dir).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_file() && !is_hidden(&path) && is_picture(&path) {
            paths.push(path);
        }
    }
    paths.sort();
    let help = "name each photo with its label and an underscore first, such as 3_left_hand.jpg";
    if paths.is_empty() {
        return Err(wrong_folder(
            dir,
            "no file with the extension of a picture, such as .jpg or .png".to_owned(),
            help,
        ));
    }
    let labelled = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        let label = name.split_once('_').and_then(|(label, _)| label.parse().ok()).filter(|&label| label < CLASSES);
        label.map(|label: usize| (label, path.clone())).ok_or_else(|| wrong_folder(dir, format!("`{name}`"), help))
    };
    paths.into_iter().map(labelled).collect()
}

/// Whether the file is hidden, such as the metadata file `._3_hand.jpg` that macOS writes for `3_hand.jpg`.
fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

/// Whether a file claims to be a picture, readable or not: a folder of HEIC files should not be passed over in silence.
fn is_picture(path: &Path) -> bool {
    let extension = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
    ["jpg", "jpeg", "jpe", "jfif", "png", "heic", "heif", "avif", "webp", "gif", "bmp", "tif", "tiff"]
        .contains(&extension.as_str())
}

fn wrong_folder(dir: &Path, found: String, help: &str) -> Error {
    Error::Contents {
        path: dir.to_owned(),
        expected: format!("at least two photos of each label from 0 to {}, named <label>_….jpg", CLASSES - 1),
        found,
        help: help.to_owned(),
    }
}

/// Loads the photos on all processors, with a progress bar on a terminal: the picture, or what the file is instead.
fn load_all(photos: &[(usize, PathBuf)]) -> Result<Vec<Result<Array3<u8>, String>>> {
    let bar = ProgressBar::new(photos.len() as u64).with_message("loading photos");
    bar.set_style(
        ProgressStyle::with_template("{msg} [{bar:40}] {pos}/{len} {eta}").unwrap_or(ProgressStyle::default_bar()),
    );
    let n_threads = std::thread::available_parallelism().map_or(1, usize::from);
    let load = |(_, path): &(usize, PathBuf)| {
        let picture = match images::load(path) {
            Ok(picture) => Ok(images::resize(&images::centre_crop(&picture), SIDE, SIDE)),
            Err(Error::Contents { found, .. }) => Err(found),
            Err(other) => return Err(other),
        };
        bar.inc(1);
        Ok(picture)
    };
    let pictures: Result<Vec<_>> = std::thread::scope(|scope| {
        let share = photos.len().div_ceil(n_threads).max(1);
        let threads: Vec<_> = photos
            .chunks(share)
            .map(|photos| scope.spawn(|| photos.iter().map(load).collect::<Result<Vec<_>>>()))
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
        joined.collect()
    });
    bar.finish_and_clear();
    Ok(pictures?.into_iter().flatten().collect())
}

fn shuffled(labelled: &[(usize, &Array3<u8>)]) -> LabelledPictures {
    let order = RandomState::new(0).permutation(labelled.len());
    let views: Vec<_> = order.iter().map(|&i| labelled[i].1.view()).collect();
    LabelledPictures {
        pictures: ndarray::stack(Axis(0), &views).expect("all are 64×64×3"),
        labels: order.mapv(|i| labelled[i].0),
        classes: Array1::from_iter(0..CLASSES),
    }
}
