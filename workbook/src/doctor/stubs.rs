/*! Stubs as a learner meets them: each compiles, and its visible test does not pass. Answers: they give no warnings. */

use crate::execution::setup_cell;
use crate::progress::{Bars, Progress};
use crate::session::Session;
use anyhow::Result;
use course::chapter::{Cell, Kind};
use course::{Chapter, Root};
use std::time::Duration;

/// What is wrong, each with its place.
///
/// # Errors
/// When no session can be started, or one cannot go on.
pub fn findings(root: &Root, chapters: &[Chapter], limit: Duration) -> Result<Vec<String>> {
    let mut findings = Vec::new();
    let bars = Bars::default();
    for chapter in chapters.iter().filter(|chapter| chapter.graded.is_some()) {
        let cells: Vec<&Cell> = chapter.cells().filter(|cell| !matches!(cell.kind, Kind::Demo)).collect();
        let progress = Progress::among(&bars, &chapter.notebook, cells.len() as u64 + 1);
        let mut session = Session::start(root, &root.notebooks(), &|text| progress.say(text))?.limit(limit);
        session.execute(&setup_cell().replace("../..", &root.display().to_string()), &mut |_| ())?;
        progress.step();
        for cell in cells {
            let place = format!("{}:{}", chapter.path, cell.line);
            match &cell.kind {
                Kind::Exercise(exercise) => {
                    progress.say(&exercise.name);
                    let outcome = session.execute(&chapter.solution(cell), &mut |_| ())?;
                    for warning in &outcome.warnings {
                        findings.push(format!("{place}: the answer of {} has a warning\n{warning}", exercise.name));
                    }
                    if let Some(failure) = session.execute(&chapter.stub(cell), &mut |_| ())?.failure {
                        findings.push(format!("{place}: the stub of {} fails\n{}", exercise.name, failure.details));
                    }
                }
                Kind::Test { name } => {
                    progress.say(&format!("the test of {name}"));
                    if session.execute(&chapter.stub(cell), &mut |_| ())?.failure.is_none() {
                        findings.push(format!(
                            "{place}: the test of {name} passes with the stub\nhelp: let it call {name} with an input \
                             for which doing nothing is wrong"
                        ));
                    }
                }
                Kind::Demo => {}
            }
            progress.step();
        }
        progress.finish();
    }
    Ok(findings)
}
