/*!
`workbook check`: the chapters prove themselves.

Every cell runs with the reference's answers; a cell that fails or prints something else is named with file and line.
*/

use crate::chapter::Chapter;
use crate::play::{Played, Problem, What, play_all};
use crate::project::Project;
use anyhow::Result;
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Checks chapters and says how it went; true if all is well.
pub fn check(project: &Project, names: &[String], report: Option<&Path>, limit: Duration) -> Result<bool> {
    if let Some(path) = report {
        crate::files::prepare(path)?;
    }
    let mut reports = Vec::new();
    let mut well = true;
    play_all(project, &Chapter::read_all(project, names)?, limit, |chapter, played| {
        well &= tell(chapter, &played);
        reports.push(json!({
            "chapter": chapter.notebook,
            "path": chapter.path,
            "cells": chapter.cells().count(),
            "outputs": outputs(chapter),
            "seconds": played.time.as_secs_f64(),
            "problems": played.problems.iter().map(to_json).collect::<Vec<_>>(),
        }));
        Ok(())
    })?;
    if let Some(path) = report {
        let report = json!({ "well": well, "chapters": reports });
        crate::files::write(path, &format!("{report:#}\n"))?;
    }
    Ok(well)
}

/// Prints how a chapter went; true if all is well.
pub fn tell(chapter: &Chapter, played: &Played) -> bool {
    for problem in &played.problems {
        println!("{}\n", describe(chapter, problem));
    }
    let (cells, wrong, seconds) = (chapter.cells().count(), played.problems.len(), played.time.as_secs_f64());
    if wrong == 0 {
        println!("{}: {cells} cells, {} outputs as expected ({seconds:.1} s)", chapter.path, outputs(chapter));
    } else {
        println!("{}: {wrong} of {cells} cells are wrong ({seconds:.1} s)", chapter.path);
    }
    wrong == 0
}

/// How many outputs a chapter states.
fn outputs(chapter: &Chapter) -> usize {
    chapter.cells().filter(|cell| cell.output.is_some()).count()
}

/// A problem as a reader sees it.
fn describe(chapter: &Chapter, problem: &Problem) -> String {
    let Problem { line, cell, what } = problem;
    let place = format!("{}:{line}", chapter.path);
    match what {
        What::Failed(failure) => {
            let lost = match failure.lost.as_slice() {
                [] => String::new(),
                names => format!("\n  variables that are gone: {}", names.join(", ")),
            };
            format!("{place}: {cell} failed: {}\n{}{lost}", failure.kind.name(), indent(&failure.details))
        }
        What::Printed { difference, .. } => {
            format!("{place}: {cell} prints something else\n{}", indent(difference))
        }
    }
}

fn to_json(problem: &Problem) -> Value {
    let Problem { line, cell, what } = problem;
    match what {
        What::Failed(failure) => json!({
            "line": line, "cell": cell, "kind": failure.kind.name(), "message": failure.message,
            "details": failure.details, "lost": failure.lost,
        }),
        What::Printed { expected, actual, difference } => json!({
            "line": line, "cell": cell, "kind": "Printed", "expected": expected, "actual": actual,
            "difference": difference,
        }),
    }
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}")).collect::<Vec<_>>().join("\n")
}
