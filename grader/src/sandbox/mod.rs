/*!
Runs one untrusted program: `rustc` over a submission, and then the compiled submission.

It does not compile, judge or compare anything; it starts a process, bounds it, and brings back how it ended and
what it sent. Nothing else in this package starts a process that runs untrusted code.

# How a job is run

```text
grader ──spawn──▶ helper ──fork──▶ init (pid 1 of its own namespace) ──fork──▶ the job's program
   ▲                │ "kill" or the grader's death: kills init, and with it every descendant
   └── polls: input ▸ fd 3, output ◂ fd 4, log ◂ fd 1 and 2, reports of helper and init, memory of the tree
```

# How time is charged

A job is charged for the processor time that it uses ([`Limits::cpu`]) and for the time in which all its threads sleep
([`Limits::idle`]). Time in which it waits for a processor or for the disk belongs to the machine and is not charged; only
a generous [`Limits::wall`] bounds it, and an end there is one that [`Outcome::doubt`] tells.

The grader never runs code of its own between `fork` and `exec`: it spawns *itself* again as `grader __sandbox`,
a fresh process with one thread, which may allocate and fork freely. That helper reads a description of the job,
builds the namespaces, forks the job's process, and that one takes on rlimits, landlock and seccomp and calls `exec`.
So the memory in which the grader keeps its expected answers is in none of the confined processes.

Every layer is tried, used where the system has it, and named in [`Outcome::layers`] either way: a layer that is
missing says so and why. There is no cgroup layer: a program that runs as one process ([`Limits::processes`] is 1)
cannot fork, so its address-space limit is the limit of the whole tree; for the compiler's tree the grader adds up
the resident memory of all its processes many times a second.
*/

#[cfg(unix)]
mod helper;
#[cfg(target_os = "linux")]
mod landlock;
#[cfg(unix)]
mod limits;
#[cfg(unix)]
mod log;
#[cfg(target_os = "linux")]
mod namespaces;
#[cfg(target_os = "linux")]
mod privileges;
#[cfg(target_os = "linux")]
mod seccomp;
#[cfg(unix)]
mod spawn;
#[cfg(unix)]
mod spec;
mod system;
#[cfg(unix)]
mod tree;
#[cfg(unix)]
mod watch;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// What to run, what it may see, and how much it may use.
#[derive(Clone, Debug)]
pub struct Job<'a> {
    /// The program's absolute path; it is readable and executable without being listed below.
    pub program: &'a Path,
    /// Its arguments, without the program's own name.
    pub args: Vec<OsString>,
    /// Its whole environment: nothing is inherited.
    pub env: Vec<(OsString, OsString)>,
    /// Files and directories that it may read. The system's shared libraries are always among them.
    pub read: Vec<PathBuf>,
    /// Files and directories that it may read and execute.
    pub execute: Vec<PathBuf>,
    /// Its current directory and the only place where it may write.
    pub work_dir: &'a Path,
    /// Whether the caller needs what the program writes. If not, `work_dir` looks empty to the program (but for paths
    /// listed above) and its contents vanish with it; without namespaces it is an ordinary directory all the same.
    pub keep: bool,
    /// How much it may use.
    pub limits: Limits,
    /// What it can read from file descriptor 3.
    pub input: Input,
}

/// What a job reads from file descriptor 3: pieces, each of which is sent only when it is due.
#[derive(Clone, Debug)]
pub struct Input {
    /// The pieces, in order. After the last one the descriptor is at its end.
    pub parts: Vec<Vec<u8>>,
    /// How many pieces are due when these bytes have come over file descriptor 4.
    pub due: fn(&[u8]) -> usize,
}

impl From<Vec<u8>> for Input {
    /// Everything at once.
    fn from(bytes: Vec<u8>) -> Self {
        Self { parts: vec![bytes], due: |_| usize::MAX }
    }
}

/// How much a job may use before it is ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Wall-clock time, for a job that the machine does not let run. Far above what an honest job needs.
    pub wall: Duration,
    /// Time in which every one of its threads sleeps.
    pub idle: Duration,
    /// Processor time of all its threads (per process, in whole seconds, rounded up).
    pub cpu: Duration,
    /// Bytes of memory: of address space per process, and resident over all processes.
    pub memory: u64,
    /// Bytes it may send over file descriptor 4.
    pub output: usize,
    /// Bytes of its standard output and error that are kept: the first half and the last half.
    pub log: usize,
    /// Processes at one time. With 1 it cannot fork at all; threads are not processes, and are bounded separately.
    pub processes: u64,
    /// Bytes in one file, and in the whole of `work_dir`.
    pub file_size: u64,
}

/// How a job ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// By itself, with this exit code.
    Exited(i32),
    /// By this signal, which was its own doing: an abort, a bad access, a forbidden system call (`SIGSYS`).
    Signalled(i32),
    /// It used up its processor time, slept too long, or was not done at the end of its wall-clock time.
    TimedOut,
    /// It asked for more memory than it may have.
    OutOfMemory,
    /// It sent more than it may over file descriptor 4, or flooded its log.
    OutputFlood,
}

/// What a job left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    pub end: End,
    /// What came over file descriptor 4, at most [`Limits::output`] bytes.
    pub output: Vec<u8>,
    /// What came over standard output and error, shortened in the middle if it was long.
    pub log: String,
    /// The layers that were active, and those that were not with the reason.
    pub layers: Vec<String>,
    /// How long the program ran.
    pub wall: Duration,
    /// The processor time of its first process and of those that this one waited for, if that ended by itself.
    pub cpu: Duration,
    /// Why the machine and not the job may be the cause of this end: a signal that neither the job nor a limit explains,
    /// memory that was refused far below the limit, a processor that it never got.
    pub doubt: Option<String>,
}

/// Why a job could not be run at all. Nothing in here is the job's own fault.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("the sandbox could not {doing}: {source}")]
    System { doing: &'static str, source: std::io::Error },
    #[error("the sandbox could not {doing}: {message}\nhelp: {help}")]
    Setup { doing: String, message: String, help: String },
}

/// Threads that a job may have besides its first one: enough for one per core of a large machine.
pub const THREADS: u64 = 128;

pub use system::programs as system_programs;

#[cfg(unix)]
pub use self::{spawn::program, spawn::use_helper, spec::Layers};

/// Turns this process into the sandbox's helper if it was started as one, and then never returns.
pub(crate) fn become_helper() {
    #[cfg(unix)]
    if spawn::is_helper(std::env::args_os()) {
        helper::main();
    }
}

/// Runs a job to its end and returns what it left behind.
///
/// Blocks for at most the job's wall-clock limit and a moment to clean up. When it returns, no process of the job is
/// left.
///
/// # Errors
///
/// When the job's process could not be set up: a path that does not exist, a program that cannot be executed.
#[cfg(unix)]
pub fn run(job: &Job) -> Result<Outcome, Error> {
    run_with(job, Layers::ALL)
}

/// [`run`] with some layers switched off: for the tests, which ask whether the others hold alone.
#[cfg(unix)]
pub fn run_with(job: &Job, layers: Layers) -> Result<Outcome, Error> {
    let mut spec = spec::Spec::new(job, layers);
    let why = match watch::watch(spawn::helper(&spec)?, job)? {
        watch::Watched::Done(outcome) if layers.namespaces => return Ok(outcome),
        watch::Watched::Done(mut outcome) => {
            outcome.layers.insert(0, "no namespaces: switched off".into());
            return Ok(outcome);
        }
        watch::Watched::NoNamespaces(why) => why,
    };
    spec.layers.namespaces = false;
    match watch::watch(spawn::helper(&spec)?, job)? {
        watch::Watched::Done(mut outcome) => {
            outcome.layers.insert(0, format!("no namespaces: {why}"));
            Ok(outcome)
        }
        watch::Watched::NoNamespaces(message) => {
            let help = "this is a fault of the sandbox, not of the job";
            Err(Error::Setup { doing: "run without namespaces".into(), message, help: help.into() })
        }
    }
}

/// The program to start for a process of the grader's own.
///
/// # Errors
/// When this program cannot find itself.
#[cfg(not(unix))]
pub fn program() -> std::io::Result<PathBuf> {
    std::env::current_exe()
}

/// There is nothing here yet for systems without processes as Unix knows them.
#[cfg(not(unix))]
pub fn run(_job: &Job) -> Result<Outcome, Error> {
    Err(Error::Setup {
        doing: "start a program".into(),
        message: "this system has no sandbox and no inherited file descriptors".into(),
        help: "grade on Linux, or in the Linux subsystem of this machine".into(),
    })
}
