/*!
Proves that the hidden cases tell every typical mistake from the reference and from every other one, whatever the seed; and
that each graded function has at least three.

`ASSIGNMENT=text` in the environment picks those whose name contains the text.
*/

use std::path::Path;
use std::process::ExitCode;

use course::{Assignment, Root};
use grader::grade::Grader;
use grader::judge::proof::not_told_apart;

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
        for seed in SEEDS {
            let found = not_told_apart(&grader, &assignment, seed, |line| println!("{line}"));
            alive.extend(found.unwrap_or_else(|error| panic!("{error}")));
        }
    }
    println!("{} seeds, not told apart: {alive:?}", SEEDS.len());
    if alive.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
