/*!
`workbook build`: from each chapter a notebook for the learner, with stubs and without outputs, and one with the
reference's answers, executed.

The notebooks are never edited: they name their chapter, and `--check` tells when they are older than it.
*/

use super::stamps::Stamps;
use super::{joined, lines, nbgrader, outputs, to_text};
use crate::chapter::{Block, Cell, Chapter, Kind};
use crate::check::tell;
use crate::compare::compare;
use crate::play::{Played, play_all, setup_cell};
use crate::project::Project;
use anyhow::Result;
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::PathBuf;
use std::time::Duration;

/// How far `--check` goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// Everything but the executed outputs, and of those the text that the chapter states.
    Sources,
    /// Runs the cells again; everything must be equal to the last byte.
    Outputs,
}

/// Checks the chapters, as `workbook check` does, and writes the notebooks of those that are right; true if all are.
///
/// A chapter whose notebooks were made from exactly what is there now is left out, unless `again`.
pub fn build(project: &Project, names: &[String], again: bool, limit: Duration) -> Result<bool> {
    let stamps = Stamps::of(project)?;
    let paths = |chapter: &Chapter| [student_path(project, chapter), solution_path(project, chapter)];
    let (fresh, chapters): (Vec<Chapter>, Vec<Chapter>) = Chapter::read_all(project, names)?
        .into_iter()
        .partition(|chapter| !again && stamps.is_fresh(chapter, &paths(chapter)));
    for chapter in &fresh {
        println!("{}: nothing has changed since its notebooks were made (--again makes them again)", chapter.path);
    }
    let mut well = Vec::new();
    play_all(project, &chapters, limit, |chapter, played| {
        if !tell(chapter, &played) {
            println!("{}: its notebooks stay as they are", chapter.path);
            return Ok(());
        }
        for (path, notebook) in paths(chapter).into_iter().zip([student(chapter), solution(chapter, &played)]) {
            crate::files::write(&path, &to_text(&notebook))?;
            println!("{}: {} cells", project.show(&path), notebook["cells"].as_array().map_or(0, Vec::len));
        }
        well.push(chapter.notebook.clone());
        Ok(())
    })?;
    // Only now, because the first chapter that needs the data files writes them.
    for chapter in chapters.iter().filter(|chapter| well.contains(&chapter.notebook)) {
        stamps.note(chapter, &paths(chapter))?;
    }
    Ok(well.len() == chapters.len())
}

/// Compares the notebooks on disk with what `build` would write; true if nothing is stale.
pub fn check(project: &Project, names: &[String], depth: Depth, limit: Duration) -> Result<bool> {
    let chapters = Chapter::read_all(project, names)?;
    let mut stale = Vec::new();
    let mut look_at = |chapter: &Chapter, path: PathBuf, is_fresh: &dyn Fn(&str) -> bool| {
        if !std::fs::read_to_string(&path).is_ok_and(|text| is_fresh(&text)) {
            stale.push((chapter.path.clone(), path));
        }
    };
    for chapter in &chapters {
        look_at(chapter, student_path(project, chapter), &|text| text == to_text(&student(chapter)));
        if depth == Depth::Sources {
            look_at(chapter, solution_path(project, chapter), &|text| same_sources(chapter, text));
        }
    }
    if depth == Depth::Outputs {
        play_all(project, &chapters, limit, |chapter, played| {
            let executed = to_text(&solution(chapter, &played));
            look_at(chapter, solution_path(project, chapter), &|text| text == executed);
            Ok(())
        })?;
    }
    for (chapter, path) in &stale {
        println!("{} is older than {chapter}", project.show(path));
    }
    if stale.is_empty() {
        println!("the notebooks are up to date");
    } else {
        println!("help: run `workbook build` and commit what it writes");
    }
    Ok(stale.is_empty())
}

/// Whether an executed notebook is what the chapter gives, but for outputs that the chapter does not state.
fn same_sources(chapter: &Chapter, text: &str) -> bool {
    let Ok(mut notebook) = serde_json::from_str::<Value>(text) else { return false };
    let mut expected = notebook_of(chapter, Edition::Solution, None);
    let stated: HashMap<String, &Cell> = ids(chapter).1.into_iter().zip(chapter.cells()).collect();
    let mut outputs_fit = true;
    for cells in [&mut notebook["cells"], &mut expected["cells"]] {
        for cell in cells.as_array_mut().into_iter().flatten() {
            let outputs = cell.get_mut("outputs").map(Value::take).unwrap_or(json!([]));
            let outputs = outputs.as_array().cloned().unwrap_or_default();
            if cell.get("execution_count").is_some_and(Value::is_u64) {
                let id = cell["id"].as_str().unwrap_or_default();
                if let Some(expected) = stated.get(id).and_then(|cell| cell.output.as_ref()) {
                    let streams = outputs.iter().filter(|output| output["name"] == "stdout");
                    let printed: String = streams.map(|output| joined(&output["text"])).collect();
                    outputs_fit &= compare(&expected.text, &printed, expected.tolerance).is_ok();
                }
            }
            cell["execution_count"] = Value::Null;
        }
    }
    outputs_fit && to_text(&notebook) == to_text(&expected)
}

fn student_path(project: &Project, chapter: &Chapter) -> PathBuf {
    project.notebooks().join("student").join(format!("{}.ipynb", chapter.notebook))
}

fn solution_path(project: &Project, chapter: &Chapter) -> PathBuf {
    project.notebooks().join("solution").join(format!("{}.ipynb", chapter.notebook))
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Edition {
    Student,
    Solution,
}

/// The learner's notebook: stubs, no outputs.
pub fn student(chapter: &Chapter) -> Value {
    notebook_of(chapter, Edition::Student, None)
}

/// The reference: answers and executed outputs.
pub fn solution(chapter: &Chapter, played: &Played) -> Value {
    notebook_of(chapter, Edition::Solution, Some(played))
}

fn notebook_of(chapter: &Chapter, edition: Edition, played: Option<&Played>) -> Value {
    let mut outcomes = played.iter().flat_map(|played| &played.outcomes);
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
                cells.push(json!({
                    "cell_type": "markdown",
                    "id": prose_ids.next(),
                    "metadata": {},
                    "source": lines(text),
                }));
            }
            Block::Cell(cell) => {
                if let Some((id, source)) = setup.take() {
                    cells.push(code_cell(id, &source, json!({})));
                }
                let id = cell_ids.next().expect("an id for every cell");
                let source = match edition {
                    Edition::Student => chapter.stub(cell),
                    Edition::Solution => chapter.solution(cell),
                };
                let metadata = match &cell.kind {
                    Kind::Demo => json!({}),
                    Kind::Exercise { .. } => json!({ "nbgrader": nbgrader::solution(&id, &source) }),
                    Kind::Test { name } => {
                        json!({ "nbgrader": nbgrader::test(&id, &source, points(chapter, name)), "editable": false,
                            "deletable": false })
                    }
                };
                cells.push(code_cell(id, &source, metadata));
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

/// What one visible test of an exercise is worth: its points, shared among its tests.
fn points(chapter: &Chapter, exercise: &str) -> f64 {
    let mut points = 0;
    let mut tests = 0;
    for cell in chapter.cells() {
        match &cell.kind {
            Kind::Exercise { name, points: of } if name == exercise => points = *of,
            Kind::Test { name } if name == exercise => tests += 1,
            _ => {}
        }
    }
    f64::from(points) / f64::from(tests.max(1))
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
                Kind::Exercise { name, .. } => slug(name),
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
    use super::*;
    use crate::chapter::example;
    use crate::session::{Outcome, Output, Stream};

    const TEXT: &str = "# Twice\n\nBuild it.\n```rust graded=twice points=10\n```\n```rust\nprintln!(\"{}\", twice(4));\n```\n\
        ```output\n8\n```\n```rust test=twice\nassert_eq!(twice(2), 4);\n```\nThe end.\n";

    fn played(chapter: &Chapter, printed: &str) -> Played {
        let outcome = |text: &str| Outcome {
            outputs: (!text.is_empty())
                .then(|| Output::Text { stream: Stream::Stdout, text: text.to_owned() })
                .into_iter()
                .collect(),
            ..Outcome::default()
        };
        let demo = |cell: &Cell| if cell.output.is_some() { outcome(printed) } else { outcome("") };
        let outcomes = std::iter::once(outcome("")).chain(chapter.cells().map(demo)).collect();
        Played { outcomes, problems: Vec::new(), time: Duration::ZERO }
    }

    fn cell<'a>(notebook: &'a Value, id: &str) -> &'a Value {
        let cells = notebook["cells"].as_array().unwrap();
        cells.iter().find(|cell| cell["id"] == id).unwrap_or_else(|| panic!("no cell {id:?}"))
    }

    #[test]
    fn the_learner_gets_the_stub_and_no_answer() {
        let chapter = example(TEXT);
        let (student, solution) = (student(&chapter), solution(&chapter, &played(&chapter, "8\n")));
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
    fn exercise_and_test_carry_nbgraders_metadata() {
        let student = student(&example(TEXT));
        let exercise = &cell(&student, "twice")["metadata"]["nbgrader"];
        assert_eq!((&exercise["solution"], &exercise["grade"]), (&json!(true), &json!(false)));
        let test = &cell(&student, "twice-test")["metadata"]["nbgrader"];
        assert_eq!((&test["grade"], &test["locked"], &test["points"]), (&json!(true), &json!(true), &json!(10.0)));
        assert_eq!(test["grade_id"], "twice-test");
    }

    #[test]
    fn ids_stay_when_other_cells_come() {
        let ids_of = |text: &str| -> Vec<String> {
            let cells = student(&example(text))["cells"].as_array().unwrap().clone();
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

    #[test]
    fn staleness_sees_sources_and_stated_outputs() {
        let chapter = example(TEXT);
        let fresh = to_text(&solution(&chapter, &played(&chapter, "8\n")));
        assert!(same_sources(&chapter, &fresh));
        assert!(!same_sources(&chapter, &to_text(&solution(&chapter, &played(&chapter, "9\n")))));
        assert!(!same_sources(&example(&TEXT.replace("The end", "An end")), &fresh));
        assert!(!same_sources(&example(&TEXT.replace("twice(2), 4", "twice(3), 6")), &fresh));
        assert!(!same_sources(&chapter, "{}"));
    }
}
