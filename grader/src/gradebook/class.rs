/*! A class' report from the rows of its gradebook. How it looks is the business of `report`. */

use std::collections::BTreeMap;

use crate::error::Result;
use crate::gradebook::marks::Rules;
use crate::gradebook::similar;
use crate::gradebook::store::{Gradebook, Outcome, Submission};
use crate::gradebook::tokens;
use crate::report::class::{Cause, Class, Exercise, Learner, Scores, Similar, correlation, rounded};
use crate::report::{Report, Verdict, sanitize};

/// The reports of a gradebook's assignments, in the order of their names; `only` names one of them.
///
/// # Errors
/// When the gradebook cannot be read.
pub fn classes(book: &Gradebook, only: Option<&str>) -> Result<Vec<Class>> {
    let seed = book.setting("seed")?.and_then(|text| text.parse().ok());
    let rules = Rules { deadlines: book.deadlines()?, overrides: book.overrides()? };
    let mut rows: BTreeMap<String, Vec<Submission>> = BTreeMap::new();
    for row in book.submissions()? {
        let assignment = if row.assignment.is_empty() { row.asked.clone() } else { row.assignment.clone() };
        rows.entry(assignment).or_default().push(row);
    }
    // Where one assignment is graded, what names none is of that one.
    if rows.len() == 2
        && let Some(unknown) = rows.remove("")
    {
        rows.values_mut().for_each(|known| known.extend(unknown.iter().cloned()));
    }
    let wanted = rows.into_iter().filter(|(name, _)| only.is_none_or(|only| only == name));
    let mut classes: Vec<Class> = wanted.map(|(name, rows)| class(&name, &rows, &rules, seed)).collect();
    // What belongs to no assignment stands at the end.
    classes.sort_by_key(|class| class.assignment.is_empty());
    Ok(classes)
}

fn class(assignment: &str, rows: &[Submission], rules: &Rules, seed: Option<u64>) -> Class {
    let mut learners: BTreeMap<&str, Vec<&Submission>> = BTreeMap::new();
    for row in rows {
        learners.entry(&row.learner).or_default().push(row);
    }
    let mut class = Class { assignment: assignment.to_owned(), seed, ..Class::default() };
    // With the submission that counts.
    let mut counted: Vec<(&str, &Submission, &Report)> = Vec::new();
    for (learner, submissions) in &mut learners {
        submissions.sort_by_key(|row| (row.submitted, row.attempt, &row.digest));
        // The same thing, graded once with the assignment named and once without, is one attempt.
        submissions.dedup_by(|one, other| one.digest == other.digest);
        let mark = rules.mark(assignment, learner, submissions);
        let shown = submissions[mark.counts.unwrap_or(submissions.len() - 1)];
        let mut look = mark.doubts.clone();
        look.extend(reasons(shown));
        look.extend(mark.replaced.iter().map(|what| format!("replaced: {what}")));
        let message = match &shown.outcome {
            Outcome::Refused(error) => Some(error.to_string()),
            Outcome::Fault(message) => Some(message.clone()),
            Outcome::Graded(_) | Outcome::Waiting => None,
        };
        if let (Outcome::Graded(report), Some(_)) = (&shown.outcome, mark.counts) {
            counted.push((learner, shown, report));
        }
        class.learners.push(Learner {
            learner: (*learner).to_owned(),
            name: shown.name.clone(),
            outcome: shown.outcome.word(),
            message: message.map(|message| sanitize(&message)),
            source: shown.source.clone(),
            attempts: submissions.len(),
            points: mark.functions,
            raw: mark.raw,
            days_late: mark.days_late,
            score: mark.score,
            replaced: mark.replaced,
            look,
            seconds: rounded(shown.seconds),
        });
    }
    class.max_score = counted.iter().map(|(.., report)| report.max_score).fold(0.0, f64::max);
    class.scores = Scores::of(&class.learners.iter().map(|learner| learner.score).collect::<Vec<_>>());
    class.exercises = exercises(&counted);
    class.causes = causes(&counted);
    for (.., report) in &counted {
        *class.sandbox.entry(report.sandbox.join("; ")).or_default() += 1;
    }
    let fingerprints: Vec<(&str, Vec<u64>)> =
        counted.iter().map(|(learner, row, _)| (*learner, tokens::from_bytes(&row.tokens))).collect();
    for similar::Pair { one, other, share, .. } in similar::pairs(&fingerprints) {
        for (learner, twin) in [(&one, &other), (&other, &one)] {
            if let Some(learner) = class.learners.iter_mut().find(|other| other.learner == *learner) {
                learner.look.push(format!("near-identical to {twin} ({:.0} %)", 100.0 * share));
            }
        }
        class.similar.push(Similar { one, other, share });
    }
    class
}

/// Why somebody should look at a submission.
fn reasons(row: &Submission) -> Vec<String> {
    let mut reasons = Vec::new();
    match &row.outcome {
        Outcome::Waiting => reasons.push("not graded yet".to_owned()),
        Outcome::Fault(message) => reasons.push(format!("the grader failed on it: {}", sanitize(message))),
        Outcome::Refused(error) => reasons.push(format!("{}: {}", error.kind(), sanitize(error.message()))),
        Outcome::Graded(report) => {
            let said: Vec<&str> = report
                .functions
                .iter()
                .flat_map(|function| {
                    function.messages.iter().chain(function.cases.iter().filter_map(|c| c.message.as_ref()))
                })
                .map(String::as_str)
                .collect();
            if said.iter().any(|text| text.contains("a system call that is not allowed")) {
                reasons.push("it tried what the sandbox forbids".to_owned());
            }
            if said.iter().any(|text| text.contains("something else than answers")) {
                reasons.push("it wrote to the channel of its answers".to_owned());
            }
            let attempted =
                report.functions.iter().filter(|function| function.verdict != Verdict::NotAttempted).count();
            if report.score == 0.0 && attempted > 2 {
                reasons.push(format!("no points for {attempted} functions"));
            }
            let broken = report.functions.iter().filter(|function| function.verdict == Verdict::DoesNotCompile).count();
            if broken > 0 && broken == attempted {
                reasons.push("nothing in it compiles".to_owned());
            }
            let missing = report.sandbox.iter().filter(|layer| layer.starts_with("no "));
            reasons.extend(missing.map(|layer| format!("a layer of the sandbox was missing: {layer}")));
        }
    }
    reasons.extend(row.notes.iter().map(|note| sanitize(note)));
    reasons
}

fn exercises(counted: &[(&str, &Submission, &Report)]) -> Vec<Exercise> {
    let Some((.., first)) = counted.first() else { return Vec::new() };
    let exercise = |index: usize| {
        let of = |report: &Report| report.functions.get(index).cloned();
        let functions: Vec<_> = counted.iter().filter_map(|(.., report)| of(report)).collect();
        let points: Vec<f64> = functions.iter().map(|function| function.points).collect();
        let rest: Vec<f64> = counted
            .iter()
            .filter_map(|(.., report)| Some(report.score - report.functions.get(index)?.points))
            .collect();
        let mut verdicts: BTreeMap<String, usize> = BTreeMap::new();
        for function in &functions {
            *verdicts.entry(function.verdict.to_string()).or_default() += 1;
        }
        let count = functions.len();
        let passed = functions.iter().filter(|function| function.verdict == Verdict::Passed).count();
        Exercise {
            name: first.functions[index].name.clone(),
            max_points: first.functions[index].max_points,
            count,
            pass_rate: rounded(passed as f64 / count.max(1) as f64),
            mean: rounded(points.iter().sum::<f64>() / count.max(1) as f64),
            discrimination: correlation(&points, &rest),
            verdicts,
        }
    };
    (0..first.functions.len()).map(exercise).collect()
}

fn causes(counted: &[(&str, &Submission, &Report)]) -> Vec<Cause> {
    let mut counts: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (.., report) in counted {
        for function in &report.functions {
            for cause in &function.causes {
                *counts.entry((&function.name, cause)).or_default() += 1;
            }
        }
    }
    let cause = |((function, sentence), count): ((&str, &str), usize)| Cause {
        function: function.to_owned(),
        sentence: sentence.to_owned(),
        count,
    };
    let mut causes: Vec<Cause> = counts.into_iter().map(cause).collect();
    causes.sort_by_key(|cause| std::cmp::Reverse(cause.count));
    causes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Kind};
    use crate::gradebook::testing::{graded, submission};

    #[test]
    fn a_class_is_summed_up() {
        let refused = Outcome::Refused(Error::of(Kind::Unreadable, "d.ipynb: cut off", "again"));
        let rows = [
            graded("ada", &[("zero_pad", 10.0), ("conv_forward", 10.0)]),
            graded("bob", &[("zero_pad", 0.0), ("conv_forward", 2.0)]),
            graded("carl", &[("zero_pad", 10.0), ("conv_forward", 6.0)]),
            Submission { outcome: refused, ..submission("dora") },
        ];
        let class = class("conv", &rows, &Rules::default(), Some(7));
        assert_eq!((class.max_score, class.scores.mean, class.scores.count), (20.0, Some(9.5), 4));
        let names: Vec<(&str, f64, &str)> =
            class.learners.iter().map(|learner| (&*learner.learner, learner.score, &*learner.outcome)).collect();
        assert_eq!(
            names,
            [("ada", 20.0, "graded"), ("bob", 2.0, "graded"), ("carl", 16.0, "graded"), ("dora", 0.0, "not readable")]
        );
        assert_eq!((class.exercises[0].pass_rate, class.exercises[0].mean), (0.67, 6.67));
        assert_eq!(class.exercises[1].verdicts["wrong"], 2);
        assert_eq!(class.exercises[0].discrimination, Some(0.87));
        assert_eq!((class.causes[0].function.as_str(), class.causes[0].count), ("conv_forward", 2));
        assert_eq!(class.learners[3].look, ["not readable: d.ipynb: cut off"]);
        assert!(class.learners[0].look.is_empty());
    }
}
