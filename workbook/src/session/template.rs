/*!
The helper crate and everything it stands on, compiled once, with the workspace's locked versions.

A session gets its own copy, in which the large files are hard links, so two at once do not disturb each other and cargo
finds nothing to do. The template is made by a session like any other. evcxr's own `:cache` is not used: it skips crates
that are given by a path.
*/

use super::analyzer::{self, Library};
use super::directory::SessionDirectory;
use super::helper_crate::{self, Sources};
use super::{Cell, Evaluator, Place};
use anyhow::{Context, Result, bail};
use course::dependencies::CARGO_CONFIG;
use course::{Root, dependencies};
use std::collections::HashSet;
use std::fs::{self, File, FileTimes};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// The lines that every notebook begins with, for a notebook that sees the workspace at `path`.
pub fn setup_code(path: &str) -> String {
    format!("{}\nuse cnn::prelude::*;\n", helper_crate::dependency(Path::new(path)))
}

/// What decides how the helper crate computes in a session, the same on every machine: its sources, the locked versions
/// of the packages below it, and the version of evcxr.
///
/// # Errors
/// When these cannot be read.
pub fn helper_inputs(root: &Root) -> Result<Vec<Vec<u8>>> {
    let lock = root.join("Cargo.lock");
    let mut inputs: Vec<Vec<u8>> = Sources::read(root)?.inputs().collect();
    inputs.extend(locked_packages(&lock, "cnn")?.into_iter().map(String::into_bytes));
    let evcxr = locked_packages(&lock, "evcxr")?;
    inputs.extend(evcxr.into_iter().filter(|package| package.starts_with("evcxr ")).map(String::into_bytes));
    Ok(inputs)
}

/// What sessions keep between two runs.
fn place(root: &Root) -> Result<PathBuf> {
    let place = root.join("target/workbook");
    fs::create_dir_all(&place).with_context(|| format!("{}", place.display()))?;
    // Where `target` is a link to another workspace's, both find what is compiled there.
    Ok(place.canonicalize()?)
}

/// A new session's directory with the compiled helper crate in it, and the crate's copied sources; compiles the crate
/// first if it has changed.
pub fn seed(root: &Root, note: &dyn Fn(&str)) -> Result<(SessionDirectory, PathBuf)> {
    let place = place(root)?;
    write_if_changed(&place.join(".cargo/config.toml"), CARGO_CONFIG)?;
    let lock_path = place.join("template.lock");
    let lock = File::create(&lock_path).with_context(|| format!("{}", lock_path.display()))?;
    if lock.try_lock().is_err() {
        note("waiting for another workbook that prepares the helper crate");
        lock.lock().with_context(|| format!("{}", lock_path.display()))?;
    }
    let sources = Sources::read(root)?;
    let compiler = compiler()?;
    let analyzer = place.join(format!("analyzer-{compiler:016x}"));
    let helper = place.join(format!("helper-{:016x}", sources.key()));
    let base = base(root, &place, compiler)?;
    let template = place.join(format!("{base}-{:016x}", sources.key()));
    sources.write(&helper)?;
    let kept = Kept { place, analyzer, helper };
    if !template.exists() {
        kept.build(root, &base, &template, note)?;
    }
    let directory = kept.new_session()?;
    copy(&template, directory.path()).with_context(|| format!("copying {}", template.display()))?;
    Ok((directory, kept.helper))
}

/// What sessions share.
struct Kept {
    place: PathBuf,
    /// What the analyzer reads, for one version of the compiler.
    analyzer: PathBuf,
    /// The helper crate's sources.
    helper: PathBuf,
}

impl Kept {
    /// A session's directory with its settings.
    fn new_session(&self) -> Result<SessionDirectory> {
        let library = Library::prepare(&self.analyzer)?;
        let directory = SessionDirectory::new(&self.place.join("sessions"))?;
        let path = directory.path();
        let write = || {
            fs::create_dir_all(path.join("config"))?;
            // What evcxr evaluates at its start and the startup cell are quickest to compile so; `evaluator.rs` sets 2 for
            // the cells.
            fs::write(path.join("config/evcxr.toml"), "[evcxr]\nopt_level = \"0\"\n")?;
            // `rust-src` leads to the empty sources until the first cell runs.
            for (name, target) in [("library", &library.interfaces), ("rust-src", &library.empty)] {
                symlink(target, path.join(name))?;
            }
            symlink(&self.analyzer, path.join("analyzer"))?;
            analyzer::cargo::install(&path.join("cargo-home"))
        };
        write().with_context(|| format!("{}", path.display()))?;
        Ok(directory)
    }

    /// Compiles the helper crate, on top of an older template where that has the same dependencies.
    fn build(&self, root: &Root, base: &str, template: &Path, note: &dyn Fn(&str)) -> Result<()> {
        note("compiling the helper crate for notebooks, once");
        let Kept { place, helper, .. } = self;
        let directory = self.new_session()?;
        if let Some(start) = entries(place, base).first() {
            copy(start, directory.path())?;
            strip(&directory.path().join("target"), &["cnn-", "libcnn-"])?;
        } else {
            copy_dependencies(root, &directory.path().join("target"), note)?;
        }
        fs::copy(root.join("Cargo.lock"), directory.lock_file()).context("Cargo.lock")?;
        let site = Place { cells_dir: root.to_path_buf(), course: root.to_path_buf(), helper: helper.clone() };
        let mut evaluator = Evaluator::start(&directory, &site, note)?;
        let path = root.to_str().context("the path of the workspace is not Unicode")?;
        let cell = Cell { code: setup_code(path), number: 1 };
        let outcome = evaluator.execute(cell, Duration::from_secs(3600), &mut super::Watch(&mut |_| ()), note)?;
        drop(evaluator);
        if let Some(failure) = outcome.failure {
            let details = failure.details;
            if let Some(text) = super::download::explain(&details) {
                bail!("the helper crate cannot be compiled for notebooks: {text}");
            }
            bail!("the helper crate does not compile for notebooks\n{details}\nhelp: `cargo build -p cnn` shows more");
        }
        fs::copy(directory.path().join("Cargo.lock"), directory.lock_file())?;
        // Everything else is made anew for each session.
        let stays = ["target", "workspace.lock"];
        for entry in fs::read_dir(directory.path())? {
            let path = entry?.path();
            if !path.file_name().is_some_and(|name| stays.iter().any(|stays| name == *stays)) {
                let _ = if path.is_dir() && !path.is_symlink() {
                    fs::remove_dir_all(&path)
                } else {
                    fs::remove_file(&path)
                };
            }
        }
        strip(&directory.path().join("target"), &["ctx-", "ctx.", "libctx", "libcode_", "code_", "incremental"])
            .context("tidying the template")?;
        let older = entries(place, "template-");
        fs::rename(directory.path(), template).with_context(|| format!("{}", template.display()))?;
        older.iter().for_each(|path| drop(fs::remove_dir_all(path)));
        // Other sessions may still stand on older sources.
        if entries(&place.join("sessions"), "").is_empty() {
            for path in entries(place, "helper-").iter().filter(|path| *path != helper) {
                let _ = fs::remove_dir_all(path);
            }
        }
        Ok(())
    }
}

/// Copies the dependencies that the grader has compiled; false if it has not. Cargo uses those again that fit.
///
/// # Errors
/// When they cannot be copied.
pub fn copy_dependencies(root: &Root, target: &Path, note: &dyn Fn(&str)) -> Result<bool> {
    let store = root.grader_store();
    let (compiled, lock) = (store.join(dependencies::BUILD), store.join(dependencies::LOCK));
    // A grader that compiles holds the lock. Without a lock file none has begun.
    let Ok(lock) = File::open(lock) else { return Ok(false) };
    if lock.try_lock_shared().is_err() {
        note("waiting for the grader, which compiles the same crates");
        lock.lock_shared().with_context(|| format!("{}", store.display()))?;
    }
    if compiled.is_dir() {
        copy(&compiled, target).with_context(|| format!("copying {}", compiled.display()))?;
        let own = ["cnn", "harness", "wire"].map(|name| [format!("{name}-"), format!("lib{name}-")]);
        let own: Vec<&str> = own.iter().flatten().map(String::as_str).collect();
        strip(target, &[&own[..], &["incremental"]].concat())?;
    }
    Ok(compiled.is_dir())
}

/// The directories in `place` whose names begin so.
fn entries(place: &Path, start: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(place).into_iter().flatten().flatten().map(|entry| entry.path());
    let named = |path: &PathBuf| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(start));
    entries.filter(|path| path.is_dir() && named(path)).collect()
}

/// Deletes the files and folders whose names begin so.
fn strip(folder: &Path, starts: &[&str]) -> Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        match (path.is_dir(), starts.iter().any(|start| name.starts_with(start))) {
            (true, true) => fs::remove_dir_all(&path)?,
            (true, false) => strip(&path, starts)?,
            (false, true) => fs::remove_file(&path)?,
            (false, false) => {}
        }
    }
    Ok(())
}

/// Copies a template; cargo compares times, so they are kept.
fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (source, goal) = (entry.path(), to.join(entry.file_name()));
        let metadata = entry.metadata()?;
        if metadata.is_dir() {
            copy(&source, &goal)?;
            continue;
        }
        // Compilers replace their results, they do not write into them; small files may be written into.
        if metadata.len() > 16 << 10 && fs::hard_link(&source, &goal).is_ok() {
            continue;
        }
        fs::copy(&source, &goal)?;
        let times = FileTimes::new().set_modified(metadata.modified()?).set_accessed(metadata.accessed()?);
        File::options().append(true).open(&goal)?.set_times(times)?;
    }
    Ok(())
}

/// The template's name up to its dependencies: what was compiled, by which compiler, and how.
fn base(root: &Root, place: &Path, compiler: u64) -> Result<String> {
    let mut base = DefaultHasher::new();
    locked_packages(&root.join("Cargo.lock"), "cnn")?.hash(&mut base);
    CARGO_CONFIG.hash(&mut base);
    place.hash(&mut base);
    compiler.hash(&mut base);
    Ok(format!("template-{:016x}", base.finish()))
}

/// A number for this version of the compiler.
fn compiler() -> Result<u64> {
    let mut hasher = DefaultHasher::new();
    let rustc = Command::new("rustc").arg("-vV").output().context("`rustc -vV` does not run")?;
    rustc.stdout.hash(&mut hasher);
    Ok(hasher.finish())
}

/// The packages of a lock file that `package` stands on, each with version and checksum, in order.
fn locked_packages(lock: &Path, package: &str) -> Result<Vec<String>> {
    #[derive(serde::Deserialize)]
    struct Lock {
        package: Vec<Locked>,
    }
    #[derive(serde::Deserialize)]
    struct Locked {
        name: String,
        version: String,
        checksum: Option<String>,
        #[serde(default)]
        dependencies: Vec<String>,
    }
    let text = fs::read_to_string(lock).with_context(|| format!("{}", lock.display()))?;
    let lock: Lock = toml::from_str(&text).with_context(|| format!("{}", lock.display()))?;
    let (mut seen, mut open) = (HashSet::new(), vec![package.to_owned()]);
    let mut found = Vec::new();
    while let Some(wanted) = open.pop() {
        // "name", or "name version" where there are several.
        let mut words = wanted.split(' ');
        let (name, version) = (words.next(), words.next());
        for locked in &lock.package {
            let fits = Some(locked.name.as_str()) == name && version.is_none_or(|version| version == locked.version);
            if fits && seen.insert((locked.name.as_str(), locked.version.as_str())) {
                let checksum = locked.checksum.as_deref().unwrap_or_default();
                found.push(format!("{} {} {checksum}", locked.name, locked.version));
                open.extend(locked.dependencies.iter().cloned());
            }
        }
    }
    found.sort();
    Ok(found)
}

fn write_if_changed(path: &Path, text: &str) -> Result<()> {
    if fs::read_to_string(path).is_ok_and(|old| old == text) {
        return Ok(());
    }
    Ok(course::files::write(path, text)?)
}
