/*! The compiler and the linker, and the places that they read: what the sandbox must let a compilation see. */

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use course::files;
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};
use crate::program::intact;
use crate::program::store::Stores;

/// The compiler that submissions are compiled with.
#[derive(Debug, Serialize, Deserialize)]
pub struct Toolchain {
    /// The compiler itself, not a launcher that chooses one.
    pub rustc: PathBuf,
    /// Its version, as it describes itself.
    pub version: String,
    /// Directories and programs that a compilation reads or runs.
    pub paths: Vec<PathBuf>,
    /// The C compiler that links.
    pub linker: PathBuf,
    /// The search path of a compilation: where the linker and its parts are, and nothing else of this machine.
    pub path: OsString,
}

impl Toolchain {
    /// Finds the compiler that the workspace at `root` is built with. What it answers about itself is kept in `stores` and
    /// believed as long as nothing has changed that decides it.
    ///
    /// # Errors
    /// When there is no compiler or no linker.
    pub fn open(root: &Path, stores: &Stores) -> Result<Self> {
        let key = signature(root);
        let known = stores.all.iter().find_map(|store| {
            let known: Known = serde_json::from_slice(&intact::read(&store.join(KNOWN))?).ok()?;
            let same = known.key == key && known.compiler == identity(&known.toolchain.rustc);
            (same && known.toolchain.paths.iter().all(|path| path.exists())).then_some(known.toolchain)
        });
        if let Some(toolchain) = known {
            return Ok(toolchain);
        }
        let toolchain = Self::find(root)?;
        let known = Known { key, compiler: identity(&toolchain.rustc), toolchain };
        // It is found again next time if it cannot be kept.
        if let (Ok(store), Ok(text)) = (stores.own(), serde_json::to_vec(&known)) {
            let _ = intact::write(&store.join(KNOWN), &text);
        }
        Ok(known.toolchain)
    }

    /// The platform that the compiler runs on, such as `x86_64-unknown-linux-gnu`.
    ///
    /// # Errors
    /// When the compiler does not name it.
    pub fn host(&self) -> Result<&str> {
        self.version.lines().find_map(|line| line.strip_prefix("host: ")).ok_or_else(|| {
            let message = format!("{} does not say which platform it is for", self.rustc.display());
            Error::new(message, "`rustc -vV` shows a line `host: …`; install Rust from https://rustup.rs")
        })
    }

    fn find(root: &Path) -> Result<Self> {
        let rustc = std::env::var_os("RUSTC").map_or_else(|| PathBuf::from("rustc"), PathBuf::from);
        let sysroot = PathBuf::from(ask(root, &rustc, &["--print", "sysroot"])?);
        let rustc = sysroot.join("bin/rustc");
        let version = ask(root, &rustc, &["-vV"])?;
        let linker = on_path("cc").ok_or_else(|| {
            Error::new("no linker: there is no program cc", "install a C compiler, for example with `apt install gcc`")
        })?;
        let mut paths = vec![sysroot];
        // The compiler driver says where its parts are; a name that comes back as it was sent is on the path.
        for part in ["collect2", "ld", "ld.bfd", "lto-wrapper"] {
            let found = ask(root, &linker, &[&format!("-print-prog-name={part}")])?;
            paths.extend(if found.contains('/') { Some(PathBuf::from(found)) } else { on_path(&found) });
        }
        for part in ["libgcc.a", "crt1.o", "libc.so", "liblto_plugin.so"] {
            let found = PathBuf::from(ask(root, &linker, &[&format!("-print-file-name={part}")])?);
            paths.extend(found.parent().filter(|parent| parent.is_absolute()).map(Path::to_owned));
        }
        paths.push(linker.clone());
        let mut programs: Vec<PathBuf> = [Some(linker.clone()), on_path("ld")].into_iter().flatten().collect();
        programs.iter_mut().for_each(|program| _ = program.pop());
        programs.dedup();
        let path = std::env::join_paths(programs).unwrap_or_default();
        let real: Vec<PathBuf> = paths.iter().filter_map(|path| path.canonicalize().ok()).collect();
        paths.extend(real);
        paths.retain(|path| path.exists());
        paths.sort();
        paths.dedup();
        Ok(Self { rustc, version, paths, linker, path })
    }
}

/// The file in a store that keeps what was found.
const KNOWN: &str = "toolchain.json";

/// What is kept.
#[derive(Serialize, Deserialize)]
struct Known {
    /// See [`signature`].
    key: String,
    /// See [`identity`]: of the compiler that was found.
    compiler: String,
    toolchain: Toolchain,
}

/// A name for everything that decides which compiler and which linker are found.
fn signature(root: &Path) -> String {
    let mut parts: Vec<Vec<u8>> = vec![env!("CARGO_PKG_VERSION").into()];
    for name in ["RUSTC", "PATH", "RUSTUP_TOOLCHAIN", "RUSTUP_HOME", "HOME"] {
        parts.push(std::env::var_os(name).unwrap_or_default().into_encoded_bytes());
    }
    let rustup = std::env::var_os("RUSTUP_HOME").map(PathBuf::from);
    let rustup = rustup.or_else(|| std::env::home_dir().map(|home| home.join(".rustup"))).unwrap_or_default();
    let mut files = vec![rustup.join("settings.toml")];
    files.extend(["rust-toolchain", "rust-toolchain.toml"].map(|name| root.join(name)));
    files.extend(["rustc", "cc", "ld"].into_iter().filter_map(on_path));
    files.extend(std::env::var_os("RUSTC").map(PathBuf::from));
    parts.extend(files.iter().map(|path| identity(path).into_bytes()));
    files::fingerprint(&parts)
}

/// What tells a file from another one in its place: its real path, its length and when it was written.
fn identity(path: &Path) -> String {
    let real = path.canonicalize().unwrap_or_default();
    let data = fs::metadata(&real).map(|data| (data.len(), data.modified().ok())).ok();
    format!("{} {data:?}", real.display())
}

fn on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|directory| directory.join(name)).find(|path| path.is_file())
}

fn ask(root: &Path, program: &Path, arguments: &[&str]) -> Result<String> {
    let answer = Command::new(program).args(arguments).current_dir(root).output();
    let text = answer
        .ok()
        .filter(|answer| answer.status.success())
        .map(|answer| String::from_utf8_lossy(&answer.stdout).into_owned());
    let text = text.filter(|text| !text.trim().is_empty()).ok_or_else(|| {
        let message = format!("`{} {}` gives no answer", program.display(), arguments.join(" "));
        Error::new(message, "install Rust from https://rustup.rs and a C compiler")
    })?;
    Ok(text.trim().to_owned())
}
