/*!
Right submissions on a machine that is busy: each gets every point, or the exit code that says that nothing was marked.

`LOAD=300` in the environment says how many graders start at once; without it there are a few, on one processor that other
work fills.
*/

#![cfg(target_os = "linux")]

use std::fs;
use std::process::{Child, Command, Stdio};

use course::{Root, Source};

#[test]
fn right_submissions_at_once_get_every_point_or_none_is_marked() {
    let count: usize = std::env::var("LOAD").ok().map_or(6, |text| text.parse().expect("a number"));
    let root = Root::find(std::path::Path::new(".")).unwrap();
    let source =
        Source::parse_reference("r.rs", fs::read_to_string(root.graded("conv_step_by_step")).unwrap()).unwrap();
    let right: String = source.exercises().map(|function| function.solution() + "\n").collect();
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("right.rs");
    fs::write(&file, format!("use cnn::prelude::*;\n{right}")).unwrap();
    let grade = |on_one: bool| {
        let program = env!("CARGO_BIN_EXE_grader");
        let mut command = Command::new(if on_one { "taskset" } else { program });
        if on_one {
            command.args(["--cpu-list", "0", program]);
        }
        command.args(["grade", "--format", "json"]).arg(&file);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    };
    // The first one compiles what all need.
    let alone = grade(false).output().unwrap();
    assert!(alone.status.success(), "{}", String::from_utf8_lossy(&alone.stderr));

    let has_taskset = Command::new("taskset").arg("--version").output().is_ok_and(|output| output.status.success());
    let busy = || Command::new("taskset").args(["--cpu-list", "0", "sh", "-c", "while :; do :; done"]).spawn().unwrap();
    let mut others: Vec<Child> = if has_taskset { (0..2).map(|_| busy()).collect() } else { Vec::new() };
    let graders: Vec<Child> = (0..count).map(|_| grade(has_taskset).spawn().unwrap()).collect();
    let outputs: Vec<_> = graders.into_iter().map(|grader| grader.wait_with_output().unwrap()).collect();
    for other in &mut others {
        other.kill().unwrap();
        other.wait().unwrap();
    }
    let mut machine = 0;
    for output in &outputs {
        let error = String::from_utf8_lossy(&output.stderr);
        match output.status.code() {
            Some(0) => assert_eq!(output.stdout, alone.stdout, "the report differs: {error}"),
            Some(5) => {
                assert!(output.stdout.is_empty());
                machine += 1;
            }
            other => panic!("{other:?}: {error}"),
        }
    }
    println!("{count} at once: {} with every point, {machine} not marked", count - machine);
    assert!(machine < count, "a busy machine is no reason to mark nothing at all");
}
