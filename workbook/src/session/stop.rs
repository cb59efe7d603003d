/*!
How the relay stops a cell: a loop of the helper crate that looks for it is asked to end by itself, so that what it has done is
kept; any other cell ends with its process.

The other side is `cnn::display::Interrupt`.
*/

use std::fs::{self, File};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The variable that names the folder to a cell.
pub const FOLDER_VAR: &str = "CNN_INTERRUPT";
/// A step of a loop, such as a training step, may take so long.
const PATIENCE: Duration = Duration::from_secs(10);

/// Where a cell is asked to stop.
pub struct Stop {
    folder: PathBuf,
    /// When the cell is to have ended that has been asked.
    end: Option<Instant>,
}

impl Stop {
    /// Uses a folder that belongs to this session alone.
    pub fn new(folder: PathBuf) -> Stop {
        // Without a folder no cell can be asked, and each ends with its process.
        let _ = fs::create_dir_all(&folder);
        let stop = Stop { folder, end: None };
        stop.tidy();
        stop
    }

    pub fn folder(&self) -> &PathBuf {
        &self.folder
    }

    /// Asks the running cell to end; false if it does not look, or has been asked before.
    pub fn ask(&mut self) -> bool {
        let is_watched = self.folder.join("watched").exists();
        if self.end.is_some() || !is_watched || File::create(self.folder.join("requested")).is_err() {
            return false;
        }
        self.end = Some(Instant::now() + PATIENCE);
        true
    }

    /// Whether the cell has been asked and has taken too long, or has gone on to something that does not look.
    pub fn is_overdue(&self) -> bool {
        self.end.is_some_and(|end| Instant::now() > end)
    }

    /// The cell has ended, by itself or not.
    pub fn reset(&mut self) {
        if self.end.take().is_some() {
            self.tidy();
        }
    }

    /// The process has ended in the middle of whatever it did.
    pub fn tidy(&self) {
        for name in ["watched", "requested"] {
            let _ = fs::remove_file(self.folder.join(name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_cell_that_looks_is_asked_and_only_once() {
        let folder = tempfile::tempdir().unwrap();
        let mut stop = Stop::new(folder.path().join("interrupt"));
        assert!(!stop.ask() && !stop.is_overdue());
        File::create(stop.folder().join("watched")).unwrap();
        assert!(stop.ask() && stop.folder().join("requested").exists() && !stop.is_overdue());
        assert!(!stop.ask(), "the second time the process is ended");
        stop.reset();
        assert!(!stop.folder().join("requested").exists());
    }
}
