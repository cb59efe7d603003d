/*!
The typical mistakes of an assignment: wrong bodies, each with the sentence that helps whoever made it.

A misconception is a module in `grader/misconceptions/<assignment>.rs`: its documentation is the sentence, the graded
function in it is the wrong body. It runs with the reference's functions upstream.
*/

use std::fs;
use std::path::{Path, PathBuf};

use exercise::{Keep, Source, splice};
use wire::Frame;

use crate::answers::{Case, cached, calls};
use crate::assignment::Assignment;
use crate::compile::Compiler;
use crate::error::{Error, Result};
use crate::program::{self, Module};
use crate::run::Run;

/// A typical mistake.
#[derive(Debug)]
pub struct Misconception {
    /// The function that is wrong.
    pub function: String,
    /// The name of the mistake.
    pub name: String,
    /// What the learner should read.
    pub sentence: String,
    source: [Source; 1],
}

/// Reads the mistakes of an assignment; none when there is no file.
///
/// # Errors
/// When the file does not parse, or a module has no sentence or not exactly one graded function.
pub fn read(root: &Path, assignment: &Assignment) -> Result<Vec<Misconception>> {
    let path = format!("grader/misconceptions/{}.rs", assignment.name);
    let Ok(text) = fs::read_to_string(root.join(&path)) else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for (name, docs, source) in Source::parse(&path, text)?.modules()? {
        let mut graded = source.functions().map(|f| f.name().to_owned()).filter(|f| assignment.functions.contains(f));
        let (Some(function), None) = (graded.next(), graded.next()) else {
            let message = format!("{path}: module {name} must hold exactly one graded function");
            return Err(Error::new(message, "one mistake, one module"));
        };
        if docs.trim().is_empty() {
            let message = format!("{path}: module {name} has no sentence");
            return Err(Error::new(message, "write above it, after ///, what the learner should read"));
        }
        let sentence = docs.split_whitespace().collect::<Vec<_>>().join(" ");
        drop(graded);
        found.push(Misconception { function, name, sentence, source: [source] });
    }
    Ok(found)
}

/// Runs mistakes on the cases of their functions: one run for each of them.
///
/// # Errors
/// When they do not compile.
pub fn run(
    root: &Path,
    compiler: &Compiler,
    assignment: &Assignment,
    all: &[Misconception],
    chosen: impl Fn(&Misconception) -> bool,
    cases: &[Case],
) -> Result<Vec<(usize, Vec<Frame>)>> {
    let program = compile(root, compiler, assignment, all)?;
    let mut runs = Vec::new();
    for (index, mistake) in all.iter().enumerate().filter(|(_, mistake)| chosen(mistake)) {
        let cases: Vec<&Case> = cases.iter().filter(|case| case.function == mistake.function).collect();
        let bytes = cases.iter().map(|case| case.answer.to_bytes().len()).sum();
        let Run { frames, .. } =
            compiler.execute(&program, &calls(cases.iter().copied(), &mistake.name), cases.len(), bytes)?;
        runs.push((index, frames));
    }
    Ok(runs)
}

/// One program with all mistakes of an assignment; compiled once for every version of them.
///
/// # Errors
/// When they do not compile.
pub fn compile(root: &Path, compiler: &Compiler, assignment: &Assignment, all: &[Misconception]) -> Result<PathBuf> {
    let mut modules = Vec::new();
    for mistake in all {
        let upstream = assignment.upstream(&mistake.function);
        let keep = |name: &str| {
            if name == mistake.function {
                Keep::Submitted
            } else if upstream.contains(name) {
                Keep::Reference
            } else {
                Keep::Stub
            }
        };
        let items = splice(&assignment.reference, &mistake.source, keep, |_, _| true);
        let call = assignment.call(&mistake.function, &mistake.name)?;
        modules.push(Module { name: mistake.name.clone(), items, calls: vec![call] });
    }
    cached(root, compiler, &program::answering(&modules))
}
