/*!
`workbook kernel pool`: keeps sessions that have warmed up for the next kernels that start, as long as memory allows.

It ends with the process that started it; `make lab` starts one for JupyterLab. A kernel that finds no pool, or a pool
without a session, starts a session of its own.
*/

use crate::session::{self, Session, Spare};
use anyhow::{Context, Result};
use course::Root;
use crossbeam_channel::{Sender, select, unbounded};
use std::collections::VecDeque;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// One for the first notebook, and one for its restart or for a second notebook at the same time.
const SPARES: usize = 2;
/// So much memory must be available for each spare session: three times what one takes.
const NEEDED_MEMORY: u64 = 1 << 30;
/// After a session has been given away, its cells come first.
const PAUSE: Duration = Duration::from_secs(10);
const TICK: Duration = Duration::from_millis(500);

/// The session that the pool of this workspace has for a kernel, if there is one.
pub fn take(root: &Root, folder: &Path) -> Option<Session> {
    let socket = UnixStream::connect(address(root)).ok()?;
    socket.set_read_timeout(Some(Duration::from_secs(60))).ok()?;
    session::receive(&socket, folder).ok()?
}

/// Keeps sessions until the process that started this one has ended.
///
/// # Errors
/// When the socket cannot be opened, or the helper crate does not compile.
pub fn serve(root: &Root) -> Result<()> {
    let parent = rustix::process::getppid();
    // An interrupt on the terminal is for JupyterLab, which asks whether to end.
    let _ = rustix::process::setsid();
    let lock = lock(root)?;
    if lock.try_lock().is_err() {
        println!("another process keeps sessions for this workspace already");
        return Ok(());
    }
    let listener = listen(&address(root))?;
    let (asking, kernels) = unbounded();
    std::thread::spawn(move || listener.incoming().flatten().try_for_each(|kernel| asking.send(kernel)));
    let (order, orders) = unbounded::<()>();
    let (started, sessions) = unbounded();
    std::thread::spawn({
        let root = root.clone();
        // The system ends the sessions with the thread that started them, so it is one for all of them.
        move || orders.iter().map(|()| Spare::start(&root)).all(|session| started.send(session).is_ok())
    });
    let mut pool = Pool { ready: VecDeque::new(), waiting: VecDeque::new(), is_starting: false, order };
    let mut next = Instant::now();
    while rustix::process::getppid() == parent {
        if Instant::now() >= next {
            pool.fill();
        }
        select! {
            recv(kernels) -> kernel => pool.waiting.extend(kernel),
            recv(sessions) -> session => {
                pool.is_starting = false;
                pool.ready.push_back(session.context("nobody starts sessions any more")??);
                println!("{} of {SPARES} sessions have warmed up", pool.ready.len());
            }
            default(TICK) => {}
        }
        if pool.give() {
            next = Instant::now() + PAUSE;
        }
    }
    let _ = fs::remove_file(address(root));
    Ok(())
}

struct Pool {
    ready: VecDeque<Spare>,
    /// Kernels that have asked.
    waiting: VecDeque<UnixStream>,
    /// Whether a session is being started.
    is_starting: bool,
    /// Has one started.
    order: Sender<()>,
}

impl Pool {
    /// Has a session started if there is room for one more.
    fn fill(&mut self) {
        self.ready.retain_mut(Spare::is_alive);
        let needed = NEEDED_MEMORY * (self.ready.len() as u64 + 1);
        if !self.is_starting && self.ready.len() < SPARES && has_memory(needed) {
            self.is_starting = self.order.send(()).is_ok();
        }
    }

    /// Gives sessions to the kernels that wait, and lets one wait for the session that is being started; all others start
    /// their own. Whether any was given.
    fn give(&mut self) -> bool {
        let mut is_given = false;
        while let Some(kernel) = self.waiting.pop_front() {
            let Some(spare) = self.ready.pop_front() else {
                self.waiting.push_front(kernel);
                break;
            };
            // A kernel that has gone meanwhile takes the session with it.
            let _ = spare.send(&kernel);
            is_given = true;
        }
        self.waiting
            .drain(usize::from(self.is_starting).min(self.waiting.len())..)
            .for_each(|kernel| Spare::refuse(&kernel));
        is_given
    }
}

/// The file that the pool of this workspace locks, in a folder for this user alone.
fn lock(root: &Root) -> Result<File> {
    let address = address(root);
    let folder = address.parent().unwrap_or(&address);
    let open = || {
        fs::create_dir_all(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o700))?;
        File::create(folder.join("lock"))
    };
    open().with_context(|| format!("{}", folder.display()))
}

fn listen(address: &Path) -> Result<UnixListener> {
    let _ = fs::remove_file(address); // of a process that was killed
    UnixListener::bind(address).with_context(|| format!("cannot listen on {}", address.display()))
}

fn address(root: &Root) -> PathBuf {
    root.join("target/workbook/pool/socket")
}

/// Whether so much memory is available. Where the system does not say, it is.
fn has_memory(needed: u64) -> bool {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.is_none_or(|kilobytes| kilobytes << 10 >= needed)
}
