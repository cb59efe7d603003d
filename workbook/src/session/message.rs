/*!
What the processes of a session send to each other, one JSON value a line.

The processes are described in `session/mod.rs`; nothing here runs anything.
*/

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// From the program to the evaluator.
#[derive(Debug, Serialize, Deserialize)]
pub enum Request {
    /// Run a cell; answered by any number of [`Event::Output`] and one [`Event::Done`].
    Execute(Cell),
    /// Do before the first cell what would make it wait: load the helper crate and analyse a cell; answered by
    /// [`Event::Done`].
    WarmUp,
    /// Serve another process, which holds the other ends of the pipes now, and run cells in this directory; answered by
    /// [`Event::Done`].
    Move(PathBuf),
    /// Answer a question between two cells; answered by [`Event::Answer`].
    Ask(u64, Question),
    /// Stop the cell, whether it is compiled or runs, for this reason; an empty one is the user's interrupt.
    Stop(String),
    /// Answers [`Event::Input`]; none if there is no more input.
    Input(Option<String>),
}

/// What may be asked of a session besides running a cell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Question {
    /// What may stand at this byte of a cell's code?
    Complete { code: String, position: usize },
    /// What is the name that ends at this byte of a cell's code?
    Inspect { code: String, position: usize },
    /// Which variables are there?
    Variables,
    /// By which calls did the last panic come about?
    Backtrace,
}

/// The answer to a [`Question`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    Completions(Completions),
    /// What is known of a name, by MIME type; none if nothing is.
    Description(Option<BTreeMap<String, String>>),
    Variables(Vec<Variable>),
    /// None if nothing has panicked.
    Backtrace(Option<String>),
}

/// What may stand in place of a part of a cell's code.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Completions {
    /// The bytes of the code in whose place each of them may stand.
    pub start: usize,
    pub end: usize,
    pub matches: Vec<Completion>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Completion {
    pub text: String,
    /// `function`, `class`, `module`, `instance`, `keyword` or `magic`, as clients show them.
    pub kind: String,
    /// The text with more about it, such as a function's arguments.
    pub label: String,
}

/// A variable that the cells have made.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    pub name: String,
    pub kind: String,
    /// Of an array, as `(2, 3)`.
    pub shape: Option<String>,
    /// Of an array of numbers: minimum, maximum and mean.
    pub range: Option<[String; 3]>,
    /// Its value, cut where it is long; none where it cannot be printed.
    pub value: Option<String>,
}

/// One cell to run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Cell {
    pub code: String,
    /// The number that a notebook shows beside it.
    pub number: u64,
}

/// From the evaluator to the program.
#[derive(Debug, Serialize, Deserialize)]
pub enum Event {
    /// The session takes requests.
    Ready,
    /// Something to show while a user waits, such as the name of a crate that is being compiled.
    Note(String),
    /// The running cell produced this.
    Output(Output),
    /// The running cell waits for a line of input.
    Input { prompt: String, is_password: bool },
    /// Answers the [`Request::Ask`] of this number.
    Answer(u64, Answer),
    /// The cell ended, well or not; the compiler may have had warnings.
    Done { failure: Option<Failure>, warnings: Vec<String> },
    /// The evaluator could not start, or ended; no more events follow.
    Closed(String),
}

/// One piece of a cell's output, in the order in which the cell made it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum Output {
    /// Printed text.
    Text { stream: Stream, text: String },
    /// One thing to show, in one or more MIME types. It replaces what the cell showed before under the same id; content
    /// that is empty throughout takes that away.
    Display { data: BTreeMap<String, String>, id: Option<String> },
}

/// Where text was printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Stream {
    Stdout,
    Stderr,
}

/// Why a cell failed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Failure {
    pub kind: FailureKind,
    /// One sentence, or what the panic, the error or the compiler said first.
    pub message: String,
    /// Everything there is to know, line by line: the compiler's diagnostics, the place of a panic.
    pub details: String,
    /// Variables that earlier cells had made and that are gone now.
    pub lost: Vec<String>,
}

/// The ways in which a cell fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailureKind {
    /// `panic!`, a failed `assert!`, `todo!`, an index out of bounds, …
    Panic,
    /// A `?` at the top of the cell met an error.
    Error,
    /// rustc or cargo refused the cell.
    Compile,
    /// The process in which the cells run ended: `exit`, `abort`, a stack overflow, …
    Died,
    /// The cell ran or printed for too long and was stopped.
    Stopped,
    /// Anything else, such as an unknown `:command`.
    Other,
}

impl FailureKind {
    /// Whether the cell had been compiled, so that what it defines is there.
    pub fn is_of_running(self) -> bool {
        !matches!(self, FailureKind::Compile | FailureKind::Other)
    }

    /// The name that a notebook shows as `ename`.
    pub fn name(self) -> &'static str {
        match self {
            FailureKind::Panic => "Panic",
            FailureKind::Error => "Error",
            FailureKind::Compile => "CompileError",
            FailureKind::Died => "ProcessDied",
            FailureKind::Stopped => "Stopped",
            FailureKind::Other => "Failure",
        }
    }
}

/// From the relay to the evaluator, through evcxr, which passes lines that it does not know on.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub enum Relayed {
    /// A new process is there.
    Started,
    Output(Output),
    /// A panic reached the top of the cell.
    Panicked(Panic),
    /// A `?` met an error; this is what evcxr printed of it.
    Question(String),
    /// The relay killed the process, for this reason.
    Stopped(String),
    /// The cell was to stop before it had begun to run, and has not run.
    Cancelled,
    /// The process ended.
    Died(Death),
}

/// How the process of a cell ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Death {
    pub code: Option<i32>,
    pub signal: Option<i32>,
    /// A copy of the process has taken its place: all variables are as they were before the cell.
    pub is_replaced: bool,
}

/// What the panic hook saw.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Panic {
    pub message: String,
    pub file: String,
    pub line: usize,
    pub column: usize,
    /// The thread, if it was not the cell's own.
    pub thread: Option<String>,
    /// The calls that led to it, innermost first.
    pub calls: Vec<Call>,
    /// The panic that this one was made of: a test catches what ndarray says and explains it.
    pub cause: Option<Box<Panic>>,
}

/// One line of a backtrace.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Call {
    pub function: String,
    /// Empty if the program does not tell.
    pub file: String,
    pub line: usize,
}

/// A message as one line that evcxr cannot mistake for one of its own markers, all of which contain `EVCXR`.
///
/// In JSON that text can only stand inside of a string, where an escape for its first letter means the same.
pub fn to_line<T: Serialize>(message: &T) -> String {
    serde_json::to_string(message).expect("messages are plain data").replace("EVCXR", "\\u0045VCXR")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_hides_evcxrs_markers_and_reads_back() {
        let text = "EVCXR_BEGIN_CONTENT text/plain\nEVCXR_EXECUTION_COMPLETE \"quoted\"".to_owned();
        let message = Relayed::Output(Output::Text { stream: Stream::Stdout, text });
        let line = to_line(&message);
        assert!(!line.contains("EVCXR") && !line.contains('\n'), "{line}");
        assert_eq!(serde_json::from_str::<Relayed>(&line).unwrap(), message);
    }
}
