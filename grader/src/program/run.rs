/*! Runs a compiled program in the sandbox and reads what it sends. It compares nothing. */

use std::path::Path;
use std::time::Duration;

use wire::{Frame, Value};

use crate::error::Result;
use crate::program::compile::Compiler;
use crate::program::machine::Tried;
use crate::program::temporary;
use crate::sandbox::{End, Input, Job, Limits};

/// What a program did with a row of calls.
#[derive(Debug)]
pub struct Run {
    /// The answers that came, in the order of the calls.
    pub frames: Vec<Frame>,
    /// Why there are no more.
    pub end: RunOutcome,
    /// The layers of the sandbox that were active or missing.
    pub layers: Vec<String>,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RunOutcome {
    /// Every call was answered.
    Complete,
    /// It was still running when its time was up.
    TimedOut,
    /// It asked for more memory than there is for it.
    OutOfMemory,
    /// It ended by itself, with this exit code, before it had answered.
    Exited(i32),
    /// It was ended, or did something else than answer, in the way that the text says.
    Crashed(String),
}

const LIMITS: Limits = Limits {
    wall: Duration::from_secs(600),
    idle: Duration::from_secs(5),
    // For all cases of one function; ours needs milliseconds.
    cpu: Duration::from_secs(5),
    // The program itself included.
    memory: 1 << 30,
    output: SLACK,
    log: 64 << 10,
    processes: 1,
    file_size: 1 << 20,
};
/// Bytes of answers beyond four times what is expected.
const SLACK: usize = 1 << 20;

impl Compiler<'_> {
    /// Runs `program` and sends it `calls` over its private channel, each when the one before is answered; `expected`
    /// answers of some `bytes` in all should come back.
    ///
    /// # Errors
    /// When the sandbox cannot be set up, or the machine does not let the program run.
    pub fn execute(&self, program: &Path, calls: &[Value], expected: usize, bytes: usize) -> Result<Run> {
        self.surely("run a compiled program", || self.execute_once(program, calls, expected, bytes))
    }

    pub(super) fn execute_once(
        &self,
        program: &Path,
        calls: &[Value],
        expected: usize,
        bytes: usize,
    ) -> Result<Tried<Run>> {
        let directory = temporary::directory()?;
        let outcome = self.run(&Job {
            program,
            args: Vec::new(),
            env: Vec::new(),
            read: Vec::new(),
            execute: Vec::new(),
            work_dir: directory.path(),
            keep: false,
            limits: Limits { output: 4 * bytes + SLACK, ..LIMITS },
            input: Input {
                parts: calls.iter().map(wire::message).collect(),
                due: |output| wire::whole_frames(output) + 1,
            },
        })?;
        let layers = outcome.layers.clone();
        let Ok(frames) = wire::frames(&outcome.output, expected) else {
            let end = RunOutcome::Crashed("something else than answers came over the private channel".into());
            return Ok(Tried::sure(Run { frames: Vec::new(), end, layers }));
        };
        // What happens after the last answer changes none.
        if frames.len() == expected && outcome.end != End::OutputFlood {
            return Ok(Tried::sure(Run { frames, end: RunOutcome::Complete, layers }));
        }
        let no_thread = frames.is_empty() && outcome.log.contains("a thread can be started");
        let no_thread = no_thread.then(|| "the program could not start a thread".to_owned());
        let end = match outcome.end {
            End::OutputFlood => RunOutcome::Crashed("it wrote far more than an answer needs".into()),
            End::TimedOut => RunOutcome::TimedOut,
            End::OutOfMemory => RunOutcome::OutOfMemory,
            End::Exited(code) => RunOutcome::Exited(code),
            End::Signalled(_) if outcome.log.contains("memory allocation of") => RunOutcome::OutOfMemory,
            End::Signalled(_) if outcome.log.contains("has overflowed its stack") => {
                RunOutcome::Crashed("stack overflow: does the function call itself without end?".into())
            }
            End::Signalled(signal) => RunOutcome::Crashed(signal_name(signal)),
        };
        Ok(Tried { result: Run { frames, end, layers }, doubt: outcome.doubt.or(no_thread) })
    }
}

fn signal_name(signal: i32) -> String {
    let name = match signal {
        4 => "an illegal instruction",
        6 => "an abort",
        7 | 11 => "a bad memory access",
        9 => "it was killed",
        25 => "it wrote too large a file",
        31 => "a system call that is not allowed",
        _ => return format!("the program was ended by signal {signal}"),
    };
    format!("the program was ended: {name} (signal {signal})")
}
