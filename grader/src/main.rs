/*! The `grader` program. It is not where grading happens: that is the library beside it. */

use std::io::{IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand, ValueEnum};
use course::{Root, files};
use grader::grade::{Grader, Options};
use grader::report::text;
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
    /// Grades one submission: a notebook, a Rust file, or a directory that holds one. Ends with 0 once it is graded,
    /// whatever the score, and with 2 when there was nothing to grade.
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
        /// The seed of the hidden inputs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
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
    grader::sandbox::become_helper();
    match run(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // A file name is untrusted text as well.
            eprintln!("error: {}", grader::report::clean(&error.to_string()));
            ExitCode::from(2)
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
        Command::Grade { file, assignment, format, output, expect, seed } => {
            // What cannot be read or written is said before anything is compiled for it.
            grader::submission::Submission::read(&file)?;
            let output = output.as_deref().map(files::Output::create).transpose()?;
            let grader = Grader::open(&root)?;
            let bar = progress::spinner("grading");
            let report = grader.grade(&file, &Options { assignment, seed });
            bar.finish_and_clear();
            let report = report?;
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
                    let file = grader::report::sanitize(&file.display().to_string());
                    println!("{file}: {} of {} points", report.score, report.max_score);
                }
                // A reader that went away, such as `head`, is no fault of the grading.
                None => std::io::stdout().write_all(text.as_bytes()).unwrap_or_default(),
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
