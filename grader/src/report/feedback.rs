/*! What a learner reads of a function, line by line; each format puts it where it belongs. */

use crate::report::{FunctionReport, Verdict, marked};

/// What a line is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// How the marks came about, or what the compiler or the program said.
    Message,
    /// A case that failed.
    Case,
    /// What probably went wrong.
    Cause,
}

/// The lines of a function that did not get all points; each may itself have several.
pub fn lines(function: &FunctionReport) -> Vec<(Kind, String)> {
    let mut lines = Vec::new();
    if let Some(regraded) = function.regraded.filter(|regraded| *regraded != function.own) {
        let line = format!(
            "with your own functions upstream: {}, {} points; with the reference's: {}, {} points",
            function.own.verdict,
            number(function.own.points),
            regraded.verdict,
            number(regraded.points)
        );
        lines.push((Kind::Message, line));
    }
    lines.extend(function.messages.iter().map(|message| (Kind::Message, message.clone())));
    let failed = |visible: bool| {
        function.cases.iter().filter(move |case| case.verdict != Verdict::Passed && case.visible == visible)
    };
    for case in failed(true) {
        // What stands above is not said again.
        let message = case.message.as_ref().filter(|message| !function.messages.contains(message));
        let message = message.map_or_else(|| case.verdict.to_string(), String::clone);
        lines.push((Kind::Case, format!("{}: {message}", case.name)));
    }
    let mut kinds: Vec<String> = Vec::new();
    for case in failed(false) {
        let kind = case.message.clone().unwrap_or_else(|| case.verdict.to_string());
        if !kinds.contains(&kind) {
            kinds.push(kind);
        }
    }
    if !kinds.is_empty() {
        kinds.truncate(4);
        let all = function.cases.iter().filter(|case| !case.visible).count();
        lines.push((
            Kind::Case,
            format!("{} of {all} hidden cases failed: {}", failed(false).count(), kinds.join("; ")),
        ));
    }
    lines.extend(function.causes.iter().map(|cause| (Kind::Cause, cause.clone())));
    lines
}

/// The lines as one text, of at most `most` characters.
pub fn text(function: &FunctionReport, most: usize) -> String {
    let line = |(kind, text): (Kind, String)| match kind {
        Kind::Cause => format!("likely cause: {text}"),
        Kind::Message | Kind::Case => marked(&text),
    };
    let text = lines(function).into_iter().map(line).collect::<Vec<_>>().join("\n");
    shortened(&text, most)
}

/// A text of at most `most` characters.
pub fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(2)).chain([' ', '…']).collect()
}

/// A number of points, without decimals that say nothing.
pub fn number(points: f64) -> String {
    let text = format!("{points:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}
