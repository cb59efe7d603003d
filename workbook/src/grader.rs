/*! Where the program `grader` is, which grades in a process of its own. */

use anyhow::{Context, Result, bail};
use course::Root;
use std::path::PathBuf;

/// The grader that was built with this program.
///
/// # Errors
/// When there is none: it is not built, or the course is a hand-out.
pub fn program(root: &Root) -> Result<PathBuf> {
    let grader = std::env::current_exe().context("the path of this program")?.with_file_name("grader");
    if grader.is_file() {
        return Ok(grader);
    }
    if !root.cases().is_dir() {
        bail!("this copy of the course has no grader\nhelp: run the visible tests, and hand the notebook in as it is");
    }
    bail!("{} is missing\nhelp: run `make` in the course's directory", grader.display());
}
