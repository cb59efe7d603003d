/*!
What the notebooks on disk were made from, so that a second `workbook build` plays only the chapters that changed.

A stamp is a digest of everything that can change what a chapter's cells print: the chapter, its graded functions, the
helper crate with its locked versions and the compiler, this program, and the data files. It covers the notebooks, too, so
that one that was changed or deleted is made again. Stamps lie under `target/`; without one, a chapter is played.
*/

use crate::chapter::Chapter;
use crate::project::Project;
use anyhow::{Context, Result};
use md5::{Digest, Md5};
use std::path::{Path, PathBuf};

/// The stamps of a workspace.
pub struct Stamps<'a> {
    project: &'a Project,
    folder: PathBuf,
    /// What sessions stand on, and this program.
    ground: Vec<u8>,
}

impl<'a> Stamps<'a> {
    /// # Errors
    /// When the helper crate's sources or this program cannot be read.
    pub fn of(project: &'a Project) -> Result<Stamps<'a>> {
        let program = std::env::current_exe().and_then(std::fs::read).context("this program cannot be read")?;
        let mut ground = crate::session::version(project)?.into_bytes();
        ground.extend(Md5::digest(program));
        Ok(Stamps { project, folder: project.target().join("stamps"), ground })
    }

    /// Whether these notebooks are what the chapter would give again.
    pub fn is_fresh(&self, chapter: &Chapter, notebooks: &[PathBuf; 2]) -> bool {
        let stamp = self.stamp(chapter, notebooks);
        stamp.is_some_and(|stamp| std::fs::read_to_string(self.path(chapter)).is_ok_and(|old| old == stamp))
    }

    /// Notes that these notebooks were just made from the chapter.
    ///
    /// # Errors
    /// When the stamp cannot be written.
    pub fn note(&self, chapter: &Chapter, notebooks: &[PathBuf; 2]) -> Result<()> {
        self.stamp(chapter, notebooks).map_or(Ok(()), |stamp| crate::files::write(&self.path(chapter), &stamp))
    }

    fn path(&self, chapter: &Chapter) -> PathBuf {
        self.folder.join(&chapter.notebook)
    }

    /// None if one of the files cannot be read.
    fn stamp(&self, chapter: &Chapter, notebooks: &[PathBuf; 2]) -> Option<String> {
        let mut digest = Md5::new();
        let mut part = |bytes: &[u8]| {
            digest.update(bytes.len().to_le_bytes());
            digest.update(bytes);
        };
        part(&self.ground);
        part(&std::fs::read(self.project.root().join(&chapter.path)).ok()?);
        for path in chapter.graded.iter().map(|graded| self.project.graded(graded)).chain(notebooks.iter().cloned()) {
            part(&std::fs::read(path).ok()?);
        }
        for line in data_files(self.project) {
            part(line.as_bytes());
        }
        Some(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// The data files that a notebook would read, each with its size and the time of its last change.
fn data_files(project: &Project) -> Vec<String> {
    let folder = std::env::var_os("CNN_DATA").map_or_else(|| project.root().join("datasets"), PathBuf::from);
    let describe = |path: &Path| {
        let metadata = path.metadata().ok()?;
        Some(format!("{} {} {:?}", path.display(), metadata.len(), metadata.modified().ok()?))
    };
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<String> = entries.filter_map(|entry| describe(&entry.path())).collect();
    files.sort();
    files
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// A workspace with one chapter and its notebooks, and their paths.
    fn workspace(root: &Path) -> (Project, [PathBuf; 2]) {
        let files = [
            ("Cargo.toml", "[package]\nname = \"cnn\"\nversion = \"0.1.0\"\n"),
            ("Cargo.lock", "version = 4\n[[package]]\nname = \"cnn\"\nversion = \"0.1.0\"\n"),
            ("src/lib.rs", "pub fn one() -> u32 { 1 }\n"),
            (
                "workbook/chapters/1_one.md",
                "+++\ntitle = \"One\"\nnotebook = \"1_one\"\n+++\n# One\n```rust\nlet x = 1;\n```\n",
            ),
            ("datasets/signs.h5", "pictures"),
            ("student.ipynb", "{}"),
            ("solution.ipynb", "{}"),
        ];
        for (path, text) in files {
            crate::files::write(&root.join(path), text).unwrap();
        }
        (Project::find(root).unwrap(), [root.join("student.ipynb"), root.join("solution.ipynb")])
    }

    #[test]
    fn notebooks_are_fresh_until_something_that_they_come_from_changes() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let (project, notebooks) = workspace(&root);
        let chapter = || Chapter::read(&project, &root.join("workbook/chapters/1_one.md")).unwrap();
        let is_fresh = || Stamps::of(&project).unwrap().is_fresh(&chapter(), &notebooks);
        let note = || Stamps::of(&project).unwrap().note(&chapter(), &notebooks).unwrap();

        assert!(!is_fresh(), "nothing was noted yet");
        note();
        assert!(is_fresh());
        for (path, text) in [
            ("Cargo.lock", "version = 4\n[[package]]\nname = \"cnn\"\nversion = \"0.2.0\"\n"),
            ("src/lib.rs", "pub fn one() -> u32 { 2 }\n"),
            (
                "workbook/chapters/1_one.md",
                "+++\ntitle = \"One\"\nnotebook = \"1_one\"\n+++\n# One\n```rust\nlet x = 2;\n```\n",
            ),
            ("datasets/signs.h5", "other pictures"),
            ("datasets/more.h5", "pictures"),
            ("student.ipynb", "{\"changed\": 1}"),
        ] {
            fs::write(root.join(path), text).unwrap();
            assert!(!is_fresh(), "{path} has changed");
            note();
            assert!(is_fresh(), "{path}");
        }
        fs::remove_file(&notebooks[1]).unwrap();
        assert!(!is_fresh(), "a notebook is gone");
    }
}
