/*! The `grader` program. It is not where grading happens: that is the library beside it. */

use std::path::Path;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use course::{Assignment, Root};
use grader::command::{batch, class, compare, grade, rules};
use grader::error::Kind;
use grader::grade::Grader;
use grader::judge::proof::not_told_apart;
use grader::report::{json, marked};
use grader::{Error, Result, progress};

/// Grades submissions of the course's assignments.
///
/// Exit codes: 0 there is a report, whatever the score; 1 another score than --expect names; 2 usage; 3 nothing to grade;
/// 4 not readable; 5 the machine or the installation could not grade, and nothing is marked.
#[derive(Parser)]
#[command(version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Grades one submission: a notebook, a Rust file, or a directory that holds one.
    Grade(grade::Arguments),
    /// Grades a folder of submissions into a gradebook.
    Batch(batch::Arguments),
    /// Writes the report of a class from its gradebook: a table, figures, and what somebody should look at.
    Report(class::Arguments),
    /// Says who gains or loses between two gradebooks.
    Diff(compare::Diff),
    /// Puts the gradebooks of a class' parts together.
    Merge(compare::Merge),
    /// Sets deadlines, late penalties and attempts, for everybody or one learner; lists them if nothing is set.
    Deadline(rules::DeadlineArguments),
    /// Replaces a learner's points or time of submission, with a reason; lists what was replaced if nothing is set.
    Override(rules::OverrideArguments),
    /// Compiles what every grading needs, so that the first one is as fast as the others.
    Prepare,
    /// Proves that the hidden cases tell every typical mistake of an assignment from the reference and from every other.
    Mistakes {
        /// The assignment.
        assignment: String,
        /// The seed of the hidden inputs.
        #[arg(long, default_value_t = 0)]
        seed: u64,
    },
}

fn main() -> ExitCode {
    grader::become_helper();
    grader::program::temporary::remove_at_signals();
    grader::program::temporary::sweep();
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return usage(&error),
    };
    match run(cli) {
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

/// Says what is wrong with the command line, for a program that asked for JSON in JSON.
fn usage(error: &clap::Error) -> ExitCode {
    let arguments: Vec<String> = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
    let asked = arguments.windows(2).any(|pair| pair[0] == "--format" && pair[1] == "json");
    if error.use_stderr() && (asked || arguments.iter().any(|argument| argument == "--format=json")) {
        let text = error.render().to_string();
        let message = text.lines().next().unwrap_or_default().trim_start_matches("error: ").to_owned();
        let error = Error::of(Kind::Usage, message, "`grader help` lists the commands and their options");
        print!("{}", json::json(Err(&error)));
        return ExitCode::from(Kind::Usage.exit_code());
    }
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { Kind::Usage.exit_code() } else { 0 })
}

/// Does what was asked; false if the score is not the expected one.
fn run(cli: Cli) -> Result<bool> {
    let root = || Root::find(Path::new("."));
    match cli.command {
        Command::Grade(arguments) => grade::run(&root()?, &arguments),
        Command::Batch(arguments) => batch::run(&root()?, arguments).map(|()| true),
        Command::Report(arguments) => class::run(&arguments).map(|()| true),
        Command::Diff(arguments) => compare::diff(&arguments).map(|()| true),
        Command::Merge(arguments) => compare::merge(&arguments).map(|()| true),
        Command::Deadline(arguments) => rules::deadline(arguments).map(|()| true),
        Command::Override(arguments) => rules::override_(arguments).map(|()| true),
        Command::Prepare => {
            let grader = Grader::open(&root()?)?;
            let bar = progress::spinner("compiling the reference and the typical mistakes");
            let prepared = grader.prepare(|name| {
                bar.set_message(format!("compiling the reference and the typical mistakes of {name}"));
            });
            bar.finish_and_clear();
            prepared.map(|()| true)
        }
        Command::Mistakes { assignment, seed } => {
            let root = root()?;
            let assignment = Assignment::read(&root, &assignment)?;
            let alive = not_told_apart(&Grader::open(&root)?, &assignment, seed, |line| println!("{line}"))?;
            alive.iter().for_each(|found| println!("not told apart: {found}"));
            Ok(alive.is_empty())
        }
    }
}
