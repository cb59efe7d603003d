/*!
The process between evcxr and the process in which the cells run.

evcxr reads its child's standard output line by line and keeps one output of each type. The relay reads the same stream
first: the cells' text and figures become [`Relayed`] messages in the order in which they were made, evcxr's own lines
are passed on, and a cell counts as complete only when everything that it printed has been read. When the process dies,
nothing that it had printed is lost, for the pipes end here.

It knows neither evcxr's library nor notebooks.
*/

use super::demux::{Control, Demux, Part};
use super::message::{Output, Panic, Relayed, Stream, to_line};
use super::{OUTPUT_LIMIT, ROLE_VAR, STARTUP_VAR};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::fd::AsRawFd;
use std::process::{Command, ExitCode, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

/// How long output may take to arrive after the cell has ended: so many times a tenth of a second without a sign.
///
/// Counted in ticks and not by the clock, because a machine that stands still for a while takes the clock along.
const PATIENCE: u32 = 100;

enum Incoming {
    Stdout(Vec<u8>),
    Stderr(Vec<u8>),
    /// The running cell printed more than it may; its process has been killed, and no more of it follows.
    Flooded,
    Panic(Panic),
    Exited {
        code: Option<i32>,
        signal: Option<i32>,
    },
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
    requests: std::io::PipeWriter,
    stdout: Demux,
    stderr: Demux,
    pid: u32,
    /// The startup cell has answered. What comes before is evcxr's own first cell, and evcxr waits for ever if it is sent
    /// output before it has given us the channel to read it from.
    started: bool,
    /// Numbers of the last mark asked for, and of the last one seen on each stream.
    mark: u64,
    seen: (u64, u64),
    /// evcxr's line that says that a panic reached the top of the cell.
    notification: Option<String>,
    /// A panic in the cell's thread, which may yet be caught.
    panic: Option<Panic>,
    /// A panic elsewhere, in case the cell passes it on.
    other_panic: Option<Panic>,
    /// The last that came on standard error, in case it is the error that a `?` met.
    held: String,
    question: Option<String>,
    /// Bytes that the running cell has printed.
    printed: Arc<AtomicUsize>,
}

impl Relay {
    fn start() -> std::io::Result<Relay> {
        let (requests_read, requests) = std::io::pipe()?;
        let (reports, reports_write) = std::io::pipe()?;
        // Rust opens descriptors for this process alone; the child keeps these two.
        rustix::io::fcntl_setfd(&requests_read, rustix::io::FdFlags::empty())?;
        rustix::io::fcntl_setfd(&reports_write, rustix::io::FdFlags::empty())?;
        let nonce = format!("{:x}-{:x}", std::process::id(), now());
        let startup = format!("{} {} {nonce}", requests_read.as_raw_fd(), reports_write.as_raw_fd());
        let mut child = Command::new(std::env::current_exe()?)
            .env_remove(ROLE_VAR)
            .env(STARTUP_VAR, startup)
            // `cnn::display` may replace what it has shown: the session keeps the last state.
            .env("CNN_LIVE", "1")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()?;
        drop((requests_read, reports_write));

        let pid = child.id();
        let (sender, incoming) = channel();
        let (stdout, stderr) = (child.stdout.take().expect("piped"), child.stderr.take().expect("piped"));
        let printed = Arc::new(AtomicUsize::new(0));
        forward(stdout, sender.clone(), Incoming::Stdout, pid, Arc::clone(&printed));
        forward(stderr, sender.clone(), Incoming::Stderr, pid, Arc::clone(&printed));
        std::thread::spawn({
            let sender = sender.clone();
            let mut reports = BufReader::new(reports);
            move || {
                while let Some(panic) = read_panic(&mut reports) {
                    let _ = sender.send(Incoming::Panic(panic));
                }
            }
        });
        std::thread::spawn(move || {
            let status = child.wait();
            let code = status.as_ref().ok().and_then(|status| status.code());
            let signal = status.ok().and_then(|status| std::os::unix::process::ExitStatusExt::signal(&status));
            let _ = sender.send(Incoming::Exited { code, signal });
        });
        Ok(Relay {
            pid,
            started: false,
            incoming,
            requests,
            stdout: Demux::stdout(&nonce),
            stderr: Demux::stderr(&nonce),
            mark: 0,
            seen: (0, 0),
            notification: None,
            panic: None,
            other_panic: None,
            held: String::new(),
            question: None,
            printed,
        })
    }

    fn run(mut self) -> std::io::Result<()> {
        loop {
            let incoming = match self.incoming.recv_timeout(Duration::from_millis(50)) {
                Ok(incoming) => incoming,
                Err(RecvTimeoutError::Timeout) => {
                    let parts = self.stdout.idle();
                    self.stdout_parts(parts)?;
                    self.release()?;
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            };
            if let Incoming::Exited { code, signal } = incoming {
                return self.died(code, signal);
            }
            self.take(incoming)?;
        }
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
            Incoming::Flooded => self.send(&Relayed::Stopped(format!(
                "the cell printed more than {} MB and was stopped",
                OUTPUT_LIMIT >> 20
            ))),
            Incoming::Panic(panic) => self.panicked(panic),
            Incoming::Exited { .. } => Ok(()),
        }
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
                Part::Mark(number) => {
                    self.seen.0 = number;
                    if !std::mem::replace(&mut self.started, true) {
                        self.send(&Relayed::Started { pid: self.pid })?;
                    }
                }
                Part::Control(Control::Question, line) => {
                    self.question = Some(std::mem::take(&mut self.held));
                    pass_on(&line)?;
                }
                // Sent when the cell is complete: to wait for the report here would read on past the cell's end.
                Part::Control(Control::Panicked, line) => self.notification = Some(line),
                Part::Control(Control::Complete, line) => {
                    self.complete()?;
                    pass_on(&line)?;
                }
                Part::Control(Control::ChangedType | Control::Input, line) => pass_on(&line)?,
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

    fn panicked(&mut self, panic: Panic) -> std::io::Result<()> {
        let earlier = if panic.thread.is_none() { &mut self.panic } else { &mut self.other_panic };
        match earlier.replace(panic) {
            // Two in one thread: the first has been caught.
            Some(caught) => self.show(caught),
            None => Ok(()),
        }
    }

    /// Reads on until everything that the cell printed has been read, then sends the rest of it.
    fn complete(&mut self) -> std::io::Result<()> {
        self.mark += 1;
        if writeln!(self.requests, "{}", self.mark).is_ok() {
            let mark = (self.mark, self.mark);
            self.settle(PATIENCE, move |relay| relay.seen == mark)?;
        }
        if let Some(line) = self.notification.take() {
            self.settle(3, |relay| relay.panic.is_some())?;
            let panic = self.panic.take().or_else(|| self.other_panic.take());
            self.send(&Relayed::Panicked(panic.unwrap_or_default()))?;
            pass_on(&line)?;
        }
        for panic in [self.panic.take(), self.other_panic.take()].into_iter().flatten() {
            self.show(panic)?;
        }
        if let Some(message) = self.question.take() {
            self.send(&Relayed::Question(message))?;
        }
        self.printed.store(0, Ordering::SeqCst);
        self.release()
    }

    /// Reads on until `done`, or until nothing has come for `ticks` tenths of a second.
    fn settle(&mut self, ticks: u32, done: impl Fn(&Relay) -> bool) -> std::io::Result<()> {
        let mut left = if self.started { ticks } else { 0 };
        while left > 0 && !done(self) {
            match self.incoming.recv_timeout(Duration::from_millis(100)) {
                Ok(Incoming::Exited { code, signal }) => return self.died(code, signal),
                Ok(incoming) => self.take(incoming)?,
                Err(_) => left -= 1,
            }
        }
        Ok(())
    }

    fn died(&mut self, code: Option<i32>, signal: Option<i32>) -> std::io::Result<()> {
        // What the process printed is in the pipes; something that it started may hold them open for ever.
        while let Ok(incoming) = self.incoming.recv_timeout(Duration::from_millis(200)) {
            self.take(incoming)?;
        }
        let parts = self.stdout.finish();
        self.stdout_parts(parts)?;
        let parts = self.stderr.finish();
        self.stderr_parts(parts)?;
        self.release()?;
        for panic in [self.panic.take(), self.other_panic.take()].into_iter().flatten() {
            self.show(panic)?;
        }
        self.send(&Relayed::Died { code, signal })?;
        std::process::exit(1);
    }

    /// A panic that did not end the cell, as text on standard error.
    fn show(&self, panic: Panic) -> std::io::Result<()> {
        let thread = panic.thread.map_or(String::new(), |name| format!("thread '{name}' "));
        self.text(Stream::Stderr, format!("{thread}panicked at {}:{}: {}\n", panic.file, panic.line, panic.message))
    }

    /// Sends what was held back of standard error.
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

/// Sends on what comes out of a pipe, as it comes, until the cell has printed too much: then the process is killed here,
/// before the flood fills the channel, and what follows is thrown away.
fn forward(
    mut pipe: impl Read + Send + 'static,
    sender: Sender<Incoming>,
    wrap: fn(Vec<u8>) -> Incoming,
    pid: u32,
    printed: Arc<AtomicUsize>,
) {
    std::thread::spawn(move || {
        let mut buffer = vec![0; 1 << 16];
        while let Ok(n @ 1..) = pipe.read(&mut buffer) {
            let before = printed.fetch_add(n, Ordering::SeqCst);
            let message = match before + n {
                ..=OUTPUT_LIMIT => wrap(buffer[..n].to_vec()),
                _ if before <= OUTPUT_LIMIT => {
                    super::kill(pid);
                    Incoming::Flooded
                }
                _ => continue,
            };
            if sender.send(message).is_err() {
                break;
            }
        }
    });
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
    Some(Panic { message, file, line, column, thread: (!thread.is_empty()).then_some(thread) })
}

fn now() -> u128 {
    std::time::UNIX_EPOCH.elapsed().map_or(0, |since| since.as_nanos())
}
