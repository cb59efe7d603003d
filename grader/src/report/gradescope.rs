/*! Gradescope's `results.json`: one test for each function, all visible, with the score as the grader has it. */

use serde_json::{Value, json};

use crate::report::format::Context;
use crate::report::json::pretty;
use crate::report::{Graded, Verdict, clean, feedback};

/// Characters of one test's output.
const OUTPUT: usize = 20_000;

/// Writes `results.json`.
pub fn gradescope(graded: Graded, context: &Context) -> String {
    let (score, output, tests) = match graded {
        Ok(report) => {
            let tests = report.functions.iter().enumerate().map(|(index, function)| {
                let passed = function.verdict == Verdict::Passed;
                json!({
                    "name": function.name,
                    "number": (index + 1).to_string(),
                    "score": function.points,
                    "max_score": function.max_points,
                    "status": if passed { "passed" } else { "failed" },
                    "output": if passed { String::new() } else {
                        format!("{}\n{}", function.verdict, feedback::text(function, OUTPUT))
                    },
                    "output_format": "text",
                    "name_format": "text",
                    "visibility": "visible",
                })
            });
            (report.score, report.notes.join("\n"), tests.collect::<Vec<Value>>())
        }
        Err(error) => (0.0, clean(&error.to_string()), Vec::new()),
    };
    let seconds = context.times.1.saturating_sub(context.times.0) as f64 / 1000.0;
    pretty(&json!({
        "score": score,
        "execution_time": seconds,
        "output": output,
        "output_format": "text",
        "test_output_format": "text",
        "test_name_format": "text",
        "visibility": "visible",
        "stdout_visibility": "hidden",
        "tests": tests,
    }))
}
