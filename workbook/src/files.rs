/*! Writing files so that nobody ever reads half of one. */

use anyhow::{Context, Result};
use std::io::Write;
use std::path::Path;

/// Writes a file beside its place and then moves it there; makes its folder if there is none.
pub fn write(path: &Path, text: &str) -> Result<()> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let put = || {
        std::fs::create_dir_all(folder)?;
        let mut file = tempfile::Builder::new().prefix(".workbook-").tempfile_in(folder)?;
        file.write_all(text.as_bytes())?;
        #[cfg(unix)]
        file.as_file().set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))?;
        file.persist(path).map_err(|error| error.error)
    };
    put().with_context(|| format!("cannot write {}", path.display()))?;
    Ok(())
}
