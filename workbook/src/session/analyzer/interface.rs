/*!
A copy of a package that holds what other crates can see of it: the signatures of its public functions, its types, its
macros, and their documentation.

The analyzer reads the copy in place of the package, and of the package's dependencies those alone that the copy names. That
is most of the memory and of the time that a session's start would take otherwise.
*/

use super::signatures::{Options, crates_named, crates_reexported, signatures, without_unused_imports, words};
use anyhow::{Context, Result};
use course::files;
use std::collections::{BTreeSet, HashSet};
use std::fs;
use std::path::{Path, PathBuf};

/// Folders of a package that its library does not use.
const OTHERS: [&str; 3] = ["examples", "benches", "target"];

const OPTIONS: Options = Options { private_functions: false, docs_in_macros: false };

/// What decides how a copy looks: this version of the program.
pub fn version() -> String {
    files::fingerprint([include_str!("interface.rs"), include_str!("signatures.rs"), include_str!("../tokens.rs")])
}

/// Writes the interface of the package in `package` to `copy`, unless it is there.
///
/// # Errors
/// When a file cannot be read or written.
pub fn write(package: &Path, copy: &Path) -> Result<()> {
    if copy.exists() {
        return Ok(());
    }
    let others: Vec<PathBuf> = OTHERS.iter().map(|name| package.join(name)).collect();
    let others: Vec<&Path> = others.iter().map(PathBuf::as_path).collect();
    write_all(copy, &interface(read(package, &others)?))
}

/// Which of `crates` an interface needs. That of a downloaded package needs those that it names, because its signatures
/// tell what may be called with which types. Of the helper crate only those matter that it shows: no cell has values of
/// another crate.
///
/// # Errors
/// When a file cannot be read.
pub fn needed<'a>(copy: &Path, crates: &BTreeSet<&'a str>, is_helper: bool) -> Result<BTreeSet<&'a str>> {
    let needed = if is_helper { crates_reexported } else { crates_named };
    Ok(read(copy, &[])?.iter().flat_map(|(_, text)| needed(text, crates)).collect())
}

/// The Rust files of a folder, from there.
fn read(folder: &Path, skip: &[&Path]) -> Result<Vec<(PathBuf, String)>> {
    let all = files::contents(folder, skip)?;
    let is_test = |path: &Path| path.iter().any(|name| name == "tests" || name == "tests.rs");
    let is_rust = |path: &Path| path.extension().is_some_and(|extension| extension == "rs") && !is_test(path);
    let rust = all.into_iter().filter(|(path, _)| is_rust(path));
    Ok(rust.filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?))).collect())
}

fn interface(sources: Vec<(PathBuf, String)>) -> Vec<(PathBuf, String)> {
    let stripped: Vec<(PathBuf, String)> =
        sources.into_iter().map(|(path, text)| (path, signatures(&text, &OPTIONS))).collect();
    let mentioned: Vec<HashSet<&str>> = stripped.iter().map(|(_, text)| words(text)).collect();
    // Names in a macro mean those of the module that calls it.
    let of_macros = mentioned.iter().filter(|words| words.contains("macro_rules")).flatten().copied();
    let of_macros: HashSet<&str> = of_macros.collect();
    let pruned = stripped.iter().map(|(path, text)| {
        // A module sees the imports of those above it.
        let folder = module_folder(path);
        let below =
            stripped.iter().zip(&mentioned).filter(|((other, _), _)| other != path && other.starts_with(&folder));
        let mut others: HashSet<&str> = below.flat_map(|(_, words)| words.iter().copied()).collect();
        others.extend(&of_macros);
        (path.clone(), without_unused_imports(text, &others))
    });
    pruned.collect()
}

/// Where the modules below this file are.
fn module_folder(path: &Path) -> PathBuf {
    match path.file_stem().and_then(|stem| stem.to_str()) {
        Some("lib" | "mod" | "main") => path.parent().unwrap_or(path).to_owned(),
        _ => path.with_extension(""),
    }
}

/// Writes the files; another session may do the same at the same time.
fn write_all(folder: &Path, texts: &[(PathBuf, String)]) -> Result<()> {
    let part = folder.with_extension(format!("part-{}", std::process::id()));
    let _ = fs::remove_dir_all(&part);
    for (path, text) in texts {
        let path = part.join(path);
        fs::create_dir_all(path.parent().unwrap_or(&part))?;
        fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
    }
    if fs::rename(&part, folder).is_err() {
        let _ = fs::remove_dir_all(&part);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crate_that_only_bodies_use_is_not_named() {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in [
            ("src/lib.rs", "use shapes::Shape;\nmod files;\npub mod inner;\npub use arrays::Array;\n"),
            ("src/files.rs", "use hdf5::File;\nuse std::io::Write as _;\npub fn read() { File::open() }\n"),
            ("src/inner.rs", "pub fn shape() -> super::Shape { image::open() }\n"),
            ("tests/main.rs", "use proptest::x;\n"),
        ] {
            files::write(&folder.path().join("package").join(path), text).unwrap();
        }
        let crates = BTreeSet::from(["arrays", "hdf5", "image", "proptest", "shapes"]);
        let copy = folder.path().join("copy");
        for _ in 0..2 {
            write(&folder.path().join("package"), &copy).unwrap();
            assert_eq!(needed(&copy, &crates, false).unwrap(), BTreeSet::from(["arrays", "shapes"]));
            assert_eq!(needed(&copy, &crates, true).unwrap(), BTreeSet::from(["arrays"]));
        }
        assert!(!copy.join("tests").exists());
    }
}
