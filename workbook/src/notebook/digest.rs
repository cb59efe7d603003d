/*!
The digests that a committed solution notebook carries, one for each code cell, so that only what changed is executed again.

A cell's digest covers everything that decides what the cell puts out, by content and never by path or time, so it is the same
in every clone and on every machine:

* the sources of the notebook's code cells up to this one, in order. They hold the chapter's code and the graded functions; the prose is
  not among them, because a corrected sentence changes no output;
* the helper crate: its sources without `src/graded`, which notebooks do not link, its features and dependencies, and the
  locked versions of all packages below it;
* how sessions compile it, the version of evcxr, and [`OUTPUTS`];
* data files that take the place of the synthetic ones; a clean clone has none;
* the cell's outputs themselves, so that an edited notebook is noticed.

The compiler is not among them. Its patch versions do not change what arithmetic gives, and if they did, everyone with
another compiler than the author's would have to execute all chapters.
*/

use crate::session;
use anyhow::{Context, Result};
use course::dependencies::CARGO_CONFIG;
use course::notebook::joined;
use course::{Root, files};
use serde_json::Value;
use std::path::{Path, PathBuf};

/// The version of the way in which outputs are collected from a session and stored in a notebook. Whoever changes that
/// raises this number, and with it all chapters are executed again.
const OUTPUTS: &str = "1";

/// What the digests of all notebooks have in common.
pub struct Inputs {
    fingerprint: String,
}

impl Inputs {
    /// # Errors
    /// When the helper crate's sources or the data files cannot be read.
    pub fn read(root: &Root) -> Result<Inputs> {
        let mut parts: Vec<Vec<u8>> = vec![OUTPUTS.into(), CARGO_CONFIG.into()];
        parts.extend(session::helper_inputs(root)?);
        for path in data_files(root)? {
            parts.push(path.file_name().unwrap_or_default().as_encoded_bytes().to_vec());
            parts.push(std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?);
        }
        Ok(Inputs { fingerprint: files::fingerprint(parts) })
    }

    /// The digests of an executed notebook's code cells.
    fn digests(&self, notebook: &Value) -> Vec<String> {
        let cells = notebook["cells"].as_array().into_iter().flatten().filter(|cell| cell["cell_type"] == "code");
        let mut before = self.fingerprint.clone();
        let digests = cells.map(|cell| {
            before = files::fingerprint([&*before, &joined(&cell["source"])]);
            files::fingerprint([&*before, &super::to_text(&cell["outputs"])])
        });
        digests.collect()
    }

    /// Writes the digests into an executed notebook.
    pub fn sign(&self, notebook: &mut Value) {
        notebook["metadata"]["workbook"]["digests"] = self.digests(notebook).into();
    }

    /// How many of the notebook's code cells, from the first on, carry the digests of what they hold and were made from.
    pub fn confirmed(&self, notebook: &Value) -> usize {
        let stored = notebook["metadata"]["workbook"]["digests"].as_array().into_iter().flatten();
        self.digests(notebook).iter().zip(stored).take_while(|(digest, stored)| *stored == *digest).count()
    }
}

/// The course's data files, if somebody has put them where a notebook finds them. What the helper crate draws itself
/// (`synthetic_….h5`) follows from its sources.
fn data_files(root: &Root) -> Result<Vec<PathBuf>> {
    let folder = std::env::var_os("CNN_DATA").map_or_else(|| root.join("datasets"), PathBuf::from);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_given = |path: &PathBuf| !path.file_name().is_some_and(|name| is_synthetic(Path::new(name)));
    Ok(files::list(&folder, "h5")?.into_iter().filter(is_given).collect())
}

fn is_synthetic(name: &Path) -> bool {
    name.as_os_str().as_encoded_bytes().starts_with(b"synthetic_")
}

#[cfg(test)]
mod tests {
    use super::super::convert;
    use super::super::example::{TEXT, chapter, execution};
    use super::*;

    /// A helper crate without anything in it.
    fn workspace(folder: &Path) -> Root {
        for (path, text) in [
            (
                "Cargo.toml",
                "[workspace.package]\nversion = \"0.1.0\"\n[package]\nname = \"cnn\"\n[dependencies]\nb = \"1\"\n",
            ),
            ("Cargo.lock", LOCK),
            ("src/lib.rs", "pub fn one() -> u32 { 1 }\n"),
            ("src/graded/mod.rs", "pub fn answer() -> u32 { 1 }\n"),
            ("workbook/chapters/1_one.md", "# One\n"),
        ] {
            files::write(&folder.join(path), text).unwrap();
        }
        Root::at(folder).unwrap()
    }

    const LOCK: &str = "version = 4\n[[package]]\nname = \"b\"\nversion = \"1.0.0\"\nchecksum = \"12\"\n[[package]]\n\
        name = \"cnn\"\nversion = \"0.1.0\"\ndependencies = [\"b\"]\n[[package]]\nname = \"evcxr\"\nversion = \"0.22.0\"\n";

    fn digests(root: &Root) -> Vec<String> {
        let chapter = chapter(TEXT);
        Inputs::read(root).unwrap().digests(&convert::solution(&chapter, Some(&execution(&chapter, "8\n"))))
    }

    #[test]
    fn a_digest_is_the_same_in_every_clone() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (one, other) = (workspace(one.path()), workspace(other.path()));
        let expected = digests(&one);
        assert_eq!(digests(&other), expected, "another folder, other times");
        for (path, text) in [
            ("src/graded/mod.rs", "pub fn answer() -> u32 { 2 }\n"),
            ("src/.lib.rs.swp", "an editor's"),
            ("datasets/synthetic_signs.h5", "drawn by the crate"),
            ("src/lib.rs", "pub fn one() -> u32 { 1 }\r\n"),
            ("README.md", "# Course\n"),
            ("target/workbook/any", "1"),
        ] {
            files::write(&other.join(path), text).unwrap();
            assert_eq!(digests(&other), expected, "{path} decides nothing");
        }
    }

    #[test]
    fn a_digest_changes_with_everything_that_decides_the_outputs() {
        let folder = tempfile::tempdir().unwrap();
        let root = workspace(folder.path());
        let mut seen = digests(&root);
        for (path, text) in [
            ("Cargo.lock", LOCK.replace("checksum = \"12\"", "checksum = \"13\"")),
            ("Cargo.lock", LOCK.replace("0.22.0", "0.23.0")),
            (
                "Cargo.toml",
                "[package]\nname = \"cnn\"\n[dependencies]\nb = { version = \"1\", features = [\"c\"] }\n".into(),
            ),
            ("src/lib.rs", "pub fn one() -> u32 { 2 }\n".into()),
            ("src/new.rs", "\n".into()),
            ("datasets/train_signs.h5", "photos".into()),
            ("datasets/train_signs.h5", "other photos".into()),
        ] {
            files::write(&root.join(path), &text).unwrap();
            let digests = digests(&root);
            assert!(digests.iter().all(|digest| !seen.contains(digest)), "{path}: {text}");
            seen.extend(digests);
        }
    }

    #[test]
    fn a_notebook_that_was_edited_does_not_confirm_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let inputs = Inputs::read(&workspace(folder.path())).unwrap();
        let chapter = chapter(TEXT);
        let mut notebook = convert::solution(&chapter, Some(&execution(&chapter, "8\n")));
        assert_eq!(inputs.confirmed(&notebook), 0, "not signed yet");
        inputs.sign(&mut notebook);
        let text = super::super::to_text(&notebook);
        // The set-up cell, the exercise, a demo cell, a test.
        for (old, new, confirmed) in [
            ("The end.", "An end.", 4),
            ("assert_eq!(twice(2)", "assert_eq!(twice(3)", 3),
            ("8\\n", "9\\n", 2),
            ("twice(4)", "twice(5)", 2),
            ("2.0 * x", "x + x", 1),
            ("use cnn", "use ::cnn", 0),
        ] {
            let edited = text.replacen(old, new, 1);
            assert_ne!(edited, text, "{old}");
            assert_eq!(inputs.confirmed(&course::notebook::parse(&edited).unwrap()), confirmed, "{old}");
        }
    }
}
