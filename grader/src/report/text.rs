/*! A report as text for people; coloured only if the caller says that it goes to a terminal. */

use std::fmt::Write;

use crate::report::feedback::{self, Kind, number};
use crate::report::{Report, Verdict, marked};

/// Writes a report as text.
pub fn text(report: &Report, colour: bool) -> String {
    let mut out = body(report, colour);
    if let Some(seed) = report.seed {
        let _ = writeln!(out, "hidden inputs drawn from seed {seed}");
    }
    let _ = writeln!(out, "sandbox: {}", report.sandbox.join("; "));
    out
}

/// The report as text without what only an instructor should know.
pub fn for_learners(report: &Report) -> String {
    body(report, false)
}

fn body(report: &Report, colour: bool) -> String {
    let paint =
        |code: &str, text: &str| if colour { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let mut out = String::new();
    let _ = writeln!(out, "{}", paint("1", &format!("{}: {}", report.submission, report.assignment)));
    for note in &report.notes {
        let _ = writeln!(out, "note: {}", marked(note));
    }
    let _ = writeln!(out);
    let width = report.functions.iter().map(|function| function.name.len()).max().unwrap_or(0);
    for function in &report.functions {
        let code = match function.verdict {
            Verdict::Passed => "32",
            Verdict::NotAttempted => "33",
            _ => "31",
        };
        let points = format!("{:>6} / {:<4}", number(function.points), number(function.max_points));
        let verdict = paint(code, &function.verdict.to_string());
        let _ = writeln!(out, "{:width$}  {points}  {verdict}", function.name);
        for (kind, line) in feedback::lines(function) {
            let prefix = if kind == Kind::Cause { paint("1", "likely cause:") + " " } else { String::new() };
            let _ = writeln!(out, "    {prefix}{}", marked(&line));
        }
    }
    let score = format!("{} of {} points", number(report.score), number(report.max_score));
    let _ = writeln!(out, "\n{}", paint("1", &score));
    out
}
