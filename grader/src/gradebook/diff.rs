/*! Compares two gradebooks: who gains or loses after a test, a case or the reference was changed. */

use std::collections::BTreeMap;

use serde::Serialize;

use crate::error::Result;
use crate::gradebook::class::classes;
use crate::gradebook::store::Gradebook;
use crate::report::class::{Class, Learner, rounded};
use crate::report::feedback::number;

/// A learner whose result differs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Change {
    pub assignment: String,
    pub learner: String,
    /// The score before; none if the learner is in the second gradebook only.
    pub before: Option<f64>,
    /// The score after; none if the learner is in the first gradebook only.
    pub after: Option<f64>,
    /// What is behind it: functions with their points before and after, and an outcome that has changed.
    pub why: Vec<String>,
}

impl Change {
    /// What is gained, or, below 0, lost.
    pub fn gain(&self) -> f64 {
        rounded(self.after.unwrap_or(0.0) - self.before.unwrap_or(0.0))
    }
}

/// The learners whose results differ, those who lose most first.
///
/// # Errors
/// When a gradebook cannot be read.
pub fn diff(before: &Gradebook, after: &Gradebook) -> Result<Vec<Change>> {
    Ok(changes(&classes(before, None)?, &classes(after, None)?))
}

fn changes(before: &[Class], after: &[Class]) -> Vec<Change> {
    let (before, after) = (learners(before), learners(after));
    let mut changes = Vec::new();
    for place in before.keys().chain(after.keys().filter(|place| !before.contains_key(*place))) {
        let (old, new) = (before.get(place), after.get(place));
        let mut why = Vec::new();
        if let (Some(old), Some(new)) = (old, new) {
            for name in old.points.keys().chain(new.points.keys().filter(|name| !old.points.contains_key(*name))) {
                let points = |of: &BTreeMap<String, f64>| of.get(name).copied().unwrap_or(0.0);
                let (old, new) = (points(&old.points), points(&new.points));
                if (old - new).abs() > 0.005 {
                    why.push(format!("{name} {} → {}", number(old), number(new)));
                }
            }
            if old.outcome != new.outcome {
                why.push(format!("{} → {}", old.outcome, new.outcome));
            }
            if old.score == new.score && why.is_empty() {
                continue;
            }
        }
        changes.push(Change {
            assignment: place.0.to_owned(),
            learner: place.1.to_owned(),
            before: old.map(|learner| learner.score),
            after: new.map(|learner| learner.score),
            why,
        });
    }
    changes.sort_by(|one, other| one.gain().total_cmp(&other.gain()).then_with(|| one.learner.cmp(&other.learner)));
    changes
}

/// All learners of the classes, by assignment and id.
fn learners(classes: &[Class]) -> BTreeMap<(&str, &str), &Learner> {
    let all = classes.iter().flat_map(|class| class.learners.iter().map(|learner| (&*class.assignment, learner)));
    all.map(|(assignment, learner)| ((assignment, &*learner.learner), learner)).collect()
}

/// The changes as text: a line for each, and one that counts them.
pub fn text(changes: &[Change]) -> String {
    let score = |score: Option<f64>| score.map_or_else(|| "–".to_owned(), number);
    let width = changes.iter().map(|change| change.learner.chars().count()).max().unwrap_or(0);
    let line = |change: &Change| {
        let (sign, gain) = (if change.gain() > 0.0 { "+" } else { "" }, number(change.gain()));
        let (before, after) = (score(change.before), score(change.after));
        let change_of = format!("{before} → {after}");
        let why = if change.why.is_empty() { String::new() } else { format!("  {}", change.why.join(", ")) };
        format!("{:width$}  {sign}{gain:<8} {change_of:<16}{why}\n", change.learner)
    };
    let count = |test: fn(f64) -> bool| changes.iter().filter(|change| test(change.gain())).count();
    let (gain, lose) = (count(|gain| gain > 0.0), count(|gain| gain < 0.0));
    let lines: String = changes.iter().map(line).collect();
    format!("{lines}{gain} gain, {lose} lose, {} change without a change of the score\n", changes.len() - gain - lose)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradebook::testing::graded;

    #[test]
    fn gains_and_losses_are_named_with_their_functions() {
        let folder = tempfile::tempdir().unwrap();
        let book = |name: &str, rows: &[crate::gradebook::store::Submission]| {
            let mut book = Gradebook::create(&folder.path().join(name)).unwrap();
            book.copy(rows).unwrap();
            book
        };
        let before = book(
            "before",
            &[
                graded("ada", &[("f", 10.0), ("g", 10.0)]),
                graded("bob", &[("f", 0.0), ("g", 10.0)]),
                graded("carl", &[("f", 5.0), ("g", 5.0)]),
                graded("dora", &[("f", 1.0)]),
            ],
        );
        let after = book(
            "after",
            &[
                graded("ada", &[("f", 10.0), ("g", 2.0)]),
                graded("bob", &[("f", 10.0), ("g", 10.0)]),
                graded("carl", &[("f", 5.0), ("g", 5.0)]),
                graded("emil", &[("f", 1.0)]),
            ],
        );
        let changes = diff(&before, &after).unwrap();
        let shown: Vec<String> = changes
            .iter()
            .map(|change| format!("{} {} {}", change.learner, change.gain(), change.why.join(",")))
            .collect();
        assert_eq!(shown, ["ada -8 g 10 → 2", "dora -1 ", "emil 1 ", "bob 10 f 0 → 10"]);
        assert!(text(&changes).ends_with("2 gain, 2 lose, 0 change without a change of the score\n"));
        assert!(diff(&before, &before).unwrap().is_empty());
    }
}
