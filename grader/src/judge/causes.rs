/*! Finds the misconceptions whose results equal those of a learner's function. */

use std::collections::BTreeMap;
use std::path::Path;

use course::Assignment;
use wire::Frame;

use crate::error::Result;
use crate::judge::answers::Case;
use crate::judge::compare::difference;
use crate::judge::evaluate::Evaluation;
use crate::judge::kept::{Answered, Kept};
use crate::program::compile::Compiler;
use crate::report::Verdict;

/// For each function that failed, the explanations of the misconceptions that match.
///
/// # Errors
/// When the misconceptions do not compile.
pub fn diagnose(
    root: &Path,
    compiler: &Compiler,
    kept: &Kept,
    assignment: &Assignment,
    first_grading: &BTreeMap<String, Evaluation>,
    regraded: &BTreeMap<String, Evaluation>,
    answered: &Answered,
) -> Result<BTreeMap<String, Vec<String>>> {
    // The misconceptions run with our functions upstream, so the grading that does the same is the one to compare.
    let results = |name: &str| -> Option<&Evaluation> {
        let evaluation = regraded.get(name).or_else(|| first_grading.get(name))?;
        matches!(evaluation.verdict, Verdict::Wrong | Verdict::Panicked).then_some(evaluation)
    };
    let mut found: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if !assignment.functions.iter().any(|name| results(name).is_some()) {
        return Ok(found);
    }
    let mistakes = kept.mistakes(root, compiler, assignment)?;
    for (index, mistake) in mistakes.all.iter().enumerate() {
        let Some(evaluation) = results(&mistake.function) else { continue };
        let frames = answered.of_mistake(compiler, &mistakes, index)?;
        let cases: Vec<&Case> = answered.cases.iter().filter(|case| case.function == mistake.function).collect();
        if results_match(&cases, &frames, &evaluation.frames) {
            found.entry(mistake.function.clone()).or_default().push(mistake.explanation.clone());
        }
    }
    Ok(found)
}

/// Whether two lists of results match: right in the same cases, equal wrong values, and panics in the same cases; at least
/// one case must give an equal wrong value, or the same panic message from an argument check of the helper crate.
pub fn results_match(cases: &[&Case], mistake: &[Option<Frame>], learner: &[Option<Frame>]) -> bool {
    let mut has_evidence = false;
    for (index, case) in cases.iter().enumerate() {
        let (mistake, learner) = (&mistake.get(index), &learner.get(index));
        match (mistake.and_then(Option::as_ref), learner.and_then(Option::as_ref)) {
            (Some(Frame::Returned(mistake)), Some(Frame::Returned(learner))) => {
                let right = |answer| difference(&case.answer, answer, &[]).is_none();
                match (right(mistake), right(learner)) {
                    (true, true) => {}
                    (false, false) if difference(mistake, learner, &[]).is_none() => has_evidence = true,
                    _ => return false,
                }
            }
            (Some(Frame::Panicked { message: mistake, file, .. }), Some(Frame::Panicked { message: learner, .. })) => {
                has_evidence |= mistake == learner && is_argument_check(mistake, file);
            }
            _ => return false,
        }
    }
    has_evidence
}

/// Whether a panic is an argument check of the helper crate, such as "conv_forward: expected 3 channels, got 4". It stands
/// either in one of the crate's files, which are named from the workspace's root, or at the learner's own line, which the
/// crate reports with `#[track_caller]`; either way its message begins with the name of what was called, and says what was
/// expected.
pub fn is_argument_check(message: &str, file: &str) -> bool {
    let begins_with_a_name = message.split_once(": expected ").is_some_and(|(name, _)| !name.contains('\n'));
    begins_with_a_name || (file.starts_with("src/") && message.contains("expected "))
}
