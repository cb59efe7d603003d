/*! Finds the one file of a submission and reads it, within bounds. */

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::error::{Error, Kind, Result};

/// Bytes of a file, with the outputs that a notebook keeps.
const FILE: u64 = 32 << 20;

/// The path of the submission's file and its bytes.
pub fn read(path: &Path) -> Result<(PathBuf, Vec<u8>)> {
    // Without the slash at the end of `folder/`, behind which a link is followed.
    let path: PathBuf = path.components().collect();
    let path = path.as_path();
    let kind = fs::symlink_metadata(path).map_err(|error| Error::submitted(path, &error))?;
    if kind.is_symlink() {
        let message = format!("{}: a link, which may hand in somebody else's file", path.display());
        return Err(Error::of(Kind::Unreadable, message, "name the file itself"));
    }
    let path = if kind.is_dir() { in_directory(path)? } else { path.to_owned() };
    let kind = fs::metadata(&path).map_err(|error| Error::submitted(&path, &error))?;
    let help = "a submission is a notebook (.ipynb), a Rust file (.rs), or a directory that holds one of them";
    let irregular = || Error::of(Kind::Unreadable, format!("{}: not a regular file", path.display()), help);
    if !kind.is_file() {
        return Err(irregular());
    }
    let extension = path.extension().and_then(|extension| extension.to_str());
    if !matches!(extension, Some("ipynb" | "rs")) {
        let message = format!("{}: neither a notebook nor a Rust file", path.display());
        return Err(Error::of(Kind::Nothing, message, help));
    }
    let mut bytes = Vec::new();
    let file = open(&path).map_err(|error| Error::submitted(&path, &error))?;
    if !file.metadata().is_ok_and(|kind| kind.is_file()) {
        return Err(irregular());
    }
    file.take(FILE + 1).read_to_end(&mut bytes).map_err(|error| Error::submitted(&path, &error))?;
    if bytes.len() as u64 > FILE {
        let message = format!("{}: larger than {} MiB", path.display(), FILE >> 20);
        let help = match extension {
            Some("ipynb") => "clear the notebook's outputs and save it again",
            _ => "a solution has some thirty thousand bytes: is this the right file?",
        };
        return Err(Error::of(Kind::Unreadable, message, help));
    }
    Ok((path, bytes))
}

/// Opens a file; what took its place meanwhile is neither followed nor waited for.
fn open(path: &Path) -> std::io::Result<File> {
    let mut options = File::options();
    options.read(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, libc::O_NOFOLLOW | libc::O_NONBLOCK);
    options.open(path)
}

/// The only notebook of a directory, or else its only Rust file. Links, pipes and the like are passed over, because they
/// may lead out of the directory or never end; so are hidden files, such as the `._notebook.ipynb` that macOS writes
/// beside a file on a disk that is not its own.
fn in_directory(directory: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(directory).map_err(|error| Error::submitted(directory, &error))?;
    let mut files: Vec<PathBuf> = Vec::new();
    for entry in entries {
        let entry = entry.map_err(|error| Error::submitted(directory, &error))?;
        let is_hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !is_hidden && entry.file_type().is_ok_and(|kind| kind.is_file()) {
            files.push(entry.path());
        }
    }
    files.sort();
    for extension in ["ipynb", "rs"] {
        let found: Vec<&PathBuf> =
            files.iter().filter(|file| file.extension().is_some_and(|e| e == extension)).collect();
        match found[..] {
            [] => {}
            [file] => return Ok(file.clone()),
            [first, second, ..] => {
                let name = |path: &Path| path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let message = format!(
                    "{}: expected one .{extension} file, found {}: {}, {}{}",
                    directory.display(),
                    found.len(),
                    name(first),
                    name(second),
                    if found.len() > 2 { ", …" } else { "" }
                );
                return Err(Error::of(Kind::Nothing, message, "name the file that is to be graded"));
            }
        }
    }
    Err(Error::of(
        Kind::Nothing,
        format!("{}: no notebook and no Rust file in this directory", directory.display()),
        "hand in the notebook of the assignment",
    ))
}
