/*!
One HDF5 file in the course's layout: `train_set_x`, `train_set_y`, `list_classes`, or the same with `test_`.

It does not know where such files lie, nor which data set needs which: that is [`super::signs`] and its neighbours.
*/

use crate::error::{Error, Result};
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

    /// The same, with an own sentence on how to get the file.
    pub fn help(self, help: impl Into<String>) -> Self {
        Self { help: help.into(), ..self }
    }

    /// Where the file lies.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Reads the pictures and labels of `split`, and closes the file again.
    ///
    /// # Errors
    /// [`Error::Missing`] if there is no file, [`Error::Contents`] if it is not HDF5, is truncated, lacks a key, or a
    /// key holds another type, another shape or a label outside of `list_classes`.
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
    /// second writer, never meets half a file.
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
        let io = |source| Error::Io { path: self.path.clone(), source };
        let dir = self.path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        std::fs::create_dir_all(dir).map_err(io)?;
        let mut temporary = tempfile::Builder::new();
        temporary.prefix(".").suffix(".h5.tmp");
        #[cfg(unix)]
        temporary.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666)); // less the umask, as any new file
        let temporary = temporary.tempfile_in(dir).map_err(io)?;
        write_sets(temporary.path(), sets, attributes).map_err(|e| io(std::io::Error::other(e)))?;
        temporary.persist(&self.path).map_err(|e| io(e.error))?;
        Ok(())
    }

    /// The integer attribute of the file, if it is readable HDF5 and has it.
    pub(super) fn attribute(&self, name: &str) -> Option<i64> {
        hdf5::File::open(&self.path).ok()?.attr(name).ok()?.read_scalar().ok()
    }

    fn open(&self, split: Split) -> Result<hdf5::File> {
        let name = split.name();
        let layout = format!("an HDF5 file with the keys {name}_set_x, {name}_set_y, list_classes");
        if !self.path.exists() {
            return Err(Error::Missing { path: self.path.clone(), expected: layout, help: self.help.clone() });
        }
        let start = first_bytes(&self.path).map_err(|source| Error::Io { path: self.path.clone(), source })?;
        if !start.starts_with(b"\x89HDF\r\n\x1a\n") {
            return Err(self.contents(layout, what_starts_like(&start)));
        }
        hdf5::File::open(&self.path).map_err(|e| self.contents(layout, format!("HDF5 that cannot be opened: {e}")))
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
        dataset.read().map_err(|e| self.contents(expected(), format!("{found}, unreadable: {e}")))
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

fn first_bytes(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read;
    let mut start = Vec::new();
    std::fs::File::open(path)?.take(64).read_to_end(&mut start)?;
    Ok(start)
}

/// What a file that is not HDF5 most likely is, from its first bytes.
fn what_starts_like(start: &[u8]) -> String {
    let text = String::from_utf8_lossy(start).to_lowercase();
    if start.is_empty() {
        "an empty file".to_owned()
    } else if text.starts_with("version https://git-lfs") {
        "a Git LFS pointer, not the file itself (`git lfs pull` fetches it)".to_owned()
    } else if text.trim_start().starts_with("<!doctype") || text.trim_start().starts_with("<html") {
        "a web page (the download saved the page around the file)".to_owned()
    } else if start.starts_with(b"PK") || start.starts_with(b"\x1f\x8b") {
        "an archive: unpack it first".to_owned()
    } else {
        format!("no HDF5 signature; it starts with {:02x?}", &start[..start.len().min(8)])
    }
}

fn descriptor(dataset: &hdf5::Dataset) -> Option<TypeDescriptor> {
    dataset.dtype().ok()?.to_descriptor().ok()
}

/// The element type, as NumPy names it where it has a name.
fn type_name(dataset: &hdf5::Dataset) -> String {
    match descriptor(dataset) {
        Some(TypeDescriptor::Integer(size)) => format!("int{}", 8 * size as usize),
        Some(TypeDescriptor::Unsigned(size)) => format!("uint{}", 8 * size as usize),
        Some(TypeDescriptor::Float(size)) => format!("float{}", 8 * size as usize),
        Some(other) => other.to_string(),
        None => "an unknown type".to_owned(),
    }
}

/// A shape as NumPy prints it: `(120,)`, `(120, 64, 64, 3)`.
fn tuple(shape: &[usize]) -> String {
    match shape {
        [n] => format!("({n},)"),
        _ => format!("({})", shape.iter().map(usize::to_string).collect::<Vec<_>>().join(", ")),
    }
}
