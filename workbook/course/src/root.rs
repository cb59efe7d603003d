/*!
The course's directory, and where each kind of file lies in it.

It only makes paths; the files are read elsewhere.
*/

use std::ffi::OsString;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The environment variable that names the course's directory, for a program that runs far away from it.
pub const VARIABLE: &str = "CNN_WORKBOOK";

/// The directory of a course: it holds `Cargo.toml` of the package `cnn` and `workbook/chapters`. It can be used as the
/// path that it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Root(PathBuf);

impl Root {
    /// Finds the course: the directory that [`VARIABLE`] names, else the nearest one above `start`, else above this
    /// program, else the one that this program was built from.
    ///
    /// # Errors
    /// When there is none, or [`VARIABLE`] names another directory.
    pub fn find(start: &Path) -> Result<Self> {
        Self::find_with(start, std::env::var_os(VARIABLE))
    }

    fn find_with(start: &Path, named: Option<OsString>) -> Result<Self> {
        if let Some(named) = named {
            return Self::at(Path::new(&named)).ok_or_else(|| {
                let what = format!("{VARIABLE} names {}, which is not the course's directory", named.display());
                Error::invalid("", 0, what, "it holds Cargo.toml of the package cnn, and workbook/chapters")
            });
        }
        let program = std::env::current_exe().and_then(|path| path.canonicalize()).unwrap_or_default();
        let start = start.canonicalize().unwrap_or_else(|_| start.to_owned());
        let built = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../.."));
        start.ancestors().chain(program.ancestors()).chain([built]).find_map(Self::at).ok_or_else(|| {
            let what = format!("{} is not in the course's directory, nor is this program", start.display());
            Error::invalid("", 0, what, format!("run it inside the repository, or name that in {VARIABLE}"))
        })
    }

    /// The course at exactly this directory, if it is one.
    pub fn at(directory: &Path) -> Option<Self> {
        let is_course = directory.join("workbook/chapters").is_dir()
            && std::fs::read_to_string(directory.join("Cargo.toml"))
                .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "name = \"cnn\""));
        is_course.then(|| directory.canonicalize().ok().map(Self)).flatten()
    }

    /// The directory of the chapters.
    pub fn chapters(&self) -> PathBuf {
        self.0.join("workbook/chapters")
    }

    /// The file of an assignment's graded functions.
    pub fn graded(&self, assignment: &str) -> PathBuf {
        self.0.join("src/graded").join(format!("{assignment}.rs"))
    }

    /// The directory of the case files, one for each assignment.
    pub fn cases(&self) -> PathBuf {
        self.0.join("grader/cases")
    }

    /// The file with the typical mistakes of a function.
    pub fn misconceptions(&self, assignment: &str, function: &str) -> PathBuf {
        self.0.join("grader/misconceptions").join(assignment).join(format!("{function}.md"))
    }

    /// The file with the drivers of an assignment's functions.
    pub fn driver(&self, assignment: &str) -> PathBuf {
        self.0.join("grader/harness/src/drive").join(format!("{assignment}.rs"))
    }

    /// The directory of the values that the source documents print.
    pub fn values(&self) -> PathBuf {
        self.0.join("workbook/values")
    }

    /// The directory of the generated notebooks.
    pub fn notebooks(&self) -> PathBuf {
        self.0.join("notebooks")
    }

    /// The directory in which the grader keeps what it compiles, if it may write there.
    pub fn grader_store(&self) -> PathBuf {
        self.0.join("target/grader")
    }

    /// A path as messages show it: from the course's directory where it lies in it, with `/`.
    pub fn show(&self, path: &Path) -> String {
        path.strip_prefix(&self.0).unwrap_or(path).display().to_string().replace('\\', "/")
    }
}

impl Deref for Root {
    type Target = Path;

    fn deref(&self) -> &Path {
        &self.0
    }
}

impl AsRef<Path> for Root {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    fn course() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("workbook/chapters")).unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"cnn\"\n").unwrap();
        folder
    }

    #[test]
    fn the_nearest_course_above_counts_and_the_variable_before_it() {
        let (one, other) = (course(), course());
        let path = one.path().canonicalize().unwrap();
        let below = path.join("workbook/chapters");
        assert_eq!(*Root::find_with(&below, None).unwrap(), *path);
        let named = Root::find_with(&below, Some(other.path().into())).unwrap();
        assert_eq!(*named, *other.path().canonicalize().unwrap());
        let error = Root::find_with(&below, Some(below.clone().into())).unwrap_err().to_string();
        assert!(error.starts_with("CNN_WORKBOOK names ") && error.contains("\nhelp: "), "{error}");
    }

    #[test]
    fn elsewhere_the_course_of_the_program_counts() {
        let elsewhere = tempfile::tempdir().unwrap();
        let expected = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../..")).canonicalize().unwrap();
        assert_eq!(*Root::find_with(elsewhere.path(), None).unwrap(), *expected);
    }
}
