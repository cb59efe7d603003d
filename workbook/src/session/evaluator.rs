/*!
The process that compiles cells with evcxr: the only file that knows evcxr's library.

It takes cells on its standard input and answers with events on its standard output. evcxr reads its settings from the
environment and the current directory, prints on standard error, and may end the process (`:quit`); so it gets one of
its own. What a cell prints and why it failed comes from `relay.rs`, because evcxr itself counts a panic as success.
*/

use super::message::{Event, Failure, FailureKind, Output, Panic, Request, to_line};
use super::receiver::{Cell, CellState, Command as Receive, receive};
use super::{CELLS_DIR_VAR, COURSE_VAR, HELPER_VAR, LOCK_VAR, Place, ROLE_VAR, helper_crate, relay, runtime};
use crossbeam_channel::{Sender, bounded, unbounded};
use evcxr::{CommandContext, CompilationError, EvalContext};
use std::collections::BTreeMap;
use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::sync::Arc;

/// Must be the first line of `main`: this program is also the evaluator, the relay and the runtime, and the call returns
/// only when it is none of them.
pub fn hook() {
    let role = std::env::var(ROLE_VAR).unwrap_or_default();
    if !role.is_empty() || std::env::var_os("EVCXR_IS_RUNTIME").is_some() {
        die_with_parent();
    }
    if role == "relay" {
        exit(relay::run());
    }
    if std::env::var_os("EVCXR_IS_RUNTIME").is_some() {
        runtime::run();
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
        .current_dir(session_dir);
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
    cell: Arc<Cell>,
    session_dir: PathBuf,
    place: Place,
    lock: PathBuf,
    has_dependencies: bool,
    has_startup_cell: bool,
}

impl Evaluator {
    fn start() -> Result<Evaluator, String> {
        let variable = |name: &str| std::env::var_os(name).map(PathBuf::from).ok_or(format!("{name} is not set"));
        let (session_dir, cells_dir, lock) = (variable("EVCXR_TMPDIR")?, variable(CELLS_DIR_VAR)?, variable(LOCK_VAR)?);
        let (course, helper) = (variable(COURSE_VAR)?, variable(HELPER_VAR)?);
        let mut child = Command::new(std::env::current_exe().map_err(|error| error.to_string())?);
        child.env(ROLE_VAR, "relay").current_dir(&cells_dir);
        let (context, outputs) = EvalContext::with_subprocess_command(child).map_err(|error| error.to_string())?;
        // From here on relative paths are the notebook's: `:dep … { path = "../.." }`.
        std::env::set_current_dir(&cells_dir).map_err(|error| format!("{}: {error}", cells_dir.display()))?;
        let cell = Arc::new(Cell::default());
        let (receiver, commands) = unbounded();
        std::thread::spawn({
            let cell = Arc::clone(&cell);
            move || receive(&outputs.stdout, &commands, &cell)
        });
        // The relay's own standard error; the cells' comes with their output.
        std::thread::spawn(move || outputs.stderr.iter().for_each(|line| eprintln!("{line}")));
        let context = CommandContext::with_eval_context(context);
        let mut evaluator = Evaluator {
            context,
            receiver,
            cell,
            session_dir,
            place: Place { cells_dir, course, helper },
            lock,
            has_dependencies: false,
            has_startup_cell: false,
        };
        evaluator.run_startup_cell()?;
        Ok(evaluator)
    }

    fn serve(mut self) {
        let (requests, cells) = unbounded();
        let cell = Arc::clone(&self.cell);
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                match serde_json::from_str(&line) {
                    Ok(Request::Execute { code }) => drop(requests.send(code)),
                    Ok(Request::Interrupt) => cell.stop(""),
                    Err(error) => eprintln!("expected a request, got {line:?}: {error}"),
                }
            }
        });
        let _ = self.receiver.send(Receive::Write(Event::Ready));
        for code in cells {
            let failure = self.execute(&code);
            let _ = self.receiver.send(Receive::Write(Event::Done { failure }));
        }
    }

    fn execute(&mut self, code: &str) -> Option<Failure> {
        if let Err(message) = self.run_startup_cell() {
            return Some(failure(FailureKind::Other, message));
        }
        if !self.has_dependencies && code.lines().any(|line| line.trim_start().starts_with(":dep ")) {
            // evcxr has compiled a crate without dependencies here, and cargo has emptied the lock file.
            if let Err(error) = std::fs::copy(&self.lock, self.session_dir.join("Cargo.lock")) {
                return Some(failure(FailureKind::Other, format!("{}: {error}", self.lock.display())));
            }
            self.has_dependencies = true;
        }
        let before = self.variables();
        *self.cell.state() = CellState::default();
        let result = self.context.execute(&helper_crate::redirect(code, &self.place));
        if code.lines().any(|line| [":restart", ":clear"].contains(&line.trim())) {
            self.has_startup_cell = false; // evcxr has started a new process
        }
        let mut failure = match result {
            Ok(outputs) => {
                let data: BTreeMap<String, String> = outputs.content_by_mime_type.into_iter().collect();
                if !data.is_empty() {
                    let _ = self.receiver.send(Receive::Write(Event::Output(Output::Display { data, id: None })));
                }
                self.quiet_failure(code)?
            }
            Err(evcxr::Error::CompilationErrors(errors)) => compile_failure(&errors, code),
            Err(evcxr::Error::SubprocessTerminated(message)) => {
                self.has_startup_cell = false;
                self.dead(message)
            }
            Err(error) => failure(FailureKind::Other, error.to_string()),
        };
        let after = self.variables();
        failure.lost = before.into_iter().filter(|name| !after.contains(name)).collect();
        Some(failure)
    }

    /// A failure that evcxr counts as success.
    fn quiet_failure(&self, code: &str) -> Option<Failure> {
        self.wait_for_receiver();
        let mut state = self.cell.state();
        if let Some(panic) = state.panic.take() {
            let message = if panic.message.is_empty() { "the cell panicked".to_owned() } else { panic.message.clone() };
            let place = self.place(&panic, code);
            return Some(Failure { details: format!("{message}\n{place}"), ..failure(FailureKind::Panic, message) });
        }
        let message = state.question.take()?;
        Some(failure(FailureKind::Error, message.trim_end().to_owned()))
    }

    fn dead(&self, message: String) -> Failure {
        self.wait_for_receiver();
        let mut state = self.cell.state();
        if let Some(why) = state.stopped.take() {
            let message = if why.is_empty() { "the cell was stopped".to_owned() } else { why };
            return failure(FailureKind::Stopped, message);
        }
        match state.died.take() {
            Some((Some(code), _)) => {
                failure(FailureKind::Died, format!("the cell ended the whole process, with exit code {code}"))
            }
            Some((None, Some(11))) => failure(
                FailureKind::Died,
                "the process died of signal 11 (invalid memory): most often a function that calls itself without end"
                    .to_owned(),
            ),
            Some((None, Some(signal))) => {
                let name = match signal {
                    4 => " (illegal instruction)",
                    6 => " (abort)",
                    8 => " (arithmetic)",
                    9 => " (killed; perhaps the machine ran out of memory)",
                    _ => "",
                };
                failure(FailureKind::Died, format!("the process died of signal {signal}{name}"))
            }
            _ => failure(FailureKind::Died, message),
        }
    }

    /// Waits until the receiver has handled everything that evcxr has passed on.
    fn wait_for_receiver(&self) {
        let (confirm, confirmed) = bounded(1);
        if self.receiver.send(Receive::Confirm(confirm)).is_ok() {
            let _ = confirmed.recv();
        }
    }

    /// Where a panic happened, in words: the line of the cell if it was there, else file and line.
    fn place(&self, panic: &Panic, code: &str) -> String {
        let Panic { file, line, column, .. } = panic;
        if !Path::new(file).ends_with("src/lib.rs") || Path::new(file).is_absolute() {
            let shown = Path::new(file).strip_prefix(&self.place.helper).unwrap_or(Path::new(file)).display();
            return if file.is_empty() { String::new() } else { format!("at {shown}:{line}:{column}") };
        }
        // evcxr wraps the cell into a generated file.
        let source = self.context.last_source().unwrap_or_default();
        let Some(text) = source.lines().nth(line - 1).map(str::trim) else { return String::new() };
        let mut places = code.lines().enumerate().filter(|(_, line)| !text.is_empty() && line.contains(text));
        match (places.next(), places.next()) {
            (Some((index, _)), None) => format!("at line {} of the cell: {text}", index + 1),
            (Some(_), Some(_)) => format!("at: {text}"),
            (None, _) => format!("in an earlier cell, at: {text}"),
        }
    }

    fn variables(&self) -> Vec<String> {
        let mut names: Vec<String> = self.context.variables_and_types().map(|(name, _)| name.to_owned()).collect();
        names.sort();
        names
    }

    /// Runs the startup cell, unless it has run in the process that is there now.
    fn run_startup_cell(&mut self) -> Result<(), String> {
        if self.has_startup_cell {
            return Ok(());
        }
        self.context.execute(STARTUP).map_err(|error| {
            let details = match &error {
                evcxr::Error::CompilationErrors(errors) => compile_failure(errors, STARTUP).details,
                error => error.to_string(),
            };
            format!("the session's own first cell failed: {details}")
        })?;
        self.has_startup_cell = true;
        Ok(())
    }
}

fn failure(kind: FailureKind, message: String) -> Failure {
    Failure { kind, details: message.clone(), message, lost: Vec::new() }
}

/// The compiler's errors, with their places in the cell.
fn compile_failure(errors: &[CompilationError], code: &str) -> Failure {
    let errors: Vec<_> = errors.iter().filter(|error| error.level() != "warning").collect();
    let mut details = Vec::new();
    for error in &errors {
        let code_name = error.code().map_or(String::new(), |code| format!("[{code}]"));
        details.push(format!("error{code_name}: {}", error.message()));
        for (number, spanned) in error.spanned_messages().iter().enumerate() {
            let Some(span) = &spanned.span else {
                details.extend((!spanned.label.is_empty()).then(|| format!("  = {}", spanned.label)));
                continue;
            };
            let Some(line) = code.lines().nth(span.start_line - 1) else { continue };
            if number == 0 {
                details.push(format!("  at line {} of the cell", span.start_line));
            }
            let end = if span.end_line == span.start_line { span.end_column } else { line.chars().count() + 1 };
            let marks = "^".repeat(end.saturating_sub(span.start_column).max(1));
            let margin = " ".repeat(span.start_line.to_string().len());
            details.push(format!("  {} | {line}", span.start_line));
            let indent = " ".repeat(span.start_column - 1);
            details.push(format!("  {margin} | {indent}{marks} {}", spanned.label).trim_end().to_owned());
        }
        details.extend(error.help().into_iter().map(|help| format!("  help: {help}")));
        details.extend(error.evcxr_extra_hint().map(|hint| format!("  help: {hint}")));
    }
    let message = errors.first().map_or("the cell does not compile".to_owned(), |error| {
        let code = error.code().map_or(String::new(), |code| format!("[{code}]"));
        format!("error{code}: {}", error.message())
    });
    Failure { details: details.join("\n"), ..failure(FailureKind::Compile, message) }
}

/// Lets the kernel end this process when the one that started it ends, so that an endless cell does not outlive a session.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    let _ = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL));
}
