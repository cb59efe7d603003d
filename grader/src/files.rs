/*! Files that appear whole or not at all, and names made from contents. */

use std::fs;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher};
use std::io::Write;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// A file that will be written in one piece: beside its place, and then renamed into it. What is no file, such as a pipe
/// or a device, is written as it is.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    to: To,
}

#[derive(Debug)]
enum To {
    Fresh(tempfile::NamedTempFile),
    Open(fs::File),
}

impl Output {
    /// Makes sure that `path` can be written, and changes nothing there yet.
    ///
    /// # Errors
    /// When it is a directory, or its directory is missing or may not be written.
    pub fn create(path: &Path) -> Result<Self> {
        let failed = |why: String| {
            let help = "name a file in a directory that exists and that you may write to";
            Error::new(format!("{}: it cannot be written: {why}", path.display()), help)
        };
        let known = fs::metadata(path);
        if known.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(failed("it is a directory".into()));
        }
        if known.is_ok_and(|known| !known.is_file()) {
            let file = fs::File::options().write(true).open(path).map_err(|error| failed(error.to_string()))?;
            return Ok(Self { path: path.to_owned(), to: To::Open(file) });
        }
        // The file that a link leads to is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
        if !parent.is_dir() {
            return Err(failed(format!("there is no directory {}", parent.display())));
        }
        let fresh = tempfile::NamedTempFile::new_in(parent).map_err(|error| failed(error.kind().to_string()))?;
        Ok(Self { path, to: To::Fresh(fresh) })
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// When there is no room.
    pub fn write(self, bytes: &[u8]) -> Result<()> {
        let failed = |error: std::io::Error| Error::io(&self.path, &error);
        match self.to {
            To::Open(mut file) => file.write_all(bytes).map_err(failed),
            To::Fresh(mut file) => {
                file.write_all(bytes).map_err(failed)?;
                // A temporary file is readable by its owner alone; a report is a file like any other.
                #[cfg(unix)]
                {
                    use std::os::unix::fs::PermissionsExt;
                    file.as_file().set_permissions(fs::Permissions::from_mode(0o644)).map_err(failed)?;
                }
                file.persist(&self.path).map_err(|error| failed(error.error))?;
                Ok(())
            }
        }
    }
}

/// Writes a file beside its place and renames it into it.
///
/// # Errors
/// When the directory cannot be written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    Output::create(path)?.write(bytes)
}

/// A name for what the parts are made of. It tells versions of the course's own sources apart; it is no defence against
/// somebody who looks for collisions.
pub fn key<T: Hash>(parts: &[T]) -> String {
    // `DefaultHasher::default()` has fixed keys, so the name is the same in every process.
    let hash = |salt: u8| {
        let mut hasher = BuildHasherDefault::<DefaultHasher>::default().build_hasher();
        salt.hash(&mut hasher);
        parts.hash(&mut hasher);
        hasher.finish()
    };
    format!("{:016x}{:016x}", hash(0), hash(1))
}

/// The contents of all files below a directory, with their paths, in a fixed order; `skip` leaves out what it names.
///
/// # Errors
/// When something cannot be read.
pub fn contents(directory: &Path, skip: &[&Path]) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut todo = vec![directory.to_owned()];
    while let Some(path) = todo.pop() {
        if skip.contains(&&*path) {
            continue;
        }
        if path.is_dir() {
            let entries = fs::read_dir(&path).map_err(|error| Error::io(&path, &error))?;
            todo.extend(entries.filter_map(|entry| entry.ok()).map(|entry| entry.path()));
        } else {
            let bytes = fs::read(&path).map_err(|error| Error::io(&path, &error))?;
            found.push((path.strip_prefix(directory).unwrap_or(&path).to_owned(), bytes));
        }
    }
    found.sort();
    Ok(found)
}
