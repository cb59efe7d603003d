/*!
The helper crate and everything it stands on, compiled once, with the workspace's locked versions.

A session gets its own copy, in which the large files are hard links, so two at once do not disturb each other and cargo
finds nothing to do. The template is made by a session like any other. evcxr's own `:cache` is not used: it skips crates
that are given by a path.
*/

use super::Host;
use super::directory::SessionDirectory;
use crate::project::Project;
use anyhow::{Context, Result, bail};
use std::collections::HashSet;
use std::fs::{self, File, FileTimes};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

/// How dependencies are compiled in a session: as for a release, because a notebook waits for their numbers, not for
/// their debug checks. The cells themselves keep evcxr's settings.
const CARGO_CONFIG: &str = r#"# Written by `workbook`.
[profile.dev.package."*"]
opt-level = 3
debug-assertions = false
overflow-checks = false

[profile.dev.package.cnn]
opt-level = 3
debug-assertions = true
overflow-checks = true
"#;

/// The lines that every notebook begins with, for a notebook that sees the workspace at `path`.
pub fn setup_code(path: &str) -> String {
    format!(":dep cnn = {{ path = {path:?}, default-features = false }}\nuse cnn::prelude::*;\n")
}

/// A new session's directory with the compiled helper crate in it; compiles the crate first if it has changed.
pub fn seed(project: &Project, note: &dyn Fn(&str)) -> Result<SessionDirectory> {
    let place = project.target();
    write_if_changed(&place.join(".cargo/config.toml"), CARGO_CONFIG)?;
    let lock_path = place.join("template.lock");
    let lock = File::create(&lock_path).with_context(|| format!("{}", lock_path.display()))?;
    if lock.try_lock().is_err() {
        note("waiting for another workbook that prepares the helper crate");
        lock.lock().with_context(|| format!("{}", lock_path.display()))?;
    }
    let (base, name) = keys(project)?;
    let template = place.join(&name);
    if !template.exists() {
        build(project, &place, &base, &template, note)?;
    }
    let directory = SessionDirectory::new(&place.join("sessions"))?;
    copy(&template, directory.path()).with_context(|| format!("copying {}", template.display()))?;
    Ok(directory)
}

/// Compiles the helper crate, on top of an older template where that has the same dependencies.
fn build(project: &Project, place: &Path, base: &str, template: &Path, note: &dyn Fn(&str)) -> Result<()> {
    note("compiling the helper crate for notebooks, once");
    let older: Vec<PathBuf> = fs::read_dir(place)?
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("template-")))
        .collect();
    let directory = SessionDirectory::new(&place.join("sessions"))?;
    let start = older.iter().find(|path| path.file_name().is_some_and(|name| name.to_string_lossy().starts_with(base)));
    if let Some(start) = start {
        copy(start, directory.path())?;
    }
    fs::copy(project.root().join("Cargo.lock"), directory.lock_file()).context("Cargo.lock")?;
    let mut host = Host::start(&directory, project.root(), note)?;
    let path = project.root().to_str().context("the path of the workspace is not Unicode")?;
    let outcome = host.execute(&setup_code(path), Duration::from_secs(3600), &mut |_| ())?;
    drop(host);
    if let Some(failure) = outcome.failure {
        bail!(
            "the helper crate does not compile for notebooks\n{}\nhelp: `cargo build -p cnn` shows more",
            failure.details
        );
    }
    fs::copy(directory.path().join("Cargo.lock"), directory.lock_file())?;
    strip(directory.path()).context("tidying the template")?;
    fs::rename(directory.path(), template).with_context(|| format!("{}", template.display()))?;
    for old in older {
        let _ = fs::remove_dir_all(old);
    }
    Ok(())
}

/// Deletes what belongs to the session that made the template.
fn strip(directory: &Path) -> Result<()> {
    for name in ["config", "src", ".cargo", "alive", "Cargo.toml", "Cargo.lock", ".evcxr-execution-so"] {
        let path = directory.join(name);
        let _ = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
    }
    let mut folders = vec![directory.join("target")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let own = ["ctx-", "ctx.", "libctx", "libcode_", "code_"].iter().any(|start| name.starts_with(start));
            match (path.is_dir(), own || name == "incremental") {
                (true, true) => fs::remove_dir_all(&path)?,
                (true, false) => folders.push(path),
                (false, true) => fs::remove_file(&path)?,
                (false, false) => {}
            }
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

/// The template's name up to its dependencies, and its whole name.
///
/// The times of the sources count, too: cargo would compile a touched source again, in every session.
fn keys(project: &Project) -> Result<(String, String)> {
    let mut base = DefaultHasher::new();
    locked_packages(&project.root().join("Cargo.lock"), "cnn")?.hash(&mut base);
    CARGO_CONFIG.hash(&mut base);
    project.root().hash(&mut base);
    let rustc = Command::new("rustc").arg("-vV").output().context("`rustc -vV` does not run")?;
    rustc.stdout.hash(&mut base);

    let mut sources = DefaultHasher::new();
    let mut files = vec![project.root().join("Cargo.toml")];
    let mut folders = vec![project.root().join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("{}", folder.display()))? {
            let path = entry?.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    for file in files {
        let times = fs::metadata(&file).and_then(|metadata| metadata.modified());
        let text = fs::read(&file).with_context(|| format!("{}", file.display()))?;
        (&file, times.ok(), text).hash(&mut sources);
    }
    let base = format!("template-{:016x}", base.finish());
    let name = format!("{base}-{:016x}", sources.finish());
    Ok((base, name))
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
    crate::files::write(path, text)
}
