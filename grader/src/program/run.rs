/*! Runs a compiled program in the sandbox and reads what it sends. It compares nothing. */

use std::path::Path;
use std::time::Duration;

use wire::{Frame, Value};

use crate::error::{Error, Result};
use crate::program::compile::Compiler;
use crate::sandbox::{End, Job, Limits};

/// What a program did with a row of calls.
#[derive(Debug)]
pub struct Run {
    /// The answers that came, in the order of the calls.
    pub frames: Vec<Frame>,
    /// Why there are no more.
    pub end: Ending,
}

/// How a program ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
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

/// Processor time for all cases of one function; ours needs milliseconds.
const CPU: Duration = Duration::from_secs(5);
/// Time on the clock, which passes faster on a machine that is busy with other submissions.
const WALL: Duration = Duration::from_secs(10);
/// Bytes of memory, the program itself included.
const MEMORY: u64 = 1 << 30;
/// Bytes of answers beyond four times what is expected.
const SLACK: usize = 1 << 20;

impl Compiler<'_> {
    /// Runs `program` with `input` on its private channel; `expected` answers of some `bytes` in all should come back.
    ///
    /// # Errors
    /// When the sandbox cannot be set up.
    pub fn execute(&self, program: &Path, input: &Value, expected: usize, bytes: usize) -> Result<Run> {
        let directory = tempfile::Builder::new().prefix("cnn-grader-").tempdir();
        let directory = directory.map_err(|error| Error::io(&std::env::temp_dir(), &error))?;
        let limits = Limits {
            wall: WALL,
            cpu: CPU,
            memory: MEMORY,
            output: 4 * bytes + SLACK,
            log: 64 << 10,
            processes: 1,
            file_size: 1 << 20,
        };
        let outcome = self.run(&Job {
            program,
            args: Vec::new(),
            env: Vec::new(),
            read: Vec::new(),
            execute: Vec::new(),
            work_dir: directory.path(),
            keep: false,
            limits,
            input: input.to_bytes(),
        })?;
        let Ok(frames) = wire::frames(&outcome.output, expected) else {
            let end = Ending::Crashed("something else than answers came over the private channel".into());
            return Ok(Run { frames: Vec::new(), end });
        };
        let end = match outcome.end {
            End::OutputFlood => Ending::Crashed("it wrote far more than an answer needs".into()),
            // What happens after the last answer changes none.
            _ if frames.len() == expected => Ending::Complete,
            End::TimedOut => Ending::TimedOut,
            End::OutOfMemory => Ending::OutOfMemory,
            End::Exited(code) => Ending::Exited(code),
            End::Signalled(_) if outcome.log.contains("memory allocation of") => Ending::OutOfMemory,
            End::Signalled(_) if outcome.log.contains("has overflowed its stack") => {
                Ending::Crashed("stack overflow: does the function call itself without end?".into())
            }
            End::Signalled(signal) => Ending::Crashed(signal_name(signal)),
        };
        Ok(Run { frames, end })
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
