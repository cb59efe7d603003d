/*!
What the grader and its helper say to each other: the job's description one way, reports the other.

It holds no decisions. Both ends are the same program, so the format may change at will.
*/

use std::ffi::OsString;
use std::io::{self, Read, Write};
use std::path::PathBuf;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::{Job, Limits};

/// The descriptors of the helper, and of the job as far as [`OUTPUT`].
pub const INPUT: i32 = 3;
pub const OUTPUT: i32 = 4;
pub const REPORTS: i32 = 5;

/// Which layers to try. All of them, unless a test asks how the others stand alone.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Layers {
    pub namespaces: bool,
    pub landlock: bool,
    pub seccomp: bool,
}

impl Layers {
    pub const ALL: Layers = Layers { namespaces: true, landlock: true, seccomp: true };
}

/// What a process used, with the children that it waited for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Used {
    /// Processor time.
    pub cpu: Duration,
    /// The largest resident memory of a single process, in bytes.
    pub resident: u64,
}

/// A job as the helper receives it: everything but the input, which goes straight to the program.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Spec {
    pub program: OsString,
    pub args: Vec<OsString>,
    pub env: Vec<(OsString, OsString)>,
    pub read: Vec<OsString>,
    pub execute: Vec<OsString>,
    pub work_dir: OsString,
    pub keep: bool,
    pub limits: Limits,
    pub layers: Layers,
}

impl Spec {
    pub fn new(job: &Job, layers: Layers) -> Spec {
        let text = |paths: &[PathBuf]| paths.iter().map(|p| p.clone().into_os_string()).collect();
        Spec {
            program: job.program.into(),
            args: job.args.clone(),
            env: job.env.clone(),
            read: text(&job.read),
            execute: text(&job.execute),
            work_dir: job.work_dir.into(),
            keep: job.keep,
            limits: job.limits,
            layers,
        }
    }

    /// Writes the length as eight bytes, then the description: the pipe stays open after it.
    pub fn write(&self, mut to: impl Write) -> io::Result<()> {
        let text = serde_json::to_vec(self)?;
        to.write_all(&(text.len() as u64).to_le_bytes())?;
        to.write_all(&text)
    }

    pub fn read(mut from: impl Read) -> io::Result<Spec> {
        let mut length = [0; 8];
        from.read_exact(&mut length)?;
        let mut text = vec![0; u64::from_le_bytes(length) as usize];
        from.read_exact(&mut text)?;
        Ok(serde_json::from_slice(&text)?)
    }
}

/// What the helper, init and the job's process before its `exec` tell the grader, one line each.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Report {
    /// A layer is active, or is not and why.
    Layer(String),
    /// The namespaces could not be built; the grader starts again without them.
    NoNamespaces(String),
    /// The job cannot be run.
    Failed { doing: String, message: String, help: String },
    /// The job's process is about to be forked: its clock runs.
    Started,
    /// The job's process ended: its exit code, or else the signal; what it used.
    Ended { code: Option<i32>, signal: Option<i32>, used: Used },
}

impl Report {
    /// One write of less than 4,096 bytes, which a pipe takes whole or not at all.
    pub fn line(&self) -> Vec<u8> {
        let shortened = match self {
            Report::Failed { doing, message, help } => {
                let short = |s: &str, n| s.chars().take(n).collect();
                Report::Failed { doing: short(doing, 500), message: short(message, 200), help: short(help, 200) }
            }
            other => other.clone(),
        };
        let mut line = serde_json::to_vec(&shortened).expect("a report is plain data");
        line.push(b'\n');
        line
    }
}
