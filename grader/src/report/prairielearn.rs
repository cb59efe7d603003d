/*!
PrairieLearn's `results.json`. A submission in which nothing compiles is not gradable, so that it costs no attempt.

PrairieLearn refuses a file of more than 1 MB, so every text has its share of that.
*/

use serde_json::{Value, json};

use crate::report::json::pretty;
use crate::report::{Graded, Report, Verdict, clean, feedback};

/// Characters of all texts together: with escapes, a character can take six bytes.
const TEXT: usize = 120_000;

/// Writes `results.json`.
pub fn prairielearn(graded: Graded) -> String {
    let report = match graded {
        Ok(report) => report,
        Err(error) => return not_gradable(&[clean(&error.to_string())]),
    };
    let each = TEXT / report.functions.len().max(1);
    let attempted = || report.functions.iter().filter(|function| function.verdict != Verdict::NotAttempted);
    if attempted().count() > 0 && attempted().all(|function| function.verdict == Verdict::DoesNotCompile) {
        let errors: Vec<String> =
            attempted().map(|function| format!("{}: {}", function.name, feedback::text(function, each))).collect();
        return not_gradable(&errors);
    }
    let test = |function: &crate::report::FunctionReport| -> Value {
        json!({
            "name": function.name,
            "description": function.verdict.to_string(),
            "points": function.points,
            "max_points": function.max_points,
            "message": "",
            "output": feedback::text(function, each),
        })
    };
    pretty(&json!({
        "gradable": true,
        "score": share(report),
        "message": feedback::shortened(&report.notes.join("\n"), 5_000),
        "output": "",
        "images": [],
        "tests": report.functions.iter().map(test).collect::<Vec<_>>(),
    }))
}

fn not_gradable(errors: &[String]) -> String {
    pretty(&json!({
        "gradable": false,
        "format_errors": errors,
        "score": 0.0,
        "message": "Nothing of this submission could be graded, so it costs no attempt.",
        "output": "",
        "images": [],
        "tests": [],
    }))
}

/// The share of the points, from 0 to 1.
pub fn share(report: &Report) -> f64 {
    if report.max_score > 0.0 { (report.score / report.max_score).clamp(0.0, 1.0) } else { 0.0 }
}
