/*!
The helper process: this same program, started afresh, with one thread, to confine itself and start the job.

It never sees an expected answer, and it leaves judging to the grader. Its steps are in the order in which they must
happen; each process's part is one function.
*/

use std::ffi::{CString, OsString};
use std::fs::{self, File};
use std::io::{self, Write};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{SigHandler, SigSet, SigmaskHow, Signal, kill, signal, sigprocmask};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::{ForkResult, Pid, fork, setsid};

use super::spec::{INPUT, OUTPUT, REPORTS, Report, Spec, Used};
#[cfg(target_os = "linux")]
use super::{landlock, namespaces, privileges, seccomp};
use super::{limits, system, tree};

/// Why the job cannot be run.
struct Fault {
    doing: String,
    message: String,
    help: &'static str,
}

/// The `main` of the helper process.
pub fn main() -> ! {
    if let Err(fault) = serve() {
        report(&Report::Failed { doing: fault.doing, message: fault.message, help: fault.help.into() });
    }
    std::process::exit(0);
}

fn serve() -> Result<(), Fault> {
    close_above(REPORTS, false);
    // The places that are made for the job must be open to its user, whatever the grader's own mask is.
    // SAFETY: a plain call.
    unsafe { libc::umask(0o022) };
    // A Ctrl-C in the terminal is the grader's business.
    let _ = nix::unistd::setpgid(Pid::from_raw(0), Pid::from_raw(0));
    // When the machine's memory runs out, the kernel should end a job and not the grader.
    #[cfg(target_os = "linux")]
    let _ = fs::write("/proc/self/oom_score_adj", "1000");
    let spec = Spec::read(io::stdin().lock()).map_err(fault("read the job"))?;
    let null = File::options().read(true).write(true).open("/dev/null").map_err(fault("open /dev/null"))?;
    let access = Access::new(&spec)?;

    let mut inside = Inside::default();
    if spec.layers.namespaces {
        #[cfg(target_os = "linux")]
        match namespaces::enter() {
            Ok(made) => {
                report(&Report::Layer(made.layer));
                inside = Inside { namespaces: true, user: made.user };
            }
            Err(why) => {
                report(&Report::NoNamespaces(why));
                return Ok(());
            }
        }
    }
    not_traceable();
    if inside.namespaces { guard_init(&spec, &access, inside, null) } else { guard_job(&spec, &access, inside, null) }
}

/// What the helper has built around the job's process before it is forked.
#[derive(Clone, Copy, Default)]
struct Inside {
    namespaces: bool,
    user: Option<u32>,
}

/// The paths of a job with those that every program needs.
struct Access {
    read: Vec<PathBuf>,
    execute: Vec<PathBuf>,
    all: Vec<PathBuf>,
}

impl Access {
    fn new(spec: &Spec) -> Result<Access, Fault> {
        let paths = |list: &[OsString]| list.iter().map(PathBuf::from).collect::<Vec<_>>();
        let mut read = paths(&spec.read);
        let mut execute = paths(&spec.execute);
        execute.push((&spec.program).into());
        for path in read.iter().chain(&execute) {
            if !path.is_absolute() || fs::metadata(path).is_err() {
                let doing = format!("show {} to the program", path.display());
                let help = "every path of a job is absolute and exists before it starts";
                return Err(Fault { doing, message: "there is no such path".into(), help });
            }
        }
        execute.extend(system::loader(Path::new(&spec.program)));
        read.extend(system::libraries());
        let all = read.iter().chain(&execute).cloned().collect();
        Ok(Access { read, execute, all })
    }
}

/// Forks init into the new process namespace, and ends it, and so everything in there, when the grader asks.
fn guard_init(spec: &Spec, access: &Access, inside: Inside, null: File) -> Result<(), Fault> {
    // Only init holds the writing end: it closes when init is dead.
    let (alive, held) = io::pipe().map_err(fault("make a pipe"))?;
    // SAFETY: this process has one thread, so the child may do what it likes.
    match unsafe { fork() }.map_err(fault_nix("start init"))? {
        ForkResult::Child => {
            drop(alive);
            init(spec, access, inside, null, held)
        }
        ForkResult::Parent { child } => {
            drop(held);
            close_channels();
            give_up_privileges(inside);
            let mut ends = [PollFd::new(stdin(), PollFlags::POLLIN), PollFd::new(alive.as_fd(), PollFlags::POLLIN)];
            while poll(&mut ends, PollTimeout::NONE) == Err(Errno::EINTR) {}
            let _ = kill(child, Signal::SIGKILL);
            // Init is a zombie only after the kernel has ended and collected every other process of its namespace.
            let _ = waitpid(child, None);
            Ok(())
        }
    }
}

/// Process 1 of the namespace: mounts the job's file system, starts the job, reaps
/// orphaned processes, and ends them all with itself when the job has ended.
fn init(spec: &Spec, access: &Access, inside: Inside, null: File, held: io::PipeWriter) -> ! {
    die_with_parent();
    let start = || -> Result<(), Fault> {
        #[cfg(target_os = "linux")]
        if let Err(why) = namespaces::mount_root(spec, &access.all, inside.user) {
            report(&Report::NoNamespaces(why));
            return Ok(());
        }
        not_traceable();
        report(&Report::Started);
        // SAFETY: as above.
        let child = match unsafe { fork() }.map_err(fault_nix("start the job"))? {
            ForkResult::Child => {
                drop(held);
                become_job(spec, access, inside, null)
            }
            ForkResult::Parent { child } => child,
        };
        close_channels();
        give_up_privileges(inside);
        loop {
            match reap(true) {
                Ok((status, used)) if status.pid() == Some(child) && ended(status, used) => return Ok(()),
                Err(Errno::ECHILD) => return Ok(()),
                _ => {}
            }
        }
    };
    if let Err(fault) = start() {
        report(&Report::Failed { doing: fault.doing, message: fault.message, help: fault.help.into() });
    }
    std::process::exit(0)
}

/// Without namespaces: starts the job, becomes the parent of its orphaned processes, and ends all of them one by
/// one.
fn guard_job(spec: &Spec, access: &Access, inside: Inside, null: File) -> Result<(), Fault> {
    #[cfg(target_os = "linux")]
    // SAFETY: a plain flag.
    unsafe {
        libc::prctl(libc::PR_SET_CHILD_SUBREAPER, 1)
    };
    report(&Report::Started);
    // SAFETY: as above.
    let child = match unsafe { fork() }.map_err(fault_nix("start the job"))? {
        ForkResult::Child => become_job(spec, access, inside, null),
        ForkResult::Parent { child } => child,
    };
    close_channels();
    loop {
        let mut ends = [PollFd::new(stdin(), PollFlags::POLLIN)];
        if poll(&mut ends, PollTimeout::from(2u16)).is_ok_and(|n| n > 0) {
            break;
        }
        match reap(false) {
            Ok((status, used)) if status.pid() == Some(child) && ended(status, used) => break,
            Err(Errno::ECHILD) => break,
            _ => {}
        }
    }
    // Whoever escaped into its own session is a descendant still. New ones may be born while we look: look again.
    for _ in 0..2000 {
        // The job's process leads its session and group, which is all that a system without /proc shows.
        let _ = kill(Pid::from_raw(-child.as_raw()), Signal::SIGKILL);
        for pid in tree::descendants(std::process::id(), usize::MAX) {
            let _ = kill(Pid::from_raw(pid as i32), Signal::SIGKILL);
        }
        while waitpid(None, Some(WaitPidFlag::WNOHANG)).is_ok_and(|status| status != WaitStatus::StillAlive) {}
        if waitpid(None, Some(WaitPidFlag::WNOHANG)) == Err(Errno::ECHILD) {
            break;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    Ok(())
}

/// Collects a child that has ended and what it used; waits for one only if it `blocks`.
fn reap(blocks: bool) -> Result<(WaitStatus, Used), Errno> {
    let mut status = 0;
    // SAFETY: numbers only; the kernel fills them in.
    let mut usage: libc::rusage = unsafe { std::mem::zeroed() };
    let flags = if blocks { 0 } else { libc::WNOHANG };
    // SAFETY: both pointers live across the call.
    let pid = Errno::result(unsafe { libc::wait4(-1, &mut status, flags, &mut usage) })?;
    if pid == 0 {
        return Ok((WaitStatus::StillAlive, Used::default()));
    }
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    // Linux and the BSDs count kibibytes, macOS bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    let used = Used { cpu: time(usage.ru_utime) + time(usage.ru_stime), resident: usage.ru_maxrss as u64 * unit };
    Ok((WaitStatus::from_raw(Pid::from_raw(pid), status)?, used))
}

/// Reports how the job's process ended; false if it has not.
fn ended(status: WaitStatus, used: Used) -> bool {
    let (code, signal) = match status {
        WaitStatus::Exited(_, code) => (Some(code), None),
        WaitStatus::Signaled(_, signal, _) => (None, Some(signal as i32)),
        _ => return false,
    };
    report(&Report::Ended { code, signal, used });
    true
}

/// The job's own process: takes on every restriction and becomes the program.
fn become_job(spec: &Spec, access: &Access, inside: Inside, null: File) -> ! {
    let Err(fault) = restrict_and_exec(spec, access, inside, null);
    report(&Report::Failed { doing: fault.doing, message: fault.message, help: fault.help.into() });
    std::process::exit(1)
}

fn restrict_and_exec(
    spec: &Spec,
    access: &Access,
    inside: Inside,
    null: File,
) -> Result<std::convert::Infallible, Fault> {
    let text = |s: &OsString| CString::new(s.as_bytes()).map_err(fault("pass an argument with a zero byte"));
    let program = text(&spec.program)?;
    let args = std::iter::once(&spec.program).chain(&spec.args).map(text).collect::<Result<Vec<_>, _>>()?;
    let env = spec
        .env
        .iter()
        .map(|(name, value)| text(&[name.as_os_str(), value.as_os_str()].join("=".as_ref())))
        .collect::<Result<Vec<_>, _>>()?;
    setsid().map_err(fault_nix("start a session"))?;
    plain_signals();
    // SAFETY: both descriptors are open.
    unsafe { libc::dup2(null.as_raw_fd(), 0) };
    close_above(OUTPUT, true);
    std::env::set_current_dir(&spec.work_dir).map_err(fault("enter the work directory"))?;

    #[cfg(target_os = "linux")]
    {
        // Where no other layer closes the superuser's files to the job, it runs as the user nobody.
        let walled = inside.namespaces || spec.layers.landlock && landlock::is_there();
        if !walled && nix::unistd::geteuid().is_root() {
            layer(privileges::be_nobody(), "user of its own");
        }
        privileges::drop_all(inside.user).map_err(fault("give up privileges"))?;
    }
    let counted = inside.namespaces && !nix::unistd::getuid().is_root();
    if !counted {
        step_back();
    }
    layer(limits::restrict(&spec.limits, counted), "rlimits");
    #[cfg(target_os = "linux")]
    {
        let not_wanted = || Err("switched off".to_owned());
        let rules =
            landlock::Rules { read: &access.read, execute: &access.execute, work_dir: Path::new(&spec.work_dir) };
        layer(if spec.layers.landlock { landlock::restrict(&rules) } else { not_wanted() }, "landlock");
        let filter = seccomp::Filter { forks: spec.limits.processes > 1, alone: inside.namespaces };
        layer(if spec.layers.seccomp { seccomp::restrict(filter) } else { not_wanted() }, "seccomp");
    }
    #[cfg(not(target_os = "linux"))]
    {
        let _ = access;
        report(&Report::Layer("none: this system has no sandbox".into()));
    }
    let e = nix::unistd::execve(&program, &args, &env).unwrap_err();
    let doing = format!("execute {}", Path::new(&spec.program).display());
    let help = "the program must be executable, and so must its loader; list both, and mind a noexec file system";
    Err(Fault { doing, message: e.desc().into(), help })
}

/// Lets everything else on the machine run first. Processes that only the grader counts may be born faster than it and the
/// kernel's own threads can bury them, unless these go first.
fn step_back() {
    // SAFETY: a plain call. It fails where the priority is even lower already.
    unsafe { libc::setpriority(libc::PRIO_PROCESS, 0, 10) };
}

/// Reports a layer as active or as missing.
fn layer(result: Result<String, String>, name: &str) {
    report(&Report::Layer(result.unwrap_or_else(|why| format!("no {name}: {why}"))));
}

fn report(report: &Report) {
    // SAFETY: the descriptor is the helper's for its whole life, and is not closed here.
    let mut end = std::mem::ManuallyDrop::new(unsafe { File::from_raw_fd(REPORTS) });
    // If the grader is gone there is nobody to tell.
    let _ = end.write_all(&report.line());
}

/// What only watches needs no privilege. It stays beyond the job's reach, which is in another process namespace.
fn give_up_privileges(inside: Inside) {
    #[cfg(target_os = "linux")]
    let _ = privileges::drop_all(inside.user);
    not_traceable();
}

/// Leaves the input and output to the job's process alone, so that their end is its end.
fn close_channels() {
    for end in [INPUT, OUTPUT] {
        // SAFETY: nothing else in this process owns them.
        drop(unsafe { OwnedFd::from_raw_fd(end) });
    }
}

fn stdin() -> BorrowedFd<'static> {
    // SAFETY: the descriptor stays open.
    unsafe { BorrowedFd::borrow_raw(0) }
}

/// Closes every descriptor above `last`, or marks it to be closed by `exec`.
fn close_above(last: i32, at_exec: bool) {
    #[cfg(target_os = "linux")]
    {
        let flags = if at_exec { libc::CLOSE_RANGE_CLOEXEC } else { 0 };
        // SAFETY: when this is called no other descriptor has an owner, or it lives until exec.
        if unsafe { libc::syscall(libc::SYS_close_range, last + 1, u32::MAX, flags) } == 0 {
            return;
        }
    }
    for end in last + 1..4096 {
        // SAFETY: as above.
        unsafe { if at_exec { libc::fcntl(end, libc::F_SETFD, libc::FD_CLOEXEC) } else { libc::close(end) } };
    }
}

/// Gives the job the signals that a fresh program expects: nothing blocked, nothing ignored.
fn plain_signals() {
    let _ = sigprocmask(SigmaskHow::SIG_SETMASK, Some(&SigSet::empty()), None);
    for s in Signal::iterator() {
        // SAFETY: no handler of ours is replaced.
        let _ = unsafe { signal(s, SigHandler::SigDfl) };
    }
}

/// Keeps others of the same user from tracing this process or reading its memory.
fn not_traceable() {
    #[cfg(target_os = "linux")]
    // SAFETY: a plain flag.
    unsafe {
        libc::prctl(libc::PR_SET_DUMPABLE, 0)
    };
}

/// Has the kernel end this process when the helper dies.
fn die_with_parent() {
    #[cfg(target_os = "linux")]
    // SAFETY: a plain flag.
    unsafe {
        libc::prctl(libc::PR_SET_PDEATHSIG, libc::SIGKILL)
    };
}

fn fault<E: std::fmt::Display>(doing: &'static str) -> impl Fn(E) -> Fault {
    move |e| Fault {
        doing: doing.into(),
        message: e.to_string(),
        help: "this is a fault of the sandbox, not of the job",
    }
}

fn fault_nix(doing: &'static str) -> impl Fn(nix::Error) -> Fault {
    move |e| fault::<&str>(doing)(e.desc())
}
