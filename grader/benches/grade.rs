/*! Measures how long one submission takes to grade once the helper crate is compiled: the median of several. */

use std::fs;
use std::time::{Duration, Instant};

use exercise::Source;
use grader::grade::{Grader, Options};
use grader::root;

const RUNS: usize = 9;

fn main() {
    grader::sandbox::stage();
    // `cargo test --benches` only wants to know that it runs.
    let runs = if std::env::args().any(|argument| argument == "--bench") { RUNS } else { 1 };
    let root = root::find().unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let path = root.join("src/graded/conv_step_by_step.rs");
    let source = Source::parse_reference("conv_step_by_step.rs", fs::read_to_string(path).unwrap()).unwrap();
    let directory = tempfile::tempdir().unwrap();
    let right: String = source.exercises().map(|function| function.solution() + "\n").collect();
    // The one mistake that makes most work: everything that stands on it is compiled a second time.
    let wrong =
        right.replace(".slice_mut(s![.., pad..pad + n_h, pad..pad + n_w, ..])", ".slice_mut(s![.., ..n_h, ..n_w, ..])");
    assert_ne!(right, wrong);
    for (what, code) in [("a right solution", right), ("a wrong zero_pad with all that stands on it", wrong)] {
        let file = directory.path().join("submission.rs");
        fs::write(&file, format!("use cnn::prelude::*;\n{code}")).unwrap();
        let grade = || {
            let start = Instant::now();
            let report =
                grader.grade(&file, &Options { assignment: None, seed: 1 }).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(report.functions.len(), 8);
            start.elapsed()
        };
        // The first one also compiles the reference, once for all that follow.
        grade();
        let mut times: Vec<Duration> = (0..runs).map(|_| grade()).collect();
        times.sort();
        let median = times[runs / 2].as_secs_f64();
        println!("grading {what}: median of {runs}: {median:.2} s");
    }
}
