/*!
How a kernel asks a long loop to end between two of its steps, so that what it has done is kept.

A kernel that offers it names a folder in `CNN_INTERRUPT`. While the folder has the file `watched`, a loop looks after
each step whether there is a file `requested`. A loop that does not look is ended by the kernel with its process.
*/

use std::fs::File;
use std::path::PathBuf;

const FOLDER_VAR: &str = "CNN_INTERRUPT";

/// Whether a user has asked for the end of a loop that can end after any of its steps.
///
/// ```
/// use cnn::display::Interrupt;
/// let interrupt = Interrupt::watch();
/// for step in 0..10 {
///     // … one step …
///     if interrupt.is_requested() {
///         break;
///     }
/// }
/// ```
#[derive(Debug)]
pub struct Interrupt {
    /// Where the kernel and this loop leave their files; none where there is no kernel that asks.
    folder: Option<PathBuf>,
}

impl Interrupt {
    /// From here on, until the value is dropped, the kernel may rely on the loop to look.
    pub fn watch() -> Self {
        Self::in_folder(std::env::var_os(FOLDER_VAR).map(PathBuf::from))
    }

    fn in_folder(folder: Option<PathBuf>) -> Self {
        // Where the kernel is not told, it ends the process, as it does with any other cell.
        let folder = folder.filter(|folder| File::create(folder.join("watched")).is_ok());
        Self { folder }
    }

    /// Whether the loop is to end now.
    pub fn is_requested(&self) -> bool {
        self.folder.as_ref().is_some_and(|folder| folder.join("requested").exists())
    }
}

impl Drop for Interrupt {
    fn drop(&mut self) {
        if let Some(folder) = &self.folder {
            let _ = std::fs::remove_file(folder.join("watched"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_seen_while_it_is_there() {
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::in_folder(Some(folder.path().to_owned()));
        assert!(folder.path().join("watched").exists() && !interrupt.is_requested());
        File::create(folder.path().join("requested")).unwrap();
        assert!(interrupt.is_requested());
        drop(interrupt);
        assert!(!folder.path().join("watched").exists());
    }

    #[test]
    fn without_a_kernel_nothing_is_requested() {
        assert!(!Interrupt::in_folder(None).is_requested());
        assert!(!Interrupt::in_folder(Some("/does/not/exist".into())).is_requested());
    }
}
