/*! A report as JSON, with all that the grader knows; and an error as JSON, for a program that reads either. */

use serde_json::json;

use crate::report::{Graded, clean};

/// Writes the report, or `{"error": …}` with the kind, the exit code, the message and the help.
pub fn json(graded: Graded) -> String {
    match graded {
        Ok(report) => pretty(report),
        Err(error) => pretty(&json!({"error": {
            "kind": error.kind(),
            "exit_code": error.kind().exit_code(),
            "message": clean(error.message()),
            "help": clean(error.help()),
        }})),
    }
}

/// JSON with a line for each value.
pub fn pretty(value: &impl serde::Serialize) -> String {
    match serde_json::to_string_pretty(value) {
        Ok(text) => text + "\n",
        Err(error) => unreachable!("it holds names as keys and finite numbers: {error}"),
    }
}
