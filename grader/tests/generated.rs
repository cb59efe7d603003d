/*!
Grades submissions that are made by rules, and holds their scores against those that are due: right ones written in odd
ways, ones with one broken item, and bodies with one mistake each.

`GENERATED=500` in the environment says how many odd ones, `SEED=7` where to begin.
*/

#[path = "generated/known.rs"]
mod known;
#[path = "generated/mistakes.rs"]
mod mistakes;
#[path = "generated/odd.rs"]
mod odd;
#[path = "generated/random.rs"]
mod random;

use std::path::Path;
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use course::{Assignment, Root};
use grader::grade::{Grader, Options};
use grader::report::{Report, text};

/// Odd submissions of a usual run.
const USUAL: usize = 25;

fn main() -> ExitCode {
    grader::become_helper();
    let number = |name: &str, usual| std::env::var(name).ok().map_or(usual, |text| text.parse().expect("a number"));
    let (count, first) = (number("GENERATED", USUAL), number("SEED", 1));
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let names = Assignment::names(&root).unwrap_or_else(|error| panic!("{error}"));
    let assignments: Vec<Assignment> =
        names.iter().map(|name| Assignment::read(&root, name).unwrap_or_else(|error| panic!("{error}"))).collect();

    let mut failed = known::failures(&grader, &assignments);
    let seeds: Vec<usize> = (first..first + count).collect();
    failed.extend(on_threads(&seeds, |seed| {
        // The first assignment has most functions, and they call each other.
        let conv = assignments.iter().position(|assignment| assignment.name == "conv_step_by_step").unwrap_or(0);
        let chosen = if seed % 5 == 0 { (seed / 5) % assignments.len() } else { conv };
        let made = odd::submission(&assignments[chosen], *seed as u64);
        let file = format!("{}.{}", assignments[chosen].name, made.extension);
        let report = grade(&grader, &file, &made.text);
        (report.score != made.due).then(|| {
            let steps = made.steps.join("\n    ");
            format!(
                "seed {seed}: {} points, {} due\n    {steps}\n{}",
                report.score,
                made.due,
                text::text(&report, false)
            )
        })
    }));
    println!("{count} odd submissions from seed {first}");
    failed.extend(mistakes::failures(&grader, &assignments, count > USUAL));
    for failure in &failed {
        println!("FAILED {failure}");
    }
    println!("{} failed", failed.len());
    if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Grades a submission of this name and text.
fn grade(grader: &Grader, name: &str, text: &str) -> Report {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(name);
    std::fs::write(&file, text).unwrap();
    grader
        .grade(&file, &Options { assignment: None, seed: 1, ..Options::default() })
        .unwrap_or_else(|error| panic!("{name}: {error}"))
}

/// What `check` finds wrong with each item, on as many threads as there are processors.
fn on_threads<T: Sync>(items: &[T], check: impl Fn(&T) -> Option<String> + Sync) -> Vec<String> {
    let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some(item) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if let Some(failure) = check(item) {
                        failed.lock().unwrap().push(failure);
                    }
                }
            });
        }
    });
    failed.into_inner().unwrap()
}
