/*!
Proves that the hidden cases tell every typical mistake from the reference and from every other one, whatever the seed; and
that each graded function has at least three.

`ASSIGNMENT=text` in the environment picks those whose name contains the text.
*/

use std::path::Path;
use std::process::ExitCode;

use course::{Assignment, Root};
use grader::grade::Grader;
use grader::judge::answers::{Case, cases};
use grader::judge::causes::{refused, same};
use grader::judge::compare::difference;
use grader::judge::misconceptions;
use grader::program::compile::Compiler;
use wire::Frame;

const SEEDS: [u64; 5] = [0, 1, 2, 1234, u64::MAX];

fn main() -> ExitCode {
    grader::become_helper();
    let filter = std::env::var("ASSIGNMENT").unwrap_or_default();
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let names = Assignment::names(&root).unwrap_or_else(|error| panic!("{error}"));
    let mut alive = Vec::new();
    let chosen: Vec<_> = names.iter().filter(|name| name.contains(&filter)).collect();
    assert!(!chosen.is_empty(), "no assignment of a name with {filter:?}");
    for name in chosen {
        let assignment = Assignment::read(&root, name).unwrap_or_else(|error| panic!("{error}"));
        alive.extend(not_told_apart(&grader, &grader.compiler(), &assignment));
    }
    println!("{} seeds, not told apart: {alive:?}", SEEDS.len());
    if alive.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// The mistakes that the hidden cases of a seed do not tell from the reference.
fn not_told_apart(grader: &Grader, compiler: &Compiler, assignment: &Assignment) -> Vec<(u64, String)> {
    let root = grader.root();
    let mistakes = misconceptions::read(root, assignment).unwrap_or_else(|error| panic!("{error}"));
    for function in &assignment.functions {
        let count = mistakes.iter().filter(|mistake| mistake.function == *function).count();
        assert!(count >= 3, "{function} has {count} typical mistakes, expected at least 3");
    }
    let mut alive = Vec::new();
    for seed in SEEDS {
        let cases = cases(root, compiler, assignment, seed).unwrap_or_else(|error| panic!("{error}"));
        let hidden: Vec<Case> = cases.into_iter().filter(|case| !case.visible).collect();
        let runs = misconceptions::run(compiler, assignment, &mistakes, |_| true, &hidden);
        let runs = runs.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(runs.len(), mistakes.len());
        // A learner should read one sentence, not two of which one must be wrong.
        for (i, (one, first)) in runs.iter().enumerate() {
            for (other, second) in &runs[i + 1..] {
                let (one, other) = (&mistakes[*one], &mistakes[*other]);
                let cases: Vec<&Case> = hidden.iter().filter(|case| case.function == one.function).collect();
                if one.function == other.function && same(&cases, first, second) {
                    alive.push((seed, format!("{} from {}", one.name, other.name)));
                }
            }
        }
        for (index, frames) in runs {
            let mistake = &mistakes[index];
            let cases: Vec<&Case> = hidden.iter().filter(|case| case.function == mistake.function).collect();
            assert_eq!(frames.len(), cases.len(), "{}: the run ended early", mistake.name);
            let kills = cases.iter().zip(&frames).filter(|(case, frame)| match frame {
                Some(Frame::Returned(answer)) => difference(&case.answer, answer, &[]).is_some(),
                Some(Frame::Panicked { .. }) | None => true,
            });
            // A mistake that only ever panics would be noticed by any case at all: it must also give wrong answers, or
            // be refused by the helper crate in words that tell it from other mistakes.
            let answered = frames.iter().any(|frame| match frame {
                Some(Frame::Returned(_)) => true,
                Some(Frame::Panicked { message, file, .. }) => refused(message, file),
                None => false,
            });
            let kills = kills.count();
            println!(
                "seed {seed}: {}: {}: fails {kills} of {} hidden cases",
                mistake.function,
                mistake.name,
                cases.len()
            );
            if kills == 0 || !answered {
                alive.push((seed, mistake.name.clone()));
            }
        }
    }
    println!("{}: {} mistakes", assignment.name, mistakes.len());
    alive
}
