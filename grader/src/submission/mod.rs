/*!
Reads a submission: a notebook, a Rust file, or a directory that holds one.

It reads and cuts into items; it decides nothing about points. Every byte of it is untrusted: sizes are bounded
before anything is read, and the parser runs in a thread whose stack a deeply nested text cannot exhaust.
*/

mod find;
mod notebook;

use std::path::Path;
use std::sync::mpsc;
use std::time::Duration;

use course::{Broken, Source};

use crate::error::{Error, Result};

/// A submission, cut into the items of its cells.
#[derive(Debug)]
pub struct Submission {
    /// The file's name, without its directory.
    pub name: String,
    /// The assignment that the submission says it belongs to.
    pub assignment: Option<String>,
    /// Its code: one source for each code cell, or one for the file.
    pub parts: Vec<Source>,
    /// What could not be read as Rust, each with the part that it stands in.
    pub broken: Vec<(usize, Broken)>,
    /// What the learner should know about the file itself.
    pub notes: Vec<String>,
}

/// A piece of code before it is parsed.
#[derive(Debug)]
struct Code {
    /// What messages call it: `code cell 3`, or the file's name.
    label: String,
    text: String,
    is_cell: bool,
}

/// Bytes of code, without outputs and prose: a full assignment has some thirty thousand.
const CODE: usize = 256 << 10;
/// Items of all cells together; a full assignment has some fifty. Names are looked up by going through all of them.
const ITEMS: usize = 5000;
/// Stack of the thread that parses. The parser and the destructor of its tree recurse at most once for every byte, with
/// a few kilobytes for each level; pages that are not touched cost nothing.
const STACK: usize = 1 << 30;
/// Time for parsing, which takes milliseconds.
const PARSING: Duration = Duration::from_secs(10);

impl Submission {
    /// Reads the submission at `path`.
    ///
    /// # Errors
    /// When there is no file, it is too large, or it is neither a notebook nor text.
    pub fn read(path: &Path) -> Result<Self> {
        let (path, text) = find::read(path)?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut notes = Vec::new();
        let (assignment, codes) = if path.extension().is_some_and(|extension| extension == "ipynb") {
            let notebook = notebook::read(&name, &text, &mut notes)?;
            (notebook.assignment, notebook.codes)
        } else {
            (None, vec![Code { label: name.clone(), text, is_cell: false }])
        };
        let bytes: usize = codes.iter().map(|code| code.text.len()).sum();
        if bytes > CODE {
            let message = format!("{name}: {bytes} bytes of code, more than the {CODE} that are read");
            return Err(Error::new(message, "an assignment needs some thirty thousand; move data out of the code"));
        }
        let (parts, broken) = parse(&name, codes)?;
        let items: usize = parts.iter().map(|part| part.items().len()).sum();
        if items > ITEMS {
            let message = format!("{name}: {items} functions, types and imports, more than the {ITEMS} that are read");
            return Err(Error::new(message, "an assignment needs some fifty: is this the right file?"));
        }
        Ok(Self { name, assignment, parts, broken, notes })
    }
}

type Parsed = (Vec<Source>, Vec<(usize, Broken)>);

fn parse(name: &str, codes: Vec<Code>) -> Result<Parsed> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new().name("parse".into()).stack_size(STACK);
    let work = move || {
        let mut parts = Vec::new();
        let mut broken = Vec::new();
        for code in codes {
            let parse = if code.is_cell { Source::parse_cell } else { Source::parse };
            parts.push(parse(code.label.clone(), code.text.clone()).unwrap_or_else(|_| {
                let (source, pieces) = course::recover(&code.label, &code.text);
                broken.extend(pieces.into_iter().map(|piece| (parts.len(), piece)));
                source
            }));
        }
        // The receiver is gone when it took too long.
        let _ = sender.send((parts, broken));
    };
    let failed = |doing: &str| Error::new(format!("{name}: {doing}"), "is this really a solution of an assignment?");
    thread.spawn(work).map_err(|_| failed("there is not enough memory to read it"))?;
    receiver.recv_timeout(PARSING).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => failed("reading the code took too long"),
        mpsc::RecvTimeoutError::Disconnected => failed("the code cannot be read"),
    })
}
