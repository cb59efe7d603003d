/*! The compiler's messages about a cell, as rustc prints them, but with the lines of the cell. */

use super::message::{Cell, Failure, FailureKind};
use super::place::{self, CellLine};
use evcxr::CompilationError;
use std::collections::BTreeMap;

/// The failure of a cell that does not compile: its errors, then the warnings about it.
///
/// The functions of the earlier `cells` are compiled again with it, in the generated `source`, so an error may stand there.
pub fn compile_failure(
    errors: &[CompilationError],
    cell: &Cell,
    cells: &BTreeMap<u64, String>,
    source: &str,
) -> Failure {
    let (warnings, errors): (Vec<_>, Vec<_>) = errors.iter().partition(|error| error.level() == "warning");
    let elsewhere = |error: &CompilationError| elsewhere(error, cell.number, cells, source);
    let mut details: Vec<String> =
        errors.iter().flat_map(|error| render(error, &cell.code, cell.number, elsewhere(error))).collect();
    // Code of earlier cells is compiled again, too, and its warnings have no place in this one.
    let has_place =
        |warning: &CompilationError| warning.spanned_messages().iter().any(|message| message.span.is_some());
    let own = warnings.iter().filter(|warning| has_place(warning));
    details.extend(own.flat_map(|warning| render(warning, &cell.code, cell.number, None)));
    let message = errors.first().map_or("the cell does not compile".to_owned(), |error| title(error));
    Failure { kind: FailureKind::Compile, message, details: details.join("\n"), lost: Vec::new() }
}

/// The line of an earlier cell in which an error stands, if it stands in none of this one.
fn elsewhere(error: &CompilationError, number: u64, cells: &BTreeMap<u64, String>, source: &str) -> Option<CellLine> {
    if error.spanned_messages().iter().any(|message| message.span.is_some()) {
        return None;
    }
    let spans = error.json["spans"].as_array()?;
    let span = spans.iter().find(|span| span["is_primary"] == true).or_else(|| spans.first())?;
    let line = span["line_start"].as_u64()? as usize;
    // The source may be that of another attempt.
    let text = span["text"][0]["text"].as_str()?;
    let is_same = source.lines().nth(line.checked_sub(1)?)?.trim() == text.trim();
    place::find(source, line, cells, number).filter(|place| is_same && place.cell != number)
}

fn title(error: &CompilationError) -> String {
    let level = if error.level() == "warning" { "warning" } else { "error" };
    let code = error.code().map_or(String::new(), |code| format!("[{code}]"));
    format!("{level}{code}: {}", error.message())
}

fn render(error: &CompilationError, code: &str, number: u64, elsewhere: Option<CellLine>) -> Vec<String> {
    let mut lines = vec![title(error)];
    let shown: Vec<_> = error
        .spanned_messages()
        .iter()
        .filter_map(|message| message.span.as_ref().map(|span| (span, &message.label)))
        .filter_map(|(span, label)| Some((span, label, code.lines().nth(span.start_line.checked_sub(1)?)?)))
        .collect();
    let width = shown.iter().map(|(span, ..)| span.start_line.to_string().len()).max().unwrap_or(1);
    let margin = " ".repeat(width);
    if let Some((span, ..)) = shown.first() {
        lines.push(format!("{margin}--> cell [{number}], line {}", span.start_line));
        lines.push(format!("{margin} |"));
    }
    for (span, label, line) in shown {
        let end = if span.end_line == span.start_line { span.end_column } else { line.chars().count() + 1 };
        let marks = "^".repeat(end.saturating_sub(span.start_column).max(1));
        let indent = " ".repeat(span.start_column.saturating_sub(1));
        lines.push(format!("{:>width$} | {line}", span.start_line));
        lines.push(format!("{margin} | {indent}{marks} {label}").trim_end().to_owned());
    }
    if let Some(place) = elsewhere {
        lines.push(format!("{margin}--> {place}"));
        lines.push(format!("{margin} = note: it is compiled again because this cell changes something that it uses"));
    }
    let unplaced =
        error.spanned_messages().iter().filter(|message| message.span.is_none() && !message.label.is_empty());
    lines.extend(unplaced.map(|message| format!("{margin} = {}", message.label)));
    let of_level = |level: &str| {
        let children = error.json["children"].as_array().into_iter().flatten();
        let of_level = children.filter(move |child| child["level"] == level);
        of_level.filter_map(|child| child["message"].as_str()).map(str::to_owned).collect::<Vec<_>>()
    };
    for level in ["note", "help"] {
        // What concerns the whole compilation, such as how lints are set, is nothing about the cell.
        let said = of_level(level).into_iter().filter(|text| !text.starts_with("`#["));
        lines.extend(said.map(|text| format!("{margin} = {level}: {text}")));
    }
    lines.extend(error.evcxr_extra_hint().map(|hint| format!("{margin} = help: {hint}")));
    lines
}
