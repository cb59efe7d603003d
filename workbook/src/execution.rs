/*!
Executes a chapter: runs all of its cells with the reference's answers, and compares what they print.

`check` reports what it finds, `build` keeps the outputs.
*/

use crate::compare::compare;
use crate::dependence;
use crate::progress::{Bars, Progress};
use crate::session::{Failure, Outcome, Session, setup_code};
use anyhow::Result;
use course::chapter::{Cell, Kind};
use course::parallel::in_order;
use course::{Chapter, Root};
use std::time::{Duration, Instant};

/// What the chapter's cells did.
pub struct Execution {
    /// The set-up cell's, then each cell's, in order. Cells without an outcome were not run, because the set-up failed.
    pub outcomes: Vec<Outcome>,
    pub problems: Vec<Problem>,
    pub time: Duration,
}

/// A cell that does not do what the chapter says.
pub struct Problem {
    /// The line of the cell, or of its output.
    pub line: usize,
    /// What the cell is, for a reader.
    pub cell: String,
    pub what: What,
}

pub enum What {
    Failed(Failure),
    /// The cell printed something else: what was expected, what came, and their difference.
    Printed {
        expected: String,
        actual: String,
        difference: String,
    },
}

/// The set-up cell of every notebook: the helper crate two folders up, and its names.
pub fn setup_cell() -> String {
    setup_code("../..").trim_end().to_owned()
}

/// Executes chapters in parallel; `each` is called with the results in the order of the chapters. Of the cells before
/// number `from` of a chapter, the set-up cell being the first, only those are run that the others need, and their outcomes
/// are of no use.
///
/// # Errors
/// What `each` returns, and when no session can be started or a session cannot go on.
pub fn execute_all(
    root: &Root,
    chapters: &[(Chapter, usize)],
    limit: Duration,
    mut each: impl FnMut(&Chapter, Execution) -> Result<()>,
) -> Result<()> {
    let bars = Bars::default();
    in_order(
        chapters.len(),
        |index| {
            let (chapter, from) = &chapters[index];
            let execution = execute(root, chapter, *from, limit, &bars)?;
            if *from == 0 || execution.problems.is_empty() {
                return Ok(execution);
            }
            // A cell that was left out may have been needed after all.
            execute(root, chapter, 0, limit, &bars)
        },
        |index, execution| bars.suspend(|| each(&chapters[index].0, execution)),
    )
}

/// Runs a chapter from top to bottom; a cell that fails does not keep the others from running.
fn execute(root: &Root, chapter: &Chapter, from: usize, limit: Duration, bars: &Bars) -> Result<Execution> {
    let start = Instant::now();
    let sources: Vec<String> =
        std::iter::once(setup_cell()).chain(chapter.cells().map(|cell| chapter.solution(cell))).collect();
    let needed = dependence::needed(&sources, from);
    let progress = Progress::among(bars, &chapter.notebook, sources.len() as u64);
    // Jupyter runs a notebook in its own folder; relative paths must mean the same here.
    let folder = root.notebooks().join("solution");
    std::fs::create_dir_all(&folder)?;
    let mut session = Session::start(root, &folder, &|text| progress.say(text))?.limit(limit);
    let mut execution = Execution { outcomes: Vec::new(), problems: Vec::new(), time: Duration::ZERO };

    progress.say("set-up");
    let outcome = session.execute(&sources[0], &mut |_| ())?;
    let failure = outcome.failure.clone();
    execution.outcomes.push(outcome);
    progress.step();
    if let Some(failure) = failure {
        let cell = "the set-up cell".to_owned();
        execution.problems.push(Problem { line: 1, cell, what: What::Failed(failure) });
    } else {
        for (index, cell) in (1..).zip(chapter.cells()) {
            let mut outcome = Outcome::default();
            if needed[index] {
                progress.say(&describe(cell));
                outcome = session.execute(&sources[index], &mut |_| ())?;
                execution.problems.extend(problem(cell, &outcome));
            }
            execution.outcomes.push(outcome);
            progress.step();
        }
    }
    execution.time = start.elapsed();
    progress.finish();
    Ok(execution)
}

fn problem(cell: &Cell, outcome: &Outcome) -> Option<Problem> {
    let found = |line, what| Some(Problem { line, cell: describe(cell), what });
    if let Some(failure) = &outcome.failure {
        return found(cell.line, What::Failed(failure.clone()));
    }
    let expected = cell.output.as_ref()?;
    let actual = outcome.stdout();
    let difference = compare(expected, &actual).err()?;
    found(expected.line, What::Printed { expected: expected.text.clone(), actual, difference })
}

fn describe(cell: &Cell) -> String {
    match &cell.kind {
        Kind::Demo => format!("the cell of line {}", cell.line),
        Kind::Exercise(exercise) => format!("the exercise {}", exercise.name),
        Kind::Test { name } => format!("the test of {name}"),
    }
}
