/*!
The helper crate, the harness and instances of generic functions, compiled once **without** the graded bodies and kept for
every later submission.

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
use crate::program::compile::{Compiled, Compiler};
use crate::program::intact::{self, Written};
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
    /// The files of the crates, from the directory that the index lies in, and what the native directories hold in the store.
    files: BTreeMap<PathBuf, Written>,
}

/// The name of the index.
const INDEX: &str = "index.json";
/// The directory of the crates beside it.
const CRATES: &str = "crates";
/// The crates that a submission can name.
const EXTERNS: [&str; 4] = ["cnn", "harness", INSTANCES, "ndarray"];
/// The crate of generic functions that are compiled already; see its documentation.
pub const INSTANCES: &str = "instances";
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
                    Some(whole) => whole,
                    None => make(root, toolchain, store, &directory, |message| bar.set_message(message.to_owned()))?,
                };
                bar.finish_and_clear();
                whole
            }
        };
        let crates = directory.join(CRATES);
        let externs = index.externs.into_iter().map(|(name, file)| (name, crates.join(file))).collect();
        Ok(Self { key, crates, externs, native: index.native, stores, _in_use: in_use })
    }

    /// What is kept in a directory, if all of it is there; it is not removed as long as the lock is held.
    fn whole(directory: &Path) -> Option<(PathBuf, Index, Option<File>)> {
        if !directory.is_dir() {
            return None;
        }
        let in_use = lock(&directory.join("in-use")).ok().filter(|file| file.lock_shared().is_ok());
        let index = Index::read(directory)?;
        let whole = index.damaged(directory, false).is_empty() && index.native.iter().all(|path| path.is_dir());
        whole.then(|| (directory.to_owned(), index, in_use))
    }

    /// A file of the compiled crates that is not what it was any more, by its contents. What is damaged is compiled again
    /// when the library is opened the next time.
    pub fn damaged(&self) -> Option<PathBuf> {
        let directory = self.crates.parent()?;
        let damaged = Index::read(directory)?.damaged(directory, true);
        let first = damaged.first()?.clone();
        // What cannot be removed lies in an installation that is read-only.
        forget_all(&directory.parent()?.join(dependencies::BUILD), directory, &damaged);
        let _ = fs::remove_file(directory.join(INDEX));
        Some(first)
    }
}

impl Index {
    fn read(directory: &Path) -> Option<Self> {
        serde_json::from_slice(&intact::read(&directory.join(INDEX))?).ok()
    }

    /// The files that are not what they were.
    fn damaged(&self, directory: &Path, thoroughly: bool) -> Vec<PathBuf> {
        let files = self.files.iter().map(|(path, written)| (directory.join(path), written));
        files.filter(|(path, written)| !written.is_still(path, thoroughly)).map(|(path, _)| path).collect()
    }
}

/// Compiles the crates into `directory`, and makes sure that a program can be compiled with them: what an earlier
/// compilation left may be damaged, and is removed then.
fn make(
    root: &Path,
    toolchain: &Toolchain,
    store: &Path,
    directory: &Path,
    mut progress: impl FnMut(&str),
) -> Result<(PathBuf, Index, Option<File>)> {
    let compiled = store.join(dependencies::BUILD);
    if let Some(index) = Index::read(directory) {
        forget_all(&compiled, directory, &index.damaged(directory, false));
    }
    let _ = fs::remove_dir_all(directory);
    for last in [false, true] {
        build(root, toolchain.host()?, store, directory, &mut progress)?;
        if let Some(whole) = Library::whole(directory)
            && works(toolchain, directory, &whole.1)?
        {
            clean(store, directory);
            return Ok(whole);
        }
        if !last {
            let _ = fs::remove_dir_all(directory);
            let _ = fs::remove_dir_all(&compiled);
        }
    }
    let message = format!("{}: no program can be compiled with it, although it was just made", directory.display());
    Err(Error::new(message, "is the disk full?"))
}

/// Whether a program can be compiled with the crates.
fn works(toolchain: &Toolchain, directory: &Path, index: &Index) -> Result<bool> {
    let crates = directory.join(CRATES);
    let externs = index.externs.iter().map(|(name, file)| (name.clone(), crates.join(file))).collect();
    let stores = Stores::at(Vec::new());
    let native = index.native.clone();
    let library = Library { key: String::new(), crates, externs, native, stores, _in_use: None };
    let text = format!("extern crate {INSTANCES} as _;\nfn main() {{ ::harness::serve(&[]); }}");
    Ok(matches!(Compiler::new(toolchain, &library).compile(&text)?, Compiled::Binary(_)))
}

/// Removes what was compiled of damaged files of `directory`, so that it is compiled again. What else is damaged is the output
/// of a build script, and then everything goes.
fn forget_all(compiled: &Path, directory: &Path, damaged: &[PathBuf]) {
    if damaged.iter().all(|path| path.starts_with(directory)) {
        damaged.iter().for_each(|path| forget(compiled, path));
    } else {
        let _ = fs::remove_dir_all(compiled);
    }
}

/// Removes what was compiled of a crate, so that it is compiled again, and what stands on it.
fn forget(compiled: &Path, file: &Path) {
    let stem = files::stem(file);
    let name = stem.strip_prefix("lib").unwrap_or(&stem);
    let name = name.split_once('-').map_or(name, |(name, _)| name);
    let starts = [format!("lib{name}-"), format!("{name}-"), format!("lib{name}.")];
    let mut todo = vec![compiled.to_owned()];
    while let Some(path) = todo.pop() {
        for entry in fs::read_dir(path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
                todo.push(entry.path());
            } else if name.to_str().is_some_and(|name| starts.iter().any(|start| name.starts_with(start))) {
                let _ = fs::remove_file(entry.path());
            }
        }
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
    for directory in ["src", "grader/harness", "grader/instances", "grader/wire"] {
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
/// into a directory of their own. What is damaged in the shared one is compiled again.
fn build(root: &Path, host: &str, store: &Path, directory: &Path, mut progress: impl FnMut(&str)) -> Result<()> {
    let built = match cargo_build(root, host, store, &mut progress)? {
        Built::Failed(log) if DAMAGE.iter().any(|words| log.contains(words)) => {
            let _ = fs::remove_dir_all(store.join(dependencies::BUILD));
            cargo_build(root, host, store, &mut progress)?
        }
        built => built,
    };
    let (crates, mut index) = match built {
        Built::Crates(crates, index) => (crates, index),
        Built::Failed(log) => {
            let tail: Vec<&str> = log.lines().rev().take(30).collect();
            let tail: Vec<&str> = tail.into_iter().rev().collect();
            let message = format!("the helper crate does not compile:\n{}", tail.join("\n"));
            return Err(Error::new(message, "`cargo build -p instances` shows it in full"));
        }
    };
    let io = |error: std::io::Error| Error::io(store, &error);
    let fresh = tempfile::Builder::new().prefix("new-").tempdir_in(store).map_err(io)?;
    let into = fresh.path().join(CRATES);
    fs::create_dir(&into).map_err(io)?;
    for file in &crates {
        let name = file.file_name().unwrap_or_default();
        let to = into.join(name);
        // A compiler replaces its output by another file, so a hard link keeps what it had.
        fs::hard_link(file, &to).or_else(|_| fs::copy(file, &to).map(drop)).map_err(io)?;
        index.files.insert(Path::new(CRATES).join(name), Written::now(&to).map_err(io)?);
    }
    for path in index.native.iter().filter(|path| path.starts_with(store)) {
        for entry in fs::read_dir(path).map_err(io)?.flatten().filter(|entry| entry.path().is_file()) {
            index.files.insert(entry.path(), Written::now(&entry.path()).map_err(io)?);
        }
    }
    // A job runs as another user than the superuser who compiled this, whose mask may hide it.
    for path in index.native.iter().filter(|path| path.starts_with(store)).chain([&into]) {
        readable(path).map_err(io)?;
    }
    let text = serde_json::to_vec_pretty(&index).map_err(|error| io(error.into()))?;
    intact::write(&fresh.path().join(INDEX), &text)?;
    fs::rename(fresh.keep(), directory).map_err(io)?;
    Ok(())
}

/// What cargo has made.
enum Built {
    /// The files of the crates, and the index without their entries.
    Crates(Vec<PathBuf>, Index),
    /// Nothing, and what it says about that.
    Failed(String),
}

/// What the compiler or cargo say of a crate or a program of an earlier compilation that is damaged.
const DAMAGE: [&str; 9] = [
    "found invalid metadata files",
    "can't find crate for",
    "found possibly newer version",
    "file too short",
    "file format not recognized",
    "malformed",
    "invalid ELF header",
    "could not execute process",
    "failed to load source",
];

fn cargo_build(root: &Path, host: &str, store: &Path, mut progress: impl FnMut(&str)) -> Result<Built> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(cargo);
    let config = store.join("cargo.toml");
    files::write(&config, dependencies::workspace_config())?;
    command.args([
        "build",
        "--package",
        INSTANCES,
        "--locked",
        "--message-format",
        "json-render-diagnostics",
        "--target",
        host,
    ]);
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
    let mut index = Index { externs: BTreeMap::new(), native: Vec::new(), files: BTreeMap::new() };
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
        return Ok(Built::Failed(errors));
    }
    index.native.sort();
    index.native.dedup();
    Ok(Built::Crates(crates, index))
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
