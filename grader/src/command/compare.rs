/*! `grader merge` and `grader diff`: gradebooks put together, and compared. */

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use super::print;
use crate::error::Result;
use crate::gradebook::diff::{self, Change};
use crate::gradebook::merge;
use crate::gradebook::store::Gradebook;
use crate::report::csv;
use crate::report::feedback::number;
use crate::report::json::pretty;

/// What `grader merge` takes.
#[derive(Debug, Args)]
pub struct Merge {
    /// The folders of the parts' gradebooks.
    #[arg(required = true)]
    parts: Vec<PathBuf>,
    /// The folder of the new gradebook.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Merges although parts are missing.
    #[arg(long)]
    partial: bool,
}

/// Merges the parts of a class.
///
/// # Errors
/// When they do not belong together.
pub fn merge(arguments: &Merge) -> Result<()> {
    let count = merge::merge(&arguments.parts, &arguments.out, arguments.partial)?;
    let out = arguments.out.display();
    print(&format!("{count} submissions of {} parts\nnext: grader report {out}\n", arguments.parts.len()))?;
    Ok(())
}

/// What `grader diff` takes.
#[derive(Debug, Args)]
pub struct Diff {
    /// The folder of the gradebook before a change.
    before: PathBuf,
    /// The folder of the gradebook after it.
    after: PathBuf,
    /// How it is written.
    #[arg(long, value_enum, default_value_t)]
    format: Form,
}

/// A format of the comparison.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
pub enum Form {
    /// For people.
    #[default]
    Text,
    /// All figures.
    Json,
    /// A line for each learner.
    Csv,
}

/// Says who gains and who loses.
///
/// # Errors
/// When there is no such gradebook.
pub fn diff(arguments: &Diff) -> Result<()> {
    let changes = diff::diff(&Gradebook::open(&arguments.before)?, &Gradebook::open(&arguments.after)?)?;
    print(&match arguments.format {
        Form::Text => diff::text(&changes),
        Form::Json => pretty(&changes),
        Form::Csv => table(&changes),
    })?;
    Ok(())
}

fn table(changes: &[Change]) -> String {
    let mut out = csv::row(&["assignment", "learner", "before", "after", "gain", "why"]);
    for change in changes {
        let score = |score: Option<f64>| score.map(number).unwrap_or_default();
        out += &csv::row(&[
            change.assignment.clone(),
            change.learner.clone(),
            score(change.before),
            score(change.after),
            number(change.gain()),
            change.why.join("; "),
        ]);
    }
    out
}
