/*!
What the analyzer's cargo answers: this program stands in for cargo where rust-analyzer calls it, and there alone.

rust-analyzer runs cargo some eight times whenever a session's manifest changes. Here each question is asked of cargo once for
a version of the compiler and a manifest, and its answer kept. Of the packages that `cargo metadata` lists, the analyzer is
shown their interfaces (`interface.rs`), and those packages alone whose types can be seen. evcxr compiles with cargo itself.
*/

use super::interface;
use crate::session::{ANALYZER_VAR, CARGO_HOME_VAR};
use anyhow::{Context, Result, bail};
use course::files;
use serde_json::{Value, json};
use std::collections::{BTreeSet, HashMap};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// Stands for the session's directory in an answer that is kept.
const SESSION: &str = "@SESSION@";

/// Whether this process was started under cargo's name.
pub fn is_called() -> bool {
    let name = std::env::args_os().next().map(PathBuf::from);
    name.is_some_and(|name| name.file_name().is_some_and(|name| name == "cargo"))
}

/// Puts a `cargo` that is this program into a directory for `CARGO_HOME`, where rust-analyzer looks for it first.
///
/// # Errors
/// When the directory cannot be written.
pub fn install(home: &Path) -> std::io::Result<()> {
    let link = |target: &Path, name: &str| std::os::unix::fs::symlink(target, home.join(name));
    std::fs::create_dir_all(home.join("bin"))?;
    link(&std::env::current_exe()?, "bin/cargo")?;
    // evcxr's own first cell is compiled before it can be told of the user's directory.
    for name in ["config.toml", "config"] {
        if let Some(config) = user_home().map(|user| user.join(name)).filter(|config| config.exists()) {
            link(&config, name)?;
        }
    }
    Ok(())
}

/// The user's `CARGO_HOME`, whether it is set or not; none if the user has no home.
pub fn user_home() -> Option<PathBuf> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    set(CARGO_HOME_VAR).or_else(|| set("CARGO_HOME")).or_else(|| Some(set("HOME")?.join(".cargo")))
}

/// Answers as cargo would.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match answer(&arguments) {
        Ok(Some(text)) => {
            print!("{text}");
            ExitCode::SUCCESS
        }
        Ok(None) => ExitCode::FAILURE,
        // Whatever is not understood here is cargo's own to answer.
        Err(_) => match real(&arguments).status() {
            Ok(status) if status.success() => ExitCode::SUCCESS,
            _ => ExitCode::FAILURE,
        },
    }
}

/// Cargo's answer; none if cargo has none.
fn answer(arguments: &[OsString]) -> Result<Option<String>> {
    let text = |argument: &OsString| argument.to_str().map(str::to_owned).context("an argument is not Unicode");
    let arguments: Vec<String> = arguments.iter().map(text).collect::<Result<_>>()?;
    let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let (session, folder) = (variable("EVCXR_TMPDIR")?, PathBuf::from(variable(ANALYZER_VAR)?));
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    let manifest = Path::new(&session).join("Cargo.toml");
    if has("locate-project") {
        return Ok(Some(json!({ "root": manifest }).to_string()));
    }
    // Only a target to compile for would be read from the settings, and evcxr names one.
    if has("config") {
        return Ok(None);
    }
    let is_metadata = has("metadata");
    let is_known = is_metadata || has("--version") || (has("rustc") && has("--print"));
    if !is_known || (is_metadata && !has(&manifest.to_string_lossy())) {
        bail!("a question of another kind");
    }
    // The lock file is given as a copy of its own.
    let words =
        arguments.iter().filter(|word| !word.ends_with("Cargo.lock")).map(|word| word.replace(&session, SESSION));
    let mut key: Vec<String> = words.collect();
    key.push(interface::version());
    if is_metadata {
        for name in ["Cargo.toml", "Cargo.lock"] {
            key.push(std::fs::read_to_string(Path::new(&session).join(name)).unwrap_or_default());
        }
    }
    let kept = folder.join(format!("answer-{}", files::fingerprint(&key)));
    if let Ok(text) = std::fs::read_to_string(&kept) {
        return Ok(Some(text.replace(SESSION, &session)));
    }
    let words: Vec<OsString> = arguments.iter().map(OsString::from).collect();
    let output = real(&words).output()?;
    if !output.status.success() {
        bail!("cargo has no answer");
    }
    let mut text = String::from_utf8(output.stdout)?;
    let mut is_lasting = true;
    if is_metadata && !has("--no-deps") {
        let mut metadata: Value = serde_json::from_str(&text)?;
        is_lasting = show_interfaces(&mut metadata, &session, &folder)?;
        text = metadata.to_string();
    }
    if is_lasting {
        files::write(&kept, text.replace(&session, SESSION))?;
    }
    Ok(Some(text))
}

/// Cargo itself, as the user has it.
fn real(arguments: &[OsString]) -> Command {
    let home = user_home();
    let proxy = home.iter().map(|home| home.join("bin/cargo")).find(|path| path.is_file());
    let mut command = Command::new(proxy.unwrap_or_else(|| "cargo".into()));
    command.args(arguments);
    match home {
        Some(home) => command.env("CARGO_HOME", home),
        None => command.env_remove("CARGO_HOME"),
    };
    command
}

/// Shows the analyzer the interfaces of the packages, and of their dependencies those that the interfaces name; false if a
/// package's contents may change under the same name.
fn show_interfaces(metadata: &mut Value, session: &str, folder: &Path) -> Result<bool> {
    let text = |value: &Value| value.as_str().map(str::to_owned).context("cargo's metadata has another form");
    let (mut named, mut is_lasting) = (HashMap::new(), true);
    let nodes = metadata["resolve"]["nodes"].as_array().context("cargo's metadata has no graph")?.clone();
    let packages = metadata["packages"].as_array_mut().context("cargo's metadata has no packages")?;
    let is_macro = |package: &Value| {
        let kinds = package["targets"].as_array().into_iter().flatten().flat_map(|target| target["kind"].as_array());
        kinds.flatten().any(|kind| kind == "proc-macro")
    };
    // The analyzer has nothing to run a procedural macro with.
    let macros = packages.iter().filter(|package| is_macro(package)).map(|package| text(&package["id"]));
    let macros: BTreeSet<String> = macros.collect::<Result<_>>()?;
    for package in packages.iter_mut() {
        let (id, manifest) = (text(&package["id"])?, PathBuf::from(text(&package["manifest_path"])?));
        let root = manifest.parent().context("a manifest has a folder")?.to_owned();
        let name = root.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let is_helper = root.parent() == folder.parent() && name.starts_with("helper-");
        let is_downloaded = package["source"].as_str().is_some_and(|source| source.starts_with("registry+"));
        if !is_helper && !is_downloaded {
            is_lasting &= root == Path::new(session);
            continue;
        }
        let node = nodes.iter().find(|node| node["id"] == *id).context("cargo's graph lacks a package")?;
        let crates = node["deps"].as_array().into_iter().flatten().map(|dependency| text(&dependency["name"]));
        let crates: Vec<String> = crates.collect::<Result<_>>()?;
        let crates = crates.iter().map(String::as_str).collect();
        let copy = folder.join("interfaces").join(format!("{name}-{}", &interface::version()[..8]));
        interface::write(&root, &copy)?;
        let used = interface::needed(&copy, &crates, is_helper)?.into_iter().map(str::to_owned);
        named.insert(id, used.collect::<BTreeSet<String>>());
        let moved = |path: &str| copy.join(Path::new(path).strip_prefix(&root).unwrap_or(Path::new(path)));
        package["manifest_path"] = json!(moved(&text(&package["manifest_path"])?));
        for target in package["targets"].as_array_mut().into_iter().flatten() {
            target["src_path"] = json!(moved(&text(&target["src_path"])?));
        }
    }
    let members = metadata["workspace_members"].as_array().cloned().unwrap_or_default();
    let nodes = metadata["resolve"]["nodes"].as_array_mut().context("cargo's metadata has no graph")?;
    for node in nodes.iter_mut() {
        let used = node["id"].as_str().and_then(|id| named.get(id));
        let is_seen = |dependency: &Value| {
            let name = dependency["name"].as_str().unwrap_or_default();
            used.is_none_or(|used| used.contains(name))
                && !macros.contains(dependency["pkg"].as_str().unwrap_or_default())
        };
        let Some(dependencies) = node["deps"].as_array_mut() else { continue };
        dependencies.retain(is_seen);
        node["dependencies"] = dependencies.iter().map(|dependency| dependency["pkg"].clone()).collect();
    }
    let seen = reachable(nodes, &members);
    for list in ["/packages", "/resolve/nodes"] {
        if let Some(list) = metadata.pointer_mut(list).and_then(Value::as_array_mut) {
            list.retain(|entry| entry["id"].as_str().is_some_and(|id| seen.contains(id)));
        }
    }
    Ok(is_lasting)
}

/// The packages that those of the workspace stand on, themselves included.
fn reachable(nodes: &[Value], members: &[Value]) -> BTreeSet<String> {
    let mut open: Vec<String> = members.iter().filter_map(Value::as_str).map(str::to_owned).collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let node = nodes.iter().find(|node| node["id"] == *id);
        if seen.insert(id) {
            let dependencies = node.into_iter().flat_map(|node| node["dependencies"].as_array()).flatten();
            open.extend(dependencies.filter_map(Value::as_str).map(str::to_owned));
        }
    }
    seen
}
