/*!
Takes apart what a cell's process writes on its standard output: the cell's own text, the things it displays, and the
lines with which evcxr's runtime speaks to evcxr.

It knows bytes only; processes and pipes are `relay.rs`.
*/

use std::collections::BTreeMap;

/// One part of the stream.
#[derive(Debug, PartialEq)]
pub enum Part {
    /// Text that the cell printed, as soon as it came, with or without a line end.
    Text(String),
    /// A thing that the cell displayed, in every MIME type it offered, and the id under which it may be replaced.
    Display(BTreeMap<String, String>, Option<String>),
    /// A line for evcxr, with its text.
    Control(Control, String),
    /// The mark with this number: everything written before it has been read.
    Mark(u64),
}

/// The lines that evcxr 0.22 has a cell write. That a cell has ended is none of them here; see `runtime.rs`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Control {
    Panicked,
    Question,
    ChangedType,
    Input,
}

const PREFIX: &str = "EVCXR_";
const BEGIN: &str = "EVCXR_BEGIN_CONTENT ";
const END: &str = "EVCXR_END_CONTENT";
/// Follows a MIME type whose content replaces what was shown under this id; see `cnn::display`.
const ID: &str = "display-id=";
const FLUSH: &str = "EVCXR_FLUSH_OUTPUT";
/// Opens the runtime's marks; no text editor writes it.
pub const MARK: char = '\u{1e}';

/// The reader's state between two chunks of the stream.
pub struct Demux {
    mark: String,
    /// Whether evcxr's lines mean something on this stream.
    evcxr: bool,
    buffer: Vec<u8>,
    /// The block of content being read: its MIME type and its lines so far.
    content: Option<(String, String)>,
    /// Blocks that belong to one thing displayed, until something else comes.
    display: BTreeMap<String, String>,
    /// The id of that thing.
    id: Option<String>,
}

impl Demux {
    /// A reader of standard output, for the marks of the runtime that was given `nonce`.
    pub fn stdout(nonce: &str) -> Demux {
        let mark = format!("{MARK}{nonce}:");
        Demux { mark, evcxr: true, buffer: Vec::new(), content: None, display: BTreeMap::new(), id: None }
    }

    /// A reader of standard error: text and marks.
    pub fn stderr(nonce: &str) -> Demux {
        Demux { evcxr: false, ..Demux::stdout(nonce) }
    }

    /// What is certain after these bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Vec<Part> {
        let mut buffer = std::mem::take(&mut self.buffer);
        let seen = buffer.len(); // no line ends there
        buffer.extend_from_slice(bytes);
        let mut parts = Vec::new();
        let (mut start, mut from) = (0, seen);
        while let Some(length) = buffer[from..].iter().position(|&byte| byte == b'\n') {
            let end = from + length;
            self.line(&String::from_utf8_lossy(&buffer[start..end]), &mut parts);
            (start, from) = (end + 1, end + 1);
        }
        buffer.drain(..start);
        self.buffer = buffer;
        if self.content.is_none() {
            let ready: Vec<u8> = self.buffer.drain(..undecided(&self.buffer)).collect();
            if !ready.is_empty() {
                self.text(String::from_utf8_lossy(&ready).into_owned(), &mut parts);
            }
        }
        parts
    }

    /// What is certain when nothing has come for a while: a thing displayed does not wait for the next output.
    pub fn idle(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        if self.content.is_none() {
            self.end_display(&mut parts);
        }
        parts
    }

    /// What is left when the stream has ended.
    pub fn finish(&mut self) -> Vec<Part> {
        let mut parts = Vec::new();
        if let Some((mime, content)) = self.content.take()
            && !mime.contains(ID)
        {
            self.display.insert(mime, content);
        }
        let rest = std::mem::take(&mut self.buffer);
        if !rest.is_empty() {
            self.text(String::from_utf8_lossy(&rest).into_owned(), &mut parts);
        }
        self.end_display(&mut parts);
        parts
    }

    fn line(&mut self, line: &str, parts: &mut Vec<Part>) {
        if let Some((mime, content)) = &mut self.content {
            if line == END {
                let (mime, content) = (std::mem::take(mime), std::mem::take(content));
                self.content = None;
                let (mime, id) = match mime.split_once(';') {
                    Some((kind, id)) if id.trim().starts_with(ID) => {
                        (kind.trim().to_owned(), Some(id.trim()[ID.len()..].to_owned()))
                    }
                    _ => (mime, None),
                };
                if self.display.contains_key(&mime) || self.id != id {
                    self.end_display(parts); // a second picture of the same type is a second thing
                }
                self.id = id;
                self.display.insert(mime, content);
            } else if line.contains(&self.mark) {
                // The cell has ended, so this was no content but a line that looks like its beginning.
                let text = format!("{BEGIN}{mime}\n{content}{}", if content.is_empty() { "" } else { "\n" });
                self.content = None;
                self.text(text, parts);
                self.line(line, parts);
            } else if line.ends_with("EVCXR_PANIC_NOTIFICATION") {
                self.content = None; // the cell panicked half-way through
                parts.push(Part::Control(Control::Panicked, "EVCXR_PANIC_NOTIFICATION".into()));
            } else {
                if !content.is_empty() {
                    content.push('\n');
                }
                content.push_str(line);
            }
            return;
        }
        if let Some(start) = line.find(&self.mark) {
            if start > 0 {
                self.text(line[..start].to_owned(), parts);
            }
            self.end_display(parts);
            parts.push(Part::Mark(line[start + self.mark.len()..].parse().unwrap_or(0)));
            return;
        }
        // Text printed without a line end may stand before a marker.
        for (start, _) in line.match_indices(PREFIX).filter(|_| self.evcxr) {
            let (before, marker) = line.split_at(start);
            if let Some(mime) = marker.strip_prefix(BEGIN) {
                if !before.is_empty() {
                    self.text(before.to_owned(), parts);
                }
                self.content = Some((mime.trim().to_owned(), String::new()));
                return;
            }
            if marker == FLUSH {
                if !before.is_empty() {
                    self.text(before.to_owned(), parts);
                }
                self.end_display(parts);
                return;
            }
            let control = match marker {
                "EVCXR_PANIC_NOTIFICATION" => Some(Control::Panicked),
                "EVCXR_ERROR_OCCURRED" => Some(Control::Question),
                _ if marker.starts_with("EVCXR_VARIABLE_CHANGED_TYPE:") => Some(Control::ChangedType),
                _ if marker.starts_with("EVCXR_INPUT_REQUEST") => Some(Control::Input),
                _ => None,
            };
            if let Some(control) = control {
                if !before.is_empty() {
                    self.text(before.to_owned(), parts);
                }
                self.end_display(parts);
                parts.push(Part::Control(control, marker.to_owned()));
                return;
            }
        }
        self.text(format!("{line}\n"), parts);
    }

    fn text(&mut self, text: String, parts: &mut Vec<Part>) {
        self.end_display(parts);
        if let Some(Part::Text(last)) = parts.last_mut() {
            last.push_str(&text);
        } else {
            parts.push(Part::Text(text));
        }
    }

    fn end_display(&mut self, parts: &mut Vec<Part>) {
        let (display, id) = (std::mem::take(&mut self.display), self.id.take());
        // evcxr shows the value of a cell's last expression, also where a block has none.
        let is_unit = id.is_none() && display.len() == 1 && display.get("text/plain").is_some_and(|text| text == "()");
        if !display.is_empty() && !is_unit {
            parts.push(Part::Display(display, id));
        }
    }
}

/// Where, in a line that has not ended, text begins that may become a marker or the rest of a character.
fn undecided(tail: &[u8]) -> usize {
    for start in 0..tail.len() {
        let rest = &tail[start..];
        let n = rest.len().min(PREFIX.len());
        if rest[0] == MARK as u8 || rest[..n] == PREFIX.as_bytes()[..n] {
            return start;
        }
    }
    match std::str::from_utf8(tail) {
        Err(error) if error.error_len().is_none() => error.valid_up_to(),
        _ => tail.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Part {
        Part::Text(text.to_owned())
    }

    fn display(pairs: &[(&str, &str)]) -> Part {
        Part::Display(pairs.iter().map(|(mime, content)| (mime.to_string(), content.to_string())).collect(), None)
    }

    fn question() -> Part {
        Part::Control(Control::Question, "EVCXR_ERROR_OCCURRED".into())
    }

    /// What comes of the chunks; text is joined, because how it is cut does not matter.
    fn read<'a>(chunks: impl Iterator<Item = &'a [u8]>) -> Vec<Part> {
        let mut demux = Demux::stdout("n");
        let mut pieces: Vec<Part> = chunks.flat_map(|chunk| demux.push(chunk)).collect();
        pieces.extend(demux.finish());
        let mut parts: Vec<Part> = Vec::new();
        for part in pieces {
            match (parts.last_mut(), part) {
                (Some(Part::Text(last)), Part::Text(more)) => last.push_str(&more),
                (_, part) => parts.push(part),
            }
        }
        parts
    }

    /// The same bytes in one piece and byte by byte must mean the same.
    fn check(input: &str, expected: &[Part]) {
        assert_eq!(read(std::iter::once(input.as_bytes())), expected, "in one piece: {input:?}");
        assert_eq!(read(input.as_bytes().chunks(1)), expected, "byte by byte: {input:?}");
    }

    #[test]
    fn text_and_evcxrs_lines() {
        check("a\nb\nEVCXR_ERROR_OCCURRED\n", &[text("a\nb\n"), question()]);
        check("no line endEVCXR_ERROR_OCCURRED\n", &[text("no line end"), question()]);
        check("größer\n", &[text("größer\n")]);
        check("EVCXR_ is only a prefix\nEVCXR", &[text("EVCXR_ is only a prefix\nEVCXR")]);
    }

    #[test]
    fn marks_are_taken_out() {
        check("half\u{1e}n:7\nrest\n", &[text("half"), Part::Mark(7), text("rest\n")]);
        check("\u{1e}other:7\n", &[text("\u{1e}other:7\n")]);
    }

    #[test]
    fn what_a_cell_forges_is_text() {
        check("EVCXR_EXECUTION_COMPLETE\nmore\n", &[text("EVCXR_EXECUTION_COMPLETE\nmore\n")]);
        for content in ["", "a\nb\n"] {
            let begun = format!("EVCXR_BEGIN_CONTENT text/html\n{content}");
            check(&format!("{begun}\u{1e}n:3\nnext\n"), &[text(&begun), Part::Mark(3), text("next\n")]);
        }
    }

    #[test]
    fn a_unit_value_is_nothing_to_show() {
        let plain = |text: &str| format!("EVCXR_BEGIN_CONTENT text/plain\n{text}\nEVCXR_END_CONTENT\n");
        check(&format!("a\n{}b\n", plain("()")), &[text("a\nb\n")]);
        check(&plain("((), 1)"), &[display(&[("text/plain", "((), 1)")])]);
        let html = "EVCXR_BEGIN_CONTENT text/html\n()\nEVCXR_END_CONTENT\n";
        check(&(html.to_owned() + &plain("()")), &[display(&[("text/html", "()"), ("text/plain", "()")])]);
    }

    #[test]
    fn two_figures_stay_two_and_one_keeps_its_types() {
        let svg = |n: u8| format!("EVCXR_BEGIN_CONTENT image/svg+xml\n<svg>\n{n}</svg>\nEVCXR_END_CONTENT\n");
        let plain = |n: u8| format!("EVCXR_BEGIN_CONTENT text/plain\nfigure {n}\nEVCXR_END_CONTENT\n");
        check(
            &format!("{}{}{}{}after\n", svg(1), plain(1), svg(2), plain(2)),
            &[
                display(&[("image/svg+xml", "<svg>\n1</svg>"), ("text/plain", "figure 1")]),
                display(&[("image/svg+xml", "<svg>\n2</svg>"), ("text/plain", "figure 2")]),
                text("after\n"),
            ],
        );
        check(
            &format!("before{}EVCXR_FLUSH_OUTPUT\n{}", svg(1), plain(2)),
            &[text("before"), display(&[("image/svg+xml", "<svg>\n1</svg>")]), display(&[("text/plain", "figure 2")])],
        );
    }

    #[test]
    fn what_has_an_id_is_a_thing_of_its_own() {
        let block = |mime: &str, text: &str| format!("EVCXR_BEGIN_CONTENT {mime}\n{text}\nEVCXR_END_CONTENT\n");
        let with = |id: &str, pairs: &[(&str, &str)]| match display(pairs) {
            Part::Display(data, _) => Part::Display(data, Some(id.to_owned())),
            other => other,
        };
        let input = block("text/html; display-id=a", "1")
            + &block("text/plain; display-id=a", "one")
            + &block("text/plain; display-id=b", "two")
            + &block("text/plain", "three")
            + &block("text/plain; charset=utf-8", "four");
        check(
            &input,
            &[
                with("a", &[("text/html", "1"), ("text/plain", "one")]),
                with("b", &[("text/plain", "two")]),
                display(&[("text/plain", "three"), ("text/plain; charset=utf-8", "four")]),
            ],
        );
    }

    #[test]
    fn a_panic_inside_a_figure_ends_it() {
        let panicked = Part::Control(Control::Panicked, "EVCXR_PANIC_NOTIFICATION".into());
        check("EVCXR_BEGIN_CONTENT text/html\n<b>\nEVCXR_PANIC_NOTIFICATION\nx\n", &[panicked, text("x\n")]);
    }
}
