/*!
Proves that the hidden cases tell every typical mistake from the reference, whatever the seed; and that each graded
function has at least three.
*/

use std::process::ExitCode;

use grader::answers::{Case, cases};
use grader::assignment::Assignment;
use grader::compare::difference;
use grader::grade::Grader;
use grader::{misconceptions, root};
use wire::Frame;

const SEEDS: [u64; 5] = [0, 1, 2, 1234, u64::MAX];

fn main() -> ExitCode {
    grader::sandbox::stage();
    let root = root::find().unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let compiler = grader.compiler();
    let assignment = Assignment::read(&root, "conv_step_by_step").unwrap();
    let mistakes = misconceptions::read(&root, &assignment).unwrap();
    for function in &assignment.functions {
        let count = mistakes.iter().filter(|mistake| mistake.function == *function).count();
        assert!(count >= 3, "{function} has {count} typical mistakes, expected at least 3");
    }
    let mut alive = Vec::new();
    for seed in SEEDS {
        let cases = cases(&root, &compiler, &assignment, seed).unwrap_or_else(|error| panic!("{error}"));
        let hidden: Vec<Case> = cases.into_iter().filter(|case| !case.visible).collect();
        let runs = misconceptions::run(&root, &compiler, &assignment, &mistakes, |_| true, &hidden);
        let runs = runs.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(runs.len(), mistakes.len());
        for (index, frames) in runs {
            let mistake = &mistakes[index];
            let cases: Vec<&Case> = hidden.iter().filter(|case| case.function == mistake.function).collect();
            assert_eq!(frames.len(), cases.len(), "{}: the run ended early", mistake.name);
            let kills = cases.iter().zip(&frames).filter(|(case, frame)| match frame {
                Frame::Returned(answer) => difference(&case.answer, answer, &[]).is_some(),
                Frame::Panicked { .. } => true,
            });
            // A mistake that only ever panics would be noticed by any case at all: it must also give wrong answers.
            let answered = frames.iter().any(|frame| matches!(frame, Frame::Returned(_)));
            let kills = kills.count();
            println!(
                "seed {seed}: {}: {}: fails {kills} of {} hidden cases",
                mistake.function,
                mistake.name,
                cases.len()
            );
            if kills == 0 || !answered {
                alive.push((seed, &mistake.name));
            }
        }
    }
    println!("{} mistakes, {} seeds, not told from the reference: {alive:?}", mistakes.len(), SEEDS.len());
    if alive.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
