/*! Measures how long one submission takes to grade once the helper crate is compiled, and what the sandbox adds to a
process: medians of several. */

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use course::{Root, Source};
use grader::grade::{Grader, Options};
use grader::sandbox::{self, End, Job, Limits};

const RUNS: usize = 9;

fn main() {
    grader::become_helper();
    // `cargo test --benches` only wants to know that it runs.
    let runs = if std::env::args().any(|argument| argument == "--bench") { RUNS } else { 1 };
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
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
            let report = grader
                .grade(&file, &Options { assignment: None, seed: 1, ..Options::default() })
                .unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(report.functions.len(), 8);
            start.elapsed()
        };
        // The first one also compiles the reference, once for all that follow.
        grade();
        println!("grading {what}: median of {runs}: {:.2} s", median(runs, grade));
    }
    let [alone, confined] = version_of_the_compiler(runs);
    println!(
        "a process that does nothing: median of {runs}: {:.0} ms, in the sandbox {:.0} ms",
        1e3 * alone,
        1e3 * confined
    );
}

/// Seconds.
fn median(runs: usize, work: impl Fn() -> Duration) -> f64 {
    let mut times: Vec<Duration> = (0..runs).map(|_| work()).collect();
    times.sort();
    times[runs / 2].as_secs_f64()
}

/// Seconds that `rustc --version` takes, alone and in the sandbox.
fn version_of_the_compiler(runs: usize) -> [f64; 2] {
    let printed = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap().stdout;
    let sysroot = PathBuf::from(String::from_utf8(printed).unwrap().trim());
    let program = sysroot.join("bin/rustc");
    let mut execute = sandbox::system_programs();
    execute.push(sysroot);
    let work = tempfile::tempdir().unwrap();
    let job = Job {
        program: &program,
        args: vec!["--version".into()],
        env: vec![],
        read: vec![],
        execute,
        work_dir: work.path(),
        keep: true,
        limits: Limits {
            wall: Duration::from_secs(120),
            idle: Duration::from_secs(20),
            cpu: Duration::from_secs(20),
            memory: 2 << 30,
            output: 0,
            log: 64 << 10,
            processes: 32,
            file_size: 1 << 20,
        },
        input: vec![].into(),
    };
    let alone = median(runs, || {
        let start = Instant::now();
        Command::new(&program).arg("--version").output().unwrap();
        start.elapsed()
    });
    let confined = median(runs, || {
        let start = Instant::now();
        assert_eq!(sandbox::run(&job).unwrap().end, End::Exited(0));
        start.elapsed()
    });
    [alone, confined]
}
