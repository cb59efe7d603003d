/*!
What a notebook cell shows beside its printed text: rich content, sent on standard output in evcxr's protocol.

It knows nothing of figures or tables: those are in [`plot`](crate::plot), and hand their finished content over.
*/

use std::fmt::Write as _;
use std::io::Write as _;

/// One result of a cell in one or more MIME types, of which the notebook shows the richest that it can.
///
/// ```
/// use cnn::display::Content;
/// let content = Content::new().part("text/html", "<b>7</b>").part("text/plain", "7");
/// assert_eq!(content.to_protocol(), "\
/// EVCXR_BEGIN_CONTENT text/html\n<b>7</b>\nEVCXR_END_CONTENT\n\
/// EVCXR_BEGIN_CONTENT text/plain\n7\nEVCXR_END_CONTENT\n");
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    parts: Vec<(String, String)>,
}

impl Content {
    /// Content with nothing in it yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// The same content in another MIME type.
    pub fn part(mut self, mime: &str, text: impl Into<String>) -> Self {
        self.parts.push((mime.to_owned(), text.into()));
        self
    }

    /// The lines that tell an evcxr kernel to show this content.
    pub fn to_protocol(&self) -> String {
        let mut lines = String::new();
        for (mime, text) in &self.parts {
            writeln!(lines, "EVCXR_BEGIN_CONTENT {mime}\n{text}\nEVCXR_END_CONTENT").expect("writing to a string");
        }
        lines
    }

    /// Sends the content to the notebook; outside of one, the lines appear as text.
    ///
    /// The stock kernel shows one output per MIME type and cell, so the last one sent wins there.
    pub fn show(&self) {
        let mut out = std::io::stdout().lock();
        // A closed pipe means that nobody looks any more, which is no reason to stop the computation.
        let _ = out.write_all(self.to_protocol().as_bytes()).and_then(|()| out.flush());
    }
}
