/*! `grader grade`: one submission, into one or several formats. */

use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::{Args, ValueEnum};
use course::{Root, files};

use super::print;
use crate::assignment;
use crate::error::{Error, Kind, Result};
use crate::grade::{Grader, Options};
use crate::progress;
use crate::report::format::{Context, Format};
use crate::report::{Graded, Report, sanitize_line};
use crate::submission::Submission;

/// What `grader grade` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The submission.
    file: PathBuf,
    /// The assignment, if the submission does not say it.
    #[arg(long)]
    assignment: Option<String>,
    /// How the report is written, and where.
    #[arg(long = "format", value_name = "FORMAT[=FILE]", default_value = "text", help = format_help())]
    formats: Vec<Target>,
    /// The file for the report; standard output if none is named.
    #[arg(short, long)]
    output: Option<PathBuf>,
    /// Ends with 1 if the score is another one.
    #[arg(long, value_name = "POINTS")]
    expect: Option<f64>,
    /// The seed of the hidden inputs; a secret one of this installation if none is named.
    #[arg(long)]
    seed: Option<u64>,
    /// The functions that have points, where the others were given to the learners; all if none is named.
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    functions: Vec<String>,
    /// Writes a report for the instructor, which also states the seed.
    #[arg(long)]
    instructor: bool,
    /// Refuses to grade where a layer of the sandbox is missing.
    #[arg(long)]
    require_sandbox: bool,
}

fn format_help() -> String {
    let names: Vec<String> = Format::value_variants().iter().map(|format| name(*format)).collect();
    format!(
        "How the report is written, and where: FORMAT for standard output or the file of --output, FORMAT=FILE for a file \
         of its own; may be given several times, all from one run. Formats: {}",
        names.join(", ")
    )
}

/// The name of a format on the command line.
pub fn name(format: Format) -> String {
    format.to_possible_value().map_or_else(String::new, |value| value.get_name().to_owned())
}

/// A format and the file that it goes to.
#[derive(Debug, Clone)]
struct Target {
    format: Format,
    file: Option<PathBuf>,
}

impl FromStr for Target {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (format, file) = text.split_once('=').map_or((text, None), |(format, file)| (format, Some(file.into())));
        Ok(Self { format: Format::from_str(format, false)?, file })
    }
}

/// An output that is written when the report is there.
struct Planned {
    format: Format,
    path: Option<PathBuf>,
    output: Option<files::Output>,
}

/// Grades a submission; false if the score is not the expected one.
///
/// # Errors
/// When there is nothing to grade, it cannot be read, or a report has no place. What the formats say of that is written
/// before.
pub fn run(root: &Root, arguments: &Arguments) -> Result<bool> {
    let unnamed = arguments.formats.iter().filter(|target| target.file.is_none()).count();
    if unnamed > 1 {
        let message = format!("{unnamed} formats for one place");
        return Err(Error::of(Kind::Usage, message, "name a file for each: --format junit=report.xml"));
    }
    // What cannot be read or written is said before anything is compiled for it.
    let read = Submission::read(&arguments.file);
    let mut planned = Vec::new();
    for target in &arguments.formats {
        let path = target.file.clone().or_else(|| arguments.output.clone());
        let output = path.as_deref().map(|path| place(path, read.as_ref().ok())).transpose()?;
        planned.push(Planned { format: target.format, path, output });
    }
    let begun = milliseconds();
    let graded = read.and_then(|submission| report(root, &submission, arguments));
    let times = (begun, milliseconds());
    let written = write(graded.as_ref(), planned, times);
    let report = graded?;
    written?;
    match arguments.expect.filter(|expected| (report.score - expected).abs() > 0.005) {
        Some(expected) => {
            eprintln!("expected {expected} points, got {}", report.score);
            Ok(false)
        }
        None => Ok(true),
    }
}

fn report(root: &Root, submission: &Submission, arguments: &Arguments) -> Result<Report> {
    let Arguments { assignment, seed, instructor, require_sandbox, functions, .. } = arguments;
    assignment::of(root, submission, assignment.as_deref())?;
    assignment::check_functions(root, functions)?;
    let grader = Grader::open(root)?;
    let seed = seed.map_or_else(|| grader.seed(), Ok)?;
    let bar = progress::spinner("grading");
    let options = Options {
        assignment: assignment.clone(),
        seed,
        require_sandbox: *require_sandbox,
        functions: functions.clone(),
    };
    let report = grader.grade_read(submission, &options);
    bar.finish_and_clear();
    report.map(|report| if *instructor { report } else { report.for_learner() })
}

/// Makes sure that a report can be written to `path`, and that this is not the submission.
fn place(path: &Path, submission: Option<&Submission>) -> Result<files::Output> {
    let is = |other: &Path| path.canonicalize().is_ok_and(|path| other.canonicalize().is_ok_and(|other| other == path));
    if submission.is_some_and(|submission| is(&submission.path)) {
        let message = format!("{}: this is the submission, which the report would replace", path.display());
        return Err(Error::of(Kind::Usage, message, "name another file for the report"));
    }
    files::Output::create(path).map_err(|error| Error::from(error).kind_is(Kind::Usage))
}

fn write(graded: Graded, planned: Vec<Planned>, times: (u64, u64)) -> Result<()> {
    let terminal = std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    for Planned { format, path, output } in planned {
        let colour = output.is_none() && terminal;
        let Some(text) = format.write(graded, &Context { colour, times }) else { continue };
        match (output, path) {
            (Some(output), Some(path)) => {
                output.write(text.as_bytes())?;
                if let Ok(report) = graded {
                    let path = sanitize_line(&path.display().to_string());
                    print(&format!("{path}: {} of {} points\n", report.score, report.max_score))?;
                }
            }
            _ => print(&text)?,
        }
    }
    Ok(())
}

/// Milliseconds since 1970.
fn milliseconds() -> u64 {
    let elapsed = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(elapsed.as_millis()).unwrap_or(u64::MAX)
}
