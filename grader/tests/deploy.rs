/*! The files of `grader/deploy`: every command line in them is one that the program takes, and the script runs. */

#![cfg(unix)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

const GRADER: &str = env!("CARGO_BIN_EXE_grader");

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

#[test]
fn every_command_is_one_that_the_program_takes() {
    let mut count = 0;
    for entry in fs::read_dir(deploy()).unwrap() {
        let path = entry.unwrap().path();
        for line in fs::read_to_string(&path).unwrap().lines() {
            let Some(at) = line.find("grader ").filter(|at| !line[..*at].ends_with("-p ")) else { continue };
            let words: Vec<&str> = line[at..].split_whitespace().skip(1).take_while(|word| *word != "||").collect();
            if !["batch", "merge", "grade", "report", "prepare"].contains(words.first().unwrap_or(&"")) {
                continue;
            }
            // Options are checked as far as the one that asks for help.
            let output = Command::new(GRADER).args(&words).arg("--help").output().unwrap();
            assert!(output.status.success(), "{}: {line}\n{}", path.display(), String::from_utf8_lossy(&output.stderr));
            count += 1;
        }
    }
    assert!(count >= 5, "{count} commands were found");
}

#[test]
fn the_slurm_script_grades_its_part() {
    let folder = tempfile::tempdir().unwrap();
    for learner in ["ada", "bob", "carl", "dora"] {
        fs::create_dir_all(folder.path().join("class").join(learner)).unwrap();
        // Nothing to grade is found without a compiler.
        fs::write(folder.path().join("class").join(learner).join("notes.txt"), "none").unwrap();
    }
    let program = Path::new(GRADER).parent().unwrap();
    let path = format!("{}:{}", program.display(), std::env::var("PATH").unwrap());
    for task in ["0", "1"] {
        let mut script = Command::new("sh");
        script.arg(deploy().join("array.slurm")).arg("class").current_dir(folder.path()).env("PATH", &path);
        script.envs([("SLURM_ARRAY_TASK_ID", task), ("SLURM_ARRAY_TASK_MIN", "0"), ("SLURM_ARRAY_TASK_COUNT", "2")]);
        let output = script.env("GRADER_SEED", "7").output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() || error.contains("no submission in this"), "{error}");
    }
    let mut merge = Command::new(GRADER);
    merge.args(["merge", "grades-0", "grades-1", "--out", "grades"]).current_dir(folder.path());
    let output = merge.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let book = grader::gradebook::store::Gradebook::open(&folder.path().join("grades")).unwrap();
    assert_eq!(book.submissions().unwrap().len(), 4);
}
