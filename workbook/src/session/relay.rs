/*!
The process between evcxr and the process in which the cells run.

evcxr takes the relay for its runtime: it sends commands to its standard input and reads its standard output line by
line, one output of each type. The relay has the cells run by `runtime.rs` and reads what they print: text and figures
become [`Relayed`] messages in the order in which they were made, evcxr's own lines are passed on, and a cell counts as
complete only when everything that it printed has been read. When the process dies in a cell, nothing that it had printed
is lost, and the copy that it left behind takes its place.

It knows neither evcxr's library nor notebooks.
*/

use super::backtrace;
use super::demux::{Control, Demux, Part};
use super::explanation::explanation;
use super::message::{Call, Death, Output, Panic, Relayed, Stream, to_line};
use super::runtime::{self, Report};
use super::stop::{self, Stop};
use super::{INTERRUPTS_VAR, NO_INPUT, OUTPUT_LIMIT, ROLE_VAR, STARTUP_VAR};
use rustix::io::FdFlags;
use rustix::process::WaitOptions;
use std::io::{BufRead, BufReader, PipeWriter, Read, Write};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::net::UnixDatagram;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::{Duration, Instant};

/// How often the relay looks around when nothing comes.
const TICK: Duration = Duration::from_millis(50);
/// How long output may take to arrive after the cell has ended: so many ticks without a sign.
///
/// Counted in ticks and not by the clock, because a machine that stands still for a while takes the clock along.
const PATIENCE: u32 = 200;
/// evcxr's line that says that a cell has panicked, and the one that says that it has ended.
const PANICKED: &str = "EVCXR_PANIC_NOTIFICATION";
const COMPLETE: &str = "EVCXR_EXECUTION_COMPLETE";
/// The line on which evcxr asks its user for input.
const INPUT_REQUEST: &str = "EVCXR_INPUT_REQUEST:";

enum Incoming {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// The running cell printed more than it may; its process has been killed, and no more of it follows.
    Flooded,
    Panic(Panic),
    Report(Report),
    /// A line of evcxr: a command or an input.
    Line(String),
    Interrupt(Interrupt),
    Exited {
        pid: u32,
        code: Option<i32>,
        signal: Option<i32>,
    },
}

/// What the evaluator tells the relay past evcxr.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interrupt {
    /// A cell begins: it is being compiled.
    Begin,
    /// The cell is to be stopped, whether it runs already or not.
    Stop,
    /// The cell has ended, or did not compile.
    End,
}

impl Interrupt {
    pub fn byte(self) -> u8 {
        match self {
            Interrupt::Begin => b'b',
            Interrupt::Stop => b's',
            Interrupt::End => b'e',
        }
    }

    fn parse(byte: u8) -> Option<Interrupt> {
        [Interrupt::Begin, Interrupt::Stop, Interrupt::End].into_iter().find(|interrupt| interrupt.byte() == byte)
    }
}

/// Runs the relay until its process has ended.
pub fn run() -> ExitCode {
    match Relay::start().and_then(Relay::run) {
        Ok(()) => ExitCode::FAILURE, // only a process that died, or that evcxr dismissed, ends the relay
        Err(error) => {
            eprintln!("the relay could not start the process for the cells: {error}");
            ExitCode::FAILURE
        }
    }
}

struct Relay {
    incoming: Receiver<Incoming>,
    commands: PipeWriter,
    /// A byte for the copy of the process that is to take its place.
    wake: PipeWriter,
    /// The cells' standard input; every message is read by itself, and an empty one is the end of the input.
    input: UnixDatagram,
    stdout: Demux,
    stderr: Demux,
    pid: u32,
    /// The copy that the process left behind before the running cell.
    copy: Option<u32>,
    cell: CellState,
    stop: Stop,
    /// The cell reads its standard input and evcxr has been asked for some.
    asked: bool,
    looked: Instant,
    /// The startup cell has run. What comes before is evcxr's own first cell, and evcxr waits for ever if it is told of
    /// output before it has given us the channel to read it from.
    started: bool,
    /// Numbers of the last mark that the process was told to write, and of the last one seen on each stream.
    mark: u64,
    seen: (u64, u64),
    /// evcxr's line that says that a panic reached the top of the cell.
    notification: Option<String>,
    /// A panic in the cell's thread, which may yet be caught.
    panic: Option<Panic>,
    /// A panic elsewhere, in case the cell passes it on.
    other_panic: Option<Panic>,
    /// The calls that led to the last panics in the cell's thread, the latest last.
    calls: Vec<Vec<Call>>,
    /// The last that came on standard error, in case it is the error that a `?` met.
    held: String,
    question: Option<String>,
    /// Bytes that the running cell has printed.
    printed: Arc<AtomicUsize>,
    /// Ticks without a sign since the cell has ended.
    waited: u32,
}

/// How far the current cell is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CellState {
    None,
    /// It is being compiled.
    Compiling,
    /// It is being compiled and is not to run.
    Cancelled,
    Running,
    /// It has ended; what it printed may not have been read yet.
    Done,
}

impl Relay {
    fn start() -> std::io::Result<Relay> {
        // A copy of the process becomes a child of this one when the process dies.
        #[cfg(target_os = "linux")]
        rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
        let (commands_read, commands) = std::io::pipe()?;
        let (wake_read, wake) = std::io::pipe()?;
        let (reports, reports_write) = std::io::pipe()?;
        let (panics, panics_write) = std::io::pipe()?;
        let (input, input_read) = UnixDatagram::pair()?;
        // Rust opens descriptors for this process alone; the child keeps these.
        let keep = |fd: &dyn AsFd| rustix::io::fcntl_setfd(fd, FdFlags::empty());
        for fd in [&commands_read as &dyn AsFd, &wake_read, &reports_write, &panics_write] {
            keep(fd)?;
        }
        let nonce = format!("{:x}-{:x}", std::process::id(), now());
        let pipes = runtime::Pipes {
            commands: commands_read.as_raw_fd(),
            reports: reports_write.as_raw_fd(),
            wake: wake_read.as_raw_fd(),
            nonce: nonce.clone(),
        };
        let folder = std::env::var_os("EVCXR_TMPDIR").map(PathBuf::from).unwrap_or_default();
        let stop = Stop::new(folder.join("interrupt"));
        let mut child = Command::new(std::env::current_exe()?)
            .env(ROLE_VAR, "runtime")
            .env(stop::FOLDER_VAR, stop.folder())
            .env(runtime::PIPES_VAR, pipes.to_string())
            .env(STARTUP_VAR, panics_write.as_raw_fd().to_string())
            // `cnn::display` may replace what it has shown: the session keeps the last state.
            .env("CNN_LIVE", "1")
            .stdin(Stdio::from(OwnedFd::from(input_read)))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        drop((commands_read, wake_read, reports_write, panics_write));

        let pid = child.id();
        let (sender, incoming) = channel();
        let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let printed = Arc::new(AtomicUsize::new(0));
        forward(stdout, sender.clone(), Incoming::Stdout, Arc::clone(&printed));
        forward(stderr, sender.clone(), Incoming::Stderr, Arc::clone(&printed));
        std::thread::spawn({
            let (sender, mut panics) = (sender.clone(), BufReader::new(panics));
            move || {
                while let Some(panic) = read_panic(&mut panics) {
                    let _ = sender.send(Incoming::Panic(panic));
                }
            }
        });
        read_lines(reports, sender.clone(), |line| Report::parse(&line).map(Incoming::Report));
        read_interrupts(sender.clone());
        std::thread::spawn({
            let sender = sender.clone();
            move || reap(&sender)
        });
        std::thread::spawn(move || {
            for line in std::io::stdin().lock().lines().map_while(Result::ok) {
                let _ = sender.send(Incoming::Line(line));
            }
            // evcxr has dismissed this process, and with it ends the one of the cells.
            std::process::exit(0);
        });
        Ok(Relay {
            pid,
            copy: None,
            cell: CellState::None,
            stop,
            asked: false,
            looked: Instant::now(),
            started: false,
            incoming,
            commands,
            wake,
            input,
            stdout: Demux::stdout(&nonce),
            stderr: Demux::stderr(&nonce),
            mark: 0,
            seen: (0, 0),
            notification: None,
            panic: None,
            other_panic: None,
            calls: Vec::new(),
            held: String::new(),
            question: None,
            printed,
            waited: 0,
        })
    }

    fn run(mut self) -> std::io::Result<()> {
        loop {
            match self.incoming.recv_timeout(TICK) {
                Ok(incoming) => self.take(incoming)?,
                Err(RecvTimeoutError::Timeout) => {
                    let parts = self.stdout.idle();
                    self.stdout_parts(parts)?;
                    self.release()?;
                    self.waited += 1;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            if self.stop.is_overdue() && self.cell == CellState::Running {
                self.stop.reset();
                super::kill(self.pid);
            }
            self.end_cell()?;
            self.look_for_reader()?;
        }
    }

    /// A line of evcxr.
    fn line(&mut self, line: &str) -> std::io::Result<()> {
        let Some((library, function)) = line.strip_prefix("LOAD_AND_RUN ").and_then(|rest| rest.rsplit_once(' '))
        else {
            self.asked = false;
            // The other end may have gone; then the cell's death is on its way.
            let _ =
                if line == NO_INPUT { self.input.send(&[]) } else { self.input.send(format!("{line}\n").as_bytes()) };
            return Ok(());
        };
        if self.cell == CellState::Cancelled {
            self.cell = CellState::None;
            self.send(&Relayed::Cancelled)?;
            pass_on(PANICKED)?;
            return pass_on(COMPLETE);
        }
        self.mark += 1;
        self.cell = CellState::Running;
        let command = runtime::Command { mark: self.mark, function: function.to_owned(), library: library.to_owned() };
        // If the process is dead, the news of it comes.
        let _ = writeln!(self.commands, "{command}");
        Ok(())
    }

    fn interrupt(&mut self, interrupt: Interrupt) {
        match (interrupt, self.cell) {
            (Interrupt::Begin, _) => self.cell = CellState::Compiling,
            (Interrupt::Stop, CellState::Compiling) => self.cell = CellState::Cancelled,
            (Interrupt::Stop, CellState::Running) if self.stop.ask() => {}
            (Interrupt::Stop, CellState::Running) => super::kill(self.pid),
            (Interrupt::Stop, _) => {}
            (Interrupt::End, _) => self.cell = CellState::None,
        }
    }

    fn report(&mut self, report: Report) -> std::io::Result<()> {
        match report {
            Report::Calls(text) => self.calls.push(backtrace::parse(&text)),
            Report::Copied(pid) => self.copy = (pid != 0).then_some(pid),
            Report::HasStartupCell => {
                self.started = true;
                self.send(&Relayed::Started)?;
            }
            Report::Restored => self.text(
                Stream::Stderr,
                "the cell closed or replaced its standard output or standard error; what it printed after that is lost, \
                 and both are open again\n"
                    .to_owned(),
            )?,
            Report::Done => {
                self.cell = CellState::Done;
                self.waited = 0;
            }
        }
        Ok(())
    }

    /// Tells evcxr that the cell has ended, once everything that it printed has been read.
    fn end_cell(&mut self) -> std::io::Result<()> {
        let has_all = self.seen == (self.mark, self.mark);
        let has_panic = self.notification.is_none() || self.panic.is_some() || self.waited > 6;
        if self.cell != CellState::Done || !(has_all && has_panic || self.waited > PATIENCE) {
            return Ok(());
        }
        self.cell = CellState::None;
        self.stop.reset();
        self.asked = false;
        let parts = self.stdout.idle();
        self.stdout_parts(parts)?;
        if let Some(line) = self.notification.take() {
            let mut panic = self.panic.take().or_else(|| self.other_panic.take()).unwrap_or_default();
            panic.calls = self.calls.pop().unwrap_or_default();
            if let Some(cause) = &mut panic.cause {
                cause.calls = self.calls.pop().unwrap_or_default();
            }
            self.send(&Relayed::Panicked(panic))?;
            pass_on(&line)?;
        }
        for panic in [self.panic.take(), self.other_panic.take()].into_iter().flatten() {
            self.show(panic)?;
        }
        if let Some(message) = self.question.take() {
            self.send(&Relayed::Question(message))?;
        }
        self.calls.clear();
        self.printed.store(0, Ordering::SeqCst);
        self.release()?;
        // From here on the copy from before the cell is of no use.
        self.copy = None;
        let _ = writeln!(self.commands, "{}", runtime::FORGET);
        pass_on(COMPLETE)
    }

    /// Asks for input when the cell waits for some.
    fn look_for_reader(&mut self) -> std::io::Result<()> {
        if self.cell != CellState::Running || self.asked || !self.started || self.looked.elapsed() < 2 * TICK {
            return Ok(());
        }
        self.looked = Instant::now();
        if reads_input(self.pid) {
            self.asked = true;
            self.release()?;
            pass_on(INPUT_REQUEST)?;
        }
        Ok(())
    }

    fn take(&mut self, incoming: Incoming) -> std::io::Result<()> {
        match incoming {
            Incoming::Stdout(bytes) => {
                let parts = self.stdout.push(&bytes);
                self.stdout_parts(parts)
            }
            Incoming::Stderr(bytes) => {
                let parts = self.stderr.push(&bytes);
                self.stderr_parts(parts)
            }
            Incoming::Flooded => self.flooded(),
            Incoming::Panic(panic) => self.panicked(panic),
            Incoming::Report(report) => self.report(report),
            Incoming::Line(line) => self.line(&line),
            Incoming::Interrupt(interrupt) => {
                self.interrupt(interrupt);
                Ok(())
            }
            Incoming::Exited { pid, code, signal } if pid == self.pid => self.died(code, signal),
            Incoming::Exited { .. } => Ok(()), // a copy that was not needed, or something that a cell started
        }
    }

    /// The cell has printed more than it may: it is stopped, unless it has ended by itself.
    fn flooded(&mut self) -> std::io::Result<()> {
        let what = format!("the cell printed more than {} MB", OUTPUT_LIMIT >> 20);
        if self.cell == CellState::Done {
            self.waited = PATIENCE; // its mark is among what was thrown away
            return self.text(Stream::Stderr, format!("\n{what}; the rest is lost\n"));
        }
        super::kill(self.pid);
        self.send(&Relayed::Stopped(format!("{what} and was stopped")))
    }

    fn stdout_parts(&mut self, parts: Vec<Part>) -> std::io::Result<()> {
        for part in parts {
            match part {
                Part::Text(text) => {
                    self.release()?;
                    self.text(Stream::Stdout, text)?;
                }
                Part::Display(data, id) => {
                    self.release()?;
                    self.send(&Relayed::Output(Output::Display { data, id }))?;
                }
                Part::Mark(number) => self.seen.0 = number,
                Part::Control(Control::Question, line) => {
                    self.question = Some(std::mem::take(&mut self.held));
                    pass_on(&line)?;
                }
                // Told when the cell is complete: its report comes by another pipe.
                Part::Control(Control::Panicked, line) => self.notification = Some(line),
                Part::Control(Control::ChangedType, line) => pass_on(&line)?,
                Part::Control(Control::Input, line) => {
                    self.asked = true;
                    self.release()?;
                    pass_on(&line)?;
                }
            }
        }
        Ok(())
    }

    fn stderr_parts(&mut self, parts: Vec<Part>) -> std::io::Result<()> {
        for part in parts {
            match part {
                Part::Text(text) => match &mut self.question {
                    Some(message) => message.push_str(&text),
                    None => self.held.push_str(&text),
                },
                Part::Mark(number) => self.seen.1 = number,
                Part::Control(..) | Part::Display(..) => unreachable!("standard error has text and marks"),
            }
        }
        Ok(())
    }

    fn panicked(&mut self, mut panic: Panic) -> std::io::Result<()> {
        let earlier = if panic.thread.is_none() { &mut self.panic } else { &mut self.other_panic };
        let caught = earlier.take(); // two in one thread: the first has been caught
        let explains =
            |caught: &Panic| explanation(&caught.message).is_some_and(|sentence| panic.message.ends_with(&sentence));
        if caught.as_ref().is_some_and(explains) {
            panic.cause = caught.map(Box::new);
            *earlier = Some(panic);
            return Ok(());
        }
        *earlier = Some(panic);
        caught.map_or(Ok(()), |caught| self.show(caught))
    }

    /// The process has ended: tells what it had printed, and lets its copy take its place if there is one.
    fn died(&mut self, code: Option<i32>, signal: Option<i32>) -> std::io::Result<()> {
        let was_running = [CellState::Running, CellState::Done].contains(&self.cell);
        // What the process printed is in the pipes; something that it started may hold them open for ever.
        let mut after = Vec::new();
        while let Ok(incoming) = self.incoming.recv_timeout(Duration::from_millis(200)) {
            match incoming {
                Incoming::Line(_) | Incoming::Exited { .. } => after.push(incoming),
                incoming => self.take(incoming)?,
            }
        }
        let parts = self.stdout.finish();
        self.stdout_parts(parts)?;
        let parts = self.stderr.finish();
        self.stderr_parts(parts)?;
        self.release()?;
        for panic in [self.panic.take(), self.other_panic.take()].into_iter().flatten() {
            self.show(panic)?;
        }
        (self.notification, self.question) = (None, None);
        let copy = self.copy.take().filter(|_| was_running);
        let death = Death { code, signal, is_replaced: copy.is_some() };
        self.send(&Relayed::Died(death))?;
        let Some(copy) = copy else { std::process::exit(1) };
        self.stop.reset();
        self.stop.tidy();
        self.wake.write_all(b"w")?;
        self.pid = copy;
        self.cell = CellState::None;
        self.asked = false;
        self.printed.store(0, Ordering::SeqCst);
        pass_on(PANICKED)?;
        pass_on(COMPLETE)?;
        after.into_iter().try_for_each(|incoming| self.take(incoming))
    }

    /// A panic that did not end the cell, as text on standard error.
    fn show(&self, panic: Panic) -> std::io::Result<()> {
        let thread = panic.thread.map_or(String::new(), |name| format!("thread '{name}' "));
        self.text(Stream::Stderr, format!("{thread}panicked at {}:{}: {}\n", panic.file, panic.line, panic.message))
    }

    /// Tells what was held back of standard error.
    fn release(&mut self) -> std::io::Result<()> {
        match std::mem::take(&mut self.held) {
            held if held.is_empty() => Ok(()),
            held => self.text(Stream::Stderr, held),
        }
    }

    fn text(&self, stream: Stream, text: String) -> std::io::Result<()> {
        self.send(&Relayed::Output(Output::Text { stream, text }))
    }

    fn send(&self, message: &Relayed) -> std::io::Result<()> {
        if self.started { pass_on(&to_line(message)) } else { Ok(()) }
    }
}

fn pass_on(line: &str) -> std::io::Result<()> {
    let mut stdout = std::io::stdout().lock();
    writeln!(stdout, "{line}")?;
    stdout.flush()
}

/// So little is read at once while a cell prints in small pieces: the pipe is given time to fill, because what becomes of
/// each piece takes longer than to print it.
const SMALL: usize = 4 << 10;
const FILLING: Duration = Duration::from_millis(2);

/// Sends on what comes out of a pipe, as it comes, until the cell has printed too much: then its process is killed, and
/// what follows is thrown away before it fills the channel.
fn forward(
    mut pipe: impl Read + Send + 'static,
    sender: Sender<Incoming>,
    wrap: fn(Vec<u8>) -> Incoming,
    printed: Arc<AtomicUsize>,
) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(n @ 1..) = pipe.read(&mut buffer) {
            let before = printed.fetch_add(n, Ordering::SeqCst);
            let message = match before + n {
                ..=OUTPUT_LIMIT => wrap(buffer[..n].to_vec()),
                _ if before <= OUTPUT_LIMIT => Incoming::Flooded,
                _ => continue,
            };
            if sender.send(message).is_err() {
                break;
            }
            if n < SMALL {
                std::thread::sleep(FILLING);
            }
        }
    });
}

/// Sends on what the lines of a pipe mean.
fn read_lines(pipe: impl Read + Send + 'static, sender: Sender<Incoming>, parse: fn(String) -> Option<Incoming>) {
    std::thread::spawn(move || {
        for line in BufReader::new(pipe).lines().map_while(Result::ok) {
            if parse(line).is_some_and(|incoming| sender.send(incoming).is_err()) {
                break;
            }
        }
    });
}

/// Sends on what the evaluator says past evcxr.
fn read_interrupts(sender: Sender<Incoming>) {
    let Some(fd) = std::env::var(INTERRUPTS_VAR).ok().and_then(|fd| fd.parse().ok()) else { return };
    // SAFETY: the evaluator opened this descriptor for the relay.
    let pipe = unsafe { std::fs::File::from_raw_fd(fd) };
    // The runtime and what cells start have nothing to do with it.
    let _ = rustix::io::fcntl_setfd(&pipe, FdFlags::CLOEXEC);
    std::thread::spawn(move || {
        for byte in BufReader::new(pipe).bytes().map_while(Result::ok) {
            if Interrupt::parse(byte).is_some_and(|interrupt| sender.send(Incoming::Interrupt(interrupt)).is_err()) {
                break;
            }
        }
    });
}

/// Waits for every child that ends, those included that became children of this process when their parent died.
fn reap(sender: &Sender<Incoming>) {
    loop {
        match rustix::process::wait(WaitOptions::empty()) {
            Ok(Some((pid, status))) => {
                let (code, signal) = (status.exit_status(), status.terminating_signal());
                let exited = Incoming::Exited { pid: pid.as_raw_nonzero().get() as u32, code, signal };
                if sender.send(exited).is_err() {
                    return;
                }
            }
            Ok(None) | Err(_) => std::thread::sleep(TICK),
        }
    }
}

/// Whether a thread of the process waits in `read` on its standard input; false where the system does not say.
fn reads_input(pid: u32) -> bool {
    let number = if cfg!(target_arch = "x86_64") { "0" } else { "63" };
    let read = format!("{number} 0x0 ");
    let tasks = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    tasks
        .into_iter()
        .any(|task| std::fs::read_to_string(task.path().join("syscall")).is_ok_and(|call| call.starts_with(&read)))
}

/// One report of the startup cell's panic hook: a line of numbers, then the texts whose lengths it gave.
fn read_panic(reports: &mut impl BufRead) -> Option<Panic> {
    let mut header = String::new();
    reports.read_line(&mut header).ok()?;
    let numbers: Vec<usize> = header.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    let &[line, column, file, thread, message] = numbers.as_slice() else { return None };
    let mut text = |length: usize| {
        let mut bytes = vec![0; length];
        reports.read_exact(&mut bytes).ok()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    };
    let (file, thread, message) = (text(file)?, text(thread)?, text(message)?);
    Some(Panic { message, file, line, column, thread: (!thread.is_empty()).then_some(thread), ..Panic::default() })
}

fn now() -> u128 {
    std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos())
}
