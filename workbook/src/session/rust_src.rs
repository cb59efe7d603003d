/*!
The sources of Rust's standard library that a session's analyzer reads: `core`, `alloc` and `std` alone, and nothing at
all until the first cell runs.

evcxr's analyzer reads the library's whole source tree when a session starts and once more when the first `:dep` changes
the manifest, and parses what it needs both times. A notebook's variables have no types of `core::arch` (two fifths of the
tree), so a copy without it serves as well; and what evcxr evaluates at its start has no types to find.
*/

use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that hold the types of a cell.
const CRATES: [&str; 3] = ["core", "alloc", "std"];

/// The two versions of the library's sources, below the directory that all sessions share.
pub struct RustSources {
    /// The three crates.
    pub library: PathBuf,
    /// The same crates without a line of code.
    pub empty: PathBuf,
}

impl RustSources {
    /// The sources of the compiler whose `rustc -vV` is hashed in `version`; copies them the first time.
    ///
    /// # Errors
    /// When the compiler does not say where it lies, or the copy cannot be written.
    pub fn prepare(place: &Path, version: u64) -> Result<RustSources> {
        let folder = place.join(format!("rust-src-{version:016x}"));
        let sources = RustSources { library: folder.join("library"), empty: folder.join("empty") };
        if folder.exists() {
            return Ok(sources);
        }
        let output = Command::new("rustc").args(["--print", "sysroot"]).output().context("`rustc` does not run")?;
        let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        let original = sysroot.join("lib/rustlib/src/rust/library");
        let part = folder.with_extension(format!("part-{}", std::process::id()));
        let _ = fs::remove_dir_all(&part);
        for name in CRATES {
            let source = original.join(name).join("src");
            copy(&source, &part.join("library").join(name).join("src")).with_context(|| {
                format!("{}: cannot be copied\nhelp: rustup component add rust-src", source.display())
            })?;
            let empty = part.join("empty").join(name).join("src");
            fs::create_dir_all(&empty)?;
            fs::write(empty.join("lib.rs"), "")?;
        }
        // Another session may have been faster.
        if fs::rename(&part, &folder).is_err() {
            let _ = fs::remove_dir_all(&part);
        }
        Ok(sources)
    }
}

/// Copies the Rust files of a folder and of those below it, without the library's own tests.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, name) = (entry.path(), entry.file_name());
        if source.is_dir() {
            if name != "tests" {
                copy(&source, &to.join(name))?;
            }
        } else if source.extension().is_some_and(|extension| extension == "rs") && name != "tests.rs" {
            fs::copy(&source, to.join(name))?;
        }
    }
    Ok(())
}
