/*!
`workbook check`: the chapters prove themselves.

Every cell runs with the reference's answers; a cell that fails or prints something else is named with file and line.
*/

use crate::execution::{Execution, Problem, What, execute_all};
use anyhow::Result;
use course::files::Output;
use course::{Chapter, Root};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Checks chapters and says how it went; true if all is well.
pub fn check(root: &Root, names: &[String], report: Option<&Path>, limit: Duration) -> Result<bool> {
    // Whether the report can be written is known before the cells run.
    let report = report.map(Output::create_with_directory).transpose()?;
    let mut reports = Vec::new();
    let mut passed = true;
    let chapters: Vec<_> = Chapter::read_all(root, names)?.into_iter().map(|chapter| (chapter, 0)).collect();
    execute_all(root, &chapters, limit, |chapter, execution| {
        passed &= print_result(chapter, &execution);
        reports.push(json!({
            "chapter": chapter.notebook,
            "path": chapter.path,
            "cells": chapter.cells().count(),
            "outputs": outputs(chapter),
            "seconds": execution.time.as_secs_f64(),
            "problems": execution.problems.iter().map(to_json).collect::<Vec<_>>(),
        }));
        Ok(())
    })?;
    if let Some(file) = report {
        let report = json!({ "passed": passed, "chapters": reports });
        file.write(format!("{report:#}\n").as_bytes())?;
    }
    Ok(passed)
}

/// Prints how a chapter went; true if all is well.
pub fn print_result(chapter: &Chapter, execution: &Execution) -> bool {
    for problem in &execution.problems {
        println!("{}\n", describe(chapter, problem));
    }
    let (cells, wrong, seconds) = (chapter.cells().count(), execution.problems.len(), execution.time.as_secs_f64());
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
