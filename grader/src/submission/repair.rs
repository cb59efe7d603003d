/*!
Puts right what editors, kernels and hands do to the cells of a notebook, and notes each repair. What it cannot put right is
left as it is.
*/

use course::Source;

use super::{Code, Parsed};

/// Cells that a function may reach over.
const REACH: usize = 4;

/// Reads carriage returns as line breaks where they are the only ones.
pub(super) fn line_ends(codes: &mut [Code], notes: &mut Vec<String>) {
    for code in codes {
        if code.text.contains('\r') && !code.text.contains('\n') {
            code.text = code.text.replace('\r', "\n");
            notes.push(format!(
                "{}: its lines end with carriage returns alone; they are read as line breaks",
                code.label
            ));
        }
    }
}

/// Parses every cell; `None` for those that do not parse, not even together with those that follow. A function that begins
/// in one cell and ends in another is read as if both were one.
pub(super) fn cells(codes: Vec<Code>, notes: &mut Vec<String>) -> (Vec<Code>, Vec<Option<Source>>) {
    let parse = |code: &Code| {
        let parse = if code.is_cell { Source::parse_cell } else { Source::parse };
        parse(code.label.clone(), code.text.clone()).ok()
    };
    let mut kept: Vec<Code> = Vec::new();
    let mut sources = Vec::new();
    let mut index = 0;
    while let Some(code) = codes.get(index) {
        let source = parse(code);
        // Both ends of a cut do not parse, and nor does the first one with what stands before it.
        let joined = if source.is_some() || !code.is_cell { None } else { joined(&codes[index..], &parse) };
        if let Some((code, source, count)) = joined {
            notes.push(format!("{}: they parse only together, and are read as one", code.label));
            kept.push(code);
            sources.push(Some(source));
            index += count;
        } else {
            kept.push(code.clone());
            sources.push(source);
            index += 1;
        }
    }
    (kept, sources)
}

/// The first cells as one, with their number, if none of them parses alone, all of them together do, and a function is
/// among what they define.
fn joined(codes: &[Code], parse: &dyn Fn(&Code) -> Option<Source>) -> Option<(Code, Source, usize)> {
    for count in 2..=REACH.min(codes.len()) {
        let (first, last) = (&codes[0], &codes[count - 1]);
        if !last.is_cell {
            return None;
        }
        let text = codes[..count].iter().map(|code| code.text.as_str()).collect::<Vec<_>>().join("\n");
        let number = last.label.rsplit(' ').next().unwrap_or_default();
        let cells = first.label.replacen("cell ", "cells ", 1);
        let both = Code { label: format!("{cells} to {number}"), text, is_cell: true };
        if let Some(source) = parse(&both) {
            return (source.functions().next().is_some() && parse(last).is_none()).then_some((both, source, count));
        }
    }
    None
}

/// Reads functions in cells that are not code, where no code cell defines them.
pub(super) fn other_cells(others: Vec<Code>, parsed: &mut Parsed) {
    for Code { label, text, .. } in others {
        let known =
            |name: &str| parsed.parts.iter().any(|part| part.functions().any(|function| function.name() == name));
        match Source::parse_cell(label.clone(), text) {
            Ok(source) if source.functions().next().is_some() && source.functions().all(|f| !known(f.name())) => {
                parsed.notes.push(format!("{label}: it holds a function but is not a code cell; it is read as one"));
                parsed.parts.push(source);
            }
            Ok(_) => {
                let why = "a code cell defines the same function, which counts";
                parsed.notes.push(format!("{label}: it holds a function but is not a code cell; {why}"));
            }
            Err(_) => {
                let why = "with other text around it, so it is not graded: make it a code cell";
                parsed.notes.push(format!("{label}: it holds a function but is not a code cell, {why}"));
            }
        }
    }
}
