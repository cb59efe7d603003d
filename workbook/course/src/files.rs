/*!
Files of the course and of its programs: written whole or not at all, listed in a fixed order, and fingerprinted by
their contents.
*/

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use md5::{Digest, Md5};

use crate::error::{Error, Result};

/// A file that is replaced atomically: written to a temporary file in the same directory, then renamed. What is no
/// regular file, such as a pipe or a device, is written as it is.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    /// The pipe or device.
    open: Option<fs::File>,
}

impl Output {
    /// Makes sure that `path` can be written, before the work whose result it is for, and changes nothing there yet.
    ///
    /// # Errors
    /// When it is a directory, or its directory is missing or may not be written.
    pub fn create(path: &Path) -> Result<Self> {
        let known = fs::metadata(path);
        if known.as_ref().is_ok_and(fs::Metadata::is_dir) {
            return Err(unwritable(path, "it is a directory"));
        }
        if known.is_ok_and(|known| !known.is_file()) {
            let open = fs::File::options().write(true).open(path).map_err(|error| unwritable(path, error))?;
            return Ok(Self { path: path.to_owned(), open: Some(open) });
        }
        // The file that a link leads to is replaced, not the link.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        if !directory(&path).is_dir() {
            return Err(unwritable(&path, format!("there is no directory {}", directory(&path).display())));
        }
        // Removed again at once, so that an interrupted program leaves nothing behind.
        temporary(&path).map_err(|error| unwritable(&path, error.kind()))?;
        Ok(Self { path, open: None })
    }

    /// As [`Output::create`], and makes the directory if there is none.
    ///
    /// # Errors
    /// When it is a directory, or its directory cannot be made or may not be written.
    pub fn create_with_directory(path: &Path) -> Result<Self> {
        fs::create_dir_all(directory(path)).map_err(|error| unwritable(path, error))?;
        Self::create(path)
    }

    /// Writes all of it.
    ///
    /// # Errors
    /// When there is no room, or the directory has gone.
    pub fn write(self, bytes: &[u8]) -> Result<()> {
        let write = || match self.open {
            Some(mut file) => file.write_all(bytes),
            None => {
                let mut file = temporary(&self.path)?;
                file.write_all(bytes)?;
                // A file that is written again keeps its mode.
                #[cfg(unix)]
                if let Ok(known) = fs::metadata(&self.path) {
                    file.as_file().set_permissions(known.permissions())?;
                }
                file.persist(&self.path).map(drop).map_err(|error| error.error)
            }
        };
        write().map_err(|error| unwritable(&self.path, error))
    }
}

/// Replaces a file atomically, through a temporary file in the same directory; creates the directory if there is none.
///
/// # Errors
/// When the directory cannot be made or written.
pub fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<()> {
    Output::create_with_directory(path)?.write(bytes.as_ref())
}

/// The files of a directory with this extension, in the order of their names. Hidden files are none of the course's:
/// other systems leave companion files such as `._1_step_by_step.ipynb`.
///
/// # Errors
/// When the directory cannot be read.
pub fn list(directory: &Path, extension: &str) -> Result<Vec<PathBuf>> {
    let entries = fs::read_dir(directory).map_err(|error| Error::unreadable(directory, &error))?;
    let paths = entries.filter_map(|entry| entry.ok()).map(|entry| entry.path());
    let mut paths: Vec<PathBuf> =
        paths.filter(|path| path.extension().is_some_and(|e| e == extension) && !is_hidden(path)).collect();
    paths.sort();
    Ok(paths)
}

/// Whether a file's name begins with a dot.
pub fn is_hidden(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.as_encoded_bytes().starts_with(b"."))
}

/// The stem of a file's name, for a name that is text.
pub fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// The contents of all files below a directory, with their paths from there, in a fixed order. Hidden files are left
/// out, and what `skip` names.
///
/// # Errors
/// When something cannot be read.
pub fn contents(directory: &Path, skip: &[&Path]) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut found = Vec::new();
    let mut todo = vec![directory.to_owned()];
    while let Some(path) = todo.pop() {
        if skip.contains(&&*path) || (path != directory && is_hidden(&path)) {
            continue;
        }
        if path.is_dir() {
            let entries = fs::read_dir(&path).map_err(|error| Error::unreadable(&path, &error))?;
            todo.extend(entries.filter_map(|entry| entry.ok()).map(|entry| entry.path()));
        } else {
            let bytes = fs::read(&path).map_err(|error| Error::unreadable(&path, &error))?;
            found.push((path.strip_prefix(directory).unwrap_or(&path).to_owned(), bytes));
        }
    }
    found.sort();
    Ok(found)
}

/// A name for what the parts are made of, 32 hexadecimal digits, the same on every machine. It tells versions of the
/// course's own sources apart; MD5 is no defence against somebody who looks for collisions.
pub fn fingerprint(parts: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    let mut digest = Md5::new();
    for part in parts {
        let part = part.as_ref();
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

fn directory(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

/// A file beside `path`. Its mode is that of any file that this user makes: who may read it is for the umask to say.
fn temporary(path: &Path) -> std::io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder.tempfile_in(directory(path))
}

fn unwritable(path: &Path, why: impl std::fmt::Display) -> Error {
    let help = "name a file in a directory that exists and that you may write to";
    Error::invalid(&path.display().to_string(), 0, format!("it cannot be written: {why}"), help)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_appears_whole_and_a_refusal_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        write(&at("new/deep/a.txt"), "one").unwrap();
        write(&at("new/deep/a.txt"), "two").unwrap();
        assert_eq!(fs::read_to_string(at("new/deep/a.txt")).unwrap(), "two");
        let error = Output::create(&at("missing/a.txt")).unwrap_err().to_string();
        assert!(error.contains("cannot be written: there is no directory") && error.contains("\nhelp: "), "{error}");
        assert!(Output::create(&at("new")).unwrap_err().to_string().contains("it is a directory"));
        drop(Output::create(&at("b.txt")).unwrap());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "what was only prepared leaves nothing");
    }

    #[test]
    fn hidden_files_are_not_listed() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["b.md", "a.md", "._a.md", ".hidden/c.md", "c.txt"] {
            write(&folder.path().join(name), name).unwrap();
        }
        let names: Vec<String> = list(folder.path(), "md").unwrap().iter().map(|path| stem(path)).collect();
        assert_eq!(names, ["a", "b"]);
        let names: Vec<PathBuf> = contents(folder.path(), &[]).unwrap().into_iter().map(|(path, _)| path).collect();
        assert_eq!(names, [Path::new("a.md"), Path::new("b.md"), Path::new("c.txt")]);
    }

    #[test]
    fn a_fingerprint_tells_where_a_part_ends() {
        assert_ne!(fingerprint(["ab", "c"]), fingerprint(["a", "bc"]));
        // `hashlib.md5(bytes([1, 0, 0, 0, 0, 0, 0, 0]) + b"a").hexdigest()` in Python.
        assert_eq!(fingerprint(["a"]), "86a1c5fb48289e63f108e49157e7b743");
    }
}
