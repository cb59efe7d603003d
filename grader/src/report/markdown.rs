/*! A report as Markdown: a table, and below it what each function needs. */

use std::fmt::Write;

use crate::report::feedback::{self, Kind, number};
use crate::report::markup::markdown as plain;
use crate::report::{Graded, Verdict, clean};

/// Writes the report.
pub fn markdown(graded: Graded) -> String {
    let report = match graded {
        Ok(report) => report,
        Err(error) => {
            let (message, help) = (plain(&clean(error.message())), plain(&clean(error.help())));
            return format!("## Not graded: {}\n\n{message}\n\n{help}\n", error.kind());
        }
    };
    let mut out = String::new();
    let (score, most) = (number(report.score), number(report.max_score));
    let _ = writeln!(out, "## {}: {score} of {most} points\n", plain(&report.assignment));
    let _ = writeln!(out, "| function | points | verdict |\n| --- | ---: | --- |");
    for function in &report.functions {
        let mark = match function.verdict {
            Verdict::Passed => "✅",
            Verdict::NotAttempted => "▫️",
            _ => "❌",
        };
        let points = format!("{} / {}", number(function.points), number(function.max_points));
        let _ = writeln!(out, "| {} | {points} | {mark} {} |", plain(&function.name), function.verdict);
    }
    for function in report.functions.iter().filter(|function| function.verdict != Verdict::Passed) {
        let lines = feedback::lines(function);
        if lines.is_empty() {
            continue;
        }
        let _ = writeln!(out, "\n### {}\n", plain(&function.name));
        for (kind, line) in lines {
            let prefix = if kind == Kind::Cause { "**likely cause:** " } else { "" };
            let _ = writeln!(out, "- {prefix}{}", plain(&line));
        }
    }
    if !report.notes.is_empty() {
        let _ = writeln!(out, "\n### Notes\n");
        report.notes.iter().for_each(|note| _ = writeln!(out, "- {}", plain(note)));
    }
    out
}
