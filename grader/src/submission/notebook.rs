/*!
The code cells of a Jupyter notebook. It reads the format and runs nothing.

A file may hold a hundred times as many bytes of outputs and metadata as of code; what is not needed is passed over while it
is read and never kept.
*/

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};

use super::Code;
use crate::error::{Error, Kind, Result};

/// What a submission needs of a notebook.
pub struct Notebook {
    /// The assignment that the notebook says it belongs to.
    pub assignment: Option<String>,
    /// The language that its kernel speaks, in lower case.
    pub language: Option<String>,
    /// Its code cells.
    pub codes: Vec<Code>,
    /// Cells of other types that look like code.
    pub others: Vec<Code>,
}

/// Cells of a notebook; those of the course have fewer than two hundred.
const CELLS: usize = 5000;
const TOO_MANY: &str = "too many cells";

/// Reads a notebook; what is odd about it, but does not hinder grading, goes to `notes`.
pub fn read(name: &str, text: &str, notes: &mut Vec<String>) -> Result<Notebook> {
    let invalid = |what: String| {
        let help = "open it in Jupyter, save it, and hand it in again";
        Error::of(Kind::Unreadable, format!("{name}: {what}"), help)
    };
    let mut file = course::notebook::read(text, |text| {
        let mut file = Node::file();
        let mut deserializer = serde_json::Deserializer::from_str(text);
        file.deserialize(&mut deserializer)?;
        deserializer.end()?;
        Ok(file)
    })
    .map_err(|error| {
        if error.to_string().starts_with(TOO_MANY) {
            let help = "a notebook of the course has fewer than two hundred: is this the right file?";
            return Error::of(Kind::Unreadable, format!("{name}: more than {CELLS} cells"), help);
        }
        let what = if error.is_eof() { "the notebook is cut off" } else { "not a valid notebook" };
        invalid(format!("{what} ({error})"))
    })?;
    let version = file.field("nbformat").text.as_ref().and_then(|version| version.parse::<u64>().ok());
    let cells = file.field("cells");
    if !cells.is_list {
        return Err(invalid(match version {
            Some(version) if version < 4 => format!("notebook format {version}, expected 4"),
            _ => "not a notebook: it has no cells".into(),
        }));
    }
    let cells = std::mem::take(&mut cells.items);
    let metadata = file.field("metadata");
    let assignment = metadata.field("workbook").field("graded").text.take();
    let language = metadata.field("kernelspec").field("language").text.take();
    let language = language.or_else(|| metadata.field("language_info").field("name").text.take());

    let mut notebook = Notebook {
        assignment,
        language: language.map(|language| language.to_lowercase()),
        codes: Vec::new(),
        others: Vec::new(),
    };
    let mut ids = BTreeSet::new();
    let mut repeated = Vec::new();
    for (index, mut cell) in cells.into_iter().enumerate() {
        let number = index + 1;
        if cell.field("id").text.take().is_some_and(|id| !ids.insert(id)) {
            repeated.push(number.to_string());
        }
        let kind = cell.field("cell_type").text.take().unwrap_or_default();
        let text = std::mem::take(&mut cell.field("source").text).unwrap_or_default();
        if kind == "code" {
            let label = format!("code cell {}", notebook.codes.len() + 1);
            notebook.codes.push(Code { label, text, is_cell: true });
        } else if text.lines().any(|line| line.starts_with("pub fn ") || line.starts_with("fn "))
            && !text.contains("```")
        {
            let kind: String = kind.chars().take(20).collect();
            notebook.others.push(Code { label: format!("cell {number} ({kind})"), text, is_cell: true });
        }
    }
    if !repeated.is_empty() {
        const SHOWN: usize = 5;
        let more = repeated.len().saturating_sub(SHOWN);
        repeated.truncate(SHOWN);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        let cells = if repeated.len() == 1 { "cell" } else { "cells" };
        notes.push(format!("{cells} {}{more}: the id of an earlier cell; all are read", repeated.join(", ")));
    }
    Ok(notebook)
}

/// A part of the file that is wanted, and what was found. Of two members of one name the last counts, as in Python.
#[derive(Default)]
struct Node {
    wanted: Wanted,
    /// A text, a number, or the lines of a list joined.
    text: Option<String>,
    is_list: bool,
    fields: Vec<(&'static str, Node)>,
    items: Vec<Node>,
}

#[derive(Default, Clone, Copy, PartialEq)]
enum Wanted {
    #[default]
    Nothing,
    /// A text or a number.
    Text,
    /// A text, or a list of its lines.
    Lines,
    /// Some members of an object.
    Fields,
    /// A list of cells.
    Cells,
}

impl Node {
    fn of(wanted: Wanted) -> Self {
        Self { wanted, ..Self::default() }
    }

    fn with<const N: usize>(fields: [(&'static str, Node); N]) -> Self {
        Self { fields: fields.into(), ..Self::of(Wanted::Fields) }
    }

    fn file() -> Self {
        let one = |name, node| Node::with([(name, node)]);
        let metadata = Node::with([
            ("workbook", one("graded", Node::of(Wanted::Text))),
            ("kernelspec", one("language", Node::of(Wanted::Text))),
            ("language_info", one("name", Node::of(Wanted::Text))),
        ]);
        Node::with([("nbformat", Node::of(Wanted::Text)), ("metadata", metadata), ("cells", Node::of(Wanted::Cells))])
    }

    fn cell() -> Self {
        Node::with([
            ("id", Node::of(Wanted::Text)),
            ("cell_type", Node::of(Wanted::Text)),
            ("source", Node::of(Wanted::Lines)),
        ])
    }

    /// A member that was asked for.
    fn field(&mut self, name: &str) -> &mut Node {
        let found = self.fields.iter_mut().find(|(known, _)| *known == name);
        &mut found.expect("only members that are asked for are read").1
    }

    /// Forgets what an earlier member of the same name held.
    fn clear(&mut self) {
        self.text = None;
        self.is_list = false;
        self.items.clear();
        self.fields.iter_mut().for_each(|(_, field)| field.clear());
    }

    fn set(&mut self, text: impl FnOnce() -> String) {
        self.clear();
        if matches!(self.wanted, Wanted::Text | Wanted::Lines) {
            self.text = Some(text());
        }
    }
}

impl<'de> DeserializeSeed<'de> for &mut Node {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for &mut Node {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
        f.write_str("a part of a notebook")
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        self.clear();
        Ok(())
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        self.clear();
        Ok(())
    }

    fn visit_i64<E>(self, number: i64) -> Result<(), E> {
        self.set(|| number.to_string());
        Ok(())
    }

    fn visit_u64<E>(self, number: u64) -> Result<(), E> {
        self.set(|| number.to_string());
        Ok(())
    }

    fn visit_f64<E>(self, number: f64) -> Result<(), E> {
        self.set(|| number.to_string());
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> Result<(), E> {
        self.set(|| text.to_owned());
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.clear();
        self.is_list = true;
        match self.wanted {
            Wanted::Lines => {
                let mut text = String::new();
                let mut line = Node::of(Wanted::Text);
                while list.next_element_seed(&mut line)?.is_some() {
                    text.push_str(&line.text.take().unwrap_or_default());
                }
                self.text = Some(text);
            }
            Wanted::Cells => {
                let mut cell = Node::cell();
                while list.next_element_seed(&mut cell)?.is_some() {
                    if self.items.len() == CELLS {
                        return Err(A::Error::custom(TOO_MANY));
                    }
                    self.items.push(std::mem::replace(&mut cell, Node::cell()));
                }
            }
            Wanted::Nothing | Wanted::Text | Wanted::Fields => while list.next_element::<IgnoredAny>()?.is_some() {},
        }
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.clear();
        while let Some(name) = map.next_key::<String>()? {
            match self.fields.iter_mut().find(|(known, _)| *known == name) {
                Some((_, field)) => map.next_value_seed(field)?,
                None => _ = map.next_value::<IgnoredAny>()?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(Notebook, Vec<String>)> {
        let mut notes = Vec::new();
        read("a.ipynb", text, &mut notes).map(|notebook| (notebook, notes))
    }

    #[track_caller]
    fn cells(text: &str) -> Vec<String> {
        parse(text).unwrap().0.codes.into_iter().map(|code| code.text).collect()
    }

    #[test]
    fn cells_are_read_however_they_are_written() {
        assert_eq!(cells(r#"{"cells": [{"cell_type": "code", "source": ["a\n", "b"]}]}"#), ["a\nb"]);
        assert_eq!(cells(r#"{"cells": [{"source": "a", "cell_type": "code", "outputs": [NaN, "\ud83d"]}]}"#), ["a"]);
        assert_eq!(cells(r#"{"cells": [1, null, [], {"cell_type": 3}, {"cell_type": "code"}]}"#), [""]);
        assert_eq!(cells(r#"{"cells": [], "cells": [{"cell_type": "code", "source": "b", "source": "a"}]}"#), ["a"]);
        assert_eq!(cells(r#"{"metadata": null, "cells": [], "nbformat": "x"}"#), [""; 0]);
    }

    #[test]
    fn the_assignment_and_the_language_are_read() {
        let (notebook, _) = parse(
            r#"{"metadata": {"workbook": {"graded": "a"}, "kernelspec": {"language": "Python", "x": [1]}}, "cells": []}"#,
        )
        .unwrap();
        assert_eq!((notebook.assignment.as_deref(), notebook.language.as_deref()), (Some("a"), Some("python")));
        let (notebook, _) =
            parse(r#"{"cells": [], "metadata": {"kernelspec": 1, "language_info": {"name": "R"}}}"#).unwrap();
        assert_eq!((notebook.assignment, notebook.language.as_deref()), (None, Some("r")));
    }

    #[test]
    fn ids_that_repeat_are_said_in_one_line() {
        let cell = r#"{"cell_type": "code", "id": "a", "source": ""}"#;
        let (_, notes) = parse(&format!("{{\"cells\": [{}]}}", [cell; 9].join(","))).unwrap();
        assert_eq!(notes, ["cells 2, 3, 4, 5, 6 and 3 more: the id of an earlier cell; all are read"]);
    }

    #[test]
    fn what_is_no_notebook_is_refused_with_a_reason() {
        let check = |text: &str, says: &str| {
            let error = parse(text).err().unwrap().to_string();
            assert!(error.contains(says), "{text}: {error}");
        };
        check("{\"cells\": [", "the notebook is cut off");
        check("[]", "it has no cells");
        check("{\"cells\": {}}", "it has no cells");
        check("{\"nbformat\": 3, \"worksheets\": []}", "notebook format 3, expected 4");
        check("{\"cells\": []} x", "not a valid notebook");
        check(&format!("{{\"cells\": [{}]}}", ["1"; CELLS + 1].join(",")), "more than 5000 cells");
    }
}
