/*!
The sources of Rust's standard library that a session's analyzer reads: the interfaces of `core`, `alloc` and `std` alone,
and nothing at all until the first cell runs.

evcxr's analyzer reads the library's whole source tree when a session starts and once more when the first `:dep` changes
the manifest. A notebook's variables have no types of `core::arch` (two fifths of the tree), and what evcxr evaluates at its
start has no types to find.
*/

use super::interface;
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The crates that hold the types of a cell.
const CRATES: [&str; 3] = ["core", "alloc", "std"];

/// The two versions of the library's sources, below the directory that all sessions share.
pub struct Library {
    /// The interfaces of the three crates.
    pub interfaces: PathBuf,
    /// The same crates without a line of code.
    pub empty: PathBuf,
}

impl Library {
    /// The sources below `analyzer`, the directory for this version of the compiler; copies them the first time.
    ///
    /// # Errors
    /// When the compiler does not say where it lies, or the copy cannot be written.
    pub fn prepare(analyzer: &Path) -> Result<Library> {
        let folder = analyzer.join(format!("library-{}", &interface::version()[..8]));
        let library = Library { interfaces: folder.join("interfaces"), empty: folder.join("empty") };
        if folder.exists() {
            return Ok(library);
        }
        let output = Command::new("rustc").args(["--print", "sysroot"]).output().context("`rustc` does not run")?;
        let sysroot = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim().to_owned());
        let original = sysroot.join("lib/rustlib/src/rust/library");
        let part = folder.with_extension(format!("part-{}", std::process::id()));
        let _ = fs::remove_dir_all(&part);
        for name in CRATES {
            let source = original.join(name).join("src");
            interface::write(&source, &part.join("interfaces").join(name).join("src")).with_context(|| {
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
        Ok(library)
    }
}
