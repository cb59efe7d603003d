/*!
`workbook doctor`: whether the course proves itself, before it is handed out.

The first part reads, and takes a second; with `--quick` it is the only one. The others run: every cell with the reference's
answers, every test with the stubs, and the program `grader` on solutions, stubs and typical mistakes.
*/

mod grading;
mod structure;
mod stubs;

use crate::check;
use anyhow::Result;
use course::{Chapter, Root};
use std::time::Duration;

/// Examines the course and says what is wrong; true if nothing is.
///
/// # Errors
/// When a chapter cannot be read, no session can be started, or the grader is missing.
pub fn doctor(root: &Root, quick: bool, limit: Duration) -> Result<bool> {
    let chapters = Chapter::read_all(root, &[])?;
    let mut healthy = report("what is written fits together", structure::findings(root, &chapters)?);
    if quick {
        return Ok(healthy);
    }
    healthy &= check::check(root, &[], None, limit)?;
    healthy &= report("stubs compile and their tests fail", stubs::findings(root, &chapters, limit)?);
    healthy &= report("the grader tells right from wrong", grading::findings(root, &chapters)?);
    Ok(healthy)
}

/// Prints a part of the examination; true if nothing was found.
fn report(what: &str, findings: Vec<String>) -> bool {
    match findings.len() {
        0 => println!("✓ {what}"),
        count => println!("✗ {what}: {count} found"),
    }
    for finding in &findings {
        println!("  {}", finding.replace('\n', "\n  "));
    }
    findings.is_empty()
}
