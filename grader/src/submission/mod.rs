/*!
Reads a submission: a notebook, a Rust file, or a directory that holds one.

It reads, repairs and cuts into items; it decides nothing about points. Every byte of it is untrusted: sizes are bounded
before anything is read, and what a text may cost is tried in another process first.
*/

pub mod budget;
mod find;
mod notebook;
mod repair;

use std::path::{Path, PathBuf};
use std::sync::mpsc;
use std::time::Duration;

use course::{Broken, Source, Submitted};

use crate::error::{Error, Kind, Result};

/// A submission, cut into the items of its cells.
#[derive(Debug)]
pub struct Submission {
    /// The file.
    pub path: PathBuf,
    /// The file's name, without its directory.
    pub name: String,
    /// The assignment that the submission says it belongs to.
    pub assignment: Option<String>,
    /// The language of a notebook's kernel, where the notebook says it.
    pub language: Option<String>,
    /// Its code: one source for each code cell, or one for the file.
    pub parts: Vec<Source>,
    /// What could not be read as Rust, each with the part that it stands in.
    pub broken: Vec<(usize, Broken)>,
    /// What the learner should know about the file itself.
    pub notes: Vec<String>,
}

/// A piece of code before it is parsed.
#[derive(Debug, Clone)]
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
/// Stack of the thread that parses: more than [`budget::STACK`], which was enough. Pages that are not touched cost nothing.
const STACK: usize = 2 * budget::STACK;
/// Time for parsing, which takes milliseconds, on a machine that is busy with others.
const PARSING: Duration = Duration::from_secs(600);

impl Submission {
    /// Reads the submission at `path`.
    ///
    /// # Errors
    /// When there is no file, it is too large, reading it costs too much, or it is neither a notebook nor text.
    pub fn read(path: &Path) -> Result<Self> {
        let (path, bytes) = find::read(path)?;
        budget::check(&path, &bytes)?;
        Self::of(&path, &bytes, STACK)
    }

    /// Reads the contents of a submission's file, whatever that costs, with so many bytes of stack for the parser.
    fn of(path: &Path, bytes: &[u8], stack: usize) -> Result<Self> {
        let text = course::notebook::decode(bytes).ok_or_else(|| {
            let message = format!("{}: not UTF-8 text", path.display());
            Error::of(Kind::Unreadable, message, "save the file again from Jupyter or an editor")
        })?;
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut notes = Vec::new();
        let (assignment, language, mut codes, others) = if path.extension().is_some_and(|e| e == "ipynb") {
            let notebook = notebook::read(&name, &text, &mut notes)?;
            (notebook.assignment, notebook.language, notebook.codes, notebook.others)
        } else {
            (None, None, vec![Code { label: name.clone(), text, is_cell: false }], Vec::new())
        };
        let bytes: usize = codes.iter().chain(&others).map(|code| code.text.len()).sum();
        if bytes > CODE {
            let message = format!("{name}: {bytes} bytes of code, more than the {CODE} that are read");
            let help = "an assignment needs some thirty thousand; move data out of the code";
            return Err(Error::of(Kind::Unreadable, message, help));
        }
        repair::line_ends(&mut codes, &mut notes);
        let Parsed { parts, broken, notes: repaired } = parse(&name, codes, others, stack)?;
        notes.extend(repaired);
        let items: usize = parts.iter().map(|part| part.items().len()).sum();
        if items > ITEMS {
            let message = format!("{name}: {items} functions, types and imports, more than the {ITEMS} that are read");
            let help = "an assignment needs some fifty: is this the right file?";
            return Err(Error::of(Kind::Unreadable, message, help));
        }
        Ok(Self { path: path.to_owned(), name, assignment, language, parts, broken, notes })
    }

    /// Looks up every function of it, as grading does: what that costs is part of the budget.
    fn count(&self) -> usize {
        let submitted = Submitted::of(&self.parts);
        let names = self.parts.iter().flat_map(|part| part.functions().map(|function| function.name()));
        names.filter(|name| submitted.definition(name).is_some()).count()
    }
}

/// What came of the code of a submission.
struct Parsed {
    parts: Vec<Source>,
    broken: Vec<(usize, Broken)>,
    notes: Vec<String>,
}

/// Parses in a thread whose stack a deeply nested text cannot exhaust.
fn parse(name: &str, codes: Vec<Code>, others: Vec<Code>, stack: usize) -> Result<Parsed> {
    let (sender, receiver) = mpsc::channel();
    let thread = std::thread::Builder::new().name("parse".into()).stack_size(stack);
    let work = move || {
        let mut notes = Vec::new();
        let (codes, sources) = repair::cells(codes, &mut notes);
        let mut parsed = Parsed { parts: Vec::new(), broken: Vec::new(), notes };
        for (code, source) in codes.into_iter().zip(sources) {
            let source = source.unwrap_or_else(|| {
                let (source, pieces) = course::recover(&code.label, &code.text);
                parsed.broken.extend(pieces.into_iter().map(|piece| (parsed.parts.len(), piece)));
                source
            });
            parsed.parts.push(source);
        }
        repair::other_cells(others, &mut parsed);
        // The receiver is gone when it took too long.
        let _ = sender.send(parsed);
    };
    thread.spawn(work).map_err(|error| Error::machine(format!("read {name}"), error))?;
    receiver.recv_timeout(PARSING).map_err(|error| match error {
        mpsc::RecvTimeoutError::Timeout => Error::machine(format!("read {name}"), "it takes too long"),
        mpsc::RecvTimeoutError::Disconnected => {
            let message = format!("{name}: the code cannot be read");
            Error::of(Kind::Unreadable, message, "is this really a solution of an assignment?")
        }
    })
}
