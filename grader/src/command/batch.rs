/*! `grader batch`: a class' folder into a gradebook. */

use std::path::PathBuf;

use clap::Args;
use course::Root;

use super::print;
use crate::assignment::check_functions;
use crate::error::{Error, Kind, Result};
use crate::grade::Grader;
use crate::gradebook::batch::{self, Event, Settings};
use crate::gradebook::shard::Shard;
use crate::progress::Counter;

/// What `grader batch` takes.
#[derive(Debug, Args)]
pub struct Arguments {
    /// The folder of the submissions, as Canvas, Moodle, Gradescope, nbgrader or GitHub write it when it is unpacked, or
    /// with one file or folder for each learner.
    dir: PathBuf,
    /// The assignment, if the submissions do not say it.
    #[arg(long)]
    assignment: Option<String>,
    /// How many submissions are graded at once; as many as processors and memory allow if none is named.
    #[arg(long, value_name = "N")]
    jobs: Option<usize>,
    /// The folder of the gradebook.
    #[arg(long, value_name = "DIR", default_value = "grades")]
    out: PathBuf,
    /// Goes on with a run that was cut off: the gradebook must be there. What was graded and has not changed is never
    /// graded again, with this option or without.
    #[arg(long)]
    resume: bool,
    /// A regular expression over the paths, with `/` between their parts. Its groups: `student_id`, and, where there are
    /// such, `name`, `attempt`, `late`, `timestamp`. What it does not match is passed over.
    #[arg(long, value_name = "REGEX")]
    id_pattern: Option<String>,
    /// The seed of the hidden inputs. If neither it nor the variable `GRADER_SEED` is given, the gradebook's own; a new
    /// gradebook draws one.
    #[arg(long)]
    seed: Option<u64>,
    /// Grades part K of N of the class, counted from 1. If it is not given, the variables of a Slurm array
    /// (`SLURM_ARRAY_TASK_ID`, `SLURM_ARRAY_TASK_COUNT`) or of an Indexed Job (`JOB_COMPLETION_INDEX`, and
    /// `JOB_COMPLETIONS` for N) say it.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// The functions that have points, where the others were given to the learners; all if none is named.
    #[arg(long, value_delimiter = ',', value_name = "NAME,…")]
    functions: Vec<String>,
    /// Refuses to grade where a layer of the sandbox is missing.
    #[arg(long)]
    require_sandbox: bool,
}

/// Grades the folder and says what came of it.
///
/// # Errors
/// When the folder or the gradebook cannot be used; of kind `machine` when submissions are left that the machine kept from
/// being graded.
pub fn run(root: &Root, arguments: Arguments) -> Result<()> {
    let variable = |name: &str| std::env::var(name).ok();
    let shard = arguments.shard.map_or_else(|| Shard::of_environment(variable), Ok)?;
    let seed = match (arguments.seed, variable("GRADER_SEED")) {
        (None, Some(text)) => {
            let wrong = |_| Error::of(Kind::Usage, "GRADER_SEED is no number", "for example GRADER_SEED=2791");
            Some(text.trim().parse().map_err(wrong)?)
        }
        (seed, _) => seed,
    };
    let settings = Settings {
        folder: arguments.dir,
        out: arguments.out,
        assignment: arguments.assignment,
        jobs: arguments.jobs,
        resume: arguments.resume,
        pattern: arguments.id_pattern,
        seed,
        shard,
        require_sandbox: arguments.require_sandbox,
        functions: arguments.functions,
    };
    check_functions(root, &settings.functions)?;
    let grader = Grader::open(root)?;
    let counter = Counter::new("grading");
    let result = batch::run(&grader, &settings, &|event| match event {
        Event::Begins { count, jobs } => counter.begin(count, &format!("{jobs} at once")),
        Event::Done { learner, word, score } => {
            let score = score.map(|(score, most)| format!(", {score} of {most}")).unwrap_or_default();
            counter.step(&format!("{learner}: {word}{score}"));
        }
    });
    counter.finish();
    let summary = result?;
    let out = settings.out.display();
    let part = if shard == Shard::WHOLE { String::new() } else { format!(" in part {shard}") };
    print(&format!(
        "{} submissions{part}: {} graded, {} not gradable, {} left; {} of them were here before and have not changed\n\
         next: grader report {out}\n",
        summary.found, summary.graded, summary.refused, summary.left, summary.kept
    ))?;
    if summary.left > 0 {
        let message = format!("{} submissions were not graded, because the machine or the grader failed", summary.left);
        return Err(Error::of(Kind::Machine, message, "run the same command again: only they are graded"));
    }
    Ok(())
}
