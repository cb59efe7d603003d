/*! Writing files so that nobody ever reads half of one, and knowing before a long run that they can be written. */

use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;

/// Makes the folder of a file that is to be written later, and tries whether files can be written there.
///
/// # Errors
/// When the folder cannot be made, or takes no files; or when the file's name is that of a folder.
pub fn prepare(path: &Path) -> Result<()> {
    let attempt = || {
        if path.is_dir() {
            return Err(std::io::ErrorKind::IsADirectory.into());
        }
        let folder = folder(path);
        std::fs::create_dir_all(folder)?;
        tempfile::Builder::new().prefix(".workbook-").tempfile_in(folder).map(drop)
    };
    attempt().with_context(|| cannot_write(path))
}

/// Writes a file beside its place and then moves it there; makes its folder if there is none.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let folder = folder(path);
    let put = || {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".workbook-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        #[cfg(unix)]
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|error| error.error)
    };
    put().with_context(|| cannot_write(path))?;
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn cannot_write(path: &Path) -> String {
    format!("cannot write {}", path.display())
}
