/*!
The program `workbook`: checks the course's chapters, builds its notebooks, and runs any notebook without Jupyter.

The grading of submissions is another program, `grader`, because it runs strangers' code.
*/

mod check;
mod compare;
mod data;
mod dependence;
mod doctor;
mod execution;
mod grader;
mod handout;
mod kernel;
mod notebook;
mod progress;
mod scaffold;
mod session;
mod values;

use anyhow::Result;
use clap::{Parser, Subcommand};
use course::chapter::FrontMatter;
use course::{Assignment, Chapter, Root};
use notebook::build::Execute;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// The course's workbench: chapters, notebooks and printed values.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    /// Stop any cell that runs for longer than this many seconds
    #[arg(long, global = true, value_name = "SECONDS", default_value_t = 600, value_parser = clap::value_parser!(u64).range(1..))]
    limit: u64,
}

#[derive(Subcommand)]
enum Command {
    /// Run every cell of the chapters with the reference's answers and compare what it prints
    Check {
        /// Names of chapters, such as 1_step_by_step; all if there are none
        chapters: Vec<String>,
        /// Write what was found as JSON
        #[arg(long, value_name = "FILE")]
        report: Option<PathBuf>,
    },
    /// Write the notebooks of the chapters: stubs for the learner, and the executed reference
    Build {
        /// Names of chapters; all if there are none
        chapters: Vec<String>,
        /// Execute every chapter, also those whose notebooks are up to date
        #[arg(long, conflicts_with_all = ["check", "first"])]
        all: bool,
        /// Execute the first chapter even if its notebooks are up to date, to see that notebooks run on this machine
        #[arg(long, conflicts_with = "check")]
        first: bool,
        /// Write nothing; execute the first chapter, and fail if a notebook is out of date
        #[arg(long)]
        check: bool,
        /// With --check: execute every chapter and compare every output, figures too
        #[arg(long, requires = "check")]
        outputs: bool,
    },
    /// Write the files of a new chapter, graded function or typical mistake, with their markers
    #[command(subcommand)]
    New(New),
    /// Examine the course: what is written fits together, answers pass, stubs fail, typical mistakes are told apart
    Doctor {
        /// Only what can be seen by reading
        #[arg(long)]
        quick: bool,
    },
    /// Write the directory that a class is given: notebooks, the helper crate with stubs, the kernel, a README
    Export(handout::Export),
    /// Compile the stubs of graded functions in place of their solutions, which stay in the file
    Stub {
        #[arg(required = true, value_name = "NAME")]
        functions: Vec<String>,
    },
    /// Compile the solutions of graded functions again
    Solve {
        #[arg(required = true, value_name = "NAME")]
        functions: Vec<String>,
    },
    /// Print the names of the chapters, one a line
    Chapters {
        /// Only those whose assignment the grader has cases for
        #[arg(long)]
        graded: bool,
    },
    /// Execute a notebook without Jupyter
    Run {
        notebook: PathBuf,
        /// Write the executed notebook here, instead of printing what its cells print
        #[arg(short, long, value_name = "FILE")]
        output: Option<PathBuf>,
    },
    /// The Jupyter kernel of the notebooks
    #[command(subcommand)]
    Kernel(kernel::Kernel),
    /// Compute every value that the documents print, and compare
    Values {
        /// Print the table as JSON
        #[arg(long)]
        json: bool,
    },
    /// Make the course's data files from photos of your own
    #[command(subcommand)]
    Data(Data),
}

#[derive(Subcommand)]
enum New {
    /// A chapter with an assignment of its own: prose, graded functions, cases, typical mistakes
    Chapter {
        /// The name of its notebook, such as 5_detection
        name: String,
        /// The graded functions
        #[arg(long, value_delimiter = ',', required = true, value_name = "NAME,…")]
        functions: Vec<String>,
    },
    /// A graded function, at the end of a chapter
    Function {
        /// The chapter, such as 1_step_by_step
        chapter: String,
        name: String,
    },
    /// A typical mistake of a graded function
    Misconception {
        function: String,
        /// What is wrong, such as pads_only_after
        name: String,
    },
}

#[derive(Subcommand)]
enum Data {
    /// Make train_signs.h5 and test_signs.h5 from a folder of pictures named LABEL_….jpg
    Import {
        photos: PathBuf,
        /// Write the files here, instead of into the workspace's `datasets`
        #[arg(short, long, value_name = "DIR")]
        output: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    session::hook();
    match run(Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}

/// Does what was asked; false if something that was checked does not hold.
fn run(Cli { command, limit }: Cli) -> Result<bool> {
    let limit = Duration::from_secs(limit);
    let root = || Root::find(Path::new("."));
    match command {
        Command::Check { chapters, report } => check::check(&root()?, &chapters, report.as_deref(), limit),
        Command::Build { chapters, all, first, check: false, .. } => {
            let execute = match (all, first) {
                (true, _) => Execute::All,
                (_, true) => Execute::First,
                _ => Execute::OutOfDate,
            };
            notebook::build::build(&root()?, &chapters, execute, limit)
        }
        Command::Build { chapters, check: true, outputs, .. } => {
            notebook::build::check(&root()?, &chapters, outputs, limit)
        }
        Command::New(new) => {
            let root = root()?;
            match new {
                New::Chapter { name, functions } => scaffold::chapter(&root, &name, &functions),
                New::Function { chapter, name } => scaffold::function(&root, &chapter, &name),
                New::Misconception { function, name } => scaffold::misconception(&root, &function, &name),
            }
            .map(|()| true)
        }
        Command::Doctor { quick } => doctor::doctor(&root()?, quick, limit),
        Command::Export(what) => handout::export(&root()?, &what).map(|()| true),
        Command::Stub { functions } => handout::swap(&root()?, &functions, handout::Body::Stub).map(|()| true),
        Command::Solve { functions } => handout::swap(&root()?, &functions, handout::Body::Solution).map(|()| true),
        Command::Chapters { graded } => print_chapters(&root()?, graded).map(|()| true),
        Command::Run { notebook, output } => notebook::run::run(&notebook, output.as_deref(), limit),
        Command::Kernel(command) => kernel::main(&command).map(|()| true),
        Command::Values { json } => values::values(&root()?, json),
        Command::Data(Data::Import { photos, output }) => {
            data::import(&root()?, &photos, output.as_deref()).map(|()| true)
        }
    }
}

fn print_chapters(root: &Root, graded: bool) -> Result<()> {
    let assignments = Assignment::names(root)?;
    for path in Chapter::paths(root)? {
        let front = FrontMatter::read(root, &path)?;
        if !graded || front.graded.is_some_and(|name| assignments.contains(&name)) {
            println!("{}", front.notebook);
        }
    }
    Ok(())
}
