/*!
Damaged files and damaged answers, made from right ones with a seed: no reader panics, and what is laid over the reference
keeps its lines in step with their origins.

`MUTATED=5000` in the environment says how many of each, `SEED=7` where to begin.
*/

#[path = "generated/random.rs"]
mod random;

use std::path::Path;
use std::sync::LazyLock;
use std::time::Instant;

use course::{Assignment, Keep, Root, Selection, splice};
use grader::assignment::{all, near_misses, of};
use grader::submission::Submission;
use random::Random;
use wire::{Frame, Value};

fn main() {
    grader::become_helper();
    let number = |name: &str, usual| std::env::var(name).ok().map_or(usual, |text| text.parse().expect("a number"));
    let (count, first) = (number("MUTATED", 150), number("SEED", 1));
    let start = Instant::now();
    let read = (first..first + count).filter(|seed| submission(*seed as u64)).count();
    println!("{count} damaged submissions, {read} of them read, in {:.1} s", start.elapsed().as_secs_f64());
    for seed in first..first + 100 * count {
        answers(seed as u64);
    }
    println!("{} damaged answers decoded", 100 * count);
}

/// Words that mean something to one of the readers.
const WORDS: [&str; 28] = [
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "\"",
    "\\",
    "\\ud83d",
    "\n",
    "\r",
    "\u{2028}",
    "\u{feff}",
    "//",
    "/*",
    "*/",
    "pub fn zero_pad",
    "mod a {",
    "use a::{self, *}",
    "macro_rules! s",
    "r#",
    "'",
    "#![",
    "!",
    "%%time\n",
    ":dep x\n",
    "null",
    "1e999",
];

/// The course's assignments, read once.
static ASSIGNMENTS: LazyLock<Vec<Assignment>> = LazyLock::new(|| {
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    all(&root).unwrap_or_else(|error| panic!("{error}"))
});

/// Reads a damaged submission and everything that grading does with its text; whether it could be read.
fn submission(seed: u64) -> bool {
    let mut random = Random::new(seed);
    let samples = [
        ("a.ipynb", include_str!("submissions/notebook.ipynb")),
        ("a.ipynb", include_str!("submissions/repaired.ipynb")),
        ("a.rs", include_str!("submissions/right.rs")),
        ("a.rs", include_str!("submissions/near_misses.rs")),
    ];
    let (name, text) = *random.choose(&samples);
    let mut bytes = text.as_bytes().to_vec();
    for _ in 0..1 + random.below(6) {
        let at = random.below(bytes.len().max(1));
        let to = (at + random.below(40)).min(bytes.len());
        match random.below(5) {
            0 => _ = bytes.drain(at..to),
            1 => bytes.truncate(at.max(1)),
            2 => _ = bytes.splice(at..at, random.choose(&WORDS).bytes()),
            3 => {
                let copied = bytes[at..to].to_vec();
                let there = random.below(bytes.len());
                bytes.splice(there..there, copied);
            }
            _ => bytes[at.min(to.saturating_sub(1))] = random.below(256) as u8,
        }
    }
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join(name);
    std::fs::write(&file, &bytes).unwrap();
    let submission = match Submission::read(&file) {
        Ok(submission) => submission,
        Err(error) => {
            let text = error.to_string();
            assert!(text.contains("\nhelp: ") && error.kind() != grader::error::Kind::Machine, "seed {seed}: {text}");
            return false;
        }
    };
    let Ok(assignment) = of(&ASSIGNMENTS, &submission, Some("conv_step_by_step")) else { return true };
    near_misses(assignment, &submission);
    laid_over(assignment, &submission, seed);
    true
}

fn laid_over(assignment: &Assignment, submission: &Submission, seed: u64) {
    for keep in [Keep::Submitted, Keep::Reference, Keep::Stub] {
        let keep_all = move |_: &str| keep;
        let spliced = splice(&assignment.reference, &submission.parts, "graded", &Selection::all(&keep_all));
        for lines in [&spliced.given, &spliced.submitted] {
            assert_eq!(lines.text.lines().count(), lines.origins.len(), "seed {seed}: {keep:?}\n{}", lines.text);
        }
    }
}

/// Decodes damaged answers.
fn answers(seed: u64) {
    let mut random = Random::new(seed);
    let mut bytes = Vec::new();
    let layer = Value::Node { kind: "Add".into(), properties: vec![("inputs".into(), Value::Count(2))] };
    let answer = Value::Tuple(vec![
        Value::numbers(&[2, 3], vec![0.5; 6]),
        Value::List { of: "layer".into(), items: vec![layer] },
        Value::Record(vec![("mode".into(), Value::Text("max".into()))]),
        Value::f32_array(&[1], vec![f32::NAN]),
    ]);
    wire::write_frame(0, &Frame::Returned(answer), &mut bytes);
    wire::write_frame(1, &Frame::Panicked { message: "é".into(), file: "main.rs".into(), line: 7 }, &mut bytes);
    for _ in 0..1 + random.below(4) {
        let at = random.below(bytes.len());
        match random.below(4) {
            0 => bytes[at] = random.below(256) as u8,
            1 => bytes[at] = [0, 1, 127, 128, 255][random.below(5)],
            2 if random.once_in(4) => bytes.truncate(at.max(1)),
            _ => _ = bytes.splice(at..at, [255; 8]),
        }
    }
    if let Ok(frames) = wire::frames(&bytes, 2) {
        assert!(frames.len() <= 2 && frames.len() <= wire::whole_frames(&bytes));
    }
    let _ = Value::from_bytes(&bytes);
}
