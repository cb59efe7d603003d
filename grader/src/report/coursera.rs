/*! Coursera's `feedback.json` (grader version 2): a share of the points and one text. */

use serde_json::json;

use crate::report::json::pretty;
use crate::report::prairielearn::share;
use crate::report::{Graded, clean, feedback, text};

/// Characters of the text.
const TEXT: usize = 30_000;

/// Writes `feedback.json`.
pub fn coursera(graded: Graded) -> String {
    let (share, feedback) = match graded {
        Ok(report) => (share(report), text::for_learners(report)),
        Err(error) => (0.0, clean(&error.to_string())),
    };
    let feedback = feedback::shortened(&feedback, TEXT);
    pretty(&json!({ "fractionalScore": share, "feedback": feedback, "feedbackType": "TXT" }))
}
