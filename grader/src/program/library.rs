/*!
The helper crate and the harness, compiled once **without** the graded bodies and kept for every later submission.

It compiles nothing that a learner wrote.
*/

use std::collections::BTreeMap;
use std::env::consts::DLL_EXTENSION;
use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, SystemTime};

use course::{dependencies, files};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::program::store::Stores;
use crate::program::toolchain::Toolchain;
use crate::progress;

/// Compiled crates that a submission is linked with.
#[derive(Debug)]
pub struct Library {
    /// What tells this version of the sources and of the compiler from others.
    pub key: String,
    /// The directory that holds all compiled crates.
    pub crates: PathBuf,
    /// The crates that a submission can name, each with its file.
    pub externs: BTreeMap<String, PathBuf>,
    /// Directories of the system libraries that the crates are linked with.
    pub native: Vec<PathBuf>,
    /// Where compiled programs are kept.
    pub stores: Stores,
    /// A shared lock, so that no other grader removes the directory while it is in use; none in a read-only installation.
    _in_use: Option<File>,
}

/// What is written beside the crates.
#[derive(Serialize, Deserialize)]
struct Index {
    externs: BTreeMap<String, PathBuf>,
    native: Vec<PathBuf>,
    /// The files of the crates and their lengths, so that one that was cut short is noticed.
    lengths: BTreeMap<PathBuf, u64>,
}

/// The crates that a submission can name.
const EXTERNS: [&str; 3] = ["cnn", "harness", "ndarray"];
/// Versions that have not been used for this long are removed.
const KEPT: Duration = Duration::from_secs(24 * 60 * 60);

impl Library {
    /// The crates for the sources at `root`, compiled if they are not there yet, which takes about a minute.
    ///
    /// # Errors
    /// When they do not compile, or the directory cannot be written.
    pub fn open(root: &Path, toolchain: &Toolchain, stores: Stores) -> Result<Self> {
        let key = key(root, toolchain)?;
        let known = stores.all.iter().find_map(|store| Self::whole(&store.join(&key)));
        let (directory, index, in_use) = match known {
            Some(known) => known,
            None => {
                let store = stores.own()?;
                let directory = store.join(&key);
                let bar = progress::spinner("compiling the helper crate for the grader, once");
                // One grader compiles; the others wait here and find its work.
                let lock = lock(&store.join(dependencies::LOCK))?;
                lock.lock().map_err(|error| Error::io(store, &error))?;
                let whole = match Self::whole(&directory) {
                    Some(whole) => Some(whole),
                    None => {
                        // What is there was cut short.
                        let _ = fs::remove_dir_all(&directory);
                        build(root, toolchain.host()?, store, &directory, |message| {
                            bar.set_message(message.to_owned())
                        })?;
                        clean(store, &directory);
                        Self::whole(&directory)
                    }
                };
                bar.finish_and_clear();
                whole.ok_or_else(|| {
                    let message = format!("{}: it is not whole, although it was just made", directory.display());
                    Error::new(message, "is the disk full?")
                })?
            }
        };
        let crates = directory.join("crates");
        let externs = index.externs.into_iter().map(|(name, file)| (name, crates.join(file))).collect();
        Ok(Self { key, crates, externs, native: index.native, stores, _in_use: in_use })
    }

    /// What is kept in a directory, if all of it is there; it is not removed as long as the lock is held.
    fn whole(directory: &Path) -> Option<(PathBuf, Index, Option<File>)> {
        if !directory.is_dir() {
            return None;
        }
        let in_use = lock(&directory.join("in-use")).ok().filter(|file| file.lock_shared().is_ok());
        let index: Index = serde_json::from_slice(&fs::read(directory.join("index.json")).ok()?).ok()?;
        let crates = directory.join("crates");
        let is_whole =
            |(file, length): (&PathBuf, &u64)| fs::metadata(crates.join(file)).is_ok_and(|data| data.len() == *length);
        let whole = index.lengths.iter().all(is_whole) && index.native.iter().all(|path| path.is_dir());
        whole.then(|| (directory.to_owned(), index, in_use))
    }
}

/// Names the sources that the crates are made of. The graded bodies are not among them: an answer that is edited
/// compiles no crate again.
fn key(root: &Path, toolchain: &Toolchain) -> Result<String> {
    let mut parts = vec![toolchain.version.clone().into_bytes(), dependencies::workspace_config().into_bytes()];
    for name in ["Cargo.toml", "Cargo.lock"] {
        let path = root.join(name);
        parts.push(fs::read(&path).map_err(|error| Error::io(&path, &error))?);
    }
    for directory in ["src", "grader/harness", "grader/wire"] {
        let directory = root.join(directory);
        for (path, bytes) in files::contents(&directory, &[&root.join("src/graded")])? {
            parts.push(path.into_os_string().into_encoded_bytes());
            parts.push(bytes);
        }
    }
    Ok(files::fingerprint(&parts))
}

fn lock(path: &Path) -> Result<File> {
    File::options().create(true).append(true).open(path).map_err(|error| Error::io(path, &error))
}

/// A message of `cargo build --message-format=json`.
#[derive(Deserialize)]
struct Message {
    reason: String,
    target: Option<Target>,
    #[serde(default)]
    filenames: Vec<PathBuf>,
    #[serde(default)]
    linked_paths: Vec<String>,
}

#[derive(Deserialize)]
struct Target {
    name: String,
    crate_types: Vec<String>,
}

/// Compiles into a directory that every version shares, so that the next version compiles little, and links the crates
/// into a directory of their own.
fn build(root: &Path, host: &str, store: &Path, directory: &Path, mut progress: impl FnMut(&str)) -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    let config = store.join("cargo.toml");
    files::write(&config, dependencies::workspace_config())?;
    command.args(["build", "--package", "harness", "--locked", "--message-format", "json", "--target", host]);
    command.arg("--config").arg(&config).arg("--target-dir").arg(store.join(dependencies::BUILD)).current_dir(root);
    command.env("RUSTFLAGS", dependencies::RUSTFLAGS).env_remove("CARGO_ENCODED_RUSTFLAGS");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let failed = |error: &std::io::Error| {
        Error::new(format!("cargo cannot be started: {error}"), "install Rust from https://rustup.rs, or set CARGO")
    };
    let mut child = command.spawn().map_err(|error| failed(&error))?;
    let (Some(stdout), Some(mut stderr)) = (child.stdout.take(), child.stderr.take()) else {
        unreachable!("both are piped")
    };
    let errors = std::thread::spawn(move || {
        let mut text = String::new();
        let _ = stderr.read_to_string(&mut text);
        text
    });
    let mut crates: Vec<PathBuf> = Vec::new();
    let mut index = Index { externs: BTreeMap::new(), native: Vec::new(), lengths: BTreeMap::new() };
    for line in BufReader::new(stdout).lines().map_while(std::io::Result::ok) {
        let Ok(message) = serde_json::from_str::<Message>(&line) else { continue };
        for path in &message.linked_paths {
            let path = path.split_once('=').map_or(path.as_str(), |(_, path)| path);
            index.native.push(path.into());
        }
        let (Some(target), "compiler-artifact") = (message.target, &*message.reason) else { continue };
        // The compiler opens a procedural macro that a crate was made with, even if it is not called any more.
        let linked = target.crate_types.iter().any(|kind| matches!(&**kind, "lib" | "rlib" | "proc-macro"));
        let is_crate = |file: &&PathBuf| linked && file.extension().is_some_and(|e| e == "rlib" || e == DLL_EXTENSION);
        for file in message.filenames.iter().filter(is_crate) {
            crates.push(file.clone());
            progress(&format!(
                "compiling the helper crate for the grader, once: {} crates, {}",
                crates.len(),
                target.name
            ));
            let name = target.name.replace('-', "_");
            if EXTERNS.contains(&&*name) && file.extension().is_some_and(|e| e == "rlib") {
                index.externs.insert(name, file.file_name().unwrap_or_default().into());
            }
        }
    }
    let status = child.wait().map_err(|error| failed(&error))?;
    let errors = errors.join().unwrap_or_default();
    if !status.success() {
        let tail: Vec<&str> = errors.lines().rev().take(30).collect();
        let tail: Vec<&str> = tail.into_iter().rev().collect();
        let message = format!("the helper crate does not compile:\n{}", tail.join("\n"));
        return Err(Error::new(message, "`cargo build -p harness` shows it in full"));
    }
    index.native.sort();
    index.native.dedup();

    let io = |error: std::io::Error| Error::io(store, &error);
    let fresh = tempfile::Builder::new().prefix("new-").tempdir_in(store).map_err(io)?;
    let into = fresh.path().join("crates");
    fs::create_dir(&into).map_err(io)?;
    for file in &crates {
        let to = into.join(file.file_name().unwrap_or_default());
        // A compiler replaces its output by another file, so a hard link keeps what it had.
        fs::hard_link(file, &to).or_else(|_| fs::copy(file, &to).map(drop)).map_err(io)?;
        let name = file.file_name().unwrap_or_default().into();
        index.lengths.insert(name, fs::metadata(&to).map_err(io)?.len());
    }
    // A job runs as another user than the superuser who compiled this, whose mask may hide it.
    for path in index.native.iter().filter(|path| path.starts_with(store)).chain([&into]) {
        readable(path).map_err(io)?;
    }
    let text = serde_json::to_vec_pretty(&index).map_err(|error| io(error.into()))?;
    files::write(&fresh.path().join("index.json"), &text)?;
    fs::rename(fresh.keep(), directory).map_err(io)?;
    Ok(())
}

/// Lets every user read a directory and what it holds.
fn readable(path: &Path) -> std::io::Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let data = fs::symlink_metadata(path)?;
        if data.is_symlink() {
            return Ok(());
        }
        let mode = data.permissions().mode();
        let more = if data.is_dir() || mode & 0o100 != 0 { 0o055 } else { 0o044 };
        if mode & more != more {
            fs::set_permissions(path, fs::Permissions::from_mode(mode | more))?;
        }
        if data.is_dir() {
            for entry in fs::read_dir(path)? {
                readable(&entry?.path())?;
            }
        }
    }
    #[cfg(not(unix))]
    let _ = path;
    Ok(())
}

/// Removes versions that are old and not in use. What cannot be removed stays.
fn clean(store: &Path, keep: &Path) {
    let Ok(entries) = fs::read_dir(store) else { return };
    for path in entries.filter_map(|entry| entry.ok()).map(|entry| entry.path()) {
        let index = path.join("in-use");
        let old = fs::metadata(&index)
            .and_then(|data| data.modified())
            .is_ok_and(|modified| SystemTime::now().duration_since(modified).is_ok_and(|age| age > KEPT));
        if path != keep && old && lock(&index).is_ok_and(|file| file.try_lock().is_ok()) {
            let _ = fs::remove_dir_all(&path);
        }
    }
}
