/*!
Directories for what is compiled and run. They vanish with their owner, with the program when a signal asks it to end, and,
if the program was killed, when another grader starts.
*/

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tempfile::TempDir;

use crate::error::{Error, Result};

/// A directory that is removed when this value is dropped.
#[derive(Debug)]
pub struct Temporary {
    work: PathBuf,
    /// Held as long as the owner lives: the kernel gives it back when the owner is killed.
    _lock: File,
    outer: TempDir,
}

/// How the names of the outer directories begin.
const PREFIX: &str = "cnn-grader-";
/// The file beside the directory that its owner holds a lock on.
const LOCK: &str = "lock";
/// How long a directory without that file stays: its owner may be about to make it.
const FRESH: Duration = Duration::from_secs(60 * 60);

/// The directories of this process.
static OWN: Mutex<BTreeSet<PathBuf>> = Mutex::new(BTreeSet::new());

/// A new directory that only this user can read.
///
/// # Errors
/// When the directory for temporary files is full, or may not be written.
pub fn directory() -> Result<Temporary> {
    let make = || -> io::Result<Temporary> {
        // Made while the list is locked, so that a signal finds every directory on it.
        let mut own = OWN.lock().unwrap_or_else(PoisonError::into_inner);
        let outer = tempfile::Builder::new().prefix(PREFIX).tempdir()?;
        own.insert(outer.path().to_owned());
        drop(own);
        let lock = File::create(outer.path().join(LOCK))?;
        lock.lock()?;
        let work = outer.path().join("work");
        fs::create_dir(&work)?;
        Ok(Temporary { work, _lock: lock, outer })
    };
    make().map_err(|error| Error::io(&std::env::temp_dir(), &error))
}

impl Temporary {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.work
    }
}

impl Drop for Temporary {
    fn drop(&mut self) {
        if let Ok(mut own) = OWN.lock() {
            own.remove(self.outer.path());
        }
    }
}

/// Removes what graders left that were killed. What cannot be removed stays.
pub fn sweep() {
    for entry in fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        if !entry.file_name().as_encoded_bytes().starts_with(PREFIX.as_bytes()) || !is_own(&entry) {
            continue;
        }
        let path = entry.path();
        let left = match File::open(path.join(LOCK)) {
            Ok(lock) => lock.try_lock().is_ok(),
            Err(_) => {
                let made = entry.metadata().and_then(|data| data.modified());
                made.is_ok_and(|at| at.elapsed().is_ok_and(|age| age > FRESH))
            }
        };
        if left {
            let _ = fs::remove_dir_all(path);
        }
    }
}

/// Whether it is a directory of this user: others may put what they like under such a name.
fn is_own(entry: &fs::DirEntry) -> bool {
    let Ok(data) = entry.metadata() else { return false };
    #[cfg(unix)]
    let is_own = std::os::unix::fs::MetadataExt::uid(&data) == nix::unistd::geteuid().as_raw();
    #[cfg(not(unix))]
    let is_own = true;
    data.is_dir() && is_own
}

#[cfg(unix)]
mod signals {
    use std::io::{self, Read};
    use std::os::fd::{AsRawFd, BorrowedFd};
    use std::path::Path;
    use std::sync::PoisonError;
    use std::sync::atomic::{AtomicI32, Ordering};
    use std::time::{Duration, Instant};

    use nix::sys::signal::{SaFlags, SigAction, SigHandler, SigSet, Signal, raise, sigaction};

    /// The writing end of a pipe to the thread that tidies up.
    static PIPE: AtomicI32 = AtomicI32::new(-1);

    extern "C" fn tell(signal: i32) {
        // SAFETY: the descriptor is never closed. Writing a byte is one of the few things that a handler may do.
        let pipe = unsafe { BorrowedFd::borrow_raw(PIPE.load(Ordering::Relaxed)) };
        let _ = nix::unistd::write(pipe, &[signal as u8]);
    }

    /// Removes a directory into which a compiler or a submission may still be writing.
    fn remove(path: &Path) {
        let start = Instant::now();
        while let Err(error) = std::fs::remove_dir_all(path) {
            if error.kind() == io::ErrorKind::NotFound || start.elapsed() > Duration::from_secs(2) {
                return;
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// See [`super::remove_at_signals`].
    pub fn install() -> io::Result<()> {
        let (mut reader, writer) = io::pipe()?;
        PIPE.store(writer.as_raw_fd(), Ordering::Relaxed);
        std::mem::forget(writer);
        std::thread::Builder::new().name("signals".into()).spawn(move || {
            let mut signal = [0];
            if reader.read_exact(&mut signal).is_err() {
                return;
            }
            // Locked to the end: no other thread makes a directory any more.
            let own = super::OWN.lock().unwrap_or_else(PoisonError::into_inner);
            own.iter().for_each(|path| remove(path));
            let Ok(signal) = Signal::try_from(i32::from(signal[0])) else { return };
            let default = SigAction::new(SigHandler::SigDfl, SaFlags::empty(), SigSet::empty());
            // SAFETY: no handler is installed.
            let _ = unsafe { sigaction(signal, &default) };
            let _ = raise(signal);
        })?;
        // A file that may not grow any more is an error of the write and not the end of the program.
        let ignore = SigAction::new(SigHandler::SigIgn, SaFlags::empty(), SigSet::empty());
        // SAFETY: no handler is installed.
        unsafe { sigaction(Signal::SIGXFSZ, &ignore) }?;
        let action = SigAction::new(SigHandler::Handler(tell), SaFlags::SA_RESTART, SigSet::empty());
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP] {
            // SAFETY: the handler only writes to a pipe.
            let before = unsafe { sigaction(signal, &action) }?;
            // What ran this program with `nohup` wants the signal ignored.
            if matches!(before.handler(), SigHandler::SigIgn) {
                // SAFETY: no handler is installed.
                unsafe { sigaction(signal, &before) }?;
            }
        }
        Ok(())
    }
}

/// Removes the directories of this process when a signal asks it to end, and lets the signal end it then.
pub fn remove_at_signals() {
    #[cfg(unix)]
    // Without it the next grader removes them.
    let _ = signals::install();
}
