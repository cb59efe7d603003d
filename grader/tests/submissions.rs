/*!
Grades every sample submission and compares with what is recorded beside it; then the two that are made from the
reference of every assignment: all solutions, and all stubs.

`SUBMISSION=text` in the environment picks those whose name contains the text. `SEEDS=20` grades each with so many seeds,
which must change no verdict, and with the first one twice, which must change no byte of the report.
*/

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use course::{Assignment, ItemKind, Patch, Root, Source};
use grader::grade::{Grader, Options};
use grader::report::{FunctionReport, Report, Verdict, json, text};
use serde::Deserialize;

/// What a `.toml` file records; `README.md` beside the submissions explains it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectation {
    about: String,
    assignment: Option<String>,
    repeat: Option<Repeat>,
    #[serde(default)]
    verdicts: BTreeMap<String, Verdicts>,
    #[serde(default)]
    own: BTreeMap<String, Verdicts>,
    #[serde(default)]
    says: BTreeMap<String, String>,
    #[serde(default)]
    hides: BTreeMap<String, String>,
    #[serde(default)]
    notes: BTreeMap<String, String>,
    score: Option<Score>,
    error: Option<String>,
}

/// A line of the submission that stands there many times.
#[derive(Deserialize)]
struct Repeat {
    line: String,
    times: usize,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Verdicts {
    One(Verdict),
    Any(Vec<Verdict>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Score {
    Points(f64),
    All(String),
}

fn main() -> ExitCode {
    grader::become_helper();
    let filter = std::env::var("SUBMISSION").unwrap_or_default();
    let seeds: u64 = std::env::var("SEEDS").ok().map_or(1, |text| text.parse().expect("a number"));
    let samples = samples();
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    let chosen: Vec<_> = samples.iter().filter(|(name, ..)| name.contains(&filter)).collect();
    let failed = Mutex::new(Vec::new());
    let next = AtomicUsize::new(0);
    // Many samples wait for a limit to run out, so more of them run at once than there are processors.
    let threads = 2 * std::thread::available_parallelism().map_or(1, usize::from);
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                while let Some((name, file, expectation)) = chosen.get(next.fetch_add(1, Ordering::Relaxed)) {
                    let start = Instant::now();
                    let faults = with_seeds(&grader, file, expectation, seeds);
                    let seconds = start.elapsed().as_secs_f64();
                    let result = if faults.is_empty() { "ok    " } else { "FAILED" };
                    let mut lines = format!("{result} {name} ({seconds:.1} s): {}\n", expectation.about);
                    lines.extend(faults.iter().map(|fault| format!("         {fault}\n")));
                    print!("{lines}");
                    if !faults.is_empty() {
                        failed.lock().unwrap().push(name.clone());
                    }
                }
            });
        }
    });
    let (count, failed) = (chosen.len(), failed.into_inner().unwrap());
    if filter.is_empty() {
        made_from_the_reference(&grader);
    }
    println!("{count} submissions, {} failed {failed:?}", failed.len());
    if failed.is_empty() && count > 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// A submission and its expectation, as far as they were found.
type Pair = (Option<PathBuf>, Option<PathBuf>);

/// Every submission with its expectation, by name.
fn samples() -> Vec<(String, PathBuf, Expectation)> {
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/submissions");
    let mut files: BTreeMap<String, Pair> = BTreeMap::new();
    for entry in fs::read_dir(&directory).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("md") => {}
            Some("toml") => files.entry(name).or_default().1 = Some(path),
            _ => {
                let other = files.entry(name.clone()).or_default().0.replace(path);
                assert!(other.is_none(), "two submissions of the name {name}");
            }
        }
    }
    let sample = |(name, pair): (String, Pair)| match pair {
        (Some(file), Some(path)) => {
            let expectation = toml::from_str(&fs::read_to_string(&path).unwrap());
            let expectation = expectation.unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            (name, file, expectation)
        }
        (Some(_), None) => panic!("{name} has no expectation: write {name}.toml"),
        _ => panic!("{name}.toml has no submission"),
    };
    files.into_iter().map(sample).collect()
}

/// Grades one submission with each of the seeds; returns what is not as recorded.
fn with_seeds(grader: &Grader, file: &Path, expectation: &Expectation, seeds: u64) -> Vec<String> {
    let directory = tempfile::tempdir().unwrap();
    let file = handed_in(grader, file, expectation, directory.path());
    let grade = |seed: u64| {
        let options = Options { assignment: expectation.assignment.clone(), seed, ..Options::default() };
        grader.grade(&file, &options).map_err(|error| error.to_string())
    };
    let first = grade(1);
    let mut faults = check(&first, expectation);
    // An error comes before any seed is used.
    let (Ok(first), 2..) = (first, seeds) else { return faults };
    let bytes = |report: &Report| format!("{}{}", json::json(Ok(report)), text::text(report, false));
    let again = grade(1).map_or_else(|error| error, |report| bytes(&report));
    if bytes(&first) != again {
        faults.push(format!("graded twice, it gives {} and then {again}", bytes(&first)));
    }
    for seed in 2..=seeds {
        faults.extend(check(&grade(seed), expectation).into_iter().map(|fault| format!("seed {seed}: {fault}")));
    }
    faults
}

/// What of a report is not as recorded.
fn check(report: &Result<Report, String>, expectation: &Expectation) -> Vec<String> {
    let report = match (report, &expectation.error) {
        (Ok(report), None) => report,
        (Ok(_), Some(_)) => return vec!["it was graded, expected an error".into()],
        (Err(error), Some(expected)) if error.contains(expected) => return Vec::new(),
        (Err(error), _) => return vec![format!("error: {error}")],
    };
    let mut faults = Vec::new();
    for name in expectation.verdicts.keys().chain(expectation.own.keys()).chain(expectation.says.keys()) {
        if name != "default" && !report.functions.iter().any(|function| function.name == *name) {
            faults.push(format!("no function {name} in the report"));
        }
    }
    for function in &report.functions {
        let Some(expected) = expectation.verdicts.get(&function.name).or(expectation.verdicts.get("default")) else {
            faults.push(format!("no verdict recorded for {}", function.name));
            continue;
        };
        compare(&mut faults, function, "", expected, function.verdict);
        // Upstream of their own functions the verdict is the same unless another one is recorded.
        compare(
            &mut faults,
            function,
            " (own)",
            expectation.own.get(&function.name).unwrap_or(expected),
            function.own.verdict,
        );
        let said = said(function);
        if let Some(text) = expectation.says.get(&function.name)
            && !said.contains(text)
        {
            faults.push(format!("{} should say {text:?}: {said}", function.name));
        }
        let whole = [text::text(report, false), serde_json::to_string(report).unwrap()].concat();
        if let Some(text) = expectation.hides.get(&function.name)
            && whole.contains(text)
        {
            faults.push(format!("{} should hide {text:?}: {whole}", function.name));
        }
    }
    for text in expectation.notes.values().filter(|text| !report.notes.iter().any(|note| note.contains(*text))) {
        faults.push(format!("a note should say {text:?}: {:?}", report.notes));
    }
    let expected = match &expectation.score {
        Some(Score::Points(points)) => Some(*points),
        Some(Score::All(all)) if all == "all" => Some(report.max_score),
        Some(Score::All(other)) => panic!("score = {other:?}: expected a number or \"all\""),
        None => None,
    };
    if let Some(expected) = expected
        && report.score != expected
    {
        faults.push(format!("expected {expected} points, got {}", report.score));
    }
    faults
}

/// The file as a learner hands it in: a `.diff` is laid over the solutions of its assignment, a line that should stand
/// there many times does.
fn handed_in(grader: &Grader, file: &Path, expectation: &Expectation, directory: &Path) -> PathBuf {
    let write = |text: String| {
        let made = directory.join(file.with_extension("rs").file_name().unwrap());
        fs::write(&made, text).unwrap();
        made
    };
    if let Some(Repeat { line, times }) = &expectation.repeat {
        let text = fs::read_to_string(file).unwrap();
        let line = format!("{line}\n");
        assert!(text.contains(&line), "{}: no line {line:?}", file.display());
        return write(text.replace(&line, &line.repeat(*times)));
    }
    if file.extension().is_some_and(|extension| extension == "diff") {
        let assignment = expectation.assignment.as_deref().expect("a .diff needs `assignment = …` in its .toml");
        return write(changed(&reference(grader, assignment), file));
    }
    file.to_owned()
}

fn reference(grader: &Grader, assignment: &str) -> Source {
    let path = grader.root().join(format!("src/graded/{assignment}.rs"));
    Source::parse_reference(format!("{assignment}.rs"), fs::read_to_string(path).unwrap()).unwrap()
}

/// All solutions of an assignment, with the changes of a `.diff`: `@@ function` and the hunks for that function.
fn changed(reference: &Source, file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    let mut hunks: BTreeMap<&str, (usize, String)> = BTreeMap::new();
    let mut current = "";
    for (index, line) in text.lines().enumerate() {
        if let Some(function) = line.strip_prefix("@@ ") {
            current = function.trim();
            assert!(reference.function(current).is_ok(), "{}:{}: no function {current}", file.display(), index + 1);
            hunks.insert(current, (index + 2, String::new()));
        } else {
            let (_, hunks) = hunks.get_mut(current).expect("a .diff begins with `@@ function`");
            hunks.extend([line, "\n"]);
        }
    }
    let mut out: String = reference
        .items()
        .iter()
        .filter(|item| item.kind == ItemKind::Use)
        .map(|item| reference.item_text(item).to_owned() + "\n")
        .collect();
    for function in reference.exercises() {
        let solution = function.solution() + "\n";
        out += &match hunks.get(function.name()) {
            Some((line, text)) => Patch::parse(&file.display().to_string(), *line, text)
                .and_then(|patch| patch.apply(function.name(), &solution))
                .unwrap_or_else(|error| panic!("{error}")),
            None => solution,
        };
    }
    out
}

fn compare(faults: &mut Vec<String>, function: &FunctionReport, which: &str, expected: &Verdicts, got: Verdict) {
    let expected = match expected {
        Verdicts::One(verdict) => std::slice::from_ref(verdict),
        Verdicts::Any(verdicts) => verdicts,
    };
    if !expected.contains(&got) {
        faults.push(format!("{}{which}: expected {expected:?}, got {got:?}: {}", function.name, said(function)));
    }
}

/// Everything that the report says about a function.
fn said(function: &FunctionReport) -> String {
    let cases = function.cases.iter().filter_map(|case| case.message.clone());
    cases.chain(function.messages.clone()).chain(function.causes.clone()).collect::<Vec<_>>().join(" | ")
}

/// Of every assignment, the reference's own solutions get every point, and its stubs are not attempted.
fn made_from_the_reference(grader: &Grader) {
    for name in Assignment::names(grader.root()).unwrap() {
        let source = reference(grader, &name);
        let directory = tempfile::tempdir().unwrap();
        let grade = |file: &str, text: String| -> Report {
            let file = directory.path().join(file);
            fs::write(&file, format!("use cnn::prelude::*;\n{text}")).unwrap();
            grader
                .grade(&file, &Options { assignment: None, seed: 7, ..Options::default() })
                .unwrap_or_else(|error| panic!("{error}"))
        };
        let count = source.exercises().count();
        let solution = grade("solution.rs", source.exercises().map(|function| function.solution() + "\n").collect());
        assert_eq!((solution.assignment.as_str(), solution.functions.len()), (name.as_str(), count));
        assert_eq!(solution.score, solution.max_score, "{}", text::text(&solution, false));
        println!("ok     {name}: its own solutions: {} of {} points", solution.score, solution.max_score);
        let student = grade("student.rs", source.exercises().map(|function| function.stub() + "\n").collect());
        assert!(student.functions.iter().all(|function| function.verdict == Verdict::NotAttempted));
        assert_eq!(student.score, 0.0);
        println!("ok     {name}: its stubs: not attempted {count} times");
    }
}
