/*! The Common Test Report Format: a test for each function. The functions run at once, so none has a time of its own. */

use serde_json::{Map, Value, json};

use crate::report::format::Context;
use crate::report::json::pretty;
use crate::report::{FunctionReport, Graded, Verdict, clean, feedback};

/// The version of the format that is written.
const VERSION: &str = "1.0.0";
/// Characters of one test's text.
const TEXT: usize = 20_000;

/// Writes the report.
pub fn ctrf(graded: Graded, context: &Context) -> String {
    let tests: Vec<Value> = match graded {
        Ok(report) => report.functions.iter().map(|function| test(function, &report.assignment)).collect(),
        Err(error) => vec![json!({
            "name": "submission",
            "status": "failed",
            "duration": 0,
            "rawStatus": error.kind(),
            "message": clean(error.message()),
            "trace": clean(error.help()),
        })],
    };
    let mut summary = Map::new();
    summary.insert("tests".into(), tests.len().into());
    for status in ["passed", "failed", "skipped", "pending", "other"] {
        summary.insert(status.into(), tests.iter().filter(|test| test["status"] == status).count().into());
    }
    summary.insert("start".into(), context.times.0.into());
    summary.insert("stop".into(), context.times.1.into());
    let extra = graded.map(|report| json!({ "score": report.score, "max_score": report.max_score }));
    pretty(&json!({
        "reportFormat": "CTRF",
        "specVersion": VERSION,
        "generatedBy": "grader",
        "results": {
            "tool": { "name": "grader", "version": env!("CARGO_PKG_VERSION") },
            "summary": summary,
            "tests": tests,
            "extra": extra.unwrap_or_else(|_| json!({})),
        },
    }))
}

fn test(function: &FunctionReport, assignment: &str) -> Value {
    let status = match function.verdict {
        Verdict::Passed => "passed",
        Verdict::NotAttempted => "skipped",
        _ => "failed",
    };
    let mut test = json!({
        "name": function.name,
        "status": status,
        "duration": 0,
        "rawStatus": function.verdict,
        "suite": [assignment],
        "extra": { "points": function.points, "max_points": function.max_points },
    });
    if status == "failed" {
        test["message"] = function.verdict.to_string().into();
        test["trace"] = feedback::text(function, TEXT).into();
    }
    test
}
