/*!
A session's own directory under `target/workbook/sessions`: made for it, and gone with it.

What is put into it is `template.rs`.
*/

use anyhow::{Context, Result};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A directory that is deleted when the session ends; if the program dies before, the next one deletes it.
pub struct SessionDirectory {
    path: PathBuf,
    /// Locked for as long as this process lives: how others know that the directory is in use.
    alive: Option<File>,
}

impl SessionDirectory {
    /// Makes a new directory under `sessions`, and deletes those whose processes are dead.
    pub fn new(sessions: &Path) -> Result<SessionDirectory> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        // Until it is marked as used, a new directory looks like one whose process is dead.
        let _one_at_a_time = lock(sessions).with_context(|| format!("{}", sessions.display()))?;
        sweep(sessions);
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = sessions.join(name);
        let _ = fs::remove_dir_all(&path); // of a dead process that had the same number
        let make = || {
            fs::create_dir_all(path.join("config"))?;
            let alive = File::create(path.join("alive"))?;
            alive.lock()?;
            Ok::<_, std::io::Error>(alive)
        };
        let alive = make().with_context(|| format!("{}", path.display()))?;
        Ok(SessionDirectory { path, alive: Some(alive) })
    }

    /// The directory and the file that marks it as used, for another process, which will delete it.
    pub fn into_parts(mut self) -> (PathBuf, File) {
        let alive = self.alive.take().expect("a directory is given away once");
        (std::mem::take(&mut self.path), alive)
    }

    /// The directory that another process has given away.
    pub fn from_parts(path: PathBuf, alive: File) -> SessionDirectory {
        SessionDirectory { path, alive: Some(alive) }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The lock file that cargo is given before the first dependency.
    pub fn lock_file(&self) -> PathBuf {
        self.path.join("workspace.lock")
    }
}

impl Drop for SessionDirectory {
    fn drop(&mut self) {
        if self.alive.is_some() {
            let _ = fs::remove_dir_all(&self.path);
        }
    }
}

/// Waits until no other process makes or deletes a directory under `sessions`, and keeps others from it until the file is
/// dropped.
fn lock(sessions: &Path) -> std::io::Result<File> {
    fs::create_dir_all(sessions)?;
    let lock = File::create(sessions.join("lock"))?;
    lock.lock()?;
    Ok(lock)
}

/// Deletes the directories that nobody holds any more.
fn sweep(sessions: &Path) {
    for entry in fs::read_dir(sessions).into_iter().flatten().flatten() {
        if !entry.path().is_dir() {
            continue;
        }
        let alive = File::open(entry.path().join("alive"));
        if alive.map_or(true, |alive| alive.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each of them sweeps while the others make theirs.
    #[test]
    fn a_directory_in_use_is_never_swept() {
        let sessions = tempfile::tempdir().unwrap();
        let make_some = || {
            for _ in 0..100 {
                let directory = SessionDirectory::new(sessions.path()).unwrap();
                std::thread::yield_now();
                assert!(directory.path().join("config").is_dir() && directory.path().join("alive").is_file());
            }
        };
        std::thread::scope(|scope| (0..8).for_each(|_| drop(scope.spawn(make_some))));
        let left = fs::read_dir(sessions.path()).unwrap().flatten().filter(|entry| entry.path().is_dir());
        assert_eq!(left.count(), 0);
    }

    #[test]
    fn what_a_dead_process_left_is_swept() {
        let sessions = tempfile::tempdir().unwrap();
        let dead = sessions.path().join("1-0");
        fs::create_dir_all(&dead).unwrap();
        fs::write(dead.join("alive"), "").unwrap();
        let directory = SessionDirectory::new(sessions.path()).unwrap();
        assert!(!dead.exists() && directory.path().exists());
    }
}
