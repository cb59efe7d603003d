/*! Rows for the tests of this room. */

use crate::gradebook::store::{Outcome, Submission};
use crate::report::{FunctionReport, Grading, Report, VERSION, Verdict};

/// A row of the assignment `conv` without an outcome.
pub fn submission(learner: &str) -> Submission {
    Submission {
        asked: "conv".into(),
        learner: learner.into(),
        digest: learner.into(),
        attempt: 1,
        source: format!("{learner}.rs"),
        name: None,
        late: false,
        submitted: None,
        key: "key".into(),
        outcome: Outcome::Waiting,
        assignment: "conv".into(),
        notes: Vec::new(),
        tokens: Vec::new(),
        gradings: 1,
        begun: 0,
        seconds: 1.0,
        finished: 0,
    }
}

/// A row with a report in which each function has these of 10 points.
pub fn graded(learner: &str, functions: &[(&str, f64)]) -> Submission {
    let function = |(name, points): &(&str, f64)| {
        let verdict = if *points >= 10.0 { Verdict::Passed } else { Verdict::Wrong };
        FunctionReport {
            name: (*name).to_owned(),
            points: *points,
            max_points: 10.0,
            verdict,
            own: Grading { verdict, points: *points },
            regraded: None,
            cases: Vec::new(),
            causes: if verdict == Verdict::Wrong { vec![format!("a cause in {name}")] } else { Vec::new() },
            messages: Vec::new(),
        }
    };
    let functions: Vec<FunctionReport> = functions.iter().map(function).collect();
    let report = Report {
        version: VERSION,
        assignment: "conv".into(),
        submission: format!("{learner}.rs"),
        score: functions.iter().map(|function| function.points).sum(),
        max_score: functions.iter().map(|function| function.max_points).sum(),
        seed: Some(1),
        sandbox: vec!["rlimits".into()],
        notes: Vec::new(),
        functions,
    };
    Submission { outcome: Outcome::Graded(Box::new(report)), ..submission(learner) }
}
