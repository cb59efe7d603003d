/*!
From a chapter to its two notebooks, as JSON values: the learner's, with stubs, and the solution, with answers.

It runs nothing and writes no file.
*/

use super::{lines, nbgrader, outputs};
use crate::execution::{Execution, setup_cell};
use course::Chapter;
use course::chapter::{Block, Cell, Expected, Kind, Precision, ranges};
use course::notebook::joined;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};

/// The learner's notebook: stubs, no outputs, and below a cell what the learner should see.
pub fn student(chapter: &Chapter) -> Value {
    notebook_of(chapter, Edition::Student(None), None)
}

/// The learner's notebook of a hand-out, in which only the functions `stubs` are left to write and the others are given.
pub fn student_with(chapter: &Chapter, stubs: &BTreeSet<String>) -> Value {
    notebook_of(chapter, Edition::Student(Some(stubs)), None)
}

/// The reference: answers, and the outputs of an execution; none without one.
pub fn solution(chapter: &Chapter, execution: Option<&Execution>) -> Value {
    notebook_of(chapter, Edition::Solution, execution)
}

/// The chapter's cells by the ids that they have in its notebooks.
pub fn cells_by_id(chapter: &Chapter) -> HashMap<String, &Cell> {
    ids(chapter).1.into_iter().zip(chapter.cells()).collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition<'a> {
    /// With these functions as stubs; with all if there are none.
    Student(Option<&'a BTreeSet<String>>),
    Solution,
}

impl Edition<'_> {
    fn source(self, chapter: &Chapter, cell: &Cell) -> String {
        match (self, &cell.kind) {
            (Edition::Student(Some(stubs)), Kind::Exercise(exercise)) if !stubs.contains(&exercise.name) => {
                format!("// `{}` is given: run the cell and go on.\n{}", exercise.name, chapter.solution(cell))
            }
            (Edition::Student(_), _) => chapter.stub(cell),
            (Edition::Solution, _) => chapter.solution(cell),
        }
    }
}

fn notebook_of(chapter: &Chapter, edition: Edition, execution: Option<&Execution>) -> Value {
    let mut outcomes = execution.iter().flat_map(|execution| &execution.outcomes);
    let mut count = 0;
    let mut code_cell = |id: String, source: &str, metadata: Value| {
        count += 1;
        let outcome = outcomes.next();
        json!({
            "cell_type": "code",
            "id": id,
            "metadata": metadata,
            "source": lines(source),
            "execution_count": outcome.map(|_| count),
            "outputs": outcome.map_or_else(Vec::new, |outcome| outputs(&outcome.outputs, outcome.failure.as_ref(), count)),
        })
    };
    let (prose_ids, cell_ids) = ids(chapter);
    let (mut prose_ids, mut cell_ids) = (prose_ids.into_iter(), cell_ids.into_iter());
    let mut cells = Vec::new();
    let mut setup = Some(("setup".to_owned(), setup_cell()));
    for block in &chapter.blocks {
        match block {
            Block::Prose { text, .. } => {
                cells.push(markdown(prose_ids.next().expect("an id for every piece of prose"), text));
            }
            Block::Cell(cell) => {
                if let Some((id, source)) = setup.take() {
                    cells.push(code_cell(id, &source, json!({})));
                }
                let id = cell_ids.next().expect("an id for every cell");
                let source = edition.source(chapter, cell);
                if cell.folded {
                    announce_folded(&mut cells, cell, &id);
                }
                let mut metadata = match &cell.kind {
                    Kind::Demo => json!({}),
                    Kind::Exercise(_) => json!({ "nbgrader": nbgrader::solution(&id, &source) }),
                    Kind::Test { name } => {
                        json!({ "nbgrader": nbgrader::test(&id, &source, points(chapter, name)), "editable": false,
                            "deletable": false })
                    }
                };
                if cell.folded {
                    metadata["jupyter"] = json!({ "source_hidden": true });
                }
                cells.push(code_cell(id.clone(), &source, metadata));
                if let (Edition::Student(_), Some(expected)) = (edition, &cell.output) {
                    cells.push(markdown(format!("expected-{id}"), &you_should_see(expected)));
                }
            }
        }
    }
    if let Some((id, source)) = setup {
        cells.push(code_cell(id, &source, json!({})));
    }
    json!({
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {
            "kernelspec": { "display_name": "Rust", "language": "rust", "name": "rust" },
            "language_info": {
                "codemirror_mode": "rust", "file_extension": ".rs", "mimetype": "text/rust", "name": "rust",
                "pygment_lexer": "rust", "version": "",
            },
            "title": chapter.title,
            "workbook": {
                "chapter": chapter.notebook,
                "graded": chapter.graded,
                "source": chapter.path,
                "note": "Generated by `workbook build` from the chapter named here. Change the chapter, not this file.",
            },
        },
        "cells": cells,
    })
}

fn markdown(id: String, text: &str) -> Value {
    json!({ "cell_type": "markdown", "id": id, "metadata": {}, "source": lines(text) })
}

/// Says above a folded cell what it is: at the end of the text there, or in a text of its own.
fn announce_folded(cells: &mut Vec<Value>, cell: &Cell, id: &str) {
    let text = match &cell.kind {
        Kind::Test { name } => format!("*The test of `{name}` is folded. Run it; you need not read it.*"),
        _ => "*The next cell is folded. Run it; you need not read it.*".to_owned(),
    };
    match cells.last_mut() {
        Some(above) if above["cell_type"] == "markdown" => {
            above["source"] = lines(&format!("{}\n\n{text}", joined(&above["source"])));
        }
        _ => cells.push(markdown(format!("folded-{id}"), &text)),
    }
}

/// The output that the chapter states, for the learner's notebook.
fn you_should_see(expected: &Expected) -> String {
    let (note, text) = match expected.precision {
        Precision::Exact => ("", expected.text.clone()),
        Precision::Tolerance(_) => (" (the last digits may differ)", expected.text.clone()),
        Precision::Ranges => (" (numbers within these ranges)", ranges::readable(&expected.text)),
    };
    // A fence that no line of the text closes.
    let longest = text.lines().map(|line| line.chars().take_while(|&c| c == '`').count()).max().unwrap_or(0);
    let marks = "`".repeat(3.max(longest + 1));
    format!("*You should see*{note}\n\n{marks}text\n{}\n{marks}", text.trim_end_matches('\n'))
}

/// What one visible test of an exercise is worth: its points, shared among its tests.
fn points(chapter: &Chapter, exercise: &str) -> f64 {
    let points = chapter.exercises().find(|it| it.name == exercise).map_or(0.0, |exercise| exercise.points);
    let is_test = |cell: &&Cell| matches!(&cell.kind, Kind::Test { name } if name == exercise);
    points / chapter.cells().filter(is_test).count().max(1) as f64
}

/// An id for every piece of prose and for every code cell: by what it is, so that it stays when others come and go.
fn ids(chapter: &Chapter) -> (Vec<String>, Vec<String>) {
    let mut taken: HashMap<String, usize> = HashMap::from([("setup".to_owned(), 1)]);
    let mut unique = |id: String| {
        let id: String = id.chars().take(56).collect();
        let count = taken.entry(id.clone()).or_default();
        *count += 1;
        if *count == 1 { id } else { format!("{id}-{count}") }
    };
    let (mut prose, mut cells) = (Vec::new(), Vec::new());
    for block in &chapter.blocks {
        match block {
            Block::Prose { text, .. } => {
                let heading = text.lines().find(|line| line.starts_with('#'));
                prose.push(unique(match heading.map(slug).filter(|slug| !slug.is_empty()) {
                    Some(slug) => format!("text-{slug}"),
                    None => format!("text-{}", short_hash(text)),
                }));
            }
            Block::Cell(cell) => cells.push(unique(match &cell.kind {
                Kind::Demo => format!("cell-{}", short_hash(&cell.code)),
                Kind::Exercise(exercise) => slug(&exercise.name),
                Kind::Test { name } => format!("{}-test", slug(name)),
            })),
        }
    }
    (prose, cells)
}

/// Letters and digits, joined by `-`.
fn slug(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty());
    words.collect::<Vec<_>>().join("-").to_ascii_lowercase()
}

/// Eight hexadecimal digits that any version of this program gives for the same text.
fn short_hash(text: &str) -> String {
    Md5::digest(text).iter().take(4).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::super::example::{TEXT, chapter, execution};
    use super::super::to_text;
    use super::*;

    fn cell<'a>(notebook: &'a Value, id: &str) -> &'a Value {
        let cells = notebook["cells"].as_array().unwrap();
        cells.iter().find(|cell| cell["id"] == id).unwrap_or_else(|| panic!("no cell {id:?}"))
    }

    #[test]
    fn the_learner_gets_the_stub_and_no_answer() {
        let chapter = chapter(TEXT);
        let (student, solution) = (student(&chapter), solution(&chapter, Some(&execution(&chapter, "8\n"))));
        assert!(joined(&cell(&student, "twice")["source"]).contains("let y: f64 = todo!(\"twice: write it\");"));
        assert!(!to_text(&student).contains("2.0 * x"), "the answer is in the learner's notebook");
        assert!(joined(&cell(&solution, "twice")["source"]).contains("let y = 2.0 * x;"));
        for cell in student["cells"].as_array().unwrap().iter().filter(|cell| cell["cell_type"] == "code") {
            assert_eq!((&cell["outputs"], &cell["execution_count"]), (&json!([]), &Value::Null));
        }
        assert_eq!(student["metadata"]["kernelspec"]["name"], "rust");
        assert_eq!(student["metadata"]["workbook"]["source"], "example.md");
        let setup = joined(&student["cells"][1]["source"]);
        assert_eq!(setup, ":dep cnn = { path = \"../..\", default-features = false }\nuse cnn::prelude::*;");
    }

    #[test]
    fn the_learner_sees_what_a_cell_should_print() {
        let text = TEXT.replace("output\n8\n", "output ranges\n{7 to 9}\n```\n```rust folded\nlet x = 1;\n");
        let chapter = chapter(&text);
        let student = student(&chapter);
        let texts: Vec<String> =
            student["cells"].as_array().unwrap().iter().map(|cell| joined(&cell["source"])).collect();
        let note = "*The next cell is folded. Run it; you need not read it.*";
        let expected = format!("*You should see* (numbers within these ranges)\n\n```text\n7 to 9\n```\n\n{note}");
        assert!(texts.contains(&expected), "{texts:#?}");
        assert!(
            texts.contains(&"*The test of `twice` is folded. Run it; you need not read it.*".to_owned()),
            "{texts:#?}"
        );
        for cell in student["cells"].as_array().unwrap() {
            let is_folded = cell["metadata"]["jupyter"]["source_hidden"] == true;
            let source = joined(&cell["source"]);
            assert_eq!(is_folded, source.starts_with("assert_eq!") || source == "let x = 1;", "{source}");
        }
        let solution = to_text(&solution(&chapter, None));
        assert!(solution.contains("is folded") && !solution.contains("You should see"), "{solution}");
    }

    #[test]
    fn exercise_and_test_carry_nbgraders_metadata() {
        let student = student(&chapter(TEXT));
        let exercise = &cell(&student, "twice")["metadata"]["nbgrader"];
        assert_eq!((&exercise["solution"], &exercise["grade"]), (&json!(true), &json!(false)));
        let test = &cell(&student, "twice-test")["metadata"]["nbgrader"];
        assert_eq!((&test["grade"], &test["locked"], &test["points"]), (&json!(true), &json!(true), &json!(10.0)));
        assert_eq!(test["grade_id"], "twice-test");
    }

    #[test]
    fn ids_stay_when_other_cells_come() {
        let ids_of = |text: &str| -> Vec<String> {
            let cells = student(&chapter(text))["cells"].as_array().unwrap().clone();
            cells.iter().map(|cell| cell["id"].as_str().unwrap().to_owned()).collect()
        };
        let before = ids_of(TEXT);
        let after = ids_of(&TEXT.replace("Build it.", "Look:\n```rust\nlet new = 1;\n```\n## Now\nBuild it."));
        let new: Vec<&String> = after.iter().filter(|id| !before.contains(id)).collect();
        assert_eq!(new.len(), 2, "{before:?} {after:?}");
        assert!(before.iter().all(|id| after.contains(id)), "{before:?} {after:?}");
        let mut unique = after.clone();
        unique.sort();
        unique.dedup();
        assert_eq!(unique.len(), after.len());
    }
}
