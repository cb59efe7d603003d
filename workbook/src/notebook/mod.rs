/*!
Notebooks: the file format (nbformat 4.5), building them from chapters, and running them.

A notebook is kept as the JSON value that it is, so that what we do not know of somebody's notebook stays in it.
*/

pub mod build;
mod convert;
mod digest;
#[cfg(test)]
mod example;
pub mod nbgrader;
pub mod run;

pub use convert::{solution, student, student_with};

use crate::session::{Failure, Output};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The text of a notebook file as Jupyter writes it: keys in order, one blank a level, a line end at the end.
pub fn to_text(notebook: &Value) -> String {
    let mut bytes = Vec::new();
    let formatter = serde_json::ser::PrettyFormatter::with_indent(b" ");
    let mut serializer = serde_json::Serializer::with_formatter(&mut bytes, formatter);
    sorted(notebook).serialize(&mut serializer).expect("a JSON value can be written");
    bytes.push(b'\n');
    String::from_utf8(bytes).expect("JSON is Unicode")
}

/// The same value with its keys in order, whatever map `serde_json` was built with.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(object) => {
            let mut pairs: Vec<_> = object.iter().collect();
            pairs.sort_by_key(|(key, _)| key.as_str());
            Value::Object(pairs.into_iter().map(|(key, value)| (key.clone(), sorted(value))).collect())
        }
        Value::Array(values) => Value::Array(values.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

/// Text as a notebook holds it: a list of lines, each with its line end.
pub fn lines(text: &str) -> Value {
    text.split_inclusive('\n').collect()
}

/// What a cell put out, as the notebook's outputs.
pub fn outputs(outputs: &[Output], failure: Option<&Failure>, count: u64) -> Vec<Value> {
    let mut values: Vec<Value> = Vec::new();
    for (index, output) in outputs.iter().enumerate() {
        values.push(match output {
            Output::Text { stream, text } => json!({ "output_type": "stream", "name": stream, "text": lines(text) }),
            Output::Display { data, .. } => {
                let plain = data.keys().all(|mime| mime == "text/plain");
                let data: Map<String, Value> =
                    data.iter().map(|(mime, content)| (mime.clone(), mime_value(mime, content))).collect();
                // The value of a cell's last expression comes last and is text alone.
                if plain && index + 1 == outputs.len() {
                    json!({ "output_type": "execute_result", "execution_count": count, "data": data, "metadata": {} })
                } else {
                    json!({ "output_type": "display_data", "data": data, "metadata": {} })
                }
            }
        });
    }
    values.extend(failure.map(|failure| {
        let mut traceback: Vec<String> = failure.details.lines().map(str::to_owned).collect();
        if !failure.lost.is_empty() {
            traceback.push(format!("variables that are gone: {}", failure.lost.join(", ")));
        }
        json!({
            "output_type": "error",
            "ename": failure.kind.name(),
            "evalue": failure.message,
            "traceback": traceback,
        })
    }));
    values
}

/// What is shown, as the messaging protocol holds it: text in one piece, JSON as JSON.
pub fn mime_bundle(data: &BTreeMap<String, String>) -> Value {
    let value = |mime: &str, content: &str| match mime_value(mime, content) {
        Value::Array(_) if !is_json(mime) => Value::String(content.to_owned()),
        value => value,
    };
    data.iter().map(|(mime, content)| (mime.clone(), value(mime, content))).collect::<Map<_, _>>().into()
}

fn is_json(mime: &str) -> bool {
    mime == "application/json" || mime.ends_with("+json")
}

fn mime_value(mime: &str, content: &str) -> Value {
    if is_json(mime) {
        return serde_json::from_str(content).unwrap_or_else(|_| Value::String(content.to_owned()));
    }
    // Binary types are base64, one string; everything else is text.
    if mime.starts_with("text/") || mime == "image/svg+xml" || mime == "application/javascript" {
        lines(content)
    } else {
        Value::String(content.to_owned())
    }
}
