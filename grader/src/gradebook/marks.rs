/*! Scores: what a report gives, less what is late, with what the instructor replaced. It reads rows and grades nothing. */

use std::collections::BTreeMap;

use crate::gradebook::store::{Deadline, Outcome, Override, Submission};
use crate::gradebook::time::DAY;

/// The rows of the gradebook that decide about scores.
#[derive(Debug, Default)]
pub struct Rules {
    /// In the order in which they were entered.
    pub deadlines: Vec<Deadline>,
    /// In the order in which they were entered.
    pub overrides: Vec<Override>,
}

/// What applies to one learner: of every field the last row that sets it, a learner's own rows before everybody's.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Rule {
    /// When it was due.
    pub due: Option<i64>,
    /// Percent of the score for each day that has begun.
    pub per_day: f64,
    /// After so many days there are no points.
    pub days: Option<u32>,
    /// So many attempts count.
    pub attempts: Option<u32>,
}

/// A learner's score for an assignment.
#[derive(Debug, Clone, PartialEq)]
pub struct Mark {
    /// Which of the submissions counts, as its place among them; none if none has a report and none is replaced.
    pub counts: Option<usize>,
    /// Points of each function.
    pub functions: BTreeMap<String, f64>,
    /// Their sum.
    pub raw: f64,
    /// Days that it was late, each that has begun.
    pub days_late: u32,
    /// The score, after late days and with what the instructor replaced.
    pub score: f64,
    /// What the instructor replaced, and why.
    pub replaced: Vec<String>,
    /// Why somebody should look at it.
    pub doubts: Vec<String>,
}

impl Rules {
    /// What applies to a learner.
    pub fn of(&self, assignment: &str, learner: &str) -> Rule {
        let rows = |who: &str| {
            self.deadlines
                .iter()
                .filter(move |row| row.assignment == assignment && row.learner == who)
                .collect::<Vec<_>>()
        };
        let mut rule = Rule::default();
        for row in rows("").into_iter().chain(if learner.is_empty() { Vec::new() } else { rows(learner) }) {
            rule.due = row.due.or(rule.due);
            rule.per_day = row.per_day.unwrap_or(rule.per_day);
            rule.days = row.days.or(rule.days);
            rule.attempts = row.attempts.or(rule.attempts);
        }
        rule
    }

    /// A learner's score: the last of the attempts that count, unless it could not be graded and an earlier one could.
    /// `submissions` are those of one learner and one assignment, in the order of their attempts.
    pub fn mark(&self, assignment: &str, learner: &str, submissions: &[&Submission]) -> Mark {
        let rule = self.of(assignment, learner);
        let of_it = |row: &&Override| row.assignment == assignment && row.learner == learner;
        let overrides: Vec<&Override> = self.overrides.iter().filter(of_it).collect();
        let counted = rule.attempts.map_or(submissions.len(), |most| submissions.len().min(most as usize));
        let graded = |index: &usize| matches!(submissions[*index].outcome, Outcome::Graded(_));
        let counts = (0..counted).rev().find(graded);
        let mut mark = Mark {
            counts,
            functions: BTreeMap::new(),
            raw: 0.0,
            days_late: 0,
            score: 0.0,
            replaced: Vec::new(),
            doubts: Vec::new(),
        };
        if let Some(Outcome::Graded(report)) = counts.map(|index| &submissions[index].outcome) {
            mark.functions = report.functions.iter().map(|function| (function.name.clone(), function.points)).collect();
        }
        if counted < submissions.len() {
            mark.doubts.push(format!("{} of {} attempts count", counted, submissions.len()));
        }
        if counted > 0 && counts.is_some_and(|index| index + 1 < counted) {
            mark.doubts.push("the last attempt could not be graded, an earlier one counts".to_owned());
        }
        let mut whole = None;
        for row in &overrides {
            let Some(points) = row.points else { continue };
            if row.function.is_empty() {
                whole = Some(points);
                mark.replaced.push(format!("the score is {points}: {}", row.reason));
            } else {
                mark.functions.insert(row.function.clone(), points);
                mark.replaced.push(format!("{} is {points}: {}", row.function, row.reason));
            }
        }
        mark.raw = round(mark.functions.values().sum());
        // What was not handed in is not late.
        if let Some(index) = counts.or(counted.checked_sub(1)) {
            let submission = submissions[index];
            let replaced = overrides.iter().rev().find_map(|row| row.submitted.map(|at| (at, &row.reason)));
            if let Some((at, reason)) = replaced {
                mark.replaced.push(format!("handed in at {}: {reason}", crate::gradebook::time::text(at)));
            }
            let submitted = replaced.map(|(at, _)| at).or(submission.submitted);
            mark.days_late = days_late(rule.due, submitted);
            if submission.late && submitted.is_none() && (rule.due.is_some() || rule.per_day > 0.0) {
                // Canvas says that it is late, and not by how much.
                mark.days_late = 1;
                mark.doubts.push("late by an unknown time, counted as one day".to_owned());
            }
        }
        let kept = match rule.days {
            Some(days) if mark.days_late > days => 0.0,
            _ => (1.0 - f64::from(mark.days_late) * rule.per_day / 100.0).max(0.0),
        };
        mark.score = whole.unwrap_or_else(|| round(mark.raw * kept));
        mark
    }
}

/// Days that have begun between the deadline and the submission.
fn days_late(due: Option<i64>, submitted: Option<i64>) -> u32 {
    let (Some(due), Some(submitted)) = (due, submitted) else { return 0 };
    let late = (submitted - due).max(0);
    u32::try_from((late + DAY - 1) / DAY).unwrap_or(u32::MAX)
}

/// Points have two decimals.
fn round(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, Kind};
    use crate::gradebook::testing::{graded, submission};

    fn deadline(learner: &str) -> Deadline {
        Deadline { assignment: "conv".into(), learner: learner.into(), ..Deadline::default() }
    }

    fn override_of(learner: &str) -> Override {
        Override { assignment: "conv".into(), learner: learner.into(), reason: "asked".into(), ..Override::default() }
    }

    #[test]
    fn a_day_that_has_begun_costs() {
        let rules = Rules {
            deadlines: vec![Deadline { due: Some(0), per_day: Some(10.0), days: Some(3), ..deadline("") }],
            overrides: Vec::new(),
        };
        let score = |submitted: Option<i64>| {
            let submission = Submission { submitted, ..graded("ada", &[("zero_pad", 50.0)]) };
            let mark = rules.mark("conv", "ada", &[&submission]);
            (mark.days_late, mark.score)
        };
        assert_eq!(score(None), (0, 50.0));
        assert_eq!(score(Some(0)), (0, 50.0));
        assert_eq!(score(Some(1)), (1, 45.0));
        assert_eq!(score(Some(DAY)), (1, 45.0));
        assert_eq!(score(Some(3 * DAY)), (3, 35.0));
        assert_eq!(score(Some(3 * DAY + 1)), (4, 0.0));
    }

    #[test]
    fn a_learners_own_row_counts_before_everybodys() {
        let rules = Rules {
            deadlines: vec![
                Deadline { due: Some(5 * DAY), ..deadline("ada") },
                Deadline { due: Some(0), per_day: Some(10.0), attempts: Some(1), ..deadline("") },
            ],
            overrides: Vec::new(),
        };
        let expected = Rule { due: Some(5 * DAY), per_day: 10.0, days: None, attempts: Some(1) };
        assert_eq!(rules.of("conv", "ada"), expected);
        assert_eq!(rules.of("conv", "bob").due, Some(0));
        assert_eq!(rules.of("other", "ada"), Rule::default());
    }

    #[test]
    fn the_last_attempt_that_counts_is_marked() {
        let rules = |attempts| Rules { deadlines: vec![Deadline { attempts, ..deadline("") }], overrides: Vec::new() };
        let (first, second) = (graded("ada", &[("zero_pad", 10.0)]), graded("ada", &[("zero_pad", 4.0)]));
        let refused = Outcome::Refused(Error::of(Kind::Unreadable, "cut off", "again"));
        let broken = Submission { outcome: refused, ..submission("ada") };
        assert_eq!(rules(None).mark("conv", "ada", &[&first, &second]).score, 4.0);
        assert_eq!(rules(Some(1)).mark("conv", "ada", &[&first, &second]).score, 10.0);
        let mark = rules(None).mark("conv", "ada", &[&first, &broken]);
        assert_eq!((mark.score, mark.counts, mark.doubts.len()), (10.0, Some(0), 1));
        let mark = rules(None).mark("conv", "ada", &[&broken]);
        assert_eq!((mark.score, mark.counts), (0.0, None));
    }

    #[test]
    fn what_the_instructor_enters_replaces_what_came_out() {
        let submission = Submission { late: true, ..graded("ada", &[("zero_pad", 4.0), ("conv_forward", 6.0)]) };
        let mut rules =
            Rules { deadlines: vec![Deadline { per_day: Some(50.0), ..deadline("") }], overrides: Vec::new() };
        let mark = rules.mark("conv", "ada", &[&submission]);
        assert_eq!((mark.days_late, mark.score, mark.doubts.len()), (1, 5.0, 1));
        rules.overrides.push(Override { function: "zero_pad".into(), points: Some(10.0), ..override_of("ada") });
        assert_eq!(rules.mark("conv", "ada", &[&submission]).score, 8.0);
        rules.deadlines.push(Deadline { due: Some(100), ..deadline("ada") });
        rules.overrides.push(Override { submitted: Some(50), ..override_of("ada") });
        let mark = rules.mark("conv", "ada", &[&submission]);
        assert_eq!((mark.days_late, mark.score, mark.replaced.len()), (0, 16.0, 2));
        rules.overrides.push(Override { points: Some(99.0), ..override_of("ada") });
        assert_eq!(rules.mark("conv", "ada", &[&submission]).score, 99.0);
        assert_eq!(rules.mark("conv", "bob", &[&submission]).score, 5.0);
    }
}
