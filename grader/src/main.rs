/*! The `grader` program. It is not where grading happens: that is the library beside it. */

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use course::{Root, files};
use grader::error::Kind;
use grader::grade::{Grader, Options};
use grader::report::{marked, text};
use grader::submission::Submission;
use grader::{Error, Result, progress};

/// Grades submissions of the course's assignments.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Grades one submission: a notebook, a Rust file, or a directory that holds one.
    ///
    /// Ends with 0 once it is graded, whatever the score; 1 if `--expect` named another one; 2 if the command line cannot be
    /// carried out; 3 if there is nothing to grade; 4 if the submission cannot be read; 5 if this machine could not grade:
    /// then nothing is marked, and the same command may succeed later.
    Grade {
        /// The submission.
        file: PathBuf,
        /// The assignment, if the submission does not say it.
        #[arg(long)]
        assignment: Option<String>,
        /// How the report is written.
        #[arg(long, value_enum, default_value_t)]
        format: Format,
        /// The file for the report; standard output if none is named.
        #[arg(short, long)]
        output: Option<PathBuf>,
        /// Ends with 1 if the score is another one.
        #[arg(long, value_name = "POINTS")]
        expect: Option<f64>,
        /// The seed of the hidden inputs; a secret one of this installation if none is named.
        #[arg(long)]
        seed: Option<u64>,
        /// Writes a report for the instructor, which also states the seed.
        #[arg(long)]
        instructor: bool,
        /// Refuses to grade where a layer of the sandbox is missing.
        #[arg(long)]
        require_sandbox: bool,
    },
    /// Compiles what every grading needs, so that the first one is as fast as the others.
    Prepare,
}

#[derive(Clone, Copy, Default, ValueEnum)]
enum Format {
    #[default]
    Text,
    Json,
}

fn main() -> ExitCode {
    grader::become_helper();
    grader::program::temporary::remove_at_signals();
    grader::program::temporary::sweep();
    match run(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // A file name is untrusted text as well.
            let clean = |text: &str| marked(&grader::report::clean(text));
            eprintln!("error: {}\nhelp: {}", clean(error.message()), clean(error.help()));
            ExitCode::from(error.kind().exit_code())
        }
    }
}

/// Does what was asked; false if the score is not the expected one.
fn run(cli: Cli) -> Result<bool> {
    let root = Root::find(Path::new("."))?;
    match cli.command {
        Command::Prepare => {
            let grader = Grader::open(&root)?;
            let bar = progress::spinner("compiling the reference and the typical mistakes");
            let prepared = grader.prepare(|name| {
                bar.set_message(format!("compiling the reference and the typical mistakes of {name}"));
            });
            bar.finish_and_clear();
            prepared.map(|()| true)
        }
        Command::Grade { file, assignment, format, output, expect, seed, instructor, require_sandbox } => {
            // What cannot be read or written is said before anything is compiled for it.
            let submission = Submission::read(&file)?;
            let output = output.map(|path| place(&path, &submission)).transpose()?;
            grader::assignment::of(&root, &submission, assignment.as_deref())?;
            let grader = Grader::open(&root)?;
            let seed = seed.map_or_else(|| grader.seed(), Ok)?;
            let bar = progress::spinner("grading");
            let report = grader.grade_read(&submission, &Options { assignment, seed, require_sandbox });
            bar.finish_and_clear();
            let report = if instructor { report? } else { report?.for_learner() };
            let colour = output.is_none() && std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none();
            let text = match format {
                Format::Text => text::text(&report, colour),
                Format::Json => {
                    serde_json::to_string_pretty(&report)
                        .map_err(|error| Error::new(error.to_string(), "this is a fault of the grader"))?
                        + "\n"
                }
            };
            match output {
                Some(output) => {
                    output.write(text.as_bytes())?;
                    let file = grader::report::sanitize_line(&file.display().to_string());
                    say(&format!("{file}: {} of {} points\n", report.score, report.max_score))?;
                }
                None => say(&text)?,
            }
            match expect.filter(|expected| (report.score - expected).abs() > 0.005) {
                Some(expected) => {
                    eprintln!("expected {expected} points, got {}", report.score);
                    Ok(false)
                }
                None => Ok(true),
            }
        }
    }
}

/// Makes sure that the report can be written to `path`, and that this is not the submission.
fn place(path: &Path, submission: &Submission) -> Result<files::Output> {
    let same = path.canonicalize().is_ok_and(|path| submission.path.canonicalize().is_ok_and(|other| other == path));
    if same {
        let message = format!("{}: this is the submission, which the report would replace", path.display());
        return Err(Error::of(Kind::Usage, message, "name another file for the report"));
    }
    files::Output::create(path).map_err(|error| Error::from(error).kind_is(Kind::Usage))
}

/// Writes to standard output.
fn say(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        // A reader that went away, such as `head`, is no fault of the grading.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::machine("write the report", error)),
        _ => Ok(()),
    }
}
