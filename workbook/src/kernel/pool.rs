/*!
`workbook kernel pool`: keeps a session that has warmed up for the next kernel that starts, as long as memory allows.

It ends with the process that started it; `make lab` starts one for JupyterLab. A kernel that finds no pool, or a pool
without a session, starts a session of its own.
*/

use crate::session::{self, Session, Spare};
use anyhow::{Context, Result};
use course::Root;
use std::fs::{self, File, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

/// A spare session is started only if this much memory is available: three times what one takes.
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

/// Keeps a session until the process that started this one has ended.
///
/// # Errors
/// When the socket cannot be opened, or the helper crate does not compile.
pub fn serve(root: &Root) -> Result<()> {
    let parent = rustix::process::getppid();
    // An interrupt on the terminal is for JupyterLab, which asks whether to end.
    let _ = rustix::process::setsid();
    let lock = lock(root)?;
    if lock.try_lock().is_err() {
        println!("another process keeps a session for this workspace already");
        return Ok(());
    }
    let listener = listen(&address(root))?;
    // Whether a kernel that asks now gets the session that is there, or is being started.
    let is_free = Arc::new(AtomicBool::new(false));
    let (sender, kernels) = channel();
    std::thread::spawn({
        let is_free = Arc::clone(&is_free);
        move || accept(&listener, &is_free, &sender)
    });
    while rustix::process::getppid() == parent {
        if !has_memory() {
            std::thread::sleep(TICK);
            continue;
        }
        is_free.store(true, Ordering::SeqCst);
        let spare = Spare::start(root)?;
        let given = give(spare, &kernels, || rustix::process::getppid() == parent);
        is_free.store(false, Ordering::SeqCst);
        if given {
            std::thread::sleep(PAUSE);
        }
    }
    let _ = fs::remove_file(address(root));
    Ok(())
}

/// Gives the session to the kernel that has asked or will ask for it; false if it ends before, or is not to wait longer.
fn give(mut spare: Spare, kernels: &Receiver<UnixStream>, waits: impl Fn() -> bool) -> bool {
    while waits() && spare.is_alive() {
        if let Ok(kernel) = kernels.recv_timeout(TICK) {
            // A kernel that has gone meanwhile takes the session with it.
            let _ = spare.send(&kernel);
            return true;
        }
    }
    // A kernel that was promised this session starts one of its own.
    kernels.try_iter().for_each(|kernel| Spare::refuse(&kernel));
    false
}

fn accept(listener: &UnixListener, is_free: &AtomicBool, kernels: &Sender<UnixStream>) {
    for kernel in listener.incoming().flatten() {
        if is_free.swap(false, Ordering::SeqCst) {
            let _ = kernels.send(kernel);
        } else {
            Spare::refuse(&kernel);
        }
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

/// Whether there is room for a session that perhaps nobody will use. Where the system does not say, there is.
fn has_memory() -> bool {
    let text = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("MemAvailable:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok());
    kilobytes.is_none_or(|kilobytes| kilobytes << 10 >= NEEDED_MEMORY)
}
