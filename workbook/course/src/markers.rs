/*!
The two line rules that turn a reference function into its stub or its solution.

Between `// START CODE HERE` and `// END CODE HERE`, lines that begin with `//~` are the stub and all others are the
solution. The markers themselves stay in both.
*/

use crate::error::ErrorKind;

const START: &str = "// START CODE HERE";
const END: &str = "// END CODE HERE";
const STUB: &str = "//~";

/// What a line is to the rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Start,
    End,
    Stub,
    Other,
}

fn kind(line: &str) -> Line {
    let line = line.trim_start();
    if line.starts_with(START) {
        Line::Start
    } else if line.starts_with(END) {
        Line::End
    } else if line.starts_with(STUB) {
        Line::Stub
    } else {
        Line::Other
    }
}

/// Whether `text` has a marker or a stub line.
pub fn any(text: &str) -> Option<usize> {
    text.lines().position(|line| kind(line) != Line::Other)
}

/// Checks that the markers of the function `name` pair up and that stub lines stand between them; an error comes with
/// its line, counted from 0 in `text`.
pub fn check(name: &str, text: &str) -> Result<(), (usize, ErrorKind)> {
    let mut opened = None;
    for (number, line) in text.lines().enumerate() {
        match (kind(line), opened) {
            (Line::Start, Some(opened)) => return Err((number, ErrorKind::NestedStart { opened })),
            (Line::Start, None) => opened = Some(number),
            (Line::End, Some(_)) => opened = None,
            (Line::End, None) => return Err((number, ErrorKind::MissingStart)),
            (Line::Stub, None) => return Err((number, ErrorKind::StubLineOutside)),
            (Line::Stub, Some(_)) | (Line::Other, _) => {}
        }
    }
    match opened {
        Some(number) => Err((number, ErrorKind::MissingEnd(name.to_owned()))),
        None => Ok(()),
    }
}

/// The text without its stub lines.
pub fn solution(text: &str) -> String {
    text.split_inclusive('\n').filter(|line| kind(line) != Line::Stub).collect()
}

/// The text with the lines between the markers replaced by what the stub lines say.
pub fn stub(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut inside = false;
    for line in text.split_inclusive('\n') {
        match kind(line) {
            Line::Start => inside = true,
            Line::End => inside = false,
            Line::Stub => {
                let (indent, code) = line.split_once(STUB).expect("a stub line has its prefix");
                out.push_str(indent);
                out.push_str(code.strip_prefix(' ').unwrap_or(code));
                continue;
            }
            Line::Other if inside => continue,
            Line::Other => {}
        }
        out.push_str(line);
    }
    out
}
