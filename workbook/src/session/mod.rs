/*!
A session: cells run one after another, each knows what the earlier ones made, and every failure is a failure.

Four processes, all of them this program: the program itself holds a [`Session`]; the *evaluator* (`evaluator.rs`) compiles
cells with evcxr; the *relay* (`relay.rs`) reads what cells print; the *runtime* (`runtime.rs`) loads the compiled cells, and keeps a copy of
itself from before the running cell. In the runtime the *startup cell*
(`startup_cell.rs`), which runs before the first one, flushes and reports panics. `template.rs` keeps the compiled helper crate that every session begins
with.

Notebooks and chapters are not known here.
*/

mod analyzer;
mod backtrace;
mod compile_error;
mod demux;
mod directory;
mod download;
mod evaluator;
#[path = "../../../src/check/explanation.rs"]
mod explanation;
mod helper_crate;
pub mod lexer;
mod markdown;
mod message;
pub mod names;
mod place;
mod questions;
mod receiver;
mod relay;
mod runtime;
mod spare;
mod stop;
mod template;
mod tokens;
mod warnings;

pub use evaluator::hook;
pub use message::{Answer, Cell, Completion, Completions, Failure, FailureKind, Output, Question, Stream, Variable};
pub use spare::{Spare, receive};
pub use template::{copy_dependencies, helper_inputs, setup_code};

use anyhow::{Context, Result, bail};
use course::Root;
use directory::SessionDirectory;
use message::{Event, Request, to_line};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Which of the processes this one is.
const ROLE_VAR: &str = "WORKBOOK_ROLE";
/// The directory in which cells run.
const CELLS_DIR_VAR: &str = "WORKBOOK_CELLS_DIR";
/// The workspace, and the copy of the helper crate that stands for it.
const COURSE_VAR: &str = "WORKBOOK_COURSE";
const HELPER_VAR: &str = "WORKBOOK_HELPER";
/// The lock file with the workspace's versions.
const LOCK_VAR: &str = "WORKBOOK_LOCK";
/// The startup cell's descriptor, to which it reports panics.
const STARTUP_VAR: &str = "WORKBOOK_STARTUP";
/// The library's sources for the cells, and the link that evcxr's analyzer follows to them.
const LIBRARY_VAR: &str = "WORKBOOK_LIBRARY";
const RUST_SRC_VAR: &str = "RUST_SRC_PATH";
/// What is kept for the analyzer, and the user's directory of cargo, in whose place the analyzer is given another.
const ANALYZER_VAR: &str = "WORKBOOK_ANALYZER";
const CARGO_HOME_VAR: &str = "WORKBOOK_CARGO_HOME";
/// The relay's descriptor, from which it reads what the evaluator says past evcxr.
const INTERRUPTS_VAR: &str = "WORKBOOK_INTERRUPTS";
/// The evaluator's answer, through evcxr, to a cell that waits for input when there is none: the end-of-transmission character,
/// which nobody types.
const NO_INPUT: &str = "\u{4}";
/// A cell that prints more than this is stopped: 16 MB.
const OUTPUT_LIMIT: usize = 16 << 20;

/// What a cell did.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// In the order in which the cell made it; neighbouring text of one stream is one output, and of what was replaced
    /// only the last state is here.
    pub outputs: Vec<Output>,
    pub failure: Option<Failure>,
    /// What the compiler warns of in a cell that it has compiled.
    pub warnings: Vec<String>,
    pub time: Duration,
}

impl Outcome {
    /// Everything printed on standard output.
    pub fn stdout(&self) -> String {
        let text = |output: &Output| match output {
            Output::Text { stream: Stream::Stdout, text } => Some(text.clone()),
            _ => None,
        };
        self.outputs.iter().filter_map(text).collect()
    }
}

/// Where a session's cells run, and what the workspace's crate is for them.
struct Place {
    cells_dir: PathBuf,
    /// The workspace.
    course: PathBuf,
    /// The copy of its helper crate that stands for it.
    helper: PathBuf,
}

/// Who sees what a cell puts out, and gives it what it asks for.
pub trait CellIo {
    /// The cell has put this out.
    fn output(&mut self, output: &Output);

    /// A line of input for a cell that waits for it.
    fn input(&mut self, prompt: &str, is_password: bool) -> Input {
        let _ = (prompt, is_password);
        Input::End
    }
}

/// What a cell gets that waits for input.
pub enum Input {
    Line(String),
    /// There is no more.
    End,
    /// Nobody can be asked: the cell is stopped, for this reason.
    Refused(String),
}

/// A watcher without a keyboard.
struct Watch<'a>(&'a mut dyn FnMut(&Output));

impl CellIo for Watch<'_> {
    fn output(&mut self, output: &Output) {
        (self.0)(output);
    }
}

/// A running session.
pub struct Session {
    evaluator: Evaluator,
    /// The number of the last cell.
    count: u64,
    directory: SessionDirectory,
    place: Place,
    limit: Duration,
}

impl Session {
    /// Starts a session whose cells run in `cells_dir`, as Jupyter runs them in their notebook's directory; `note` is called
    /// with what takes long.
    ///
    /// # Errors
    /// When the helper crate does not compile, or no process can be started.
    pub fn start(root: &Root, cells_dir: &Path, note: &dyn Fn(&str)) -> Result<Session> {
        let (directory, helper) = template::seed(root, note)?;
        let cells_dir = cells_dir.canonicalize().with_context(|| format!("{}", cells_dir.display()))?;
        note("starting evcxr");
        let course = root.to_path_buf();
        let place = Place { cells_dir, course, helper };
        let evaluator = Evaluator::start(&directory, &place, note)?;
        Ok(Session::new(evaluator, directory, place))
    }

    fn new(evaluator: Evaluator, directory: SessionDirectory, place: Place) -> Session {
        Session { evaluator, count: 0, directory, place, limit: Duration::from_secs(600) }
    }

    /// Does before the first cell what would make it wait: loads the helper crate and analyses a cell.
    ///
    /// # Errors
    /// When the helper crate cannot be loaded. The session can go on all the same.
    pub fn warm_up(&mut self) -> Result<()> {
        self.evaluator.prepare(&Request::WarmUp)
    }

    /// Stops any cell that runs for longer than `limit`.
    pub fn limit(mut self, limit: Duration) -> Session {
        self.limit = limit;
        self
    }

    /// The way to stop the running cell from another thread.
    pub fn interrupter(&self) -> Interrupter {
        Interrupter(Arc::clone(&self.evaluator.requests))
    }

    /// Runs one cell, numbered after the last one; `watch` sees its output while it comes.
    ///
    /// # Errors
    /// Only when the session itself cannot go on; a cell's failure is in the [`Outcome`].
    pub fn execute(&mut self, code: &str, watch: &mut dyn FnMut(&Output)) -> Result<Outcome> {
        let cell = Cell { code: code.to_owned(), number: self.count + 1 };
        self.execute_cell(cell, &mut Watch(watch))
    }

    /// Runs one cell.
    ///
    /// # Errors
    /// Only when the session itself cannot go on; a cell's failure is in the [`Outcome`].
    pub fn execute_cell(&mut self, cell: Cell, io: &mut dyn CellIo) -> Result<Outcome> {
        self.count = cell.number;
        if self.evaluator.closed {
            self.evaluator = Evaluator::start(&self.directory, &self.place, &|_| ())?;
        }
        let mut outcome = self.evaluator.execute(cell, self.limit, io, &|_| ())?;
        // A panic may speak of downloads, too; that one is the learner's own.
        if let Some(failure) = &mut outcome.failure
            && matches!(failure.kind, FailureKind::Compile | FailureKind::Other)
            && let Some(text) = download::explain(&failure.details)
        {
            failure.message = text.clone();
            failure.details = text;
        }
        Ok(outcome)
    }
}

/// How long a question may take; the first one may wait for the analyzer to read the library.
const ANSWERING: Duration = Duration::from_secs(60);

impl Session {
    /// Answers a question about the session or about a cell that has not been run; none if no answer comes.
    pub fn ask(&mut self, question: Question) -> Option<Answer> {
        if self.evaluator.closed {
            return None;
        }
        self.evaluator.ask(question)
    }
}

/// Stops the cell that runs in a session.
#[derive(Clone)]
pub struct Interrupter(Requests);

impl Interrupter {
    /// Stops the running cell, if there is one; its outcome says so.
    pub fn interrupt(&self) {
        send(&self.0, &Request::Stop(String::new()));
    }
}

/// The pipe to the evaluator; none when it is to end.
type Requests = Arc<Mutex<Option<ChildStdin>>>;

/// Sends a request; false if the evaluator has ended.
fn send(requests: &Requests, request: &Request) -> bool {
    let mut requests = requests.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(requests) = &mut *requests else { return false };
    writeln!(requests, "{}", to_line(request)).and_then(|()| requests.flush()).is_ok()
}

/// The evaluator's process and the pipes to it.
struct Evaluator {
    process: Process,
    requests: Requests,
    events: Receiver<Event>,
    /// How many questions have been asked.
    asked: u64,
    closed: bool,
}

impl Evaluator {
    fn start(directory: &SessionDirectory, place: &Place, note: &dyn Fn(&str)) -> Result<Evaluator> {
        let mut process = evaluator::command(directory.path(), &directory.lock_file(), place)
            .and_then(|mut command| command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn())
            .context("the session's process for evcxr does not start")?;
        let pipes = Pipes {
            requests: process.stdin.take().expect("piped"),
            events: process.stdout.take().expect("piped"),
            errors: process.stderr.take().expect("piped"),
        };
        let evaluator = Evaluator::new(Process::Child(process), pipes);
        loop {
            // Compiling the session's first lines takes seconds, and minutes where others want the same processor.
            match evaluator.events.recv_timeout(Duration::from_secs(300)) {
                Ok(Event::Ready) => return Ok(evaluator),
                Ok(Event::Note(text)) => note(&text),
                Ok(Event::Closed(why)) => bail!("evcxr does not start:\n{why}"),
                Ok(_) => {}
                Err(_) => bail!(
                    "evcxr has not started within five minutes\nhelp: the machine may be busy or out of memory; run it \
                     again when it has less to do"
                ),
            }
        }
    }

    /// Reads what the process writes.
    fn new(process: Process, pipes: Pipes) -> Evaluator {
        let (sender, events) = channel();
        let (stdout, stderr) = (BufReader::new(pipes.events), BufReader::new(pipes.errors));
        let notes = std::thread::spawn({
            let sender = sender.clone();
            move || {
                let mut last = Vec::new();
                for line in stderr.lines().map_while(Result::ok) {
                    let _ = sender.send(Event::Note(line.trim().to_owned()));
                    last.push(line);
                    last.drain(..last.len().saturating_sub(20));
                }
                last.join("\n")
            }
        });
        std::thread::spawn(move || {
            for line in stdout.lines().map_while(Result::ok) {
                let event = serde_json::from_str(&line).unwrap_or(Event::Note(line));
                let _ = sender.send(event);
            }
            let _ = sender.send(Event::Closed(notes.join().unwrap_or_default()));
        });
        Evaluator { process, requests: Arc::new(Mutex::new(Some(pipes.requests))), events, asked: 0, closed: false }
    }

    /// Has something done that is no cell.
    fn prepare(&mut self, request: &Request) -> Result<()> {
        send(&self.requests, request);
        loop {
            match self.events.recv_timeout(Duration::from_secs(300)) {
                Ok(Event::Done { failure: None, .. }) => return Ok(()),
                Ok(Event::Done { failure: Some(failure), .. }) => bail!(failure.details),
                Ok(Event::Closed(why)) => {
                    self.closed = true;
                    bail!("the session has ended: {why}");
                }
                Ok(_) => {}
                Err(_) => bail!("the session does not answer within five minutes"),
            }
        }
    }

    fn ask(&mut self, question: Question) -> Option<Answer> {
        let end = Instant::now() + ANSWERING;
        self.asked += 1;
        send(&self.requests, &Request::Ask(self.asked, question));
        loop {
            match self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Event::Answer(number, answer)) if number == self.asked => return Some(answer),
                Ok(Event::Closed(_)) | Err(RecvTimeoutError::Disconnected) => {
                    self.closed = true;
                    return None;
                }
                Ok(_) => {}
                Err(RecvTimeoutError::Timeout) => return None,
            }
        }
    }

    fn execute(&mut self, cell: Cell, limit: Duration, io: &mut dyn CellIo, note: &dyn Fn(&str)) -> Result<Outcome> {
        let start = Instant::now();
        // A limit beyond what a clock can hold is none.
        let mut end = start.checked_add(limit).unwrap_or(start + Duration::from_secs(1 << 32));
        let mut stopped = false;
        let mut outcome = Outcome::default();
        let mut last_note = String::new();
        send(&self.requests, &Request::Execute(cell));
        let failure = loop {
            match self.events.recv_timeout(end.saturating_duration_since(Instant::now())) {
                Ok(Event::Output(output)) => {
                    io.output(&output);
                    append(&mut outcome.outputs, output);
                }
                Ok(Event::Input { prompt, is_password }) => {
                    let start = Instant::now();
                    let input = io.input(&prompt, is_password);
                    end += start.elapsed(); // a user may think
                    let answer = match input {
                        Input::Line(line) => Request::Input(Some(line)),
                        Input::End => Request::Input(None),
                        Input::Refused(why) => Request::Stop(why),
                    };
                    send(&self.requests, &answer);
                }
                Ok(Event::Done { failure, warnings }) => {
                    outcome.warnings = warnings;
                    break failure;
                }
                Ok(Event::Note(text)) => {
                    note(&text);
                    last_note = text;
                }
                Ok(Event::Ready | Event::Answer(..)) => {}
                Ok(Event::Closed(why)) => {
                    self.closed = true;
                    let why = if why.is_empty() { last_note } else { why };
                    break Some(ended(
                        FailureKind::Died,
                        "the session ended in this cell; all variables are gone",
                        &why,
                    ));
                }
                Err(RecvTimeoutError::Timeout) if !stopped => {
                    stopped = true;
                    end += Duration::from_secs(20);
                    send(&self.requests, &Request::Stop(String::new()));
                }
                Err(_) => {
                    // The evaluator does not even answer an interrupt.
                    self.process.kill();
                    self.closed = true;
                    break Some(ended(FailureKind::Stopped, "", "its session was ended; all variables are gone"));
                }
            }
        };
        outcome.failure = failure.map(|mut failure| {
            if stopped {
                failure.kind = FailureKind::Stopped;
                let message = format!("the cell ran for more than {} s and was stopped", limit.as_secs());
                failure.details = failure.details.replacen(&failure.message, &message, 1);
                failure.message = message;
            }
            failure
        });
        outcome.time = start.elapsed();
        Ok(outcome)
    }
}

impl Drop for Evaluator {
    fn drop(&mut self) {
        // The evaluator ends when its standard input does; its directory is deleted after that.
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).take();
        let patience = Instant::now() + Duration::from_secs(5);
        while Instant::now() < patience {
            if self.process.has_ended() {
                return;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        self.process.kill();
    }
}

/// The evaluator's process.
enum Process {
    Child(Child),
    /// Started by another process, which waits for it.
    Other(u32),
}

impl Process {
    fn has_ended(&mut self) -> bool {
        match self {
            Process::Child(child) => !matches!(child.try_wait(), Ok(None)),
            Process::Other(id) => pid(*id).is_none_or(|pid| rustix::process::test_kill_process(pid).is_err()),
        }
    }

    /// Ends it, and waits until it has ended.
    fn kill(&mut self) {
        match self {
            Process::Child(child) => {
                let _ = child.kill();
                let _ = child.wait();
            }
            Process::Other(id) => kill(*id),
        }
    }
}

/// The evaluator's standard streams, as its owner holds them.
struct Pipes {
    requests: ChildStdin,
    events: ChildStdout,
    errors: ChildStderr,
}

/// Ends the process in which cells run, at once.
fn kill(id: u32) {
    if let Some(pid) = pid(id) {
        let _ = rustix::process::kill_process(pid, rustix::process::Signal::KILL);
    }
}

fn pid(id: u32) -> Option<rustix::process::Pid> {
    rustix::process::Pid::from_raw(id as i32)
}

fn ended(kind: FailureKind, message: &str, details: &str) -> Failure {
    Failure { kind, message: message.to_owned(), details: details.to_owned(), lost: Vec::new() }
}

/// Adds an output; text goes on where text of the same stream ended, and what has an id replaces what had it before.
fn append(outputs: &mut Vec<Output>, output: Output) {
    if let (Some(Output::Text { stream: last, text }), Output::Text { stream, text: more }) =
        (outputs.last_mut(), &output)
        && last == stream
    {
        text.push_str(more);
        return;
    }
    let Output::Display { data, id: Some(id) } = &output else {
        outputs.push(output);
        return;
    };
    let has_id = |output: &Output| matches!(output, Output::Display { id: Some(own), .. } if own == id);
    let place = outputs.iter().position(has_id);
    match (place, data.values().all(String::is_empty)) {
        (Some(place), true) => {
            let after = outputs.split_off(place + 1);
            outputs.pop();
            after.into_iter().for_each(|output| append(outputs, output));
        }
        (Some(place), false) => outputs[place] = output,
        (None, true) => {}
        (None, false) => outputs.push(output),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_an_id_is_replaced_and_taken_away_without_a_trace() {
        let text = |text: &str| Output::Text { stream: Stream::Stdout, text: text.to_owned() };
        let show = |id: Option<&str>, text: &str| Output::Display {
            data: [("text/plain".to_owned(), text.to_owned())].into(),
            id: id.map(str::to_owned),
        };
        let mut outputs = Vec::new();
        for output in [text("a"), show(Some("1"), "10 %"), text("b"), show(None, "x"), show(Some("1"), "20 %")] {
            append(&mut outputs, output);
        }
        assert_eq!(outputs, [text("a"), show(Some("1"), "20 %"), text("b"), show(None, "x")]);
        append(&mut outputs, show(Some("1"), ""));
        append(&mut outputs, show(Some("2"), ""));
        assert_eq!(outputs, [text("ab"), show(None, "x")]);
    }
}
