/*! The formats that a report can be written in. Each has a file of its own beside this one. */

use clap::ValueEnum;

use crate::error::Kind;
use crate::report::{
    Graded, autolab, coursera, csv, ctrf, exercism, gradescope, html, json, junit, markdown, prairielearn, text,
};

/// A format. All that are made for a platform can be shown to learners: they name neither seeds nor hidden inputs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Text,
    /// All that the grader knows.
    Json,
    /// Gradescope's `results.json`.
    Gradescope,
    /// PrairieLearn's `results.json`.
    Prairielearn,
    /// Coursera's `feedback.json`.
    Coursera,
    /// Autolab's feedback, whose last line is its scores.
    Autolab,
    /// `results.json` of Exercism's test runners, version 3.
    Exercism,
    /// JUnit's XML, which every continuous integration reads.
    Junit,
    /// The Common Test Report Format.
    Ctrf,
    /// A line for each function.
    Csv,
    /// For a job's summary, an issue, a comment.
    Markdown,
    /// A page that needs nothing else.
    Html,
}

/// What a format may say beside the report.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context {
    /// Whether it goes to a terminal that shows colours.
    pub colour: bool,
    /// When the grading began and ended, in milliseconds since 1970.
    pub times: (u64, u64),
}

impl Format {
    /// The report in this format; `None` where nothing may be marked: a platform that reads a file would take it for the
    /// learner's score.
    pub fn write(self, graded: Graded, context: &Context) -> Option<String> {
        if let Err(error) = graded
            && matches!(error.kind(), Kind::Machine | Kind::Usage)
            && !matches!(self, Self::Text | Self::Json)
        {
            return None;
        }
        Some(match self {
            Self::Text => match graded {
                Ok(report) => text::text(report, context.colour),
                Err(_) => return None,
            },
            Self::Json => json::json(graded),
            Self::Gradescope => gradescope::gradescope(graded, context),
            Self::Prairielearn => prairielearn::prairielearn(graded),
            Self::Coursera => coursera::coursera(graded),
            Self::Autolab => autolab::autolab(graded),
            Self::Exercism => exercism::exercism(graded),
            Self::Junit => junit::junit(graded),
            Self::Ctrf => ctrf::ctrf(graded, context),
            Self::Csv => csv::csv(graded),
            Self::Markdown => markdown::markdown(graded),
            Self::Html => html::html(graded),
        })
    }
}
