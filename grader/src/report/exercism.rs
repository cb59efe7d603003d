/*! `results.json` of Exercism's test runners, version 3: one test for each function, which is a task of its own. */

use serde_json::{Value, json};

use crate::report::feedback::shortened;
use crate::report::json::pretty;
use crate::report::{FunctionReport, Graded, Verdict, clean, feedback};

/// Characters of a test's output, and of a message.
const OUTPUT: usize = 500;
const MESSAGE: usize = 65_535;

/// Writes `results.json`.
pub fn exercism(graded: Graded) -> String {
    let report = match graded {
        Ok(report) => report,
        Err(error) => return failed(&clean(&error.to_string())),
    };
    if report.functions.iter().all(|function| status(function) == "error") {
        let lines = report.functions.iter().map(|f| format!("{}: {}", f.name, feedback::text(f, MESSAGE / 10)));
        return failed(&lines.collect::<Vec<_>>().join("\n"));
    }
    let passed = report.functions.iter().all(|function| status(function) == "pass");
    pretty(&json!({
        "version": 3,
        "status": if passed { "pass" } else { "fail" },
        "message": null,
        "tests": report.functions.iter().enumerate().map(test).collect::<Vec<_>>(),
    }))
}

fn failed(message: &str) -> String {
    pretty(&json!({ "version": 3, "status": "error", "message": shortened(message, MESSAGE), "tests": [] }))
}

fn status(function: &FunctionReport) -> &'static str {
    match function.verdict {
        Verdict::Passed => "pass",
        Verdict::DoesNotCompile | Verdict::WrongSignature => "error",
        _ => "fail",
    }
}

fn test((index, function): (usize, &FunctionReport)) -> Value {
    let status = status(function);
    let passed = status == "pass";
    let cases: Vec<&str> = function.cases.iter().filter(|case| case.visible).map(|case| &*case.name).collect();
    let message = format!("{}\n{}", function.verdict, feedback::text(function, MESSAGE / 2));
    json!({
        "name": function.name,
        "test_code": format!("// {}: {}", function.name, if cases.is_empty() { "hidden cases".into() } else { cases.join(", ") }),
        "status": status,
        "message": if passed { Value::Null } else { message.into() },
        "output": if passed { Value::Null } else { shortened(&function.messages.join("\n"), OUTPUT).into() },
        "task_id": index + 1,
    })
}
