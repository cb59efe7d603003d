/*! `grader report`: the report of a class, and those of its learners. */

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use course::files;

use super::print;
use crate::error::{Error, Kind, Result};
use crate::gradebook::class::classes;
use crate::gradebook::store::{Gradebook, Outcome, Submission};
use crate::report::class::{Class, csv, html};
use crate::report::feedback::number;
use crate::report::format::{Context, Format};
use crate::report::json::pretty;

/// What `grader report` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of the gradebook.
    #[arg(default_value = "grades")]
    gradebook: PathBuf,
    /// One assignment of several.
    #[arg(long)]
    assignment: Option<String>,
    /// One format, to standard output or the file of --output. Without it `class.csv`, `class.json` and `class.html` are
    /// written into the gradebook's folder.
    #[arg(long, value_enum)]
    format: Option<Table>,
    /// The file for the report.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Writes each learner's own report in this format instead, into the folder of --to.
    #[arg(long, value_enum, value_name = "FORMAT", requires = "to")]
    each: Option<Format>,
    /// The folder for the learners' reports.
    #[arg(long, value_name = "DIR", requires = "each")]
    to: Option<PathBuf>,
}

/// A format of the class' report.
#[derive(Debug, Clone, Copy, ValueEnum)]
pub enum Table {
    /// A table with a line for each learner.
    Csv,
    /// All figures.
    Json,
    /// One page with figures.
    Html,
}

impl Table {
    fn write(self, classes: &[Class]) -> String {
        match self {
            Self::Csv => csv::csv(classes),
            Self::Json => pretty(&classes),
            Self::Html => html::html(classes),
        }
    }
}

/// Writes what was asked for.
///
/// # Errors
/// When there is no gradebook, or no place for a report.
pub fn run(arguments: &Arguments) -> Result<()> {
    let book = Gradebook::open(&arguments.gradebook)?;
    let classes = classes(&book, arguments.assignment.as_deref())?;
    if classes.is_empty() {
        let message = format!("{}: nothing was handed in", book.path().display());
        return Err(Error::of(Kind::Usage, message, "`grader batch DIR` grades a folder; check --assignment"));
    }
    if let (Some(format), Some(folder)) = (arguments.each, &arguments.to) {
        let count = each(&book, &classes, format, folder)?;
        print(&format!("{}: {count} reports\n", folder.display()))?;
        return Ok(());
    }
    if let Some(format) = arguments.format {
        let text = format.write(&classes);
        match &arguments.output {
            Some(path) => write(path, &text)?,
            None => print(&text)?,
        }
        return Ok(());
    }
    let folder = book.path().parent().unwrap_or(Path::new(".")).to_owned();
    for (name, format) in [("class.csv", Table::Csv), ("class.json", Table::Json), ("class.html", Table::Html)] {
        write(&folder.join(name), &format.write(&classes))?;
    }
    classes.iter().try_for_each(|class| print(&summary(class)))?;
    print(&format!("{}: class.csv, class.json, class.html\n", folder.display()))?;
    Ok(())
}

fn write(path: &Path, text: &str) -> Result<()> {
    files::write(path, text).map_err(|error| Error::from(error).kind_is(Kind::Usage))
}

fn summary(class: &Class) -> String {
    let figure = |value: Option<f64>| value.map_or_else(|| "–".to_owned(), number);
    let look = class.learners.iter().filter(|learner| !learner.look.is_empty()).count();
    format!(
        "{}: {} learners, mean {}, median {} of {} points; {look} to look at\n",
        class.assignment,
        class.learners.len(),
        figure(class.scores.mean),
        figure(class.scores.median),
        number(class.max_score)
    )
}

/// Writes the learners' own reports: of each what counts.
fn each(book: &Gradebook, classes: &[Class], format: Format, folder: &Path) -> Result<usize> {
    fs::create_dir_all(folder).map_err(|error| Error::io(folder, &error).kind_is(Kind::Usage))?;
    let rows = book.submissions()?;
    let mut taken = BTreeSet::new();
    for class in classes {
        for learner in &class.learners {
            let of = |row: &&Submission| {
                let assignment = if row.assignment.is_empty() { &row.asked } else { &row.assignment };
                row.learner == learner.learner
                    && row.source == learner.source
                    && (*assignment == class.assignment || assignment.is_empty())
            };
            let Some(row) = rows.iter().rev().find(of) else { continue };
            let text = match &row.outcome {
                Outcome::Graded(report) => {
                    format.write(Ok(&report.as_ref().clone().for_learner()), &Context::default())
                }
                Outcome::Refused(error) => format.write(Err(error), &Context::default()),
                Outcome::Fault(_) | Outcome::Waiting => None,
            };
            let Some(text) = text else { continue };
            let several = classes.len() > 1;
            let stem =
                if several { format!("{}_{}", class.assignment, learner.learner) } else { learner.learner.clone() };
            let name = unique(&plain(&stem), extension(format), &mut taken);
            write(&folder.join(name), &text)?;
        }
    }
    Ok(taken.len())
}

fn extension(format: Format) -> &'static str {
    match format {
        Format::Text | Format::Autolab => "txt",
        Format::Json
        | Format::Gradescope
        | Format::Prairielearn
        | Format::Coursera
        | Format::Exercism
        | Format::Ctrf => "json",
        Format::Junit => "xml",
        Format::Csv => "csv",
        Format::Markdown => "md",
        Format::Html => "html",
    }
}

/// A learner's id as a file's name: it may hold anything.
fn plain(learner: &str) -> String {
    let keep = |c: char| if c.is_alphanumeric() || "-_@+".contains(c) { c } else { '_' };
    learner.chars().take(80).map(keep).collect()
}

fn unique(stem: &str, extension: &str, taken: &mut BTreeSet<String>) -> String {
    let names = (1..).map(|n| if n == 1 { format!("{stem}.{extension}") } else { format!("{stem}-{n}.{extension}") });
    // Systems that do not tell upper from lower case would write two learners into one file.
    let free = names.into_iter().find(|name| taken.insert(name.to_lowercase()));
    free.unwrap_or_else(|| unreachable!("there is a free number"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_id_is_a_files_name() {
        let mut taken = BTreeSet::new();
        let names = ["../../etc/passwd", "a b", "a_b", "A_B", "ada@example.com"];
        let names: Vec<String> = names.iter().map(|name| unique(&plain(name), "txt", &mut taken)).collect();
        assert_eq!(names, ["______etc_passwd.txt", "a_b.txt", "a_b-2.txt", "A_B-3.txt", "ada@example_com.txt"]);
    }
}
