/*!
The grader's side of a running job: writes its input, reads its output, ends it at its limits.

One thread and one `poll`: whatever the job writes or refuses to read, no reader here waits for another. It starts
nothing and forks nothing.
*/

use std::io::{self, Read, Write};
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::log::Log;
use super::spawn::Helper;
use super::spec::{Report, Used};
use super::{End, Error, Job, Limits, Outcome, limits, tree};

/// How often the memory of the job's processes is added up in its first second, when it grows fastest, and later.
const LOOK: [Duration; 2] = [Duration::from_millis(10), Duration::from_millis(50)];
/// How long the helper may take to set up the sandbox, and later to remove it, on a machine that is busy with others.
const PATIENCE: Duration = Duration::from_secs(120);

/// What watching a job came to.
pub enum Watched {
    Done(Outcome),
    /// The helper could not build the namespaces; nothing has run.
    NoNamespaces(String),
}

/// Watches a job until none of its processes is left.
pub fn watch(helper: Helper, job: &Job) -> Result<Watched, Error> {
    let mut watch = Watch {
        helper,
        job,
        sent: (0, 0),
        output: Vec::new(),
        log: Log::new(job.limits.log),
        pending: Vec::new(),
        layers: Vec::new(),
        refused: None,
        failed: None,
        found: tree::disk(job.work_dir, u64::MAX),
        idle: Duration::ZERO,
        used: Used::default(),
        doubt: None,
        born: Instant::now(),
        started: None,
        ended: None,
        killed: None,
    };
    let watched = watch.listen();
    watch.finish();
    watched?;
    watch.verdict()
}

struct Watch<'a, 'b> {
    helper: Helper,
    job: &'a Job<'b>,
    /// Pieces of the input that are written, and bytes of the next one.
    sent: (usize, usize),
    output: Vec<u8>,
    log: Log,
    /// The beginning of a report whose end has not come yet.
    pending: Vec<u8>,
    layers: Vec<String>,
    refused: Option<String>,
    failed: Option<Error>,
    /// The bytes in the work directory before the job ran.
    found: u64,
    /// How long all threads of the job have slept.
    idle: Duration,
    used: Used,
    /// Why the machine may be the cause of how the job is ended.
    doubt: Option<String>,
    born: Instant,
    started: Option<Instant>,
    ended: Option<(End, Duration, Instant)>,
    killed: Option<(End, Instant)>,
}

impl Watch<'_, '_> {
    /// Moves bytes and looks at limits until the helper and init have closed their end of the reports.
    fn listen(&mut self) -> Result<(), Error> {
        let mut look = Instant::now() + LOOK[0];
        self.give_input();
        loop {
            let [reports, output, log, input] = self.wait(look)?;
            // Reports first: a job that has ended is not killed for what it left in a pipe.
            if reports && !self.receive()? {
                return Ok(());
            }
            if output {
                self.take_output();
            }
            if log {
                self.take_log();
            }
            if input || output {
                self.give_input();
            }
            let now = Instant::now();
            if now >= look {
                let late = self.born.elapsed() > Duration::from_secs(1);
                let step = LOOK[usize::from(late)];
                self.look(now, step);
                look = now + step;
            }
        }
    }

    /// Sleeps until a pipe is ready or the time has come to look at the limits.
    fn wait(&self, until: Instant) -> Result<[bool; 4], Error> {
        let timeout = until.saturating_duration_since(Instant::now()).as_millis() as u16;
        let mut ends = vec![PollFd::new(self.helper.reports.as_fd(), PollFlags::POLLIN)];
        // A job that is being ended is not read any more: a flood would only keep us busy.
        if self.killed.is_none() {
            ends.push(PollFd::new(self.helper.output.as_fd(), PollFlags::POLLIN));
            ends.push(PollFd::new(self.helper.log.as_fd(), PollFlags::POLLIN));
            if let Some(input) = self.helper.input.as_ref().filter(|_| self.sent.0 < self.due()) {
                ends.push(PollFd::new(input.as_fd(), PollFlags::POLLOUT));
            }
        }
        match poll(&mut ends, PollTimeout::from(timeout.max(1))) {
            Ok(_) | Err(nix::errno::Errno::EINTR) => {}
            Err(e) => return Err(Error::System { doing: "wait for the job", source: e.into() }),
        }
        let mut ready = [false; 4];
        for (flag, end) in ready.iter_mut().zip(&ends) {
            *flag = end.any().unwrap_or(true);
        }
        Ok(ready)
    }

    /// Reads reports; false at their end.
    fn receive(&mut self) -> Result<bool, Error> {
        let mut buffer = [0; 4096];
        let n = match self.helper.reports.read(&mut buffer) {
            Ok(n) => n,
            Err(e) if retry(&e) => return Ok(true),
            Err(source) => return Err(Error::System { doing: "read from its helper process", source }),
        };
        self.pending.extend_from_slice(&buffer[..n]);
        while let Some(end) = self.pending.iter().position(|&b| b == b'\n') {
            let line: Vec<u8> = self.pending.drain(..=end).collect();
            match serde_json::from_slice(&line) {
                Ok(Report::Layer(layer)) => self.layers.push(layer),
                Ok(Report::NoNamespaces(why)) => self.refused = Some(why),
                Ok(Report::Failed { doing, message, help }) => {
                    self.failed.get_or_insert(Error::Setup { doing, message, help });
                }
                Ok(Report::Started) => self.started = Some(Instant::now()),
                Ok(Report::Ended { code, signal, used }) => {
                    let end = code.map(End::Exited).unwrap_or(End::Signalled(signal.unwrap_or(0)));
                    self.used = used;
                    self.ended.get_or_insert((end, self.ran(), Instant::now()));
                }
                Err(e) => return Err(Error::System { doing: "understand its helper", source: e.into() }),
            }
        }
        Ok(n > 0)
    }

    fn take_output(&mut self) {
        let room = self.job.limits.output + 1 - self.output.len();
        let mut buffer = [0; 65536];
        let size = buffer.len().min(room);
        if let Ok(n) = self.helper.output.read(&mut buffer[..size]) {
            self.output.extend_from_slice(&buffer[..n]);
            if self.output.len() > self.job.limits.output {
                self.output.pop();
                self.kill(End::OutputFlood);
            } else if n == 0 {
                self.rest();
            }
        }
    }

    fn take_log(&mut self) {
        let mut buffer = [0; 65536];
        if let Ok(n) = self.helper.log.read(&mut buffer) {
            self.log.push(&buffer[..n]);
            if self.log.is_flood() {
                self.kill(End::OutputFlood);
            } else if n == 0 {
                self.rest();
            }
        }
    }

    /// A pipe at its end is always ready: this keeps the loop from spinning while the job lives on without it.
    fn rest(&self) {
        if self.ended.is_none() {
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// How many pieces of the input may be written by now.
    fn due(&self) -> usize {
        let all = self.job.input.parts.len();
        if self.sent.0 == all { all } else { (self.job.input.due)(&self.output).min(all) }
    }

    /// Writes what is due and not written, as far as the pipe takes it; closes it after the last piece.
    fn give_input(&mut self) {
        let due = self.due();
        while let Some(input) = &mut self.helper.input {
            let (part, from) = self.sent;
            let Some(bytes) = self.job.input.parts.get(part) else {
                self.helper.input = None;
                return;
            };
            if from == bytes.len() {
                self.sent = (part + 1, 0);
                continue;
            }
            if part >= due {
                return;
            }
            match input.write(&bytes[from..]) {
                Ok(n) => self.sent.1 += n,
                Err(e) if retry(&e) => return,
                // The job has closed its end or is gone: it does not want the rest.
                Err(_) => self.sent = (self.job.input.parts.len(), 0),
            }
        }
    }

    /// Ends the job if its time is over or its processes hold too much. If all its threads sleep, `since` is charged: the
    /// usual time between two looks, because a grader that waited for a processor itself knows nothing of the rest.
    fn look(&mut self, now: Instant, since: Duration) {
        let over = self.killed.map(|(_, when)| when).or(self.ended.map(|(.., when)| when));
        if let Some(when) = over {
            // The helper is our own code and ends at once; should it hang, the kernel is asked directly.
            if now > when + PATIENCE {
                let _ = self.helper.child.kill();
            }
            return;
        }
        match self.started {
            None if now > self.born + PATIENCE => self.kill(End::TimedOut),
            None => {}
            Some(start) if now >= start + self.job.limits.wall => {
                let seconds = self.job.limits.wall.as_secs_f64();
                self.doubt =
                    Some(format!("it was not done within {seconds} s on the clock, without using up its time"));
                self.kill(End::TimedOut);
            }
            Some(_) => {
                let room = self.found.saturating_add(self.job.limits.file_size);
                // Init is one of them.
                let most = self.job.limits.processes + super::THREADS + 1;
                let used = tree::usage(self.helper.child.id(), most);
                self.idle = if used.busy { self.idle } else { self.idle + since };
                if self.idle > self.job.limits.idle {
                    self.kill(End::TimedOut);
                } else if used.tasks > most {
                    self.log.note("[ended: more processes and threads than a submission may have]");
                    self.kill(End::Signalled(libc::SIGKILL));
                } else if used.resident > self.job.limits.memory {
                    self.kill(End::OutOfMemory);
                } else if tree::disk(self.job.work_dir, room) > room {
                    // What one file that is too long gets from the kernel.
                    self.log.note("[ended: more files than fit into the work directory]");
                    self.kill(End::Signalled(libc::SIGXFSZ));
                }
            }
        }
    }

    fn kill(&mut self, why: End) {
        if self.killed.is_none() && self.ended.is_none() {
            self.killed = Some((why, Instant::now()));
        }
        self.helper.control = None;
    }

    fn ran(&self) -> Duration {
        self.started.map(|start| start.elapsed()).unwrap_or_default()
    }

    /// Waits for the helper and takes what is left in the pipes, without waiting for their end.
    fn finish(&mut self) {
        self.helper.control = None;
        self.helper.input = None;
        let _ = self.helper.child.wait();
        if self.killed.is_none() {
            let mut rest = Vec::new();
            let room = (self.job.limits.output + 1 - self.output.len()) as u64;
            let _ = (&mut self.helper.output).take(room).read_to_end(&mut rest);
            self.output.extend(rest);
            if self.output.len() > self.job.limits.output {
                self.output.truncate(self.job.limits.output);
                self.killed = Some((End::OutputFlood, Instant::now()));
            }
        }
        let mut buffer = [0; 65536];
        while let Ok(n @ 1..) = self.helper.log.read(&mut buffer) {
            self.log.push(&buffer[..n]);
            if self.log.is_flood() {
                break;
            }
        }
    }

    fn verdict(self) -> Result<Watched, Error> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        if let Some(why) = self.refused {
            return Ok(Watched::NoNamespaces(why));
        }
        if self.started.is_none() && self.killed.is_some() {
            let source = io::Error::other(format!("it was not ready within {} seconds", PATIENCE.as_secs()));
            return Err(Error::System { doing: "start the job", source });
        }
        let log = self.log.text();
        let ran = self.ran();
        let cpu = self.used.cpu;
        let limits = &self.job.limits;
        let (end, wall, doubt) = match (self.killed, self.ended) {
            (Some((why, _)), ended) => (why, ended.map(|(_, wall, _)| wall).unwrap_or(ran), self.doubt),
            (None, Some((end, wall, _))) => {
                let end = translate(end, &log, cpu >= limits.cpu);
                (end, wall, doubt(end, &log, self.used, limits, &self.layers))
            }
            (None, None) => {
                let source = io::Error::other("it ended without a report; its log: ".to_owned() + &log);
                return Err(Error::System { doing: "keep its helper alive", source });
            }
        };
        Ok(Watched::Done(Outcome { end, output: self.output, log, layers: self.layers, wall, cpu, doubt }))
    }
}

/// Why the machine may be the cause of an end that was not the grader's doing.
fn doubt(end: End, log: &str, used: Used, limits: &Limits, layers: &[String]) -> Option<String> {
    let stricter = || layers.iter().find(|layer| layer.contains(limits::INHERITED)).cloned();
    match end {
        // A job can kill itself, but it seldom does; the kernel does when the machine's memory runs out.
        End::Signalled(signal @ (libc::SIGKILL | libc::SIGTERM | libc::SIGHUP | libc::SIGINT | libc::SIGQUIT)) => {
            Some(format!("it was ended by signal {signal}, which came from outside of the sandbox"))
        }
        // What the disk holds of a program, or should take, is not there.
        End::Signalled(libc::SIGBUS) => Some("it was ended by signal 7, as when a disk is full or fails".to_owned()),
        End::TimedOut if used.cpu < limits.cpu => stricter(),
        // A quarter: address space is more than the memory that is in use.
        End::OutOfMemory if used.resident.saturating_add(refused(log)) < limits.memory / 4 => {
            Some("memory was refused to it far below its limit".to_owned())
        }
        End::OutOfMemory | End::Signalled(libc::SIGXFSZ) => stricter(),
        End::Exited(code) if code != 0 => stricter(),
        _ => None,
    }
}

/// The bytes of the allocation that Rust's allocator says it could not make.
fn refused(log: &str) -> u64 {
    let number = log.split("memory allocation of ").nth(1).and_then(|rest| rest.split(' ').next());
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Tells an end by exhaustion from an ordinary one.
///
/// When the address space is used up, Rust's allocator says so and aborts; C++ (LLVM inside `rustc`, the linker) says
/// it in its own words. A job that says the same without cause only renames its own failure.
///
/// A job that has held off the signal at the end of its processor time gets the one that cannot be held off; `spent` says
/// whether it has used up that time.
fn translate(end: End, log: &str, spent: bool) -> End {
    const EXHAUSTED: [&str; 6] = [
        "memory allocation of ",
        "std::bad_alloc",
        "LLVM ERROR: out of memory",
        "memory exhausted",
        "Cannot allocate memory",
        "virtual memory exhausted",
    ];
    // Anywhere in the log: a compiler says much more on its way down.
    let exhausted = || EXHAUSTED.iter().any(|words| log.contains(words));
    match end {
        End::Signalled(libc::SIGXCPU) => End::TimedOut,
        End::Signalled(libc::SIGKILL) if spent => End::TimedOut,
        End::Signalled(libc::SIGABRT) if exhausted() => End::OutOfMemory,
        End::Exited(code) if code != 0 && exhausted() => End::OutOfMemory,
        other => other,
    }
}

fn retry(e: &io::Error) -> bool {
    matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}
