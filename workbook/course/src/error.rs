/*! What can be wrong with the course's files, and where. */

use std::path::Path;

/// What is wrong, and in which line of which file.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}{kind}", place(path, *line))]
pub struct Error {
    /// The file's name as it was given to the function that reads it; empty where no file is meant.
    pub path: String,
    /// Line, counted from 1; 0 where the file as a whole is meant.
    pub line: usize,
    /// What is wrong.
    pub kind: ErrorKind,
}

impl Error {
    /// An error of a file: what was expected and what came, and what to do next. `help` may be empty.
    pub(crate) fn invalid(path: &str, line: usize, what: impl Into<String>, help: impl Into<String>) -> Self {
        let kind = ErrorKind::Invalid { what: what.into(), help: help.into() };
        Self { path: path.to_owned(), line, kind }
    }

    /// A file that cannot be read.
    pub(crate) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        let help = "check that the file exists and that you may read it";
        Self::invalid(&path.display().to_string(), 0, format!("it cannot be read: {error}"), help)
    }
}

fn place(path: &str, line: usize) -> String {
    match (path, line) {
        ("", _) => String::new(),
        (path, 0) => format!("{path}: "),
        (path, line) => format!("{path}:{line}: "),
    }
}

/// What is wrong with a file of the course.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The text is not Rust.
    #[error("{0}")]
    Parse(String),
    /// A `START CODE HERE` without its `END CODE HERE`.
    #[error(
        "expected a line `// END CODE HERE` after this `// START CODE HERE`, found the end of {0}\n\
         help: close the part that the learner writes, in the same function"
    )]
    MissingEnd(String),
    /// An `END CODE HERE` without its `START CODE HERE`.
    #[error(
        "`// END CODE HERE` without a `// START CODE HERE` before it in the same function\n\
         help: open the part that the learner writes, or remove this line"
    )]
    MissingStart,
    /// A `START CODE HERE` inside the part that another one opened.
    #[error(
        "`// START CODE HERE` inside the part that line {opened} opened\n\
         help: close it first with `// END CODE HERE`; parts do not nest"
    )]
    NestedStart {
        /// Line of the marker that is still open.
        opened: usize,
    },
    /// A marker that belongs to no function.
    #[error("a marker outside of every function\nhelp: markers stand inside the body of a top-level function")]
    MarkerOutside,
    /// A `//~` line that is not between the markers.
    #[error(
        "a `//~` line outside of the markers\n\
         help: stub lines stand between `// START CODE HERE` and `// END CODE HERE`"
    )]
    StubLineOutside,
    /// A stub that does not parse.
    #[error("the stub of {name} does not parse: {message}\nhelp: the stub is what the `//~` lines leave")]
    BrokenStub {
        /// The function.
        name: String,
        /// What the parser says.
        message: String,
    },
    /// Two functions of one name.
    #[error("a second function {name}, the first is in line {first}\nhelp: names of functions are unique in a file")]
    Duplicate {
        /// The function.
        name: String,
        /// Line of the first one.
        first: usize,
    },
    /// A line of a change that begins with none of its three signs.
    #[error("`{0}`: expected a line of a change, which begins with `-`, `+` or a space")]
    HunkLine(String),
    /// A change that only adds lines.
    #[error("a hunk that does not say where it belongs\nhelp: begin it with the line before, after a space")]
    HunkWithoutPlace,
    /// A change whose place is missing or not the only one.
    #[error(
        "`{wanted}` stands {} in {name}, expected it once\n\
         help: take the lines from the function as it is now; where they stand twice, add the line before them",
        places(found)
    )]
    HunkPlaces {
        /// The lines that were looked for.
        wanted: String,
        /// The text that they should stand in.
        name: String,
        /// The lines of that text where they begin.
        found: Vec<usize>,
    },
    /// Anything else: a chapter, an assignment, a file that cannot be read or written.
    #[error("{what}{}", help_line(help))]
    Invalid {
        /// What was expected and what came.
        what: String,
        /// What to do next; may be empty.
        help: String,
    },
    /// No function of that name.
    #[error("no function {name}; there are: {}", known.join(", "))]
    UnknownName {
        /// The name that was asked for.
        name: String,
        /// The names that exist.
        known: Vec<String>,
    },
}

fn places(found: &[usize]) -> String {
    let lines: Vec<String> = found.iter().map(ToString::to_string).collect();
    if lines.is_empty() { "nowhere".into() } else { format!("{} times (lines {})", lines.len(), lines.join(", ")) }
}

fn help_line(help: &str) -> String {
    if help.is_empty() { String::new() } else { format!("\nhelp: {help}") }
}

/// A result whose error is this crate's [`Error`].
pub type Result<T, E = Error> = std::result::Result<T, E>;
