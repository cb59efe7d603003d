/*! Autolab's feedback: the text that the learner reads, and as its last line the scores of the problems. */

use serde_json::{Map, Value, json};

use crate::report::{Graded, clean, text};

/// Writes the text and the line of the scores. A problem's name is its function's.
pub fn autolab(graded: Graded) -> String {
    let (text, scores) = match graded {
        Ok(report) => {
            let scores = report.functions.iter().map(|function| (function.name.clone(), json!(function.points)));
            (text::for_learners(report), scores.collect::<Map<String, Value>>())
        }
        Err(error) => (clean(&error.to_string()) + "\n", Map::new()),
    };
    format!("{text}{}\n", json!({ "scores": scores }))
}
