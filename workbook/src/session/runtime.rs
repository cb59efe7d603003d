/*!
The process in which the cells run: it loads each compiled cell and calls it.

It stands in for evcxr's own runtime, because three things must not be in a cell's hands:
- its standard input is the cells' alone, since commands come by another pipe;
- that a cell has ended is told by another pipe, so no cell can print it;
- before each cell the process leaves a copy of itself behind, which takes its place, with all variables, when the cell
  ends the process or is stopped.

What cells print is read in `relay.rs`, which starts this process and gives it its pipes.
*/

use super::demux::MARK;
use rustix::io::FdFlags;
use rustix::process::{Pid, Signal, WaitOptions, kill_process, waitpid};
use std::ffi::c_void;
use std::fmt;
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::{AsFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};
use std::process::ExitCode;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, PoisonError};

/// Where the process finds its pipes; see [`Pipes`].
pub const PIPES_VAR: &str = "WORKBOOK_PIPES";
/// Where the startup cell leaves the addresses of its functions; see `startup_cell.rs`.
const FUNCTIONS_VAR: &str = "WORKBOOK_FUNCTIONS";
/// How the names of the threads of `cnn::graph::kernels::threads` begin.
const POOL_THREADS: &str = "cnn-";

/// The descriptors that the process inherits, and the word that marks the end of a cell's output.
#[derive(Debug, PartialEq, Eq)]
pub struct Pipes {
    /// [`Command`]s, one a line.
    pub commands: RawFd,
    /// [`Report`]s, one a line.
    pub reports: RawFd,
    /// A byte for the copy that is to take the place of the process.
    pub wake: RawFd,
    pub nonce: String,
}

impl fmt::Display for Pipes {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {} {}", self.commands, self.reports, self.wake, self.nonce)
    }
}

impl Pipes {
    fn parse(text: &str) -> Option<Pipes> {
        let mut words = text.split(' ');
        let mut number = || words.next()?.parse().ok();
        let (commands, reports, wake) = (number()?, number()?, number()?);
        Some(Pipes { commands, reports, wake, nonce: words.next()?.to_owned() })
    }
}

/// The command that ends the copy from before the last cell, because all of that cell's effects have been told.
pub const FORGET: &str = "forget";

/// The command to run the function in a library, then to write the mark with this number on both output streams.
#[derive(Debug, PartialEq, Eq)]
pub struct Command {
    pub mark: u64,
    pub function: String,
    pub library: String,
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "{} {} {}", self.mark, self.function, self.library)
    }
}

impl Command {
    fn parse(text: &str) -> Option<Command> {
        let (mark, rest) = text.split_once(' ')?;
        let (function, library) = rest.split_once(' ')?; // a path may have blanks
        Some(Command { mark: mark.parse().ok()?, function: function.to_owned(), library: library.to_owned() })
    }
}

/// What the process tells the relay.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Report {
    /// The calls that led to a panic in the cell, as the standard library prints them.
    Calls(String),
    /// This copy waits to take the place of the process; 0 if there is none.
    Copied(u32),
    /// The startup cell has run: from here on, what is printed is a learner's.
    HasStartupCell,
    /// The cell had closed or replaced standard output or standard error.
    Restored,
    /// The cell has ended.
    Done,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            // In JSON a text is one line.
            Report::Calls(text) => write!(f, "calls {}", serde_json::to_string(text).unwrap_or_default()),
            Report::Copied(pid) => write!(f, "copied {pid}"),
            Report::HasStartupCell => write!(f, "startup"),
            Report::Restored => write!(f, "restored"),
            Report::Done => write!(f, "done"),
        }
    }
}

impl Report {
    pub fn parse(text: &str) -> Option<Report> {
        match text.split_once(' ') {
            Some(("calls", text)) => Some(Report::Calls(serde_json::from_str(text).ok()?)),
            Some(("copied", pid)) => Some(Report::Copied(pid.parse().ok()?)),
            None if text == "startup" => Some(Report::HasStartupCell),
            None if text == "restored" => Some(Report::Restored),
            None if text == "done" => Some(Report::Done),
            _ => None,
        }
    }
}

/// Runs cells until the relay closes the pipe of the commands.
pub fn run() -> ExitCode {
    match Runtime::start().and_then(|mut runtime| runtime.serve()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("the process for the cells cannot go on: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Runtime {
    commands: BufReader<File>,
    reports: File,
    wake: File,
    nonce: String,
    /// Standard output and standard error as they were at the start.
    streams: [OwnedFd; 2],
    functions: Option<CellFunctions>,
    /// The copy from before the last cell.
    copy: Option<Pid>,
    /// evcxr's store of the variables, which every cell is given and returns.
    variables: *mut c_void,
    /// Never unloaded: variables may hold code of any earlier cell.
    libraries: Vec<libloading::Library>,
}

/// The startup cell's functions, which use the standard library of the cells; this program has another copy of it.
#[derive(Clone, Copy)]
struct CellFunctions {
    /// Calls its argument while no thread is printing.
    quiet: extern "C" fn(extern "C" fn()),
    flush: extern "C" fn(),
    /// Starts the thread that flushes from time to time.
    tick: extern "C" fn(),
    /// Passes its argument the calls that led to each panic of the cell.
    calls: extern "C" fn(extern "C" fn(*const u8, usize)),
}

impl Runtime {
    fn start() -> std::io::Result<Runtime> {
        let pipes = std::env::var(PIPES_VAR).ok().and_then(|text| Pipes::parse(&text));
        let pipes = pipes.ok_or_else(|| std::io::Error::other(format!("{PIPES_VAR} is not set")))?;
        // SAFETY: no other thread is running yet.
        unsafe { std::env::remove_var(PIPES_VAR) };
        die_of_invalid_memory();
        // What a cell starts must not hold the pipes open.
        for fd in [pipes.commands, pipes.reports, pipes.wake] {
            // SAFETY: the relay opened it for this process.
            rustix::io::fcntl_setfd(unsafe { BorrowedFd::borrow_raw(fd) }, FdFlags::CLOEXEC)?;
        }
        // SAFETY: the relay opened these descriptors for this process and nobody else uses them.
        let open = |fd: RawFd| unsafe { File::from_raw_fd(fd) };
        Ok(Runtime {
            commands: BufReader::new(open(pipes.commands)),
            reports: open(pipes.reports),
            wake: open(pipes.wake),
            nonce: pipes.nonce,
            streams: [std::io::stdout().as_fd().try_clone_to_owned()?, std::io::stderr().as_fd().try_clone_to_owned()?],
            functions: None,
            copy: None,
            variables: std::ptr::null_mut(),
            libraries: Vec::new(),
        })
    }

    fn serve(&mut self) -> std::io::Result<()> {
        loop {
            let mut line = String::new();
            if self.commands.read_line(&mut line)? == 0 {
                return Ok(());
            }
            if line.trim_end() == FORGET {
                self.forget();
                continue;
            }
            let command = Command::parse(line.trim_end_matches('\n'))
                .ok_or_else(|| std::io::Error::other(format!("{line:?} is no command")))?;
            self.forget();
            match self.copy()? {
                Side::Process => self.run(&command)?,
                // The process ended in the cell; this copy goes on with the next one.
                Side::Copy => {}
            }
        }
    }

    fn run(&mut self, command: &Command) -> std::io::Result<()> {
        let other = std::io::Error::other::<libloading::Error>;
        // SAFETY: evcxr has compiled this library for this process, and the function has this type.
        unsafe {
            let library = libloading::Library::new(&command.library).map_err(other)?;
            let function: libloading::Symbol<extern "C" fn(*mut c_void) -> *mut c_void> =
                library.get(command.function.as_bytes()).map_err(other)?;
            self.variables = function(self.variables);
            self.libraries.push(library);
        }
        if let Some(functions) = self.functions {
            (functions.flush)();
            (functions.calls)(note_calls);
            for calls in std::mem::take(&mut *CALLS.lock().unwrap_or_else(PoisonError::into_inner)) {
                self.report(&Report::Calls(calls))?;
            }
        } else if let Some(functions) = find_functions() {
            self.functions = Some(functions);
            self.report(&Report::HasStartupCell)?;
        }
        self.restore_streams()?;
        let mark = format!("{MARK}{}:{}\n", self.nonce, command.mark);
        for stream in &self.streams {
            let mut file = File::from(stream.try_clone()?);
            // The relay has gone if this fails, and so does this process.
            file.write_all(mark.as_bytes())?;
        }
        self.report(&Report::Done)
    }

    /// Ends the copy that was left behind.
    fn forget(&mut self) {
        if let Some(copy) = self.copy.take() {
            let _ = kill_process(copy, Signal::KILL);
            let _ = waitpid(Some(copy), WaitOptions::empty());
        }
    }

    /// Leaves a copy of this process behind, which returns from here only when it is told to take its place.
    fn copy(&mut self) -> std::io::Result<Side> {
        let Some(functions) = self.functions.filter(|_| !has_other_threads()) else { return Ok(Side::Process) };
        (functions.quiet)(fork);
        match COPY.load(Ordering::SeqCst) {
            0 => {
                let mut byte = [0];
                if self.wake.read_exact(&mut byte).is_err() {
                    // The relay has gone. Nothing may be flushed or dropped twice.
                    // SAFETY: ends this process and does nothing else.
                    unsafe { libc::_exit(0) };
                }
                super::evaluator::die_with_parent();
                (functions.tick)();
                Ok(Side::Copy)
            }
            // Without memory for a copy the cell runs all the same.
            pid => {
                self.copy = Pid::from_raw(pid.max(0));
                self.report(&Report::Copied(self.copy.map_or(0, |pid| pid.as_raw_nonzero().get() as u32)))?;
                Ok(Side::Process)
            }
        }
    }

    /// Opens standard output and standard error again where a cell has closed them or put something else in their place.
    fn restore_streams(&mut self) -> std::io::Result<()> {
        let mut is_restored = false;
        for (fd, saved) in (1..).zip(&self.streams) {
            // SAFETY: it is only asked whether the descriptor is open, and for what.
            let current = rustix::fs::fstat(unsafe { BorrowedFd::borrow_raw(fd) });
            let original = rustix::fs::fstat(saved)?;
            if current.is_ok_and(|current| (current.st_dev, current.st_ino) == (original.st_dev, original.st_ino)) {
                continue;
            }
            match fd {
                1 => rustix::stdio::dup2_stdout(saved)?,
                _ => rustix::stdio::dup2_stderr(saved)?,
            }
            is_restored = true;
        }
        if is_restored { self.report(&Report::Restored) } else { Ok(()) }
    }

    fn report(&mut self, report: &Report) -> std::io::Result<()> {
        writeln!(self.reports, "{report}")
    }
}

/// Lets a memory fault end the process by its signal. Rust's own handler would turn a stack overflow into an abort, which
/// says less about what happened.
fn die_of_invalid_memory() {
    for signal in [libc::SIGSEGV, libc::SIGBUS] {
        // SAFETY: no handler runs; the default action is restored before any cell is loaded.
        unsafe { libc::signal(signal, libc::SIG_DFL) };
    }
}

/// Whether there are threads beside this one and the startup cell's. A copy would not have them, and a variable that waits
/// for its threads would wait for ever in it. Those of the helper crate's pools do not count: a pool notices that it is in
/// a copy, and starts them again.
fn has_other_threads() -> bool {
    let is_of_pool = |task: &std::fs::DirEntry| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|name| name.starts_with(POOL_THREADS))
    };
    let tasks = std::fs::read_dir("/proc/self/task");
    tasks.map_or(true, |tasks| tasks.flatten().filter(|task| !is_of_pool(task)).count() > 2)
}

/// What the last cell's panics were led to by.
static CALLS: Mutex<Vec<String>> = Mutex::new(Vec::new());

extern "C" fn note_calls(text: *const u8, length: usize) {
    // SAFETY: the startup cell passes a text that lives until this function returns.
    let text = unsafe { std::slice::from_raw_parts(text, length) };
    CALLS.lock().unwrap_or_else(PoisonError::into_inner).push(String::from_utf8_lossy(text).into_owned());
}

enum Side {
    Process,
    Copy,
}

/// What the last `fork` returned.
static COPY: AtomicI32 = AtomicI32::new(-1);

/// Copies the process; the startup cell calls it while it holds the locks of the streams, which the copy would find locked
/// for ever if another thread held them.
extern "C" fn fork() {
    // SAFETY: the copy has this thread alone. It waits until it takes the place of this process, and no lock that it
    // needs is held by another thread: the C library sees to its own, the startup cell to those of the streams.
    COPY.store(unsafe { libc::fork() }, Ordering::SeqCst);
}

/// The startup cell's functions, once it has run.
fn find_functions() -> Option<CellFunctions> {
    let addresses: Vec<usize> =
        std::env::var(FUNCTIONS_VAR).ok()?.split(' ').map(|word| word.parse().ok()).collect::<Option<_>>()?;
    let &[quiet, flush, tick, calls] = addresses.as_slice() else { return None };
    // SAFETY: the startup cell wrote the addresses of functions of these types, and its library stays loaded.
    unsafe {
        Some(CellFunctions {
            quiet: std::mem::transmute::<usize, extern "C" fn(extern "C" fn())>(quiet),
            flush: std::mem::transmute::<usize, extern "C" fn()>(flush),
            tick: std::mem::transmute::<usize, extern "C" fn()>(tick),
            calls: std::mem::transmute::<usize, extern "C" fn(extern "C" fn(*const u8, usize))>(calls),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pipes_commands_and_reports_read_back() {
        let pipes = Pipes { commands: 5, reports: 7, wake: 9, nonce: "1f-2".into() };
        assert_eq!(Pipes::parse(&pipes.to_string()), Some(pipes));
        assert_eq!(Pipes::parse("5 7"), None);
        let command = Command { mark: 3, function: "run_user_code_1".into(), library: "/a b/lib c.so".into() };
        assert_eq!(Command::parse(&command.to_string()), Some(command));
        assert_eq!(Command::parse("3 only"), None);
        let calls = Report::Calls("   0: a\n   1: b".into());
        for report in [calls, Report::Copied(12), Report::HasStartupCell, Report::Restored, Report::Done] {
            assert_eq!(Report::parse(&report.to_string()), Some(report));
        }
        assert_eq!(Report::parse("EVCXR_EXECUTION_COMPLETE"), None);
    }
}
