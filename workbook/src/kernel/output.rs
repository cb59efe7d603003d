/*! One cell's output as messages of the protocol, in the order in which the cell made it. */

use super::iopub::Iopub;
use crate::notebook::mime_bundle;
use crate::session::{Output, Stream};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};

/// Text beyond this many bytes of one cell is not shown: a browser cannot show it either.
const SHOWN: usize = 1 << 20;

/// Publishes the output of one cell.
pub struct CellOutput<'a> {
    iopub: &'a Iopub,
    /// The header of the request that runs the cell.
    parent: &'a Value,
    count: u64,
    /// Whether the cell's last expression is shown, so that the last text displayed may be its value.
    has_result: bool,
    /// Text displayed, if it may be the value of the last expression.
    held: Option<BTreeMap<String, String>>,
    ids: HashSet<String>,
    /// Something has been taken away again, so that there is an empty output in its place.
    has_gap: bool,
    shown: usize,
    /// The text of the cell's result, for the history.
    pub result: Option<String>,
}

impl<'a> CellOutput<'a> {
    pub fn new(iopub: &'a Iopub, parent: &'a Value, count: u64, code: &str) -> CellOutput<'a> {
        let has_result = !code.trim_end().ends_with(';');
        CellOutput {
            iopub,
            parent,
            count,
            has_result,
            held: None,
            ids: HashSet::new(),
            has_gap: false,
            shown: 0,
            result: None,
        }
    }

    /// Publishes what the cell has put out.
    pub fn add(&mut self, output: &Output) {
        self.release();
        match output {
            Output::Text { stream, text } => self.text(*stream, text),
            Output::Display { data, id: Some(id) } => self.replaceable(id, data),
            Output::Display { data, id: None } if self.has_result && data.keys().eq(["text/plain"]) => {
                self.held = Some(data.clone());
            }
            Output::Display { data, id: None } => self.display(data),
        }
    }

    /// Publishes what was held back when the cell has ended. `outputs` is all that the cell's outputs are now: the protocol
    /// has no message that takes one output away, so where one has gone all are cleared and shown again.
    pub fn finish(&mut self, outputs: &[Output]) {
        if self.has_gap {
            self.iopub.publish("clear_output", self.parent, json!({ "wait": !outputs.is_empty() }));
            (self.held, self.shown) = (None, 0);
            self.ids.clear();
            outputs.iter().for_each(|output| self.add(output));
        }
        if let Some(data) = self.held.take() {
            self.result = data.get("text/plain").cloned();
            let content = json!({ "execution_count": self.count, "data": mime_bundle(&data), "metadata": {} });
            self.iopub.publish("execute_result", self.parent, content);
        }
    }

    /// Publishes a warning of the compiler, after the cell's own output.
    pub fn warn(&self, warning: &str) {
        self.iopub.text(Stream::Stderr, self.parent, &format!("{warning}\n"));
    }

    fn release(&mut self) {
        if let Some(data) = self.held.take() {
            self.display(&data);
        }
    }

    fn text(&mut self, stream: Stream, text: &str) {
        let left = SHOWN.saturating_sub(self.shown);
        self.shown += text.len();
        if text.len() <= left {
            self.iopub.text(stream, self.parent, text);
        } else if left > 0 {
            self.iopub.text(stream, self.parent, &text[..text.floor_char_boundary(left)]);
            let note = format!("\n[the cell has printed more than {} MB; the rest is not shown]\n", SHOWN >> 20);
            self.iopub.text(Stream::Stderr, self.parent, &note);
        }
    }

    fn display(&self, data: &BTreeMap<String, String>) {
        self.iopub.publish(
            "display_data",
            self.parent,
            json!({ "data": mime_bundle(data), "metadata": {}, "transient": {} }),
        );
    }

    fn replaceable(&mut self, id: &str, data: &BTreeMap<String, String>) {
        // The same id in another cell, or in another run of this one, is another thing.
        let own_id = format!("{}-{id}", self.parent["msg_id"].as_str().unwrap_or_default());
        self.has_gap |= data.values().all(String::is_empty);
        let kind = if self.ids.insert(id.to_owned()) { "display_data" } else { "update_display_data" };
        let content = json!({ "data": mime_bundle(data), "metadata": {}, "transient": { "display_id": own_id } });
        self.iopub.publish(kind, self.parent, content);
    }
}
