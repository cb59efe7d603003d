/*!
`workbook build`: from each chapter a notebook for the learner, with stubs and without outputs, and one with the
reference's answers, executed.

The notebooks are never edited: they name their chapter. The executed one carries a digest of what it was made from, so a
chapter is executed again only when that has changed, and `--check` can tell without running it.
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
use std::path::PathBuf;
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
    let mut to_execute = Vec::new();
    for (index, chapter) in chapters.into_iter().enumerate() {
        write_if_changed(root, student_path(root, &chapter), &student(&chapter))?;
        let path = solution_path(root, &chapter);
        let current = up_to_date(&inputs, &chapter, &path);
        if let Some(notebook) = &current {
            write_if_changed(root, path, notebook)?;
        }
        let wanted = execute == Execute::All || (execute == Execute::First && index == 0);
        match current {
            Some(_) if !wanted => println!("{}: its notebooks are up to date", chapter.path),
            _ => to_execute.push((chapter, current.is_some() && execute != Execute::All)),
        }
    }
    let (chapters, keep): (Vec<Chapter>, Vec<bool>) = to_execute.into_iter().unzip();
    let mut index = 0;
    let mut passed = 0;
    execute_all(root, &chapters, limit, |chapter, execution| {
        let keep = keep[index];
        index += 1;
        if !print_result(chapter, &execution) {
            println!("{}: its notebooks stay as they are", chapter.path);
            return Ok(());
        }
        passed += 1;
        if !keep {
            let mut notebook = solution(chapter, Some(&execution));
            inputs.sign(&mut notebook);
            write_if_changed(root, solution_path(root, chapter), &notebook)?;
        }
        Ok(())
    })?;
    Ok(passed == chapters.len())
}

/// Compares the notebooks on disk with what `build` would write, and executes the course's first chapter, or with `all`
/// every chapter; true if nothing is out of date. With `all`, every output must be equal to the last byte.
///
/// # Errors
/// When a chapter is wrong, or no session can be started.
pub fn check(root: &Root, names: &[String], all: bool, limit: Duration) -> Result<bool> {
    let inputs = Inputs::read(root)?;
    let chapters = Chapter::read_all(root, names)?;
    let mut stale = Vec::new();
    for chapter in &chapters {
        for (path, expected) in [
            (student_path(root, chapter), Some(student(chapter))),
            (solution_path(root, chapter), up_to_date(&inputs, chapter, &solution_path(root, chapter))),
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

/// The solution notebook on disk, with the prose and the metadata that the chapter has now, if its outputs need not be
/// made again: its cells are the chapter's, and it carries the digest of what they stand on.
fn up_to_date(inputs: &Inputs, chapter: &Chapter, path: &PathBuf) -> Option<Value> {
    let stored = notebook::parse(&std::fs::read_to_string(path).ok()?).ok()?;
    if !inputs.confirm(&stored) {
        return None;
    }
    let is_code = |cell: &&Value| cell["cell_type"] == "code";
    let mut stored = stored["cells"].as_array()?.iter().filter(is_code);
    let stated = cells_by_id(chapter);
    let mut notebook = solution(chapter, None);
    for cell in notebook["cells"].as_array_mut()?.iter_mut().filter(|cell| cell["cell_type"] == "code") {
        let executed = stored.next()?;
        if cell["source"] != executed["source"] {
            return None;
        }
        let expected = stated.get(cell["id"].as_str()?).and_then(|cell| cell.output.as_ref());
        if let Some(expected) = expected {
            compare(expected, &printed(executed)).ok()?;
        }
        for key in ["outputs", "execution_count"] {
            cell[key] = executed[key].clone();
        }
    }
    if stored.next().is_some() {
        return None;
    }
    inputs.sign(&mut notebook);
    Some(notebook)
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
        let current = |text: &str| up_to_date(&inputs, &chapter(text), &path).map(|notebook| to_text(&notebook));

        assert_eq!(current(TEXT), None, "there is none yet");
        write("8\n");
        assert_eq!(current(TEXT).unwrap(), std::fs::read_to_string(&path).unwrap());
        // New prose and new points need no execution, and get into the notebook.
        let text = TEXT.replace("The end", "An end").replace("points=10", "points=2.5");
        let rewritten = current(&text).unwrap();
        assert!(rewritten.contains("An end") && rewritten.contains("\"points\": 2.5") && rewritten.contains("8\\n"));
        assert_eq!(current(&TEXT.replace("twice(2), 4", "twice(3), 6")), None, "another cell");
        assert_eq!(current(&TEXT.replace("output\n8", "output\n9")), None, "another output is stated");
        assert_eq!(current(&TEXT.replace("The end.", "```rust\n1\n```")), None, "a cell more");
        write("9\n");
        assert_eq!(current(TEXT), None, "it printed something else");
        files::write(&path, "{}").unwrap();
        assert_eq!(current(TEXT), None);
    }
}
