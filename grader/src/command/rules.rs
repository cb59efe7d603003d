/*! `grader deadline` and `grader override`: what the instructor decides becomes a row of the gradebook. */

use std::collections::BTreeSet;
use std::path::PathBuf;

use clap::Args;

use super::print;
use crate::error::{Error, Kind, Result};
use crate::gradebook::store::{Deadline, Gradebook, Outcome, Override};
use crate::gradebook::time;

/// What `grader deadline` takes.
#[derive(Debug, Args)]
pub struct DeadlineArguments {
    /// The folder of the gradebook.
    #[arg(default_value = "grades")]
    gradebook: PathBuf,
    /// The assignment; needed where the gradebook has several.
    #[arg(long)]
    assignment: Option<String>,
    /// For this learner alone, who then has more time or more attempts.
    #[arg(long)]
    learner: Option<String>,
    /// When it is due, for example 2026-11-27T23:59:00+01:00; a date alone is its end, in UTC.
    #[arg(long, value_name = "TIME")]
    due: Option<String>,
    /// Percent of the score that each day costs which has begun.
    #[arg(long, value_name = "PERCENT")]
    per_day: Option<f64>,
    /// After so many days there are no points.
    #[arg(long, value_name = "DAYS")]
    days: Option<u32>,
    /// So many attempts count.
    #[arg(long, value_name = "N")]
    attempts: Option<u32>,
    /// Why, for those who read the gradebook later.
    #[arg(long, default_value = "")]
    reason: String,
}

/// Adds a row, or lists those that are there if nothing is to be set.
///
/// # Errors
/// When there is no such gradebook, assignment or learner, or the time cannot be read.
pub fn deadline(arguments: DeadlineArguments) -> Result<()> {
    let book = Gradebook::open(&arguments.gradebook)?;
    let DeadlineArguments { due, per_day, days, attempts, .. } = &arguments;
    if due.is_none() && per_day.is_none() && days.is_none() && attempts.is_none() {
        return list(&book);
    }
    let people = People::of(&book)?;
    if let Some(percent) = per_day.filter(|percent| !(0.0..=100.0).contains(percent)) {
        return Err(usage(format!("{percent} percent for a day"), "a number from 0 to 100"));
    }
    if arguments.learner.is_some() && arguments.reason.is_empty() {
        return Err(usage("a learner's own deadline without a reason".into(), "say why with --reason"));
    }
    let row = Deadline {
        assignment: people.assignment(arguments.assignment)?,
        learner: arguments.learner.map(|learner| people.learner(learner)).transpose()?.unwrap_or_default(),
        due: arguments.due.as_deref().map(parse).transpose()?,
        per_day: arguments.per_day,
        days: arguments.days,
        attempts: arguments.attempts,
        reason: arguments.reason,
        entered: time::now(),
    };
    book.add_deadline(&row)?;
    print(&line(&row))?;
    Ok(())
}

/// What `grader override` takes.
#[derive(Debug, Args)]
pub struct OverrideArguments {
    /// The folder of the gradebook.
    #[arg(default_value = "grades")]
    gradebook: PathBuf,
    /// The learner.
    #[arg(long)]
    learner: Option<String>,
    /// The assignment; needed where the gradebook has several.
    #[arg(long)]
    assignment: Option<String>,
    /// The function whose points are replaced; the score as a whole if none is named.
    #[arg(long)]
    function: Option<String>,
    /// The points that count.
    #[arg(long)]
    points: Option<f64>,
    /// When it was handed in, where the platform does not say it or says it wrong.
    #[arg(long, value_name = "TIME")]
    submitted: Option<String>,
    /// Why, for those who read the gradebook later.
    #[arg(long, default_value = "")]
    reason: String,
}

/// Adds a row, or lists those that are there if nothing is to be set.
///
/// # Errors
/// When there is no such gradebook, assignment, learner or function, no reason, or the time cannot be read.
pub fn override_(arguments: OverrideArguments) -> Result<()> {
    let book = Gradebook::open(&arguments.gradebook)?;
    if arguments.points.is_none() && arguments.submitted.is_none() {
        return list(&book);
    }
    if arguments.reason.trim().is_empty() {
        return Err(usage("an override without a reason".into(), "say why with --reason"));
    }
    if let Some(points) = arguments.points.filter(|points| !points.is_finite() || *points < 0.0) {
        return Err(usage(format!("{points} points"), "a number from 0 on"));
    }
    let people = People::of(&book)?;
    let learner = arguments.learner.ok_or_else(|| usage("an override without a learner".into(), "name --learner"))?;
    let row = Override {
        assignment: people.assignment(arguments.assignment)?,
        learner: people.learner(learner)?,
        function: arguments.function.map(|name| people.function(name)).transpose()?.unwrap_or_default(),
        points: arguments.points,
        submitted: arguments.submitted.as_deref().map(parse).transpose()?,
        reason: arguments.reason,
        entered: time::now(),
    };
    book.add_override(&row)?;
    print(&override_line(&row))?;
    Ok(())
}

fn list(book: &Gradebook) -> Result<()> {
    book.deadlines()?.iter().try_for_each(|row| print(&line(row)))?;
    book.overrides()?.iter().try_for_each(|row| print(&override_line(row)))
}

fn line(row: &Deadline) -> String {
    let who = if row.learner.is_empty() { "everybody" } else { &row.learner };
    let mut parts = Vec::new();
    parts.extend(row.due.map(|due| format!("due {}", time::text(due))));
    parts.extend(row.per_day.map(|percent| format!("{percent} % for each day")));
    parts.extend(row.days.map(|days| format!("no points after {days} days")));
    parts.extend(row.attempts.map(|attempts| format!("{attempts} attempts count")));
    format!("{}, {who}: {}{}\n", row.assignment, parts.join(", "), reason(&row.reason))
}

fn override_line(row: &Override) -> String {
    let mut parts = Vec::new();
    let what = if row.function.is_empty() { "the score" } else { &row.function };
    parts.extend(row.points.map(|points| format!("{what} is {points} points")));
    parts.extend(row.submitted.map(|at| format!("handed in at {}", time::text(at))));
    format!("{}, {}: {}{}\n", row.assignment, row.learner, parts.join(", "), reason(&row.reason))
}

fn reason(reason: &str) -> String {
    if reason.is_empty() { String::new() } else { format!(" ({reason})") }
}

fn parse(text: &str) -> Result<i64> {
    let help = "for example 2026-11-27T23:59:00+01:00, or 2026-11-27";
    time::parse(text).ok_or_else(|| usage(format!("{text:?} is no time"), help))
}

fn usage(message: String, help: &str) -> Error {
    Error::of(Kind::Usage, message, help)
}

/// The names that a gradebook knows: a row for somebody else would never count.
struct People {
    assignments: BTreeSet<String>,
    learners: BTreeSet<String>,
    functions: BTreeSet<String>,
}

impl People {
    fn of(book: &Gradebook) -> Result<Self> {
        let mut people = Self { assignments: BTreeSet::new(), learners: BTreeSet::new(), functions: BTreeSet::new() };
        for row in book.submissions()? {
            people.learners.insert(row.learner);
            people.assignments.extend([row.assignment, row.asked].into_iter().filter(|name| !name.is_empty()));
            if let Outcome::Graded(report) = row.outcome {
                people.functions.extend(report.functions.into_iter().map(|function| function.name));
            }
        }
        Ok(people)
    }

    fn assignment(&self, named: Option<String>) -> Result<String> {
        match (named, self.assignments.first()) {
            (Some(name), _) => known("assignment", name, &self.assignments),
            (None, Some(only)) if self.assignments.len() == 1 => Ok(only.clone()),
            (None, _) => Err(usage("the gradebook has several assignments, or none".into(), "name --assignment")),
        }
    }

    fn learner(&self, name: String) -> Result<String> {
        known("learner", name, &self.learners)
    }

    fn function(&self, name: String) -> Result<String> {
        known("function", name, &self.functions)
    }
}

fn known(what: &str, name: String, all: &BTreeSet<String>) -> Result<String> {
    if all.contains(&name) {
        return Ok(name);
    }
    let lower = name.to_lowercase();
    let near: Vec<&str> =
        all.iter().filter(|other| other.to_lowercase().contains(&lower)).take(5).map(String::as_str).collect();
    let shown: Vec<&str> = if near.is_empty() { all.iter().take(5).map(String::as_str).collect() } else { near };
    Err(usage(format!("the gradebook has no {what} {name:?}"), &format!("it has {}", shown.join(", "))))
}
