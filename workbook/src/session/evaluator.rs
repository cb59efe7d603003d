/*!
The process that compiles cells with evcxr: the only file that knows evcxr's library.

It takes cells on its standard input and answers with events on its standard output. evcxr reads its settings from the
environment and the current directory, prints on standard error, and may end the process (`:quit`); so it gets one of
its own. What a cell prints and why it failed comes from `relay.rs`, because evcxr itself counts a panic as success.
*/

use super::analyzer::cargo;
use super::backtrace;
use super::compile_error::compile_failure;
use super::explanation::explanation;
use super::message::{
    Answer, Call, Cell, Death, Event, Failure, FailureKind, Output, Panic, Question, Request, Variable, to_line,
};
use super::place;
use super::questions;
use super::receiver::{self, CellState, Command as Receive, receive};
use super::relay::Interrupt;
use super::{
    ANALYZER_VAR, CARGO_HOME_VAR, CELLS_DIR_VAR, COURSE_VAR, HELPER_VAR, INTERRUPTS_VAR, LIBRARY_VAR, LOCK_VAR,
    NO_INPUT, Place, ROLE_VAR, RUST_SRC_VAR, helper_crate, names, relay, runtime, warnings,
};
use crossbeam_channel::{Receiver, Sender, bounded, unbounded};
use evcxr::{CommandContext, EvalCallbacks, EvalContext};
use rustix::io::FdFlags;
use std::collections::BTreeMap;
use std::io::{BufRead, PipeReader, PipeWriter, Write};
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

/// Must be the first line of `main`: this program is also the evaluator, the relay and the runtime, and the call returns
/// only when it is none of them.
pub fn hook() {
    if cargo::is_called() {
        exit(cargo::run());
    }
    let role = std::env::var(ROLE_VAR).unwrap_or_default();
    if !role.is_empty() || std::env::var_os("EVCXR_IS_RUNTIME").is_some() {
        die_with_parent();
    }
    match role.as_str() {
        "relay" => exit(relay::run()),
        "runtime" => exit(runtime::run()),
        _ => {}
    }
    evcxr::runtime_hook(); // evcxr also calls this program in place of rustc
    if role == "evaluator" {
        exit(run());
    }
}

/// The command that starts an evaluator.
pub fn command(session_dir: &Path, lock: &Path, place: &Place) -> std::io::Result<Command> {
    let mut command = Command::new(std::env::current_exe()?);
    command
        .env(ROLE_VAR, "evaluator")
        .env(CELLS_DIR_VAR, &place.cells_dir)
        .env(COURSE_VAR, &place.course)
        .env(HELPER_VAR, &place.helper)
        .env(LOCK_VAR, lock)
        .env("EVCXR_TMPDIR", session_dir)
        // A user's own evcxr.toml would make the same notebook mean something else.
        .env("EVCXR_CONFIG_DIR", session_dir.join("config"))
        .env(LIBRARY_VAR, session_dir.join("library"))
        .env(RUST_SRC_VAR, session_dir.join("rust-src"))
        .env(ANALYZER_VAR, session_dir.join("analyzer").canonicalize()?)
        .current_dir(session_dir);
    if let Some(home) = cargo::user_home() {
        command.env(CARGO_HOME_VAR, home).env("CARGO_HOME", session_dir.join("cargo-home"));
    }
    Ok(command)
}

fn exit(code: ExitCode) -> ! {
    std::process::exit(if code == ExitCode::SUCCESS { 0 } else { 1 })
}

fn run() -> ExitCode {
    match Evaluator::start() {
        Ok(evaluator) => {
            evaluator.serve();
            ExitCode::SUCCESS
        }
        Err(error) => {
            println!("{}", to_line(&Event::Closed(error)));
            ExitCode::FAILURE
        }
    }
}

/// The session's own first cell.
const STARTUP: &str = include_str!("startup_cell.rs");

struct Evaluator {
    context: CommandContext,
    /// To the receiver, which handles it after everything that came before.
    receiver: Sender<Receive>,
    cell: Arc<receiver::Cell>,
    /// To the relay, past evcxr, and the end that the relay reads.
    interrupts: Arc<PipeWriter>,
    _interrupts_read: PipeReader,
    /// Lines that a user types for a cell; none if there are no more.
    inputs: Receiver<Option<String>>,
    input_sender: Sender<Option<String>>,
    session_dir: PathBuf,
    place: Place,
    lock: PathBuf,
    has_dependencies: bool,
    /// Whether the analyzer has the library's sources.
    has_library: bool,
    has_startup_cell: bool,
    /// The cells that were run, by their numbers.
    cells: BTreeMap<u64, String>,
    /// Names whose last definition did not compile, with the numbers of those cells.
    broken: BTreeMap<String, u64>,
    /// Variables that are gone, with the numbers of the cells in which they went.
    lost: BTreeMap<String, u64>,
    /// The calls that led to the last panic, as a learner reads them.
    backtrace: Option<String>,
}

/// What the thread that reads the requests passes on to the one that runs cells.
enum Task {
    Execute(Cell),
    WarmUp,
    Move(PathBuf),
    Ask(u64, Question),
}

impl Evaluator {
    fn start() -> Result<Evaluator, String> {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).ok_or(format!("{name} is not set"));
        let (session_dir, cells_dir, lock) = (variable("EVCXR_TMPDIR")?, variable(CELLS_DIR_VAR)?, variable(LOCK_VAR)?);
        let (course, helper) = (variable(COURSE_VAR)?, variable(HELPER_VAR)?);
        let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
        let (interrupts_read, interrupts) = std::io::pipe().map_err(|error| error.to_string())?;
        rustix::io::fcntl_setfd(&interrupts_read, FdFlags::empty()).map_err(|error| error.to_string())?;
        child
            .env(ROLE_VAR, "relay")
            .env(INTERRUPTS_VAR, interrupts_read.as_raw_fd().to_string())
            .current_dir(&cells_dir);
        let cargo_home = std::env::var_os(CARGO_HOME_VAR).map(PathBuf::from);
        if let Some(home) = &cargo_home {
            child.env("CARGO_HOME", home); // a cell may call cargo
        }
        let (context, outputs) = EvalContext::with_subprocess_command(child).map_err(|error| error.to_string())?;
        // From here on relative paths are the notebook's: `:dep … { path = "../.." }`.
        std::env::set_current_dir(&cells_dir).map_err(|error| format!("{}: {error}", cells_dir.display()))?;
        let cell = Arc::new(receiver::Cell::default());
        let (receiver, commands) = unbounded();
        std::thread::spawn({
            let cell = Arc::clone(&cell);
            move || receive(&outputs.stdout, &commands, &cell)
        });
        // The relay's own standard error; the cells' comes with their output.
        std::thread::spawn(move || outputs.stderr.iter().for_each(|line| eprintln!("{line}")));
        let mut context = CommandContext::with_eval_context(context);
        if let Some(home) = cargo_home {
            // The analyzer alone is to find another cargo there.
            let command = format!(":build_env CARGO_HOME={}", home.display());
            context.execute(&command).map_err(|error| error.to_string())?;
        }
        let (input_sender, inputs) = unbounded();
        let mut evaluator = Evaluator {
            context,
            receiver,
            cell,
            interrupts: Arc::new(interrupts),
            _interrupts_read: interrupts_read,
            inputs,
            input_sender,
            session_dir,
            place: Place { cells_dir, course, helper },
            lock,
            has_dependencies: false,
            has_library: false,
            has_startup_cell: false,
            cells: BTreeMap::new(),
            broken: BTreeMap::new(),
            lost: BTreeMap::new(),
            backtrace: None,
        };
        evaluator.run_startup_cell()?;
        Ok(evaluator)
    }

    fn serve(mut self) {
        let (requests, tasks) = unbounded();
        let (cell, interrupts, inputs) =
            (Arc::clone(&self.cell), Arc::clone(&self.interrupts), self.input_sender.clone());
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                match serde_json::from_str(&line) {
                    Ok(Request::Execute(cell)) => drop(requests.send(Task::Execute(cell))),
                    Ok(Request::WarmUp) => drop(requests.send(Task::WarmUp)),
                    Ok(Request::Move(folder)) => drop(requests.send(Task::Move(folder))),
                    Ok(Request::Ask(number, question)) => drop(requests.send(Task::Ask(number, question))),
                    Ok(Request::Stop(why)) => {
                        cell.state().stopped.get_or_insert(why);
                        send(&interrupts, Interrupt::Stop);
                    }
                    Ok(Request::Input(text)) => drop(inputs.send(text)),
                    Err(error) => eprintln!("expected a request, got {line:?}: {error}"),
                }
            }
            // Nobody speaks to this process any more. It may be in the middle of a cell.
            std::process::exit(0);
        });
        let _ = self.receiver.send(Receive::Write(Event::Ready));
        for task in tasks {
            let event = match task {
                Task::Execute(cell) => {
                    let start = SystemTime::now();
                    let failure = self.execute(&cell);
                    let is_compiled = failure.as_ref().is_none_or(|failure| failure.kind.is_of_running());
                    let warnings = if is_compiled { self.warnings(start, cell.number) } else { Vec::new() };
                    Event::Done { failure, warnings }
                }
                Task::WarmUp => prepared(self.warm_up()),
                Task::Move(folder) => prepared(self.move_to(folder)),
                Task::Ask(number, question) => Event::Answer(number, self.answer(question)),
            };
            let _ = self.receiver.send(Receive::Write(event));
        }
    }

    fn warnings(&self, since: SystemTime, number: u64) -> Vec<String> {
        let source = self.context.last_source().unwrap_or_default();
        warnings::read(&self.session_dir, since, &source, &self.cells, number)
    }

    fn answer(&mut self, question: Question) -> Answer {
        match question {
            Question::Complete { code, position } => {
                let _ = self.give_library(); // without it there are fewer completions
                Answer::Completions(questions::complete(&mut self.context, &code, position))
            }
            Question::Inspect { code, position } => {
                let _ = self.give_library();
                Answer::Description(questions::inspect(&mut self.context, &code, position))
            }
            Question::Variables => Answer::Variables(self.look_at_variables()),
            Question::Backtrace => Answer::Backtrace(self.backtrace.clone()),
        }
    }

    /// The variables, with their values where they can be printed.
    fn look_at_variables(&mut self) -> Vec<Variable> {
        let named = self.context.variables_and_types();
        let mut variables: Vec<Variable> = named
            .map(|(name, kind)| Variable { name: name.to_owned(), kind: kind.to_owned(), ..Variable::default() })
            .collect();
        variables.sort_by(|one, other| one.name.cmp(&other.name));
        if variables.is_empty() || self.run_startup_cell().is_err() {
            return variables;
        }
        *self.cell.state() = CellState { captured: Some(String::new()), ..CellState::default() };
        send(&self.interrupts, Interrupt::Begin);
        let result = self.context.execute(&questions::probe(&variables));
        send(&self.interrupts, Interrupt::End);
        self.wait_for_receiver();
        let state = std::mem::take(&mut *self.cell.state());
        if matches!(result, Err(evcxr::Error::SubprocessTerminated(_))) {
            self.has_startup_cell = false; // a value that cannot be printed without ending the process
        }
        questions::read(&mut variables, &state.captured.unwrap_or_default());
        variables
    }

    fn execute(&mut self, cell: &Cell) -> Option<Failure> {
        let Cell { code, number } = cell;
        *self.cell.state() = CellState::default();
        if let Err(message) = self.run_startup_cell() {
            return Some(failure(FailureKind::Other, message));
        }
        self.cells.insert(*number, code.clone());
        let defined = names::defined(code);
        if let Some(failure) = self.refuse(code, &defined) {
            self.broken.extend(defined.into_iter().map(|name| (name, *number)));
            return Some(failure);
        }
        let has_dependency = code.lines().any(|line| line.trim_start().starts_with(":dep "));
        if let Err(message) = self.give_lock_file(has_dependency).and_then(|()| self.give_library()) {
            return Some(failure(FailureKind::Other, message));
        }
        let before = self.variables();
        send(&self.interrupts, Interrupt::Begin);
        let result = self.evaluate(&helper_crate::redirect(code, &self.place));
        send(&self.interrupts, Interrupt::End);
        if code.lines().any(|line| [":restart", ":clear"].contains(&line.trim())) {
            self.has_startup_cell = false; // evcxr has started a new process
        }
        let is_compiled = !matches!(result, Err(evcxr::Error::CompilationErrors(_)));
        for name in defined {
            if is_compiled {
                self.broken.remove(&name);
            } else {
                self.broken.insert(name, *number);
            }
        }
        let mut failure = self.judge(result, cell);
        let after = self.variables();
        self.lost.retain(|name, _| !after.contains(name));
        if let Some(failure) = &mut failure {
            failure.lost = before.into_iter().filter(|name| !after.contains(name)).collect();
            self.lost.extend(failure.lost.iter().map(|name| (name.clone(), *number)));
        }
        failure
    }

    fn evaluate(&mut self, code: &str) -> Result<evcxr::EvalOutputs, evcxr::Error> {
        let Evaluator { context, receiver, cell, inputs, .. } = self;
        inputs.try_iter().for_each(drop); // answers to a cell that has ended before they came
        let read = |prompt: &str, is_password: bool| {
            let prompt = prompt.to_owned();
            let _ = receiver.send(Receive::Write(Event::Input { prompt, is_password }));
            loop {
                match inputs.recv_timeout(Duration::from_millis(100)) {
                    Ok(line) => return line.unwrap_or_else(|| NO_INPUT.to_owned()),
                    Err(_) if cell.state().stopped.is_some() => return NO_INPUT.to_owned(),
                    Err(_) => {}
                }
            }
        };
        context.execute_with_callbacks(
            code,
            &mut EvalCallbacks { input_reader: &|request| read(&request.prompt, request.is_password) },
        )
    }

    /// What a cell is told that mentions a name whose last definition did not compile: evcxr would use the one before it.
    fn refuse(&self, code: &str, defined: &std::collections::BTreeSet<String>) -> Option<Failure> {
        let mentioned = names::mentioned(code);
        let name = mentioned.iter().find(|name| self.broken.contains_key(*name) && !defined.contains(*name))?;
        let number = self.broken[name];
        let message =
            format!("`{name}` is not what was last written: cell [{number}], which defines it, does not compile");
        let details = format!(
            "{message}\nhelp: correct cell [{number}] and run it again; until then, no cell uses an older `{name}`"
        );
        Some(Failure { details, ..failure(FailureKind::Compile, message) })
    }

    /// What evcxr's answer means.
    fn judge(&mut self, result: Result<evcxr::EvalOutputs, evcxr::Error>, cell: &Cell) -> Option<Failure> {
        match result {
            Ok(outputs) => {
                let data: BTreeMap<String, String> = outputs.content_by_mime_type.into_iter().collect();
                if !data.is_empty() {
                    let _ = self.receiver.send(Receive::Write(Event::Output(Output::Display { data, id: None })));
                }
                self.quiet_failure(cell)
            }
            Err(evcxr::Error::SubprocessTerminated(message)) => {
                self.has_startup_cell = false;
                self.wait_for_receiver();
                Some(self.dead().unwrap_or_else(|| failure(FailureKind::Died, message)))
            }
            Err(_) if self.cell.state().stopped.is_some() => self.dead(),
            Err(evcxr::Error::CompilationErrors(errors)) => {
                let mut failure =
                    compile_failure(&errors, cell, &self.cells, &self.context.last_source().unwrap_or_default());
                for (name, number) in &self.lost {
                    if failure.details.contains(&format!("`{name}`")) {
                        failure.details +=
                            &format!("\nhelp: `{name}` was lost in cell [{number}]; run the cell that makes it again");
                    }
                }
                Some(failure)
            }
            Err(error) => Some(failure(FailureKind::Other, error.to_string())),
        }
    }

    /// A failure that evcxr counts as success.
    fn quiet_failure(&mut self, cell: &Cell) -> Option<Failure> {
        self.wait_for_receiver();
        let panic = self.cell.state().panic.take();
        if self.has_ended_by_itself() {
            match &panic {
                Some(panic) => return Some(self.stopped_by_itself(panic, cell)),
                // It came to its end before it looked.
                None => self.cell.state().stopped = None,
            }
        }
        if let Some(failure) = self.dead() {
            return Some(failure);
        }
        if let Some(panic) = panic {
            return Some(self.panicked(&panic, cell));
        }
        let mut state = self.cell.state();
        let message = state.question.take()?;
        Some(failure(FailureKind::Error, message.trim_end().to_owned()))
    }

    /// Whether the cell was to stop while it ran, and its process is still there.
    fn has_ended_by_itself(&self) -> bool {
        let state = self.cell.state();
        state.died.is_none() && !state.is_cancelled && state.stopped.as_ref().is_some_and(String::is_empty)
    }

    /// The failure of a cell that was asked to stop and did so between two steps, by a panic that says where.
    fn stopped_by_itself(&mut self, panic: &Panic, cell: &Cell) -> Failure {
        self.cell.state().stopped = None;
        let Failure { details, .. } = self.panicked(panic, cell);
        let message = "the cell was interrupted".to_owned();
        let help = "help: variables that were there before this cell stay, and keep what it has done to them";
        Failure { details: format!("{message}\n{details}\n{help}"), ..failure(FailureKind::Stopped, message) }
    }

    /// The failure of a cell that panicked: what the panic says, in a sentence if it is ndarray's, and the learner's line.
    fn panicked(&mut self, panic: &Panic, cell: &Cell) -> Failure {
        // A test has caught the panic and made a sentence of it: the line is that of the first panic.
        let origin = panic.cause.as_deref().unwrap_or(panic);
        let message = match explanation(&panic.message) {
            Some(sentence) => sentence,
            None if panic.message.is_empty() => "the cell panicked".to_owned(),
            None => panic.message.clone(),
        };
        let source = self.context.last_source().unwrap_or_default();
        let find = |line| place::find(&source, line, &self.cells, cell.number);
        let in_cells = |call: &&Call| self.is_of_cells(&call.file);
        let place = if self.is_of_cells(&origin.file) {
            find(origin.line)
        } else {
            origin.calls.iter().filter(in_cells).find_map(|call| find(call.line))
        };
        let mut details = message.clone();
        // What a test finds is wrong in the function that it names, and not in the line of the test that finds it.
        let tested = tested(&message).and_then(|name| place::definition(&self.cells, name));
        let tested = tested.filter(|tested| tested.cell != cell.number);
        match place {
            Some(place) if place.cell == cell.number && tested.is_some() => {
                let tested = tested.into_iter().map(|tested| format!("\n  your function: {tested}"));
                details.extend(tested);
            }
            Some(place) => details += &format!("\n  at {place}"),
            // evcxr's own file says nothing to a learner.
            None if origin.file.is_empty() || self.is_of_cells(&origin.file) => {}
            None => details += &format!("\n  at {}:{}:{}", self.shown(&origin.file), origin.line, origin.column),
        }
        let of_call =
            |call: &Call| find(call.line).filter(|_| self.is_of_cells(&call.file)).map(|place| place.to_string());
        let text = backtrace::text(&origin.calls, of_call);
        self.backtrace = Some(format!("{}\n{text}", origin.message));
        Failure { details, ..failure(FailureKind::Panic, message) }
    }

    /// Whether this is evcxr's file of the cells. The compiler names it from the session's directory or with it, a backtrace
    /// from the directory in which the cells run.
    fn is_of_cells(&self, file: &str) -> bool {
        let file = Path::new(file);
        let session = &self.session_dir;
        file == Path::new("src/lib.rs")
            || session.join("src/lib.rs") == self.place.cells_dir.join(file.strip_prefix(".").unwrap_or(file))
    }

    /// A file of the helper crate from its root, any other as it is.
    fn shown<'a>(&self, file: &'a str) -> std::path::Display<'a> {
        let file = Path::new(file);
        file.strip_prefix(&self.place.helper).unwrap_or(file).display()
    }

    /// The failure of a cell that was stopped or that ended its process.
    fn dead(&self) -> Option<Failure> {
        let mut state = self.cell.state();
        let (died, stopped) = (state.died.take(), state.stopped.take());
        let (kind, message) = match (stopped, died) {
            (Some(why), _) if why.is_empty() => (FailureKind::Stopped, "the cell was interrupted".to_owned()),
            (Some(why), _) => (FailureKind::Stopped, why),
            (None, Some(death)) => (FailureKind::Died, describe(death)),
            (None, None) => return None,
        };
        let kept = match died {
            // One with threads of its own cannot be copied.
            Some(Death { is_replaced: false, .. }) => {
                "\nhelp: functions and types stay defined; run the cells that make the variables again"
            }
            Some(_) => "\nhelp: all variables are as they were before this cell, and functions stay defined",
            None => "\nhelp: the cell had not begun to run; nothing has changed",
        };
        Some(Failure { details: format!("{message}{kept}"), ..failure(kind, message) })
    }

    /// Waits until the receiver has handled everything that evcxr has passed on.
    fn wait_for_receiver(&self) {
        let (confirm, confirmed) = bounded(1);
        if self.receiver.send(Receive::Confirm(confirm)).is_ok() {
            let _ = confirmed.recv();
        }
    }

    fn variables(&self) -> Vec<String> {
        let mut names: Vec<String> = self.context.variables_and_types().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names
    }

    /// Loads the helper crate, which no cell can see before a `use`, and has the analyzer find a type of it.
    fn warm_up(&mut self) -> Result<(), String> {
        self.give_lock_file(true)?;
        self.give_library()?;
        let dependency = helper_crate::dependency(&self.place.helper);
        self.context.execute(&dependency).map_err(|error| error.to_string())?;
        // Completion needs the types that the first cell will need, and it leaves nothing behind.
        let cell = "use cnn::prelude::*;\nlet x = Array2::<f64>::zeros((1, 1));\nlet y = x.mean();\ny.";
        self.context.completions(cell, cell.len()).map_err(|error| error.to_string())?;
        Ok(())
    }

    /// Serves another process from here on, and runs cells in `folder`.
    fn move_to(&mut self, folder: PathBuf) -> Result<(), String> {
        // It ends with its standard input now.
        #[cfg(target_os = "linux")]
        let _ = rustix::process::set_parent_process_death_signal(None);
        if folder != self.place.cells_dir {
            std::env::set_current_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
            let cell = format!("drop(std::env::set_current_dir({folder:?}));"); // a `?` would show in later backtraces
            self.context.execute(&cell).map_err(|error| error.to_string())?;
            self.place.cells_dir = folder;
        }
        Ok(())
    }

    /// Gives cargo the workspace's versions before the first dependency: evcxr has compiled a crate without any here, and
    /// cargo has emptied the lock file.
    fn give_lock_file(&mut self, has_dependency: bool) -> Result<(), String> {
        if has_dependency && !self.has_dependencies {
            std::fs::copy(&self.lock, self.session_dir.join("Cargo.lock"))
                .map_err(|error| format!("{}: {error}", self.lock.display()))?;
            self.has_dependencies = true;
        }
        Ok(())
    }

    /// Gives the analyzer the library's sources. The level of optimisation stands in the manifest, and a manifest that
    /// changes is what makes it read them.
    fn give_library(&mut self) -> Result<(), String> {
        if self.has_library {
            return Ok(());
        }
        let link = self.session_dir.join("rust-src");
        let swap = || {
            let library = std::env::var_os(LIBRARY_VAR).unwrap_or_default();
            std::fs::remove_file(&link)?;
            std::os::unix::fs::symlink(library, &link)
        };
        swap().map_err(|error| format!("{}: {error}", link.display()))?;
        self.context.execute(":opt 2").map_err(|error| error.to_string())?;
        self.has_library = true;
        Ok(())
    }

    /// Runs the startup cell, unless it has run in the process that is there now.
    fn run_startup_cell(&mut self) -> Result<(), String> {
        if self.has_startup_cell {
            return Ok(());
        }
        self.context.execute(STARTUP).map_err(|error| {
            let details = match &error {
                evcxr::Error::CompilationErrors(errors) => {
                    let cell = Cell { code: STARTUP.to_owned(), number: 0 };
                    compile_failure(errors, &cell, &BTreeMap::new(), "").details
                }
                error => error.to_string(),
            };
            format!("the session's own first cell failed: {details}")
        })?;
        self.has_startup_cell = true;
        Ok(())
    }
}

/// The name of the function that a failed test speaks of, as `cnn::check` begins its messages.
fn tested(message: &str) -> Option<&str> {
    message.strip_prefix("✗ ")?.split_once(':').map(|(name, _)| name)
}

/// How something ended that is no cell.
fn prepared(result: Result<(), String>) -> Event {
    Event::Done { failure: result.err().map(|message| failure(FailureKind::Other, message)), warnings: Vec::new() }
}

fn failure(kind: FailureKind, message: String) -> Failure {
    Failure { kind, details: message.clone(), message, lost: Vec::new() }
}

/// Tells the relay something past evcxr. An error means that there is no relay, and so no cell.
fn send(mut interrupts: &PipeWriter, interrupt: Interrupt) {
    let _ = interrupts.write_all(&[interrupt.byte()]);
}

/// How a process ended, in words.
fn describe(death: Death) -> String {
    let Death { code, signal, .. } = death;
    if signal == Some(11) {
        return "the process died of signal 11 (invalid memory): most often a function that calls itself without end"
            .to_owned();
    }
    match (code, signal) {
        (Some(code), _) => format!("the cell ended the whole process, with exit code {code}"),
        (None, Some(signal)) => {
            let name = match signal {
                4 => " (illegal instruction)",
                6 => " (abort)",
                7 => " (bus error)",
                8 => " (arithmetic)",
                9 => " (killed; perhaps the machine ran out of memory)",
                _ => "",
            };
            format!("the process died of signal {signal}{name}")
        }
        (None, None) => "the process of the cell ended".to_owned(),
    }
}

/// Lets the kernel end this process when the one that started it ends, so that an endless cell does not outlive a session.
pub fn die_with_parent() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}
