/*!
What the grader keeps, damaged in every way that a full disk or a crash leaves behind: it is noticed, made again, and the
verdicts are the same.

`DAMAGED=all` in the environment also damages those crates whose compilation takes minutes.
*/

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use course::Root;
use grader::assignment;
use grader::error::{Kind, Result};
use grader::grade::{Grader, Options};
use grader::program::store::Stores;
use grader::report::json;

const RIGHT: &str = "use cnn::prelude::*;\n\n\
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {\n\
    \x20   Array2::from_elem(shape, dz / (shape.0 * shape.1) as f64)\n}\n";
const WRONG: &str = "use cnn::prelude::*;\n\n\
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {\n\
    \x20   Array2::from_elem(shape, dz)\n}\n";

/// Ways to damage a file.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Damage {
    Gone,
    Empty,
    OneByte,
    Half,
    AllButOneByte,
    OtherBytes,
    /// Other bytes, and the old time: only the contents tell.
    OtherBytesOfThatTime,
}

const ALL: [Damage; 7] = [
    Damage::Gone,
    Damage::Empty,
    Damage::OneByte,
    Damage::Half,
    Damage::AllButOneByte,
    Damage::OtherBytes,
    Damage::OtherBytesOfThatTime,
];

fn main() -> ExitCode {
    grader::become_helper();
    let all = std::env::var("DAMAGED").is_ok_and(|text| text == "all");
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let ours = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let submissions = tempfile::tempdir().unwrap();
    for (name, text) in [("right.rs", RIGHT), ("wrong.rs", WRONG)] {
        fs::write(submissions.path().join(name), text).unwrap();
    }
    // Also compiles what is damaged below.
    let expected = reports(&ours, submissions.path()).unwrap_or_else(|error| panic!("{error}"));
    assert!(
        expected[0].contains("\"score\": 5.0") && expected[1].contains("likely cause") | expected[1].contains("causes")
    );

    // On the same file system, where a hard link is possible.
    let place = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let store = place.path().join("store");
    copy(&root.grader_store(), &store, &ours.compiler().library().key);
    fs::write(place.path().join("file"), "").unwrap();
    // The shared installation is one that cannot be written.
    let stores = || Stores::at(vec![place.path().join("file/below"), store.clone()]);
    let mut failed = 0;
    let mut check = |what: &str, damage: Damage, victims: &[PathBuf]| {
        assert!(!victims.is_empty(), "nothing is kept that is {what}");
        victims.iter().for_each(|victim| apply(&store, victim, damage));
        let start = Instant::now();
        let grade = || {
            Grader::open_with(&root, assignment::all(&root)?, stores())
                .and_then(|grader| reports(&grader, submissions.path()))
        };
        let fault = match grade() {
            Ok(reports) if reports == expected => None,
            Ok(reports) => Some(reports.concat()),
            // It may be noticed only while something is compiled: then nothing is marked, and it is right the next time.
            Err(error) if error.kind() == Kind::Machine && error.to_string().contains("is damaged") => match grade() {
                Ok(reports) if reports == expected => None,
                again => Some(format!("{error}\nand then {again:?}")),
            },
            Err(error) => Some(error.to_string()),
        };
        let (result, seconds) = (if fault.is_none() { "ok    " } else { "FAILED" }, start.elapsed().as_secs_f64());
        println!("{result} {what}: {damage:?} ({seconds:.1} s){}", fault.as_deref().unwrap_or_default());
        failed += usize::from(fault.is_some());
    };

    let key = store.join(&ours.compiler().library().key);
    let named = |folder: &Path, starts: &str| -> Vec<PathBuf> {
        let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
        entries.filter(|path| path.file_name().unwrap().to_string_lossy().starts_with(starts)).collect()
    };
    let small: BTreeMap<&str, Box<dyn Fn() -> Vec<PathBuf>>> = BTreeMap::from([
        ("the index of the crates", Box::new(|| vec![key.join("index.json")]) as Box<dyn Fn() -> Vec<PathBuf>>),
        ("the lock of the crates", Box::new(|| vec![key.join("in-use")])),
        ("what is known of the compiler", Box::new(|| vec![store.join("toolchain.json")])),
        ("cargo's settings", Box::new(|| vec![store.join("cargo.toml")])),
        ("the seed", Box::new(|| vec![store.join("seed")])),
        ("the compiled reference and mistakes", Box::new(|| named(&store.join("answers"), ""))),
    ]);
    for (what, victims) in &small {
        for damage in ALL {
            check(what, damage, &victims());
        }
    }
    // A crate is compiled again, and what stands on it.
    let crates = |name: &str| named(&key.join("crates"), name);
    for damage in ALL.into_iter().filter(|damage| all || *damage == Damage::Half) {
        check("a crate that the grader alone uses", damage, &crates("libinstances"));
    }
    if all {
        for damage in [Damage::Half, Damage::OtherBytes, Damage::OtherBytesOfThatTime] {
            check("the harness", damage, &crates("libharness"));
        }
        check("a crate that all use", Damage::Half, &crates("libndarray"));
        check("a procedural macro", Damage::Half, &crates("libhdf5_metno_derive"));
        // What cargo keeps for the next version, when that one comes.
        for damage in [Damage::Empty, Damage::OtherBytes] {
            let compiled = files_below(&store.join("build"), &|path| path.to_string_lossy().contains("instances"));
            fs::remove_dir_all(&key).unwrap();
            check("cargo's own directory", damage, &compiled);
        }
    }
    if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// What is reported of the submissions, for the same seed; and the seed of the store can be read or drawn.
fn reports(grader: &Grader, submissions: &Path) -> Result<Vec<String>> {
    grader.seed()?;
    let options = Options { seed: 1, assignment: Some("conv_step_by_step".into()), ..Options::default() };
    let report = |name: &str| Ok(json::json(Ok(&grader.grade(&submissions.join(name), &options)?)));
    ["right.rs", "wrong.rs"].into_iter().map(report).collect()
}

/// Copies a store with the crates of this version. Large files are linked; what cargo writes in place is not.
fn copy(from: &Path, to: &Path, key: &str) {
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap).collect::<Vec<_>>() {
        let name = entry.file_name();
        let kept = [key, "answers", "build"].iter().any(|kept| name == *kept);
        if kept {
            copy_all(&entry.path(), &to.join(&name));
        } else if entry.file_type().unwrap().is_file() {
            copy_file(&entry.path(), &to.join(&name));
        }
    }
}

fn copy_all(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(|entry| entry.unwrap()) {
        let (path, to) = (entry.path(), to.join(entry.file_name()));
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy_all(&path, &to);
        } else if kind.is_file() {
            let large =
                path.extension().is_some_and(|e| ["rlib", "rmeta", "so", "o", "a"].iter().any(|large| e == *large));
            if !large || fs::hard_link(&path, &to).is_err() {
                copy_file(&path, &to);
            }
        }
    }
}

fn copy_file(from: &Path, to: &Path) {
    fs::copy(from, to).unwrap();
    let modified = fs::metadata(from).unwrap().modified().unwrap();
    // A file that may only be read has its time already where that matters.
    if let Ok(file) = fs::File::options().append(true).open(to) {
        file.set_modified(modified).unwrap();
    }
}

fn files_below(folder: &Path, is: &dyn Fn(&Path) -> bool) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut todo = vec![folder.to_owned()];
    while let Some(folder) = todo.pop() {
        for path in fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()) {
            if path.is_dir() {
                todo.push(path);
            } else if is(&path) {
                found.push(path);
            }
        }
    }
    found
}

/// Damages a file under all of its names in the store: a crate has one in cargo's directory, too. The course's own store
/// keeps what it has.
fn apply(store: &Path, victim: &Path, damage: Damage) {
    let Ok(data) = fs::metadata(victim) else { return };
    let bytes = fs::read(victim).unwrap();
    let names = if data.nlink() > 1 {
        files_below(store, &|path| {
            fs::metadata(path).is_ok_and(|other| (other.ino(), other.dev()) == (data.ino(), data.dev()))
        })
    } else {
        vec![victim.to_owned()]
    };
    let garbage = || bytes.iter().enumerate().map(|(n, byte)| byte ^ (n as u8 | 1)).collect::<Vec<u8>>();
    let damaged = match damage {
        Damage::Gone => {
            names.iter().for_each(|name| fs::remove_file(name).unwrap());
            return;
        }
        Damage::Empty => Vec::new(),
        Damage::OneByte => bytes[..bytes.len().min(1)].to_vec(),
        Damage::Half => bytes[..bytes.len() / 2].to_vec(),
        Damage::AllButOneByte => bytes[..bytes.len().saturating_sub(1)].to_vec(),
        Damage::OtherBytes | Damage::OtherBytesOfThatTime => garbage(),
    };
    let fresh = victim.with_extension("damaged");
    fs::write(&fresh, damaged).unwrap();
    fs::set_permissions(&fresh, data.permissions()).unwrap();
    if damage == Damage::OtherBytesOfThatTime {
        fs::File::options().write(true).open(&fresh).unwrap().set_modified(data.modified().unwrap()).unwrap();
    }
    for name in names {
        fs::remove_file(&name).unwrap();
        fs::hard_link(&fresh, &name).unwrap();
    }
    fs::remove_file(&fresh).unwrap();
}
