/*!
`workbook build`: from each chapter a notebook for the learner, with stubs and without outputs, and one with the
reference's answers, executed.

The notebooks are never edited: they name their chapter. The executed one carries digests of what its cells were made from,
so a chapter is executed again only where that has changed, and `--check` can tell without running it.
*/

use super::convert::{cells_by_id, solution, student};
use super::digest::Inputs;
use super::to_text;
use crate::check::print_result;
use crate::compare::compare;
use crate::execution::execute_all;
use anyhow::Result;
use course::notebook::{self, joined};
use course::{Chapter, Root, files};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Which chapters are executed although their notebooks are up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Execute {
    /// None.
    OutOfDate,
    /// The course's first, to see that notebooks run on this machine.
    First,
    /// All of them.
    All,
}

/// Checks the chapters, as `workbook check` does, and writes the notebooks of those that are right; true if all are.
///
/// # Errors
/// When a chapter is wrong, no session can be started, or a notebook cannot be written.
pub fn build(root: &Root, names: &[String], execute: Execute, limit: Duration) -> Result<bool> {
    let inputs = Inputs::read(root)?;
    let chapters = Chapter::read_all(root, names)?;
    let (mut to_execute, mut kept) = (Vec::new(), Vec::new());
    for (index, chapter) in chapters.into_iter().enumerate() {
        write_if_changed(root, student_path(root, &chapter), &student(&chapter))?;
        let path = solution_path(root, &chapter);
        let current = Current::read(&inputs, &chapter, &path);
        if current.is_whole {
            write_if_changed(root, path, &current.notebook)?;
        }
        let wanted = execute == Execute::All || (execute == Execute::First && index == 0);
        if current.is_whole && !wanted {
            println!("{}: its notebooks are up to date", chapter.path);
            continue;
        }
        let from = if wanted { 0 } else { current.count };
        if from > 0 {
            println!("{}: what its first {from} code cells put out is up to date", chapter.path);
        }
        to_execute.push((chapter, from));
        kept.push(current);
    }
    let mut index = 0;
    let mut passed = 0;
    execute_all(root, &to_execute, limit, |chapter, execution| {
        let (current, from) = (&kept[index], to_execute[index].1);
        index += 1;
        if !print_result(chapter, &execution) {
            println!("{}: its notebooks stay as they are", chapter.path);
            return Ok(());
        }
        passed += 1;
        if !current.is_whole || execute == Execute::All {
            let mut notebook = solution(chapter, Some(&execution));
            copy_outputs(&current.notebook, &mut notebook, from);
            inputs.sign(&mut notebook);
            write_if_changed(root, solution_path(root, chapter), &notebook)?;
        }
        Ok(())
    })?;
    Ok(passed == to_execute.len())
}

/// Compares the notebooks on disk with what `build` would write, and executes the course's first chapter, or with `all`
/// every chapter; true if nothing is out of date. With `all`, every output must be equal to the last byte.
///
/// # Errors
/// When a chapter is wrong, or no session can be started.
pub fn check(root: &Root, names: &[String], all: bool, limit: Duration) -> Result<bool> {
    let inputs = Inputs::read(root)?;
    let chapters: Vec<(Chapter, usize)> =
        Chapter::read_all(root, names)?.into_iter().map(|chapter| (chapter, 0)).collect();
    let mut stale = Vec::new();
    for (chapter, _) in &chapters {
        for (path, expected) in [
            (student_path(root, chapter), Some(student(chapter))),
            (solution_path(root, chapter), Current::read(&inputs, chapter, &solution_path(root, chapter)).whole()),
        ] {
            let is_current = |expected| std::fs::read_to_string(&path).is_ok_and(|text| text == to_text(&expected));
            if !expected.is_some_and(is_current) {
                stale.push((chapter.path.clone(), path));
            }
        }
    }
    let first = if names.is_empty() { 1 } else { 0 };
    let mut passed = true;
    execute_all(root, &chapters[..if all { chapters.len() } else { first }], limit, |chapter, execution| {
        passed &= print_result(chapter, &execution);
        let path = solution_path(root, chapter);
        let mut executed = solution(chapter, Some(&execution));
        inputs.sign(&mut executed);
        let is_same = || std::fs::read_to_string(&path).is_ok_and(|text| text == to_text(&executed));
        let is_known = |stale: &(String, PathBuf)| stale.1 == path;
        if all && !stale.iter().any(is_known) && !is_same() {
            stale.push((chapter.path.clone(), path));
        }
        Ok(())
    })?;
    for (chapter, path) in &stale {
        println!("{} is not what {chapter} and the helper crate give", root.show(path));
    }
    if stale.is_empty() {
        println!("the notebooks are up to date");
    } else {
        println!("help: run `workbook build`, or `make course` to execute every chapter, and commit what it writes");
    }
    Ok(passed && stale.is_empty())
}

/// What of the solution notebook on disk need not be made again: the outputs of its first cells, as far as they are the
/// chapter's and carry the digests of what they stand on.
struct Current {
    /// The chapter's solution notebook with those outputs, and with the prose and the metadata that the chapter has now.
    notebook: Value,
    /// How many code cells have their outputs.
    count: usize,
    /// All cells have.
    is_whole: bool,
}

impl Current {
    fn read(inputs: &Inputs, chapter: &Chapter, path: &Path) -> Current {
        let mut notebook = solution(chapter, None);
        let text = std::fs::read_to_string(path).unwrap_or_default();
        let stored = notebook::parse(&text).unwrap_or_default();
        let stated = cells_by_id(chapter);
        let holds = |(cell, executed): &(&Value, &Value)| {
            let expected = cell["id"].as_str().and_then(|id| stated.get(id)).and_then(|cell| cell.output.as_ref());
            let is_stated = expected.is_none_or(|expected| compare(expected, &printed(executed)).is_ok());
            cell["source"] == executed["source"] && is_stated
        };
        let (cells, executed) = (code_cells(&notebook), code_cells(&stored));
        let confirmed = inputs.confirmed(&stored);
        let count = cells.iter().copied().zip(executed.iter().copied()).take(confirmed).take_while(holds).count();
        let is_whole = count == cells.len() && count == executed.len();
        copy_outputs(&stored, &mut notebook, count);
        if is_whole {
            inputs.sign(&mut notebook);
        }
        Current { notebook, count, is_whole }
    }

    /// The notebook, if nothing of it has to be made again.
    fn whole(self) -> Option<Value> {
        self.is_whole.then_some(self.notebook)
    }
}

fn code_cells(notebook: &Value) -> Vec<&Value> {
    let cells = notebook["cells"].as_array().into_iter().flatten();
    cells.filter(|cell| cell["cell_type"] == "code").collect()
}

/// Gives the first `count` code cells of a notebook the outputs of another one's.
fn copy_outputs(from: &Value, to: &mut Value, count: usize) {
    let cells = to["cells"].as_array_mut().into_iter().flatten().filter(|cell| cell["cell_type"] == "code");
    for (cell, executed) in cells.zip(code_cells(from)).take(count) {
        for key in ["outputs", "execution_count"] {
            cell[key] = executed[key].clone();
        }
    }
}

/// What a cell of a notebook printed on standard output.
fn printed(cell: &Value) -> String {
    let outputs = cell["outputs"].as_array().into_iter().flatten();
    outputs.filter(|output| output["name"] == "stdout").map(|output| joined(&output["text"])).collect()
}

fn write_if_changed(root: &Root, path: PathBuf, notebook: &Value) -> Result<()> {
    let text = to_text(notebook);
    if !std::fs::read_to_string(&path).is_ok_and(|old| old == text) {
        files::write(&path, text)?;
        println!("{}: written", root.show(&path));
    }
    Ok(())
}

fn student_path(root: &Root, chapter: &Chapter) -> PathBuf {
    root.notebooks().join("student").join(format!("{}.ipynb", chapter.notebook))
}

fn solution_path(root: &Root, chapter: &Chapter) -> PathBuf {
    root.notebooks().join("solution").join(format!("{}.ipynb", chapter.notebook))
}

#[cfg(test)]
mod tests {
    use super::super::example::{TEXT, chapter, execution};
    use super::*;

    #[test]
    fn a_notebook_is_up_to_date_until_its_cells_or_stated_outputs_change() {
        let folder = tempfile::tempdir().unwrap();
        files::write(&folder.path().join("workbook/chapters/1.md"), "").unwrap();
        files::write(&folder.path().join("Cargo.toml"), "[package]\nname = \"cnn\"\n").unwrap();
        files::write(&folder.path().join("Cargo.lock"), "version = 4\npackage = []\n").unwrap();
        files::write(&folder.path().join("src/lib.rs"), "").unwrap();
        let root = Root::at(folder.path()).unwrap();
        let inputs = Inputs::read(&root).unwrap();
        let path = folder.path().join("solution.ipynb");
        let write = |printed: &str| {
            let chapter = chapter(TEXT);
            let mut notebook = solution(&chapter, Some(&execution(&chapter, printed)));
            inputs.sign(&mut notebook);
            files::write(&path, to_text(&notebook)).unwrap();
        };
        let current =
            |text: &str| Current::read(&inputs, &chapter(text), &path).whole().map(|notebook| to_text(&notebook));
        let kept = |text: &str| Current::read(&inputs, &chapter(text), &path).count;

        assert_eq!(current(TEXT), None, "there is none yet");
        write("8\n");
        assert_eq!(current(TEXT).unwrap(), std::fs::read_to_string(&path).unwrap());
        // New prose and new points need no execution, and get into the notebook.
        let text = TEXT.replace("The end", "An end").replace("points=10", "points=2.5");
        let rewritten = current(&text).unwrap();
        assert!(rewritten.contains("An end") && rewritten.contains("\"points\": 2.5") && rewritten.contains("8\\n"));
        let text = TEXT.replace("twice(2), 4", "twice(3), 6");
        assert_eq!((current(&text), kept(&text)), (None, 3), "another cell, the last one");
        assert_eq!(kept(&TEXT.replace("twice(4)", "twice(3)")), 2, "another cell, behind the exercise");
        assert_eq!(current(&TEXT.replace("output\n8", "output\n9")), None, "another output is stated");
        assert_eq!(current(&TEXT.replace("The end.", "```rust\n1\n```")), None, "a cell more");
        write("9\n");
        assert_eq!(current(TEXT), None, "it printed something else");
        files::write(&path, "{}").unwrap();
        assert_eq!(current(TEXT), None);
    }
}
