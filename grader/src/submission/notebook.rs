/*! The code cells of a Jupyter notebook. It reads the format and runs nothing. */

use serde::Deserialize;
use serde_json::Value;

use super::Code;
use crate::error::{Error, Result};

/// What a submission needs of a notebook.
pub struct Notebook {
    pub assignment: Option<String>,
    pub codes: Vec<Code>,
}

#[derive(Deserialize)]
struct File {
    nbformat: Option<u64>,
    #[serde(default)]
    metadata: Value,
    cells: Option<Vec<Cell>>,
}

#[derive(Deserialize)]
struct Cell {
    #[serde(default)]
    cell_type: Value,
    #[serde(default)]
    id: Value,
    #[serde(default)]
    source: Value,
}

/// Reads a notebook; what is odd about it, but does not hinder grading, goes to `notes`.
pub fn read(name: &str, text: &str, notes: &mut Vec<String>) -> Result<Notebook> {
    let invalid =
        |what: String| Error::new(format!("{name}: {what}"), "open it in Jupyter, save it, and hand it in again");
    let file = course::notebook::parse(text).and_then(serde_json::from_value::<File>).map_err(|error| {
        let what = if error.is_eof() { "the notebook is cut off" } else { "not a valid notebook" };
        invalid(format!("{what} ({error})"))
    })?;
    let Some(cells) = file.cells else {
        return Err(invalid(match file.nbformat {
            Some(version) if version < 4 => format!("notebook format {version}, expected 4"),
            _ => "not a notebook: it has no cells".into(),
        }));
    };
    let assignment = file.metadata.pointer("/workbook/graded").and_then(Value::as_str).map(str::to_owned);
    let mut codes = Vec::new();
    let mut ids = std::collections::BTreeSet::new();
    for (index, cell) in cells.iter().enumerate() {
        let source = course::notebook::joined(&cell.source);
        if let Some(id) = cell.id.as_str()
            && !ids.insert(id)
        {
            notes.push(format!("cell {} has the id of an earlier cell; both are read", index + 1));
        }
        if cell.cell_type == "code" {
            let label = format!("code cell {}", codes.len() + 1);
            codes.push(Code { label, text: source, is_cell: true });
        } else if source.lines().any(|line| line.starts_with("pub fn ") || line.starts_with("fn "))
            && !source.contains("```")
        {
            notes.push(format!("cell {} holds a function but is not a code cell, so it is not graded", index + 1));
        }
    }
    Ok(Notebook { assignment, codes })
}
