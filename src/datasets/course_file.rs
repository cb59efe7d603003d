/*!
Reads and writes one HDF5 file in the course's layout: `train_set_x`, `train_set_y`, `list_classes`, or the same with
`test_`.

Where such files are, and which data set needs which, is written in [`super::signs`] and [`super::happy_house`].
*/

use crate::{
    error::{Error, Result},
    hdf5_file::{self, descriptor, tuple, type_name},
};
use hdf5::types::TypeDescriptor;
use ndarray::{Array1, Array4};
use std::path::{Path, PathBuf};

/// Which half of a data set a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// Keys `train_set_x` and `train_set_y`.
    Train,
    /// Keys `test_set_x` and `test_set_y`.
    Test,
}

impl Split {
    /// The word that stands in keys and file names: `train` or `test`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Train => "train",
            Self::Test => "test",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Train => Self::Test,
            Self::Test => Self::Train,
        }
    }
}

/// Pictures, the label of each, and the classes that the labels index.
#[derive(Clone, Debug, PartialEq)]
pub struct LabelledPictures {
    /// (m, n_h, n_w, 3), 8 bits a channel.
    pub pictures: Array4<u8>,
    /// (m,), each below the number of classes.
    pub labels: Array1<usize>,
    /// 0, 1, …, n_classes − 1.
    pub classes: Array1<usize>,
}

/// A path, and what the file there has to hold.
///
/// ```
/// use cnn::datasets::{CourseFile, LabelledPictures, Split};
/// use cnn::prelude::*;
///
/// let dir = tempfile::tempdir().unwrap();
/// let file = CourseFile::new(dir.path().join("train_signs.h5"), 6);
/// let set = LabelledPictures {
///     pictures: Array4::zeros((2, 64, 64, 3)),
///     labels: array![5, 0],
///     classes: Array1::from_iter(0..6),
/// };
/// file.write(&[(Split::Train, &set)])?;
/// assert_eq!(file.read(Split::Train)?.pictures.dim(), (2, 64, 64, 3));
/// # Ok::<(), cnn::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CourseFile {
    path: PathBuf,
    n_classes: usize,
    help: String,
}

/// Height and width of the course's pictures.
const SIDE: usize = 64;

/// A shape that claims more pixels than this is a damaged header, not a data set (the course's has 13 MB).
const MAX_BYTES: usize = 1 << 32;

impl CourseFile {
    /// The file at `path`, which has to hold 64×64 pictures of `n_classes` classes.
    pub fn new(path: impl Into<PathBuf>, n_classes: usize) -> Self {
        let help = "write the file again, or copy it again from where it came".to_owned();
        Self { path: path.into(), n_classes, help }
    }

    /// The same, with another sentence on how to get the file, for the help line of its errors.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the pictures and labels of `split`, and closes the file again.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no file, [`Error::Contents`] if it is not HDF5, is truncated, lacks a key, is
    /// compressed in a way that this program cannot read, or a key holds another type, another shape or a label outside
    /// of `list_classes`.
    pub fn read(&self, split: Split) -> Result<LabelledPictures> {
        let file = self.open(split)?;
        let x_key = format!("{}_set_x", split.name());
        let y_key = format!("{}_set_y", split.name());
        let pictures = self.read_pictures(&file, &x_key, split)?;
        let labels = self.read_integers(&file, &y_key, split)?;
        let classes = self.read_integers(&file, "list_classes", split)?;

        let m = pictures.dim().0;
        if labels.len() != m {
            let expected = format!("as many labels in `{y_key}` as pictures in `{x_key}`: {m}");
            return Err(self.contents(expected, format!("{} labels", labels.len())));
        }
        if !classes.iter().copied().eq(0..self.n_classes as i64) {
            let expected = format!("`list_classes` = 0, 1, …, {}", self.n_classes - 1);
            return Err(self.contents(expected, format!("`list_classes` = {classes}")));
        }
        if let Some((row, label)) = labels.iter().enumerate().find(|(_, y)| !(0..self.n_classes as i64).contains(y)) {
            let expected = format!("labels from 0 to {} in `{y_key}`", self.n_classes - 1);
            return Err(self.contents(expected, format!("the label {label} in row {row}")));
        }
        let index = |y: i64| y as usize; // in range: checked above
        Ok(LabelledPictures { pictures, labels: labels.mapv(index), classes: classes.mapv(index) })
    }

    /// Writes one or both halves, with an attribute for each of `attributes`.
    ///
    /// The file is written under another name in the same folder, and renamed when it is complete: a reader, or a
    /// second writer, never sees half a file.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be made or written.
    ///
    /// # Panics
    /// If a set has another number of labels than of pictures.
    pub fn write(&self, sets: &[(Split, &LabelledPictures)]) -> Result<()> {
        self.write_with(sets, &[])
    }

    pub(super) fn write_with(&self, sets: &[(Split, &LabelledPictures)], attributes: &[(&str, i64)]) -> Result<()> {
        for (split, set) in sets {
            let (m, n) = (set.pictures.dim().0, set.labels.len());
            assert_eq!(m, n, "write: {} set has {m} pictures and {n} labels", split.name());
        }
        hdf5_file::write(&self.path, |path| write_sets(path, sets, attributes))
    }

    /// The integer attribute of the file, if it is readable HDF5 and has it.
    pub(super) fn attribute(&self, name: &str) -> Option<i64> {
        hdf5_file::open_when_unlocked(&self.path).ok()?.attr(name).ok()?.read_scalar().ok()
    }

    fn open(&self, split: Split) -> Result<hdf5::File> {
        let name = split.name();
        let layout = format!("an HDF5 file with the keys {name}_set_x, {name}_set_y, list_classes");
        hdf5_file::open(&self.path, &layout, &self.help)
    }

    fn dataset(&self, file: &hdf5::File, key: &str, split: Split) -> Result<hdf5::Dataset> {
        file.dataset(key).map_err(|_| {
            let keys = file.member_names().unwrap_or_default();
            let mut found = format!("the keys {}", keys.join(", "));
            if keys.is_empty() {
                found = "no keys at all".to_owned();
            } else if keys.contains(&key.replace(split.name(), split.other().name())) && key != "list_classes" {
                found += &format!(": a {} set under the name of a {} set", split.other().name(), split.name());
            }
            self.contents(format!("a data set under the key `{key}`"), found)
        })
    }

    fn read_pictures(&self, file: &hdf5::File, key: &str, split: Split) -> Result<Array4<u8>> {
        let dataset = self.dataset(file, key, split)?;
        let expected = || format!("`{key}`: 8-bit pictures, uint8 of shape (m, {SIDE}, {SIDE}, 3)");
        let shape = dataset.shape();
        let found = format!("{} of shape {}", type_name(&dataset), tuple(&shape));
        let is_u8 = matches!(descriptor(&dataset), Some(TypeDescriptor::Unsigned(hdf5::types::IntSize::U1)));
        if !is_u8 || shape.len() != 4 || shape[0] == 0 || shape[1..] != [SIDE, SIDE, 3] {
            return Err(self.contents(expected(), found));
        }
        self.refuse_missing_filter(&dataset, key)?;
        if shape[0].checked_mul(SIDE * SIDE * 3).is_none_or(|bytes| bytes > MAX_BYTES) {
            return Err(self.contents(expected(), found + ", more than 4 GiB"));
        }
        dataset.read().map_err(|e| self.contents(expected(), format!("{found}, unreadable: {e}")))
    }

    fn read_integers(&self, file: &hdf5::File, key: &str, split: Split) -> Result<Array1<i64>> {
        let dataset = self.dataset(file, key, split)?;
        let expected = || format!("`{key}`: integers of shape (m,)");
        let shape = dataset.shape();
        let found = format!("{} of shape {}", type_name(&dataset), tuple(&shape));
        let integer = matches!(descriptor(&dataset), Some(TypeDescriptor::Integer(_) | TypeDescriptor::Unsigned(_)));
        if !integer || shape.len() != 1 || shape[0] > MAX_BYTES / size_of::<i64>() {
            return Err(self.contents(expected(), found));
        }
        self.refuse_missing_filter(&dataset, key)?;
        dataset.read().map_err(|e| self.contents(expected(), format!("{found}, unreadable: {e}")))
    }

    /// An error that names the compression of a data set if this program cannot read it.
    fn refuse_missing_filter(&self, dataset: &hdf5::Dataset, key: &str) -> Result<()> {
        match hdf5_file::missing_filter(dataset) {
            None => Ok(()),
            Some(filter) => Err(Error::Contents {
                path: self.path.clone(),
                expected: format!("`{key}` without compression, or with gzip or LZF"),
                found: format!("compression by {filter}"),
                help: "write the file again with gzip, in Python with h5py: \
                       create_dataset(name, data=data, compression=\"gzip\")"
                    .to_owned(),
            }),
        }
    }

    fn contents(&self, expected: String, found: String) -> Error {
        Error::Contents { path: self.path.clone(), expected, found, help: self.help.clone() }
    }
}

fn write_sets(path: &Path, sets: &[(Split, &LabelledPictures)], attributes: &[(&str, i64)]) -> hdf5::Result<()> {
    let file = hdf5::File::create(path)?;
    for (split, set) in sets {
        let name = split.name();
        file.new_dataset_builder().with_data(&set.pictures).create(format!("{name}_set_x").as_str())?;
        let labels = set.labels.mapv(|y| y as i64);
        file.new_dataset_builder().with_data(&labels).create(format!("{name}_set_y").as_str())?;
        if !file.link_exists("list_classes") {
            let classes = set.classes.mapv(|c| c as i64);
            file.new_dataset_builder().with_data(&classes).create("list_classes")?;
        }
    }
    for (key, value) in attributes {
        file.new_attr::<i64>().create(*key)?.write_scalar(value)?;
    }
    file.close()
}
