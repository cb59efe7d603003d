/*!
`:grade`, `:solution`, `:progress` and `:submit`: what the program `grader` says of the functions that were run.

The grader lies beside this program and runs in a process of its own, in its sandbox.
*/

use super::{Commands, Said};
use crate::grader;
use crate::notebook::{lines, to_text};
use crate::session::names;
use anyhow::{Context, Result, bail};
use course::{Chapter, Root};
use serde_json::{Value, json};
use std::fmt::Write;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// What marks a notebook that `:submit` has written, and that it may write again.
const WRITTEN_BY: &str = "submit";

impl Commands {
    /// What the grader says of one function.
    pub(super) fn grade(&self, name: &str, go_on: &dyn Fn() -> bool) -> Result<Said> {
        let exercises = self.exercises()?;
        let (chapter, exercise) = exercises.find(name)?;
        self.defining_cell(&exercise.name)?;
        let report = self.report(chapter, go_on)?;
        Ok(Said::text(describe(function(&report, &exercise.name)?)))
    }

    /// The course's answer, for who has found one.
    pub(super) fn solution(&self, name: &str, go_on: &dyn Fn() -> bool) -> Result<Said> {
        let exercises = self.exercises()?;
        let (chapter, exercise) = exercises.find(name)?;
        let name = &exercise.name;
        self.defining_cell(name)?;
        let report = self.report(chapter, go_on)?;
        let verdict = function(&report, name)?["verdict"].as_str().unwrap_or_default().to_owned();
        if verdict != "passed" {
            bail!(
                "the answer is shown when yours has passed, and {name} is: {verdict}\nhelp: `:grade {name}` says what is \
                 wrong, `:hint {name}` gives a hint"
            );
        }
        let answer = chapter.function(name).solution();
        let answer = answer.trim_end();
        let rich = format!("**{name}**, as the course does it:\n\n```rust\n{answer}\n```");
        Ok(Said::rich("text/markdown", rich, format!("{name}, as the course does it:\n\n{answer}\n")))
    }

    /// Which exercises of the chapter are done.
    pub(super) fn progress(&self, go_on: &dyn Fn() -> bool) -> Result<Said> {
        let exercises = self.exercises()?;
        let chapter = exercises.chapter()?;
        let is_any_run = chapter.exercises().any(|exercise| self.defining_cell(&exercise.name).is_ok());
        // Without a function there is nothing to grade.
        let report = if is_any_run { self.report(chapter, go_on)? } else { Value::Null };
        Ok(Said::text(progress(chapter, &report, |name| self.defining_cell(name).is_ok())))
    }

    /// Writes the notebook to hand in, and says what its visible cases come to.
    pub(super) fn submit(&self, file: &str, go_on: &dyn Fn() -> bool) -> Result<Said> {
        let exercises = self.exercises()?;
        let chapter = exercises.chapter()?;
        let name = if file.is_empty() { format!("{}_submission.ipynb", chapter.notebook) } else { file.to_owned() };
        let path = self.folder.join(&name);
        if path.extension().is_none_or(|extension| extension != "ipynb") {
            bail!("{name} is not the name of a notebook\nhelp: it ends in .ipynb: `:submit {name}.ipynb`");
        }
        if let Ok(text) = std::fs::read_to_string(&path)
            && !is_written_by_submit(&text)
        {
            bail!("{name} is there already and is not a file that `:submit` has written\nhelp: give another name");
        }
        course::files::write(&path, self.notebook(chapter))?;
        let missing: Vec<&str> = chapter
            .exercises()
            .map(|exercise| exercise.name.as_str())
            .filter(|name| self.defining_cell(name).is_err())
            .collect();
        let mut text = format!("Hand in this file: {}\n", path.display());
        if !missing.is_empty() {
            let _ = writeln!(text, "Not in it, because their cells have not been run: {}", missing.join(", "));
        }
        let report = grade(&self.root, &path, chapter, go_on)?;
        let _ = writeln!(text, "\nThe visible cases (hidden ones count as well when it is marked):");
        for exercise in chapter.exercises() {
            let function = function(&report, &exercise.name)?;
            let _ = writeln!(text, "  {}", summary(function, exercise.points));
        }
        Ok(Said::text(text))
    }

    /// The cell that defines a function, which is in the session as it stands there.
    fn defining_cell(&self, name: &str) -> Result<u64> {
        let defines = |code: &str| names::defined(code).contains(name);
        let cell = self.cells.iter().rev().find(|(_, code)| defines(code)).map(|(number, _)| *number);
        cell.with_context(|| {
            format!("the session has no {name} of yours\nhelp: run the cell that defines it; one that does not compile does not count")
        })
    }

    /// The grader's report on the functions that were run.
    fn report(&self, chapter: &Chapter, go_on: &dyn Fn() -> bool) -> Result<Value> {
        let folder = tempfile::tempdir().context("there is no place for a temporary file")?;
        let path = folder.path().join(format!("{}.ipynb", chapter.notebook));
        course::files::write(&path, self.notebook(chapter))?;
        grade(&self.root, &path, chapter, go_on)
    }

    /// A notebook of the cells that were run and define something, in their order.
    fn notebook(&self, chapter: &Chapter) -> String {
        let defines = |code: &&String| {
            !names::defined(code).is_empty() || code.lines().any(|line| line.trim_start().starts_with("use "))
        };
        let cell = |(index, code): (usize, &String)| {
            json!({
                "cell_type": "code", "id": format!("cell-{}", index + 1), "metadata": {}, "source": lines(code),
                "execution_count": null, "outputs": [],
            })
        };
        let cells: Vec<Value> = self.cells.values().filter(defines).enumerate().map(cell).collect();
        to_text(&json!({
            "nbformat": 4,
            "nbformat_minor": 5,
            "metadata": {
                "kernelspec": { "display_name": "Rust", "language": "rust", "name": "rust" },
                "workbook": { "chapter": chapter.notebook, "graded": chapter.graded, "written_by": WRITTEN_BY },
            },
            "cells": cells,
        }))
    }
}

fn is_written_by_submit(text: &str) -> bool {
    let notebook: Value = serde_json::from_str(text).unwrap_or_default();
    notebook["metadata"]["workbook"]["written_by"] == WRITTEN_BY
}

/// Runs the grader on a file.
fn grade(root: &Root, path: &Path, chapter: &Chapter, go_on: &dyn Fn() -> bool) -> Result<Value> {
    let grader = grader::program(root)?;
    let report = tempfile::NamedTempFile::new().context("there is no place for a temporary file")?;
    let mut process = Command::new(&grader)
        .arg("grade")
        .arg(path)
        .args(chapter.graded.iter().flat_map(|name| ["--assignment", name]))
        .args(["--format", "json"])
        .stdin(Stdio::null())
        .stdout(report.reopen()?)
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{} does not start", grader.display()))?;
    let status = loop {
        if let Some(status) = process.try_wait()? {
            break status;
        }
        if !go_on() {
            let _ = process.kill();
            let _ = process.wait();
            bail!("the grading was interrupted");
        }
        std::thread::sleep(Duration::from_millis(20));
    };
    if !status.success() {
        let mut said = String::new();
        if let Some(mut stderr) = process.stderr.take() {
            let _ = std::io::Read::read_to_string(&mut stderr, &mut said);
        }
        bail!("the grader does not grade this: {}", said.trim().trim_start_matches("error: "));
    }
    let text = std::fs::read_to_string(report.path())?;
    serde_json::from_str(&text).context("the grader's report is not JSON")
}

fn function<'a>(report: &'a Value, name: &str) -> Result<&'a Value> {
    let functions = report["functions"].as_array();
    let found = functions.and_then(|functions| functions.iter().find(|function| function["name"] == name));
    found.with_context(|| format!("the grader's report says nothing of {name}"))
}

/// The cases of one kind, and how many of them passed.
fn cases(function: &Value, visible: bool) -> (Vec<&Value>, usize) {
    let cases = function["cases"].as_array().into_iter().flatten();
    let cases: Vec<&Value> = cases.filter(|case| case["visible"] == visible).collect();
    let passed = cases.iter().filter(|case| case["verdict"] == "passed").count();
    (cases, passed)
}

/// All that a learner may know of a function.
fn describe(function: &Value) -> String {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let (visible, passed) = cases(function, true);
    let (hidden, hidden_passed) = cases(function, false);
    let mut out = format!("{}: {}\n", text(&function["name"]), text(&function["verdict"]));
    let messages: Vec<String> = function["messages"].as_array().into_iter().flatten().map(text).collect();
    for message in &messages {
        let _ = writeln!(out, "  {}", indented(message));
    }
    for case in &visible {
        let mark = if case["verdict"] == "passed" { "✓" } else { "✗" };
        let said = match case["message"].as_str().filter(|said| !messages.iter().any(|message| message == said)) {
            Some(said) => format!(": {}", indented(said)),
            None if case["verdict"] == "passed" => String::new(),
            None => format!(": {}", text(&case["verdict"])),
        };
        let _ = writeln!(out, "  {mark} {}{said}", text(&case["name"]));
    }
    if passed == visible.len() && !hidden.is_empty() {
        let _ = writeln!(out, "  {hidden_passed} of {} hidden cases pass", hidden.len());
    }
    for cause in function["causes"].as_array().into_iter().flatten() {
        let _ = writeln!(out, "  likely cause: {}", indented(&text(cause)));
    }
    out
}

fn indented(text: &str) -> String {
    text.replace('\n', "\n    ")
}

/// One line on a function's visible cases.
fn summary(function: &Value, points: f64) -> String {
    let name = function["name"].as_str().unwrap_or_default();
    let (visible, passed) = cases(function, true);
    let is_right = passed == visible.len() && !visible.is_empty();
    let what = match function["verdict"].as_str().unwrap_or_default() {
        verdict @ ("not attempted" | "does not compile" | "wrong signature") => verdict.to_owned(),
        _ if visible.is_empty() => "no visible case".to_owned(),
        _ => format!("{passed} of {} visible cases pass", visible.len()),
    };
    let failed = visible.iter().find(|case| case["verdict"] != "passed").and_then(|case| case["message"].as_str());
    let failed = failed.filter(|_| !is_right).map_or(String::new(), |said| format!(": {}", indented(said)));
    format!("{} {name} ({points} points): {what}{failed}", if is_right { "✓" } else { "✗" })
}

/// A chapter's exercises, with what has become of each.
fn progress(chapter: &Chapter, report: &Value, is_run: impl Fn(&str) -> bool) -> String {
    let (mut rows, mut done, mut points, mut all) = (String::new(), 0, 0.0, 0.0);
    let width = chapter.exercises().map(|exercise| exercise.name.len()).max().unwrap_or(0);
    for exercise in chapter.exercises() {
        let function = function(report, &exercise.name).unwrap_or(&Value::Null);
        let verdict = function["verdict"].as_str().unwrap_or_default();
        let (mark, what) = match verdict {
            _ if !is_run(&exercise.name) => ("·", "not run yet".to_owned()),
            "not attempted" => ("·", "not written yet".to_owned()),
            "passed" => ("✓", "passed".to_owned()),
            verdict => ("✗", format!("{verdict}; `:grade {}` says more", exercise.name)),
        };
        if mark == "✓" {
            done += 1;
            points += exercise.points;
        }
        all += exercise.points;
        let _ = writeln!(rows, "  {mark} {:width$}  {:>3} points  {what}", exercise.name, exercise.points);
    }
    let count = chapter.exercises().count();
    format!("{}: {done} of {count} exercises, {points} of {all} points\n{rows}", chapter.notebook)
}

#[cfg(test)]
mod tests {
    use super::*;
    use course::Root;

    /// As the grader writes it, with the fields that are read here.
    fn report() -> Value {
        let case = |name: &str, visible: bool, verdict: &str, message: Value| json!({ "name": name, "visible": visible, "verdict": verdict, "message": message });
        json!({ "functions": [
            { "name": "zero_pad", "verdict": "wrong", "messages": [], "causes": ["Both sides."], "cases": [
                case("the example", true, "wrong", json!("expected 0.0\ngot 1.6")),
                case("one row", true, "passed", Value::Null),
                case("hidden 1", false, "wrong", json!("wrong values")),
            ] },
            { "name": "conv_single_step", "verdict": "passed", "messages": [], "causes": [], "cases": [
                case("the example", true, "passed", Value::Null), case("hidden 1", false, "passed", Value::Null),
            ] },
            { "name": "conv_forward", "verdict": "not attempted", "messages": [], "causes": [], "cases": [] },
        ] })
    }

    #[test]
    fn a_function_is_described_by_its_visible_cases_and_its_cause() {
        let report = report();
        assert_eq!(
            describe(function(&report, "zero_pad").unwrap()),
            "zero_pad: wrong\n  ✗ the example: expected 0.0\n    got 1.6\n  ✓ one row\n  likely cause: Both sides.\n"
        );
        let right = describe(function(&report, "conv_single_step").unwrap());
        assert_eq!(right, "conv_single_step: passed\n  ✓ the example\n  1 of 1 hidden cases pass\n");
        assert!(function(&report, "other").is_err());
    }

    #[test]
    fn a_summary_says_nothing_of_hidden_cases() {
        let report = report();
        let line = |name: &str| summary(function(&report, name).unwrap(), 10.0);
        assert_eq!(line("zero_pad"), "✗ zero_pad (10 points): 1 of 2 visible cases pass: expected 0.0\n    got 1.6");
        assert_eq!(line("conv_single_step"), "✓ conv_single_step (10 points): 1 of 1 visible cases pass");
        assert_eq!(line("conv_forward"), "✗ conv_forward (10 points): not attempted");
    }

    #[test]
    fn progress_counts_what_has_passed() {
        let root = Root::find(Path::new(".")).unwrap();
        let chapters = Chapter::read_all(&root, &["1_step_by_step".to_owned()]).unwrap();
        let text = progress(&chapters[0], &report(), |name| name != "pool_forward");
        assert!(text.starts_with("1_step_by_step: 1 of 8 exercises, "), "{text}");
        for part in ["✓ conv_single_step", "✗ zero_pad", "wrong; `:grade zero_pad`", "not written yet", "not run yet"]
        {
            assert!(text.contains(part), "`{part}` is missing in:\n{text}");
        }
    }

    /// The last definition of a function counts, a cell without one is left out, and only such a file is written over.
    #[test]
    fn the_notebook_to_hand_in_holds_the_cells_that_define_something() {
        let root = Root::find(Path::new(".")).unwrap();
        let chapters = Chapter::read_all(&root, &["1_step_by_step".to_owned()]).unwrap();
        let mut commands = Commands::new(root, ".".into());
        for (number, code) in
            [(1, "use std::fs;"), (2, "fn zero_pad() {}"), (4, "let x = 1;"), (7, "fn zero_pad() { 1; }")]
        {
            commands.note(number, code);
        }
        let text = commands.notebook(&chapters[0]);
        let notebook: Value = serde_json::from_str(&text).unwrap();
        assert_eq!(notebook["cells"].as_array().unwrap().len(), 3);
        assert_eq!(notebook["metadata"]["workbook"]["graded"], "conv_step_by_step");
        assert!(is_written_by_submit(&text) && !is_written_by_submit("{}") && !is_written_by_submit("text"));
        assert_eq!(commands.defining_cell("zero_pad").unwrap(), 7);
        assert!(commands.defining_cell("conv_forward").unwrap_err().to_string().contains("help: run the cell"));
    }
}
