/*!
How the crates below notebooks and submissions are compiled: alike, so that the grader's are compiled once and the
notebooks' begin with them.

Cargo tells by itself which crates it can use again, so a difference costs time and nothing else.
*/

/// How dependencies are compiled in a session: as for a release, because a notebook waits for their numbers, not for
/// their debug checks. The cells themselves keep evcxr's settings, but for their line numbers, by which a panic inside
/// of a library is put down to the line of a cell.
pub const CARGO_CONFIG: &str = r#"# Written by `workbook`.
[profile.dev]
debug = "line-tables-only"
strip = "none"

[profile.dev.package]
"*" = { opt-level = 1, debug = false, debug-assertions = false, overflow-checks = false }
cnn = { opt-level = 3, debug-assertions = true, overflow-checks = true }
ndarray = { opt-level = 3, debug-assertions = true }
# Large, and hardly anything of them runs in a notebook, or they only compile others.
aho-corasick = { opt-level = 0 }
cc = { opt-level = 0 }
console = { opt-level = 0 }
hdf5-metno = { opt-level = 0 }
hdf5-metno-derive = { opt-level = 0 }
indicatif = { opt-level = 0 }
moxcms = { opt-level = 0 }
petgraph = { opt-level = 0 }
pkg-config = { opt-level = 0 }
proc-macro2 = { opt-level = 0 }
pxfm = { opt-level = 0 }
quote = { opt-level = 0 }
regex = { opt-level = 0 }
regex-automata = { opt-level = 0 }
regex-syntax = { opt-level = 0 }
roxmltree = { opt-level = 0 }
rust-sugiyama = { opt-level = 0 }
rustix = { opt-level = 0 }
serde_derive = { opt-level = 0 }
syn = { opt-level = 0 }
thiserror-impl = { opt-level = 0 }
toml_edit = { opt-level = 0 }
winnow = { opt-level = 0 }
"#;

/// The compiler's flags in a session, as evcxr sets them.
pub const RUSTFLAGS: &str = "-Cprefer-dynamic";

/// What a build inside of the workspace needs besides, in a file for cargo's `--config`, to compile dependencies as a
/// session does: evcxr's settings, and those that the workspace's profile overrides.
pub fn workspace_config() -> String {
    let (cells, packages) = CARGO_CONFIG.split_once("[profile.dev.package]\n").unwrap_or((CARGO_CONFIG, ""));
    format!("{}{EVCXR}\n[profile.dev.package]\n{WORKSPACE}{packages}", cells.trim_end_matches('\n'))
}

/// The settings that evcxr writes into the manifest of a session, as far as they reach dependencies.
const EVCXR: &str = r#"
rpath = true
lto = false
codegen-units = 16
panic = "unwind"
opt-level = 0
debug-assertions = true
overflow-checks = true
"#;

/// The packages for which the workspace's profile has settings that a session does not know, and those that are only the
/// grader's.
const WORKSPACE: &str = r#"futures-util = { opt-level = 1 }
hashbrown = { opt-level = 1 }
indexmap = { opt-level = 1 }
typed-path = { opt-level = 1 }
zip = { opt-level = 1 }
harness = { opt-level = 2, debug-assertions = true, overflow-checks = true }
wire = { opt-level = 2, debug-assertions = true, overflow-checks = true }
"#;

/// The directory of a compilation for submissions, inside of the directory that the grader keeps.
pub const BUILD: &str = "build";
/// The file beside it that is locked while it compiles.
pub const LOCK: &str = "lock";

#[cfg(test)]
mod tests {
    use super::{CARGO_CONFIG, workspace_config};
    use crate::root::Root;
    use std::collections::BTreeSet;
    use std::error::Error;
    use std::path::Path;
    use toml::{Table, Value};

    /// The names of the packages with settings of their own.
    fn packages(text: &str) -> Result<BTreeSet<String>, Box<dyn Error>> {
        let text: Table = toml::from_str(text)?;
        let packages = text["profile"]["dev"]["package"].as_table().ok_or("no table of packages")?;
        Ok(packages.keys().cloned().collect())
    }

    /// The packages that `package` stands on.
    fn below(lock: &Table, package: &str) -> BTreeSet<String> {
        let locked: &[Value] = lock["package"].as_array().map_or(&[], Vec::as_slice);
        let (mut seen, mut open) = (BTreeSet::new(), vec![package.to_owned()]);
        while let Some(name) = open.pop() {
            for package in locked.iter().filter(|package| package["name"].as_str() == Some(&name)) {
                let needs = package.get("dependencies").and_then(Value::as_array).into_iter().flatten();
                let needs = needs.filter_map(|need| Some(need.as_str()?.split(' ').next()?.to_owned()));
                open.extend(needs.filter(|need| !seen.contains(need)).collect::<Vec<_>>());
            }
            seen.insert(name);
        }
        seen
    }

    #[test]
    fn the_workspaces_settings_of_a_dependency_are_overridden() -> Result<(), Box<dyn Error>> {
        let root = Root::find(Path::new(env!("CARGO_MANIFEST_DIR")))?;
        let below = below(&toml::from_str(&std::fs::read_to_string(root.join("Cargo.lock"))?)?, "cnn");
        assert!(below.contains("ndarray"));
        let workspace = packages(&std::fs::read_to_string(root.join("Cargo.toml"))?)?;
        let overridden = packages(&workspace_config())?;
        let missing: Vec<&String> = workspace.intersection(&below).filter(|name| !overridden.contains(*name)).collect();
        assert!(missing.is_empty(), "with settings in Cargo.toml that a session does not know: {missing:?}");
        assert!(packages(CARGO_CONFIG)?.is_subset(&overridden));
        Ok(())
    }
}
