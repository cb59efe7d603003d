/*!
Where things lie: the workspace that a command works on.

It is found from the current directory upwards, so a copy of the course anywhere works, and no path is compiled in.
*/

use anyhow::{Result, bail};
use std::path::{Path, PathBuf};

/// A course's workspace.
#[derive(Debug, Clone)]
pub struct Project {
    root: PathBuf,
}

impl Project {
    /// The workspace around `start`, else the one in which this program was built.
    ///
    /// # Errors
    /// When neither lies in a workspace with the package `cnn` and chapters.
    pub fn find(start: &Path) -> Result<Project> {
        let start = start.canonicalize().unwrap_or(start.to_owned());
        let program = std::env::current_exe().unwrap_or_default();
        for folder in start.ancestors().chain(program.ancestors()) {
            if is_course(folder) {
                return Ok(Project { root: folder.to_owned() });
            }
        }
        bail!(
            "{} lies in no workspace of the course (a Cargo.toml with `name = \"cnn\"` beside workbook/)\n\
             help: change into the course's directory",
            start.display()
        )
    }

    pub fn root(&self) -> &Path {
        &self.root
    }

    pub fn chapters(&self) -> PathBuf {
        self.root.join("workbook/chapters")
    }

    /// The file with an assignment's graded functions.
    pub fn graded(&self, assignment: &str) -> PathBuf {
        self.root.join("src/graded").join(format!("{assignment}.rs"))
    }

    pub fn values(&self) -> PathBuf {
        self.root.join("workbook/values")
    }

    pub fn notebooks(&self) -> PathBuf {
        self.root.join("notebooks")
    }

    /// What sessions keep between two runs.
    pub fn target(&self) -> PathBuf {
        self.root.join("target/workbook")
    }

    /// A path as a reader of messages knows it: from the workspace's root, where it lies in it.
    pub fn show<'a>(&self, path: &'a Path) -> std::path::Display<'a> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

fn is_course(folder: &Path) -> bool {
    folder.join("workbook").is_dir()
        && std::fs::read_to_string(folder.join("Cargo.toml"))
            .is_ok_and(|manifest| manifest.lines().any(|line| line.trim() == "name = \"cnn\""))
}
