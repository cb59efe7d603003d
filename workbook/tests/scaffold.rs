//! `workbook new chapter`: what it writes is checked, built and graded with no other file touched, in a copy of the
//! course that shares the compiled crates.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// What of the course its programs read.
const PARTS: [&str; 11] = [
    "Cargo.toml",
    "Cargo.lock",
    "src",
    "grader/Cargo.toml",
    "grader/cases",
    "grader/misconceptions",
    "grader/harness",
    "grader/instances",
    "grader/wire",
    "workbook",
    "grader/src",
];

fn course() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().canonicalize().unwrap()
}

fn copy(from: &Path, to: &Path) {
    if from.is_dir() {
        fs::create_dir_all(to).unwrap();
        fs::read_dir(from).unwrap().for_each(|entry| {
            let entry = entry.unwrap();
            copy(&entry.path(), &to.join(entry.file_name()));
        });
    } else {
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::copy(from, to).unwrap();
    }
}

/// Every file below `folder` but for the compiled ones, with its contents.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true if path.file_name().is_some_and(|name| name != "target") => open.push(path),
                true => {}
                false => drop(found.insert(path.clone(), fs::read(&path).unwrap())),
            }
        }
    }
    found
}

#[track_caller]
fn run(program: &Path, arguments: &[&str], course: &Path) -> Output {
    let output =
        Command::new(program).args(arguments).current_dir(course).env("CNN_WORKBOOK", course).output().unwrap();
    let text = [&output.stdout[..], &output.stderr].map(|bytes| String::from_utf8_lossy(bytes).into_owned()).concat();
    assert!(output.status.success(), "{} {arguments:?}:\n{text}", program.display());
    output
}

#[test]
fn a_new_chapter_is_checked_built_and_graded_with_no_other_file_touched() {
    let workbook = Path::new(env!("CARGO_BIN_EXE_workbook"));
    let grader = workbook.with_file_name("grader");
    assert!(grader.exists(), "{} is missing\nhelp: cargo build --workspace --bins", grader.display());
    let folder = tempfile::Builder::new().prefix("course-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let copied = folder.path();
    for part in PARTS {
        copy(&course().join(part), &copied.join(part));
    }
    fs::create_dir_all(copied.join("notebooks")).unwrap();
    std::os::unix::fs::symlink(course().join("target"), copied.join("target")).unwrap();

    let before = contents(copied);
    run(workbook, &["new", "chapter", "5_example", "--functions", "overlap,suppress"], copied);
    let after = contents(copied);
    let mut touched: Vec<String> = after
        .iter()
        .filter(|(path, text)| before.get(*path) != Some(*text))
        .map(|(path, _)| path.strip_prefix(copied).unwrap().display().to_string())
        .collect();
    touched.sort();
    assert_eq!(
        touched,
        [
            "grader/cases/example.rs",
            "grader/misconceptions/example/overlap.md",
            "grader/misconceptions/example/suppress.md",
            "src/graded/example.rs",
            "src/graded/mod.rs",
            "workbook/chapters/5_example.md",
        ]
    );

    run(workbook, &["check", "5_example"], copied);
    run(workbook, &["build", "5_example"], copied);
    run(&grader, &["grade", "notebooks/solution/5_example.ipynb", "--expect", "100"], copied);
    let output = run(&grader, &["grade", "notebooks/student/5_example.ipynb", "--expect", "0"], copied);
    let report = String::from_utf8_lossy(&output.stdout);
    assert_eq!(report.matches("not attempted").count(), 2, "{report}");
}
