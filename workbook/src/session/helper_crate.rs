/*!
A copy of the helper crate's sources, named by their contents, for sessions to stand on.

cargo compares times, so a session that stood on the workspace itself would compile the crate again whenever a file was
touched, by an editor or by `git`; and each session would do so for itself. Only text is handled here; `template.rs`
compiles it.
*/

use super::Place;
use anyhow::{Context, Result};
use course::{Root, files};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// The crate's files: from the workspace's root, with their contents, in order.
pub struct Sources {
    files: Vec<(PathBuf, Vec<u8>)>,
}

impl Sources {
    /// Reads the manifest and `src`, but for the graded functions, which notebooks do not link.
    ///
    /// # Errors
    /// When a file cannot be read or the manifest is no TOML.
    pub fn read(root: &Root) -> Result<Sources> {
        let manifest = fs::read_to_string(root.join("Cargo.toml")).context("Cargo.toml")?;
        let mut files = vec![("Cargo.toml".into(), alone(&manifest).context("Cargo.toml")?.into_bytes())];
        let src = files::contents(&root.join("src"), &[&root.join("src/graded")])?;
        files.extend(src.into_iter().map(|(path, text)| (Path::new("src").join(path), text)));
        files.sort();
        Ok(Sources { files })
    }

    /// What decides how the crate computes, the same on every machine: the sources, with line ends of one character,
    /// and of the manifest the features and the dependencies.
    pub fn inputs(&self) -> impl Iterator<Item = Vec<u8>> {
        self.files.iter().flat_map(|(path, text)| {
            let text = match std::str::from_utf8(text) {
                Ok(text) if path == Path::new("Cargo.toml") => essential(text).into_bytes(),
                Ok(text) => text.replace("\r\n", "\n").into_bytes(),
                Err(_) => text.clone(),
            };
            [path.to_string_lossy().replace('\\', "/").into_bytes(), text]
        })
    }

    /// A number for exactly these contents.
    pub fn key(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        self.files.hash(&mut hasher);
        hasher.finish()
    }

    /// Writes the copy, unless it is there.
    pub fn write(&self, folder: &Path) -> Result<()> {
        if folder.exists() {
            return Ok(());
        }
        let part = folder.with_extension("part");
        let _ = fs::remove_dir_all(&part);
        for (path, text) in &self.files {
            let path = part.join(path);
            fs::create_dir_all(path.parent().unwrap_or(&part))?;
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
        fs::rename(&part, folder).with_context(|| format!("cannot write {}", folder.display()))
    }
}

/// The manifest of a workspace with no other member, and of a package with nothing but its library.
fn alone(manifest: &str) -> Result<String> {
    let mut manifest: toml::Table = toml::from_str(manifest)?;
    if let Some(toml::Value::Table(workspace)) = manifest.get_mut("workspace") {
        workspace.remove("members");
        workspace.remove("exclude");
    }
    for part in ["bench", "example", "test", "bin", "dev-dependencies", "profile"] {
        manifest.remove(part);
    }
    Ok(toml::to_string(&manifest)?)
}

/// The features and the dependencies of a manifest.
fn essential(manifest: &str) -> String {
    let manifest: toml::Table = toml::from_str(manifest).unwrap_or_default();
    let part = |name: &str| manifest.get(name).map(|part| format!("{name} = {part}\n"));
    ["features", "dependencies"].into_iter().filter_map(part).collect()
}

/// The line that makes the copy at `path` a dependency. The set-up cell of every notebook has the same, so it is none of
/// evcxr's business to load anything again.
pub fn dependency(path: &Path) -> String {
    format!(":dep cnn = {{ path = {path:?}, default-features = false }}")
}

/// A cell's code, in which a `:dep cnn = { path = "…" }` that means the workspace means the copy. One that leads to no
/// package `cnn` at all means it as well: a notebook that was moved to another folder still names the old place.
pub fn redirect(code: &str, Place { cells_dir, course, helper }: &Place) -> String {
    let redirect = |line: &str| -> Option<String> {
        let dependency = line.trim_start().strip_prefix(":dep")?.trim_start().strip_prefix("cnn")?;
        let start = line.len() - dependency.len() + dependency.find("path")?;
        let open = start + line[start..].find('"')? + 1;
        let close = open + line[open..].find('"')?;
        let named = cells_dir.join(&line[open..close]);
        let means_course = match named.canonicalize() {
            Ok(path) => path == *course || !is_helper_crate(&path),
            Err(_) => true,
        };
        means_course.then(|| format!("{}{}{}", &line[..open], helper.display(), &line[close..]))
    };
    code.split_inclusive('\n').map(|line| redirect(line).unwrap_or_else(|| line.to_owned())).collect()
}

fn is_helper_crate(folder: &Path) -> bool {
    let manifest = fs::read_to_string(folder.join("Cargo.toml")).unwrap_or_default();
    let manifest: toml::Table = toml::from_str(&manifest).unwrap_or_default();
    manifest.get("package").and_then(|package| package.get("name")?.as_str()) == Some("cnn")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_courses_own_crate_is_redirected() {
        let course = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap();
        let place = Place { cells_dir: course.join("workbook/src"), course, helper: "/copy".into() };
        let redirect = |code: &str| redirect(code, &place);
        let code = ":dep cnn = { path = \"../..\", default-features = false }\nuse cnn::prelude::*;";
        assert_eq!(redirect(code), code.replace("../..", "/copy"));
        // A notebook that was moved names a place where the crate is not, or one that does not exist.
        for moved in ["..", "../../../nowhere"] {
            assert_eq!(redirect(&code.replace("../..", moved)), code.replace("../..", "/copy"), "{moved}");
        }
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("Cargo.toml"), "[package]\nname = \"cnn\"\n").unwrap();
        let another = format!(":dep cnn = {{ path = {:?} }}", folder.path());
        for other in [&*another, ":dep cnn", ":dep ndarray = \"0.17\"", "let path = \"../..\";"] {
            assert_eq!(redirect(other), other);
        }
    }

    #[test]
    fn a_manifest_stands_alone() {
        let manifest = "[workspace]\nmembers = [\"a\"]\n[workspace.package]\nversion = \"1.0.0\"\n[package]\nname = \"cnn\"\n\
            [dependencies]\nb = \"1\"\n[dev-dependencies]\nc = \"1\"\n[[bench]]\nname = \"d\"\n";
        let alone: toml::Table = toml::from_str(&alone(manifest).unwrap()).unwrap();
        assert!(alone["workspace"].get("members").is_none());
        assert_eq!(alone["workspace"]["package"]["version"].as_str(), Some("1.0.0"));
        assert_eq!(alone["dependencies"]["b"].as_str(), Some("1"));
        assert!(!alone.contains_key("bench") && !alone.contains_key("dev-dependencies"));
    }
}
