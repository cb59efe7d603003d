/*!
A class' folder through the program: killed and resumed, in parts and merged, it makes the gradebook of an undisturbed run.

`CLASS=300` in the environment says how many submissions, `SEED=7` which.
*/

#![cfg(unix)]

#[path = "class/mod.rs"]
mod class;
#[allow(dead_code, reason = "another test makes more choices")]
#[path = "generated/random.rs"]
mod random;

use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::time::Duration;

use class::Kind;
use course::Root;
use grader::gradebook::store::{Gradebook, Outcome, Submission};

fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).ok().map_or(usual, |text| text.parse().expect("a number"))
}

fn batch(folder: &Path, out: &Path, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.arg("batch").arg(folder).arg("--out").arg(out).args(["--seed", "7"]).args(more);
    for name in ["SLURM_ARRAY_TASK_ID", "JOB_COMPLETION_INDEX", "GRADER_SEED"] {
        command.env_remove(name);
    }
    command
}

#[track_caller]
fn done(output: &Output) -> String {
    let (out, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}{error}");
    out.into_owned()
}

fn rows(out: &Path) -> Vec<Submission> {
    Gradebook::open(out).unwrap().submissions().unwrap()
}

/// The rows without times.
fn dump(out: &Path) -> Vec<String> {
    rows(out).into_iter().map(|row| format!("{:?}", Submission { seconds: 0.0, finished: 0, ..row })).collect()
}

#[test]
fn killed_and_resumed_or_in_parts_a_class_gets_the_same_gradebook() {
    let root = Root::find(Path::new(".")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let count = number("CLASS", 12);
    let learners = class::write(&root, &at("class"), count, number("SEED", 7) as u64, class::all());

    let said = done(&batch(&at("class"), &at("whole"), &[]).output().unwrap());
    assert!(said.starts_with(&format!("{count} submissions: ")), "{said}");
    let whole = rows(&at("whole"));
    assert_eq!(whole.len(), count, "nothing is lost");
    for learner in &learners {
        let row = whole.iter().find(|row| row.learner == learner.id).unwrap();
        match (&row.outcome, learner.kind) {
            (Outcome::Graded(report), Kind::Right) => assert_eq!(report.score, report.max_score),
            (Outcome::Graded(report), Kind::OneMistake | Kind::TwoMistakes | Kind::DoesNotCompile) => {
                let lost = report.functions.iter().filter(|function| function.points < function.max_points);
                let lost: Vec<&str> = lost.map(|function| &*function.name).collect();
                assert!(
                    lost.iter().all(|name| learner.wrong.iter().any(|wrong| wrong == name)),
                    "{learner:?}: {lost:?}"
                );
                assert_eq!(lost.len(), learner.wrong.len(), "{learner:?}: {lost:?}");
            }
            (Outcome::Graded(_) | Outcome::Refused(_), Kind::Hostile) => {}
            (Outcome::Refused(error), Kind::Damaged) => assert!(error.kind().exit_code() < 5, "{error}"),
            (Outcome::Graded(report), Kind::Damaged) => assert_eq!(report.score, 0.0),
            (other, _) => panic!("{learner:?}: {other:?}"),
        }
    }

    // Killed in the middle.
    let mut child =
        batch(&at("class"), &at("killed"), &[]).stderr(Stdio::null()).stdout(Stdio::null()).spawn().unwrap();
    let finished = || {
        let rows = Gradebook::open(&at("killed")).and_then(|book| book.submissions()).unwrap_or_default();
        rows.iter().filter(|row| row.outcome.is_final()).count()
    };
    while finished() < count / 3 {
        assert!(child.try_wait().unwrap().is_none(), "it ended before it was killed");
        std::thread::sleep(Duration::from_millis(100));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let before = finished();
    assert!((1..count).contains(&before));
    let said = done(&batch(&at("class"), &at("killed"), &["--resume"]).output().unwrap());
    assert!(said.contains(&format!("{before} of them were here before")), "{said}");
    assert_eq!(dump(&at("killed")), dump(&at("whole")));
    assert!(rows(&at("killed")).iter().all(|row| row.gradings == 1), "nothing is graded twice");

    // Once more: nothing has changed.
    let said = done(&batch(&at("class"), &at("whole"), &[]).output().unwrap());
    assert!(said.contains(&format!("{count} of them were here before")), "{said}");
    assert!(rows(&at("whole")).iter().all(|row| row.gradings == 1));

    // In parts.
    for part in ["1/2", "2/2"] {
        done(&batch(&at("class"), &at(&part[..1]), &["--shard", part]).output().unwrap());
    }
    let mut merge = Command::new(env!("CARGO_BIN_EXE_grader"));
    done(&merge.arg("merge").arg(at("2")).arg(at("1")).arg("--out").arg(at("merged")).output().unwrap());
    assert_eq!(dump(&at("merged")), dump(&at("whole")));
    let report = |name: &str, format: &str| {
        let mut report = Command::new(env!("CARGO_BIN_EXE_grader"));
        done(&report.arg("report").arg(at(name)).args(["--format", format]).output().unwrap())
    };
    assert_eq!(report("merged", "csv"), report("whole", "csv"));
    let page = report("whole", "html");
    // Some attacks are of other assignments, and each assignment has two figures.
    let graded = whole.iter().filter(|row| matches!(row.outcome, Outcome::Graded(_)));
    let assignments: std::collections::BTreeSet<&str> = graded.map(|row| &*row.assignment).collect();
    assert_eq!(page.matches("<svg").count(), 2 * assignments.len(), "{assignments:?}");
    assert!(!page.contains("<script") && !page.contains("src="), "the page needs nothing else");
}
