/*! Judges what a function did with its cases. */

use wire::Frame;

use crate::judge::answers::Case;
use crate::judge::compare::{self, Difference};
use crate::judge::marks;
use crate::program::run::{Ending, Run};
use crate::report::{CaseReport, Verdict, sanitize};

/// One of the two gradings of a function.
#[derive(Debug, Clone)]
pub struct Evaluation {
    /// Its verdict.
    pub verdict: Verdict,
    /// The share of the points that it gives, from 0 to 1.
    pub share: f64,
    /// What came out of each case; empty if the function did not run.
    pub cases: Vec<CaseReport>,
    /// What the learner should read.
    pub messages: Vec<String>,
    /// The answers.
    pub frames: Vec<Frame>,
}

impl Evaluation {
    /// The evaluation of a function that did not run.
    pub fn without_run(verdict: Verdict, messages: Vec<String>) -> Self {
        Self { verdict, share: 0.0, cases: Vec::new(), messages, frames: Vec::new() }
    }

    /// Judges a run of the function's cases; `names` are what its results are called, `place` turns the file and line
    /// of a panic into the learner's own.
    pub fn new(cases: &[&Case], run: Run, names: &[String], place: impl Fn(&str, u32) -> Option<String>) -> Self {
        let mut messages: Vec<String> = Vec::new();
        let mut reports = Vec::new();
        let mut hidden = 0;
        for (index, case) in cases.iter().enumerate() {
            let (verdict, message) = match run.frames.get(index) {
                Some(Frame::Returned(answer)) => match compare::difference(&case.answer, answer, names) {
                    None => (Verdict::Passed, None),
                    Some(Difference { detail, .. }) if case.visible => (Verdict::Wrong, Some(sanitize(&detail))),
                    Some(Difference { kind, .. }) => (Verdict::Wrong, Some(sanitize(&kind))),
                },
                Some(Frame::Panicked { message, file, line }) => {
                    let at = place(file, *line).map(|place| format!(" at {place}")).unwrap_or_default();
                    // What a panic says may hold what the case holds, so it is shown of visible cases alone.
                    let said = if case.visible { format!(": {}", sanitize(message)) } else { String::new() };
                    (Verdict::Panicked, Some(format!("panicked{at}{said}")))
                }
                None if index == run.frames.len() => {
                    let (verdict, text) = ended(&run.end);
                    messages.push(text.clone());
                    (verdict, Some(text))
                }
                None => (ended(&run.end).0, Some("not reached".to_owned())),
            };
            let share = match run.frames.get(index) {
                Some(Frame::Returned(answer)) => marks::share(&case.answer, answer),
                _ => 0.0,
            };
            hidden += usize::from(!case.visible);
            let name = if case.visible { case.name.clone() } else { format!("hidden {hidden}") };
            reports.push(CaseReport { name, visible: case.visible, weight: case.weight, share, verdict, message });
        }
        let total: u64 = reports.iter().map(|case| case.weight).sum();
        let earning = reports.iter().zip(cases).filter(|(report, _)| report.share > 0.0);
        let (edges, others): (Vec<_>, Vec<_>) = earning.partition(|(_, case)| case.edge);
        if others.is_empty() && !edges.is_empty() {
            let text = "no points for what passed: a body that does nothing passes it as well";
            messages.push(text.into());
        }
        let counted = if others.is_empty() { Vec::new() } else { [edges, others].concat() };
        let earned: f64 = counted.iter().map(|(report, _)| report.weight as f64 * report.share).sum();
        // A program that did not come to its end says more about the function than the first case that failed.
        let verdict = match run.end {
            Ending::Complete => reports.iter().map(|case| case.verdict).find(|verdict| *verdict != Verdict::Passed),
            _ => reports.last().map(|case| case.verdict),
        };
        // An empty sum is -0.
        let share = if total == 0 { 0.0 } else { (earned + 0.0) / total as f64 };
        Self { verdict: verdict.unwrap_or(Verdict::Passed), share, cases: reports, messages, frames: run.frames }
    }
}

fn ended(end: &Ending) -> (Verdict, String) {
    match end {
        Ending::Complete => (Verdict::Passed, String::new()),
        Ending::TimedOut => {
            (Verdict::TimedOut, "it was still running when its time was up: is there a loop without an end?".into())
        }
        Ending::OutOfMemory => {
            (Verdict::OutOfMemory, "it asked for more memory than there is: how large are its arrays?".into())
        }
        Ending::Exited(code) => {
            (Verdict::Crashed, format!("the program ended with exit code {code} before the function returned"))
        }
        Ending::Crashed(how) => (Verdict::Crashed, how.clone()),
    }
}
