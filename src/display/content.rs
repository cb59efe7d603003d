/*!
One thing to show, in one or more MIME types, and the lines that bring it to a notebook.

Which kernel reads these lines is determined by [`Channel`](super::Channel).
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

    /// Its MIME types.
    pub(super) fn mimes(&self) -> impl Iterator<Item = &str> {
        self.parts.iter().map(|(mime, _)| mime.as_str())
    }

    /// The lines that tell an evcxr kernel to show this content.
    pub fn to_protocol(&self) -> String {
        let mut lines = String::new();
        for (mime, text) in &self.parts {
            writeln!(lines, "EVCXR_BEGIN_CONTENT {mime}\n{text}\nEVCXR_END_CONTENT").expect("writing to a string");
        }
        lines
    }

    /// The same for a kernel that offers live updates: what it showed under this id before is replaced; content that is
    /// empty throughout takes it away.
    ///
    /// ```
    /// use cnn::display::Content;
    /// assert_eq!(Content::new().part("text/plain", "40 %").to_update("bar-1"), "\
    /// EVCXR_BEGIN_CONTENT text/plain; display-id=bar-1\n40 %\nEVCXR_END_CONTENT\n");
    /// ```
    pub fn to_update(&self, id: &str) -> String {
        let parts = self.parts.iter().map(|(mime, text)| (format!("{mime}; display-id={id}"), text.clone()));
        Self { parts: parts.collect() }.to_protocol()
    }

    /// Sends the content to the notebook; outside of one, the lines appear as text.
    ///
    /// The stock kernel shows one output per MIME type and cell, so the last one sent wins there.
    pub fn show(&self) {
        send(&self.to_protocol());
    }
}

/// Writes lines of the protocol to standard output, in one piece.
pub(super) fn send(lines: &str) {
    let mut out = std::io::stdout().lock();
    // A closed pipe means that the output is no longer read, which is no reason to stop the computation.
    let _ = out.write_all(lines.as_bytes()).and_then(|()| out.flush());
}
