/*! What the program `grader` says of the solutions, of the stubs, and of every typical mistake. */

use crate::grader;
use anyhow::{Context, Result};
use course::{Assignment, Chapter, Root};
use std::process::Command;

/// What is wrong, as the grader says it.
///
/// # Errors
/// When the grader is not there or does not start.
pub fn findings(root: &Root, chapters: &[Chapter]) -> Result<Vec<String>> {
    let grader = grader::program(root)?;
    let mut findings = Vec::new();
    let mut run = |what: &str, arguments: &[&str]| -> Result<()> {
        let output = Command::new(&grader).args(arguments).current_dir(root).output();
        let output = output.with_context(|| format!("{} does not start", grader.display()))?;
        if !output.status.success() {
            let (said, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
            let tail: Vec<&str> = said.lines().chain(told.lines()).rev().take(12).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            findings.push(format!("{what}\n{}", tail.join("\n")));
        }
        Ok(())
    };
    for chapter in chapters.iter().filter(|chapter| chapter.graded.is_some()) {
        let points: f64 = chapter.exercises().map(|exercise| exercise.points).sum();
        for (edition, expected) in [("solution", points), ("student", 0.0)] {
            let notebook = format!("notebooks/{edition}/{}.ipynb", chapter.notebook);
            let what = format!("{notebook}: expected {expected} points");
            run(&what, &["grade", &notebook, "--expect", &expected.to_string()])?;
        }
    }
    for assignment in Assignment::names(root)? {
        run(&format!("{assignment}: a typical mistake is not told apart"), &["mistakes", &assignment])?;
    }
    Ok(findings)
}
