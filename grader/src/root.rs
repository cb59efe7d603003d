/*! Where the course's sources are: the directory that holds `src/graded` and `grader/cases`. */

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};

/// The environment variable that names the directory, for a grader that runs far away from it.
pub const VARIABLE: &str = "CNN_WORKBOOK";

/// Finds the course's sources: what [`VARIABLE`] names, else the nearest directory above the current one or above this
/// program, else the one that this program was built from.
///
/// # Errors
/// When there is none.
pub fn find() -> Result<PathBuf> {
    if let Some(named) = std::env::var_os(VARIABLE) {
        let named = PathBuf::from(named);
        let found = is_root(&named).then(|| named.canonicalize().ok()).flatten();
        return found.ok_or_else(|| {
            let message = format!("{VARIABLE} names {}, which is not the workbook's directory", named.display());
            Error::new(message, "it holds Cargo.toml, src/graded and grader/cases")
        });
    }
    let here = std::env::current_dir().ok();
    let program = std::env::current_exe().and_then(|path| path.canonicalize()).ok();
    let above = [here, program]
        .into_iter()
        .flatten()
        .find_map(|path| path.ancestors().find(|directory| is_root(directory)).map(Path::to_owned));
    let built = || Some(PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))).filter(|path| is_root(path));
    let found = above.or_else(built).and_then(|path| path.canonicalize().ok());
    found.ok_or_else(|| {
        Error::new(
            "the workbook's sources were not found",
            format!("run inside the repository, or name it in {VARIABLE}"),
        )
    })
}

fn is_root(directory: &Path) -> bool {
    directory.join("src/graded").is_dir() && directory.join("grader/cases").is_dir()
}
