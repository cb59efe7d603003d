/*! Finds the typical mistakes that give exactly the answers that a learner's function gives. */

use std::collections::BTreeMap;
use std::path::Path;

use course::Assignment;
use wire::Frame;

use crate::error::Result;
use crate::judge::answers::Case;
use crate::judge::compare::difference;
use crate::judge::evaluate::Evaluation;
use crate::judge::misconceptions;
use crate::program::compile::Compiler;
use crate::report::Verdict;

/// The sentences that fit each function that gave a wrong answer.
///
/// # Errors
/// When the mistakes do not compile.
pub fn find(
    root: &Path,
    compiler: &Compiler,
    assignment: &Assignment,
    own: &BTreeMap<String, Evaluation>,
    regraded: &BTreeMap<String, Evaluation>,
    cases: &[Case],
) -> Result<BTreeMap<String, Vec<String>>> {
    // The mistakes run with our functions upstream, so the grading that does the same is the one to compare.
    let answers = |name: &str| -> Option<&Evaluation> {
        let evaluation = regraded.get(name).or_else(|| own.get(name))?;
        matches!(evaluation.verdict, Verdict::Wrong | Verdict::Panicked).then_some(evaluation)
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if !assignment.functions.iter().any(|name| answers(name).is_some()) {
        return Ok(found);
    }
    let all = misconceptions::read(root, assignment)?;
    if all.is_empty() {
        return Ok(found);
    }
    let chosen = |mistake: &misconceptions::Misconception| answers(&mistake.function).is_some();
    for (index, frames) in misconceptions::run(compiler, assignment, &all, chosen, cases)? {
        let mistake = &all[index];
        let Some(evaluation) = answers(&mistake.function) else { continue };
        let cases: Vec<&Case> = cases.iter().filter(|case| case.function == mistake.function).collect();
        if same(&cases, &frames, &evaluation.frames) {
            found.entry(mistake.function.clone()).or_default().push(mistake.sentence.clone());
        }
    }
    Ok(found)
}

/// Whether two rows of answers are alike: both right in the same cases, and wrong in the same way in the others, at
/// least once with an answer or with the very sentence by which the helper crate refuses a call.
pub fn same(cases: &[&Case], mistake: &[Option<Frame>], learner: &[Option<Frame>]) -> bool {
    let mut answered = false;
    for (index, case) in cases.iter().enumerate() {
        let (mistake, learner) = (&mistake.get(index), &learner.get(index));
        match (mistake.and_then(Option::as_ref), learner.and_then(Option::as_ref)) {
            (Some(Frame::Returned(mistake)), Some(Frame::Returned(learner))) => {
                let right = |answer| difference(&case.answer, answer, &[]).is_none();
                match (right(mistake), right(learner)) {
                    (true, true) => {}
                    (false, false) if difference(mistake, learner, &[]).is_none() => answered = true,
                    _ => return false,
                }
            }
            (Some(Frame::Panicked { message: mistake, file, .. }), Some(Frame::Panicked { message: learner, .. })) => {
                answered |= mistake == learner && refused(mistake, file);
            }
            _ => return false,
        }
    }
    answered
}

/// Whether a panic is the helper crate's refusal of a call. It says what was expected, and stands either in one of the
/// crate's files, which are named from the workspace's root, or at the learner's own line, which the crate reports with
/// `#[track_caller]`.
pub fn refused(message: &str, file: &str) -> bool {
    !message.is_empty() && (file.starts_with("src/") || message.contains("expected "))
}
