/*! A report as text for people; coloured only if the caller says that it goes to a terminal. */

use std::fmt::Write;

use crate::report::{Report, Verdict, marked};

/// Writes a report as text.
pub fn text(report: &Report, colour: bool) -> String {
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
        if let Some(regraded) = function.regraded.filter(|regraded| *regraded != function.own) {
            let _ = writeln!(
                out,
                "    with your own functions upstream: {}, {} points; with the reference's: {}, {} points",
                function.own.verdict,
                number(function.own.points),
                regraded.verdict,
                number(regraded.points)
            );
        }
        for message in &function.messages {
            let _ = writeln!(out, "    {}", marked(message));
        }
        let failed = |visible: bool| {
            let failed =
                function.cases.iter().filter(move |case| case.verdict != Verdict::Passed && case.visible == visible);
            failed.collect::<Vec<_>>()
        };
        for case in failed(true) {
            // What stands above is not said again.
            let message = case.message.as_ref().filter(|message| !function.messages.contains(message));
            let message = message.map_or_else(|| case.verdict.to_string(), String::clone);
            let _ = writeln!(out, "    {}: {}", case.name, marked(&message));
        }
        let hidden = failed(false);
        if !hidden.is_empty() {
            let all = function.cases.iter().filter(|case| !case.visible).count();
            let mut kinds: Vec<String> = Vec::new();
            for case in &hidden {
                let kind = case.message.clone().unwrap_or_else(|| case.verdict.to_string());
                if !kinds.contains(&kind) {
                    kinds.push(kind);
                }
            }
            kinds.truncate(4);
            let _ = writeln!(out, "    {} of {all} hidden cases failed: {}", hidden.len(), kinds.join("; "));
        }
        for cause in &function.causes {
            let _ = writeln!(out, "    {} {cause}", paint("1", "likely cause:"));
        }
    }
    let score = format!("{} of {} points", number(report.score), number(report.max_score));
    let _ = writeln!(out, "\n{}", paint("1", &score));
    if let Some(seed) = report.seed {
        let _ = writeln!(out, "hidden inputs drawn from seed {seed}");
    }
    let _ = writeln!(out, "sandbox: {}", report.sandbox.join("; "));
    out
}

/// A number of points, without decimals that say nothing.
fn number(points: f64) -> String {
    let text = format!("{points:.2}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}
