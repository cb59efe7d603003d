/*!
Starts the helper and lays the pipes between it and the grader.

It does not watch the job (that is `watch.rs`), nor does it confine it (that is `helper.rs`, in the helper process).
*/

use std::ffi::OsString;
use std::io::{self, PipeReader, PipeWriter};
use std::os::fd::{AsFd, AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::OnceLock;

use nix::fcntl::{FcntlArg, OFlag, fcntl};

use super::Error;
use super::spec::{INPUT, OUTPUT, REPORTS, Spec};

/// The argument that turns this program into the helper.
pub const HELPER_ARGUMENT: &str = "__sandbox";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Names the program to start as the helper: one whose `main` begins with [`crate::become_helper`].
///
/// Only tests need it, because their own `main` is the test harness's. Without it the running program starts itself.
pub fn use_helper(program: &Path) {
    PROGRAM.get_or_init(|| program.to_owned());
}

/// The program to start for a process of the grader's own.
///
/// # Errors
/// When this program cannot find itself.
pub fn program() -> io::Result<PathBuf> {
    match PROGRAM.get() {
        Some(program) => Ok(program.clone()),
        // The link is followed in the child: it names this very program even if its file has been replaced meanwhile.
        None if cfg!(target_os = "linux") => Ok(PathBuf::from("/proc/self/exe")),
        None => std::env::current_exe(),
    }
}

/// A running helper and the grader's ends of its pipes. None of them blocks.
pub struct Helper {
    pub child: Child,
    /// Closing it asks the helper to end the job.
    pub control: Option<PipeWriter>,
    pub input: Option<PipeWriter>,
    pub output: PipeReader,
    pub log: PipeReader,
    pub reports: PipeReader,
}

/// Starts the helper and sends it the job.
pub fn helper(spec: &Spec) -> Result<Helper, Error> {
    let system = |doing| move |source| Error::System { doing, source };
    let pipe = || io::pipe().map_err(system("make a pipe"));
    let (control_end, control) = pipe()?;
    let (input_end, input) = pipe()?;
    let (output, output_end) = pipe()?;
    let (log, log_end) = pipe()?;
    let (reports, reports_end) = pipe()?;
    let places = [
        (aside(&input_end).map_err(system("make a pipe"))?, INPUT),
        (aside(&output_end).map_err(system("make a pipe"))?, OUTPUT),
        (aside(&reports_end).map_err(system("make a pipe"))?, REPORTS),
    ];

    let mut command = Command::new(program().map_err(system("find its own program"))?);
    command.arg(HELPER_ARGUMENT).env_clear().current_dir("/").stdin(control_end);
    command.stdout(log_end.try_clone().map_err(system("make a pipe"))?).stderr(log_end);
    let moves = places.each_ref().map(|(from, to)| (from.as_raw_fd(), *to));
    // SAFETY: `dup2` may be called between fork and exec; nothing here allocates or takes a lock.
    unsafe {
        command.pre_exec(move || {
            for (from, to) in moves {
                if libc::dup2(from, to) < 0 {
                    return Err(io::Error::last_os_error());
                }
            }
            Ok(())
        });
    }
    let child = command.spawn().map_err(system("start its helper"))?;
    drop((command, places, input_end, output_end, reports_end));

    let helper = Helper { child, control: Some(control), input: Some(input), output, log, reports };
    // A helper that dies early closes its end: its report, or the lack of one, says more than this broken pipe.
    let _ = spec.write(helper.control.as_ref().expect("just made"));
    for end in [helper.input.as_ref().expect("just made").as_fd(), helper.output.as_fd()]
        .into_iter()
        .chain([helper.log.as_fd(), helper.reports.as_fd()])
    {
        fcntl(end, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(|e| system("set up a pipe")(e.into()))?;
    }
    Ok(helper)
}

/// A copy of a descriptor with a number above those that the child's ends take, so that no move overwrites another.
fn aside(end: &impl AsFd) -> io::Result<OwnedFd> {
    let number = fcntl(end.as_fd(), FcntlArg::F_DUPFD_CLOEXEC(10))?;
    // SAFETY: the kernel has just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(number) })
}

/// Whether this process was started as the helper.
pub fn is_helper(args: impl IntoIterator<Item = OsString>) -> bool {
    args.into_iter().nth(1).is_some_and(|first| first == HELPER_ARGUMENT)
}
