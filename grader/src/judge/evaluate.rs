/*! Grades the results of a function's test cases. */

use wire::Frame;

use crate::judge::answers::Case;
use crate::judge::compare::{self, Difference};
use crate::judge::marks;
use crate::program::run::{Run, RunOutcome};
use crate::report::{CaseReport, Verdict, sanitize};

/// The grading of a function: of the submission as it is, or the regrade with the reference's upstream functions.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Its verdict.
    pub verdict: Verdict,
    /// The fraction of the points earned, from 0 to 1.
    pub share: f64,
    /// What came out of each case; empty if the function did not run.
    pub cases: Vec<CaseReport>,
    /// What the learner should read.
    pub messages: Vec<String>,
    /// The result of each call that was answered: a value or a panic, in the order of the cases.
    pub frames: Vec<Option<Frame>>,
}

/// What a function did: its visible cases in one process, its hidden ones in another.
#[derive(Debug)]
pub struct Answers {
    /// The result of each call that was answered, in the order of the cases.
    pub frames: Vec<Option<Frame>>,
    /// How the process with the visible cases ended.
    pub visible: RunOutcome,
    /// How the one with the hidden cases ended.
    pub hidden: RunOutcome,
}

impl Answers {
    /// Puts the answers of both processes in the order of the cases.
    pub fn new(cases: &[&Case], visible: Run, hidden: Run) -> Self {
        let (mut seen, mut unseen) = (visible.frames.into_iter(), hidden.frames.into_iter());
        let frames = cases.iter().map(|case| if case.visible { seen.next() } else { unseen.next() }).collect();
        Self { frames, visible: visible.end, hidden: hidden.end }
    }
}

/// How much of what a program did may be told. The learner decides what a program answers, says and ends with, so all of
/// that is told only where the program held nothing that is secret.
pub struct Telling<'a> {
    /// The names of the function's return values.
    pub names: &'a [String],
    /// Maps the location of a panic to the submission.
    pub locate: &'a dyn Fn(&str, u32) -> Option<String>,
    /// The answers of the learner's own program, if this one held bodies of the reference that the learner's code could
    /// ask: what a visible case did is told only as far as it did the same there.
    pub alike: Option<&'a [Option<Frame>]>,
}

impl Telling<'_> {
    /// Whether everything may be told of the answer to a case.
    fn is_open(&self, case: &Case, index: usize, frame: &Frame) -> bool {
        let bytes = |frame: &Frame| {
            let mut bytes = Vec::new();
            wire::write_frame(0, frame, &mut bytes);
            bytes
        };
        let same = |own: &[Option<Frame>]| own.get(index).and_then(Option::as_ref).map(bytes) == Some(bytes(frame));
        case.visible && self.alike.is_none_or(same)
    }
}

impl Evaluation {
    /// The evaluation of a function that did not run.
    pub fn without_run(verdict: Verdict, messages: Vec<String>) -> Self {
        Self { verdict, share: 0.0, cases: Vec::new(), messages, frames: Vec::new() }
    }

    /// Judges the answers to the function's cases.
    pub fn new(cases: &[&Case], answers: Answers, telling: &Telling) -> Self {
        let mut messages: Vec<String> = Vec::new();
        let mut reports = Vec::new();
        let mut hidden = 0;
        // Whether the end of the process has been told: of the cases after it, none was reached.
        let mut told = [false; 2];
        for (index, case) in cases.iter().enumerate() {
            let frame = answers.frames.get(index).and_then(Option::as_ref);
            let is_open = frame.is_some_and(|frame| telling.is_open(case, index, frame));
            let (verdict, message) = match frame {
                Some(Frame::Returned(answer)) => match compare::difference(&case.answer, answer, telling.names) {
                    None => (Verdict::Passed, None),
                    Some(Difference { detail, .. }) if is_open => (Verdict::Wrong, Some(sanitize(&detail))),
                    Some(Difference { kind, .. }) => (Verdict::Wrong, Some(sanitize(&kind))),
                },
                Some(Frame::Panicked { message, file, line }) => {
                    let at = (telling.locate)(file, *line).map(|place| format!(" at {place}")).unwrap_or_default();
                    // A panic message and its line may contain the case's data, so they are shown only for visible cases.
                    let text = if is_open { format!("panicked{at}: {}", sanitize(message)) } else { "panicked".into() };
                    (Verdict::Panicked, Some(text))
                }
                None if !std::mem::replace(&mut told[usize::from(case.visible)], true) => {
                    let end = if case.visible { &answers.visible } else { &answers.hidden };
                    let (verdict, text) = verdict_and_message(end, case.visible && telling.alike.is_none());
                    if !messages.contains(&text) {
                        messages.push(text.clone());
                    }
                    (verdict, Some(text))
                }
                None => {
                    let end = if case.visible { &answers.visible } else { &answers.hidden };
                    (verdict_and_message(end, false).0, Some("not reached".to_owned()))
                }
            };
            let share = match frame {
                Some(Frame::Returned(answer)) => marks::share(&case.answer, answer),
                _ => 0.0,
            };
            hidden += usize::from(!case.visible);
            let name = if case.visible { case.name.clone() } else { format!("hidden {hidden}") };
            reports.push(CaseReport { name, visible: case.visible, weight: case.weight, share, verdict, message });
        }
        let total: u64 = reports.iter().map(|case| case.weight).sum();
        let earning = reports.iter().zip(cases).filter(|(report, _)| report.share > 0.0);
        let (trivial, others): (Vec<_>, Vec<_>) = earning.partition(|(_, case)| case.trivial);
        if others.is_empty() && !trivial.is_empty() {
            let text = "no points: only cases passed that an empty body passes too";
            messages.push(text.into());
        }
        let counted = if others.is_empty() { Vec::new() } else { [trivial, others].concat() };
        let earned: f64 = counted.iter().map(|(report, _)| report.weight as f64 * report.share).sum();
        // If the run was cut short, that is the verdict; otherwise that of the first case that failed.
        let unreached =
            |visible: bool| reports.iter().rev().find(|case| case.visible == visible).map(|case| case.verdict);
        let verdict = match (&answers.visible, &answers.hidden) {
            (RunOutcome::Complete, RunOutcome::Complete) => {
                reports.iter().map(|case| case.verdict).find(|verdict| *verdict != Verdict::Passed)
            }
            (RunOutcome::Complete, _) => unreached(false),
            _ => unreached(true),
        };
        // An empty float sum is -0.0; adding 0.0 makes it 0.0.
        let share = if total == 0 { 0.0 } else { (earned + 0.0) / total as f64 };
        Self { verdict: verdict.unwrap_or(Verdict::Passed), share, cases: reports, messages, frames: answers.frames }
    }
}

/// The verdict of a program that ended before it had answered, and a sentence; with what the program itself chose, such as
/// its exit code, only if that `is_open`.
fn verdict_and_message(end: &RunOutcome, is_open: bool) -> (Verdict, String) {
    match end {
        RunOutcome::Complete => (Verdict::Passed, String::new()),
        RunOutcome::TimedOut => (Verdict::TimedOut, "it exceeded the time limit: is there an infinite loop?".into()),
        RunOutcome::OutOfMemory => {
            (Verdict::OutOfMemory, "it exceeded the memory limit: how large are its arrays?".into())
        }
        RunOutcome::Exited(code) if is_open => {
            (Verdict::Crashed, format!("the program ended with exit code {code} before the function returned"))
        }
        RunOutcome::Crashed(how) if is_open => (Verdict::Crashed, how.clone()),
        RunOutcome::Exited(_) | RunOutcome::Crashed(_) => {
            (Verdict::Crashed, "the program ended before the function returned".into())
        }
    }
}
