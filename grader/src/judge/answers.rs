/*!
The cases of an assignment and their answers: the reference bodies, run through the same pipeline as a submission.

No answer is kept on disk. What is kept is the compiled reference, in a directory that no job of a submission can read.
*/

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use course::{Assignment, Keep, Selection, files, splice};
use wire::{Frame, Value};

use crate::assignment;
use crate::error::{Error, Result};
use crate::program::compile::{Compiled, Compiler};
use crate::program::run::RunOutcome;
use crate::program::text::{self, Call, Module, Program};

/// A call that the grader makes, and what the reference answers.
#[derive(Debug, Clone)]
pub struct Case {
    /// The function that is called.
    pub function: String,
    /// What the case is called in the report, for a visible one.
    pub name: String,
    /// Whether the learner may see what was expected.
    pub visible: bool,
    /// How much of the function's points hang on it.
    pub weight: u64,
    /// Whether a body that does nothing passes it, so that it counts only where another case passes.
    pub trivial: bool,
    /// The arguments, a tuple.
    pub arguments: Value,
    /// The reference's answer.
    pub answer: Value,
}

/// How many cases an assignment may have, and how many bytes all of them may take.
const CASES: usize = 10_000;
const BYTES: usize = 64 << 20;

/// Draws the cases of an assignment from `seed` and answers them with the reference.
///
/// # Errors
/// When the reference or the case file does not compile, or the reference panics.
pub fn cases(root: &Path, compiler: &Compiler, assignment: &Assignment, seed: u64) -> Result<Vec<Case>> {
    Ok(cases_and_layers(root, compiler, assignment, seed)?.0)
}

/// The same, with the layers of the sandbox that were active or missing while the reference ran.
///
/// # Errors
/// As [`cases`].
pub fn cases_and_layers(
    root: &Path,
    compiler: &Compiler,
    assignment: &Assignment,
    seed: u64,
) -> Result<(Vec<Case>, Vec<String>)> {
    let path = root.join("grader/cases").join(format!("{}.rs", assignment.name));
    let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, &error))?;
    let calls = assignment.functions.iter().map(|name| assignment::call(assignment, name, name));
    let module = reference(assignment, calls.collect::<Result<_>>()?);
    let program = cached(compiler, &text::asking(&module, &text))?;
    let run = compiler.execute(&program, &[Value::Count(seed)], CASES, BYTES)?;
    let broken =
        |what: String| Error::new(format!("{}: {what}", path.display()), "the case file and the reference must fit");
    // Only the case file knows how many cases there are, so the run ends by itself and not by a count.
    if !matches!(run.end, RunOutcome::Complete | RunOutcome::Exited(0)) {
        return Err(broken(format!("the reference did not come to its end: {:?}", run.end)));
    }
    let case = |frame: Frame| match frame {
        Frame::Returned(Value::Record(fields)) => case(fields).ok_or_else(|| broken("an unreadable case".into())),
        Frame::Returned(_) => Err(broken("an unreadable case".into())),
        Frame::Panicked { message, .. } => Err(broken(format!("the reference panicked: {message}"))),
    };
    let cases = run.frames.into_iter().map(case).collect::<Result<Vec<_>>>()?;
    for function in &assignment.functions {
        let of = |visible| cases.iter().filter(|case| case.function == *function && case.visible == visible).count();
        if of(true) == 0 || of(false) == 0 {
            return Err(broken(format!("{function} needs at least one visible and one hidden case")));
        }
    }
    Ok((cases, run.layers))
}

fn case(fields: Vec<(String, Value)>) -> Option<Case> {
    let mut fields = fields.into_iter().map(|(_, value)| value);
    let Value::Text(function) = fields.next()? else { return None };
    let Value::Text(name) = fields.next()? else { return None };
    let Value::Bool(visible) = fields.next()? else { return None };
    let Value::Count(weight) = fields.next()? else { return None };
    let Value::Bool(trivial) = fields.next()? else { return None };
    Some(Case { function, name, visible, weight, trivial, arguments: fields.next()?, answer: fields.next()? })
}

/// The calls of some cases as a program reads them, each under the name that `name` gives its function.
pub fn calls<'a>(cases: impl IntoIterator<Item = &'a Case>, name: &str) -> Vec<Value> {
    let call = |case: &Case| Value::Tuple(vec![Value::Text(name.to_owned()), case.arguments.clone()]);
    cases.into_iter().map(call).collect()
}

/// Bytes that the answers of some cases take.
pub fn bytes<'a>(cases: impl IntoIterator<Item = &'a Case>) -> usize {
    cases.into_iter().map(|case| case.answer.to_bytes().len()).sum()
}

/// The text of a program that is known to be right: the reference, called as a submission is.
pub fn right_program(assignment: &Assignment) -> String {
    let calls = assignment.functions.iter().map(|name| assignment::call(assignment, name, name));
    // Its own functions are all there.
    let module = reference(assignment, calls.filter_map(Result::ok).collect());
    text::answering(&[module]).text
}

/// What that program is asked, and what it answers.
pub fn right_answers(cases: &[Case]) -> (Vec<Value>, Vec<Value>) {
    let calls = cases.iter().flat_map(|case| calls([case], &case.function)).collect();
    (calls, cases.iter().map(|case| case.answer.clone()).collect())
}

fn reference<'a>(assignment: &'a Assignment, calls: Vec<Call<'a>>) -> Module<'a> {
    let items = splice(&assignment.reference, &[], "graded", &Selection::all(&|_| Keep::Reference));
    Module { name: "graded".into(), items, calls }
}

/// The compiled form of one of our own programs; compiled once for every version of its text. Its name ends with the
/// fingerprint of its contents, so that a damaged one is noticed: it would give wrong answers.
pub fn cached(compiler: &Compiler, program: &Program) -> Result<PathBuf> {
    let key = files::fingerprint([compiler.library().key.as_str(), &program.text]);
    let known = |store: &PathBuf| whole(&store.join(ANSWERS), &key);
    if let Some(path) = compiler.library().stores.all.iter().find_map(known) {
        return Ok(path);
    }
    let directory = compiler.library().stores.own()?.join(ANSWERS);
    fs::create_dir_all(&directory).map_err(|error| Error::io(&directory, &error))?;
    match compiler.compile(&program.text)? {
        Compiled::Binary(binary) => {
            let failed = |error: std::io::Error| Error::io(&directory, &error);
            let fresh = tempfile::NamedTempFile::new_in(&directory).map_err(failed)?;
            fs::copy(&binary.path, fresh.path()).map_err(failed)?;
            let contents = fs::read(&binary.path).map_err(failed)?;
            let path = directory.join(format!("{key}-{}", files::fingerprint([contents])));
            // Closed before it is run: a program that is open for writing cannot be started.
            fresh.into_temp_path().persist(&path).map_err(|error| failed(error.error))?;
            clean(&directory);
            Ok(path)
        }
        Compiled::Refused(errors) => {
            let shown: Vec<String> = errors.iter().take(5).map(|error| blamed(program, error)).collect();
            let help = "what is wrong stands in src/graded, grader/cases or grader/misconceptions";
            Err(Error::new(format!("the course's own program does not compile:\n{}", shown.join("\n")), help))
        }
        Compiled::Stopped(how) => Err(Error::new(format!("the course's own program: {how}"), "try again")),
    }
}

/// The directory of these programs in the grader's store.
const ANSWERS: &str = "answers";

/// The program of this key, if it is the one that its name says. One that is not is removed.
fn whole(directory: &Path, key: &str) -> Option<PathBuf> {
    for entry in fs::read_dir(directory).ok()?.flatten() {
        let (name, path) = (entry.file_name(), entry.path());
        let Some(fingerprint) = name.to_str().and_then(|name| name.strip_prefix(key)?.strip_prefix('-')) else {
            continue;
        };
        let is_file = entry.metadata().is_ok_and(|data| data.is_file());
        if is_file && fs::read(&path).is_ok_and(|contents| files::fingerprint([contents]) == fingerprint) {
            return Some(path);
        }
        // It stays in an installation that is read-only.
        let _ = fs::remove_file(path);
    }
    None
}

/// Removes programs of versions that were compiled long ago; one that is still needed is compiled again.
fn clean(directory: &Path) {
    const KEPT: Duration = Duration::from_secs(30 * 24 * 60 * 60);
    for entry in fs::read_dir(directory).into_iter().flatten().filter_map(|entry| entry.ok()) {
        let modified = entry.metadata().and_then(|data| data.modified());
        if modified.is_ok_and(|at| SystemTime::now().duration_since(at).is_ok_and(|age| age > KEPT)) {
            // Another grader may have removed it first.
            let _ = fs::remove_file(entry.path());
        }
    }
}

fn blamed(program: &Program, error: &crate::program::compile::Diagnostic) -> String {
    let line = error.line.and_then(|line| program.text.lines().nth(line - 1));
    format!("{} in `{}`", error.message, line.unwrap_or_default().trim())
}
