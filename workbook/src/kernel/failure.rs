/*! A cell's failure as the protocol's `error`: what a learner reads, from the top. */

use crate::session::Failure;
use serde_json::{Value, json};

/// The content of an `error` message, and of a reply with the status `error`.
pub fn content(failure: &Failure) -> Value {
    let name = failure.kind.name();
    let mut traceback = vec![format!("\x1b[31m{name}\x1b[0m")];
    traceback.extend(failure.details.lines().map(str::to_owned));
    if !failure.lost.is_empty() {
        traceback.push(format!("variables that are gone: {}", failure.lost.join(", ")));
    }
    json!({ "ename": name, "evalue": failure.message, "traceback": traceback })
}
