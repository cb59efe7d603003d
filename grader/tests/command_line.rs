/*! The program as a pipeline calls it: exit codes, and that nothing is written where nothing should be. */

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::FileTypeExt;
use std::path::Path;
use std::process::{Command, Output};

const SOURCE: &str =
    "use cnn::prelude::*;\n\npub fn zero_pad(x: &Array4<f64>, _pad: usize) -> Array4<f64> {\n    x\n}\n";

fn grade(arguments: &[&Path]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_grader")).arg("grade").args(arguments).output().unwrap()
}

#[track_caller]
fn refused(arguments: &[&Path], code: i32, says: &str) {
    let output = grade(arguments);
    let error = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(code), "{error}");
    assert!(output.stdout.is_empty());
    assert!(error.starts_with("error: ") && error.contains(says) && error.contains("\nhelp: "), "{error}");
}

fn names(directory: &Path) -> Vec<String> {
    let names = fs::read_dir(directory).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.collect();
    names.sort();
    names
}

#[test]
fn what_cannot_be_graded_is_an_error_before_anything_is_compiled() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    refused(&[&at("missing.rs")], 3, "missing.rs: No such file");
    refused(&[directory.path()], 3, "no notebook and no Rust file in this directory");
    fs::write(at("a.rs"), SOURCE).unwrap();
    fs::write(at("b.rs"), SOURCE).unwrap();
    refused(&[directory.path()], 3, "expected one .rs file, found 2: a.rs, b.rs\n");
    // What macOS writes beside a file is none.
    fs::write(at("._a.ipynb"), [0, 5, 22, 7]).unwrap();
    refused(&[directory.path()], 3, "expected one .rs file, found 2: a.rs, b.rs\n");
    fs::write(at("c.ipynb"), "{\"cells\": [").unwrap();
    refused(&[&at("c.ipynb")], 4, "c.ipynb: the notebook is cut off");
    fs::write(at("d.rs"), [0xff, 0xfd]).unwrap();
    refused(&[&at("d.rs")], 4, "d.rs: not UTF-8 text");
    fs::File::create(at("e.rs")).unwrap().set_len(100 << 20).unwrap();
    refused(&[&at("e.rs")], 4, "e.rs: larger than 32 MiB");
    assert!(Command::new("mkfifo").arg(at("f.rs")).status().unwrap().success());
    refused(&[&at("f.rs")], 4, "f.rs: not a regular file");
}

#[test]
fn a_report_has_a_place_before_anything_is_compiled() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    fs::write(at("a.rs"), SOURCE).unwrap();
    fs::create_dir(at("folder")).unwrap();
    let output = Path::new("-o");
    refused(&[&at("a.rs"), output, &at("nowhere/report")], 2, "cannot be written: there is no directory");
    refused(&[&at("a.rs"), output, &at("folder")], 2, "cannot be written: it is a directory");
    refused(&[&at("a.rs"), Path::new("--assignment"), Path::new("none"), output, &at("report")], 2, "no assignment");
    assert_eq!(names(directory.path()), ["a.rs", "folder"]);
}

#[test]
fn a_report_replaces_a_file_and_never_a_link_or_a_pipe() {
    let directory = tempfile::tempdir().unwrap();
    let at = |name: &str| directory.path().join(name);
    let write = |path: &Path, text: &str| course::files::write(path, text.as_bytes()).unwrap();
    fs::write(at("old"), "old").unwrap();
    std::os::unix::fs::symlink("old", at("link")).unwrap();
    write(&at("link"), "new");
    assert_eq!(fs::read_to_string(at("old")).unwrap(), "new");
    assert!(fs::symlink_metadata(at("link")).unwrap().is_symlink());
    assert!(Command::new("mkfifo").arg(at("pipe")).status().unwrap().success());
    let pipe = at("pipe");
    let reader = std::thread::spawn(move || fs::read_to_string(pipe).unwrap());
    write(&at("pipe"), "through");
    assert_eq!(reader.join().unwrap(), "through");
    assert!(fs::symlink_metadata(at("pipe")).unwrap().file_type().is_fifo());
    assert_eq!(names(directory.path()), ["link", "old", "pipe"]);
}
