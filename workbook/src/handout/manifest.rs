/*! The workspace's manifest and lock file for a hand-out: without the grader, and without what only tests need. */

use anyhow::{Context, Result, bail};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;
use toml::{Table, Value};

/// The members of a hand-out's workspace beside the helper crate.
const MEMBERS: [&str; 2] = ["workbook", "workbook/course"];

/// The manifest of a workspace that holds the helper crate, its notebooks' kernel and nothing that grades.
///
/// # Errors
/// When the manifest is no TOML.
pub fn manifest(text: &str) -> Result<Table> {
    let mut manifest: Table = toml::from_str(text).context("Cargo.toml")?;
    let members: Vec<Value> = MEMBERS.iter().map(|member| Value::from(*member)).collect();
    if let Some(Value::Table(workspace)) = manifest.get_mut("workspace") {
        workspace.insert("members".into(), members.into());
        if let Some(Value::Table(dependencies)) = workspace.get_mut("dependencies") {
            let is_left_out = |value: &Value| {
                let path = value.get("path").and_then(Value::as_str);
                path.is_some_and(|path| !MEMBERS.contains(&path))
            };
            dependencies.retain(|_, value| !is_left_out(value));
        }
    }
    for part in ["bench", "dev-dependencies", "example", "test"] {
        manifest.remove(part);
    }
    Ok(manifest)
}

/// Writes the manifest of the workspace in `folder`, and takes out of the lock file what it does not need any more.
///
/// # Errors
/// When cargo cannot be started or refuses.
pub fn write(folder: &Path, manifest: &mut Table) -> Result<()> {
    let path = folder.join("Cargo.toml");
    std::fs::write(&path, toml::to_string(manifest)?)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo)
        .args(["update", "--workspace", "--offline", "--manifest-path"])
        .arg(&path)
        .output()
        .context("`cargo` does not run")?;
    if !output.status.success() {
        bail!(
            "cargo refuses the hand-out's workspace\n{}help: `cargo update --workspace --offline` in a copy of the course says more",
            String::from_utf8_lossy(&output.stderr)
        );
    }
    // Cargo warns of settings for packages that are not there.
    let lock: Table = toml::from_str(&std::fs::read_to_string(folder.join("Cargo.lock"))?).context("Cargo.lock")?;
    let packages = lock["package"].as_array().into_iter().flatten();
    let names: BTreeSet<&str> = packages.filter_map(|package| package["name"].as_str()).collect();
    let of_packages = manifest
        .get_mut("profile")
        .and_then(|profile| profile.get_mut("dev"))
        .and_then(|profile| profile.get_mut("package"));
    if let Some(Value::Table(packages)) = of_packages {
        packages.retain(|name, _| names.contains(name) || name == "*");
    }
    Ok(std::fs::write(&path, toml::to_string(manifest)?)?)
}

#[cfg(test)]
mod tests {
    use super::manifest;

    #[test]
    fn the_grader_is_left_out() {
        let text = "[workspace]\nmembers = [\"workbook\", \"grader\"]\n[workspace.dependencies]\n\
            wire = { path = \"grader/wire\" }\ncourse = { path = \"workbook/course\" }\nserde = \"1\"\n\
            [package]\nname = \"cnn\"\n[[test]]\nname = \"cnn\"\n[dev-dependencies]\nlibc = \"0.2\"\n";
        let left = toml::to_string(&manifest(text).unwrap()).unwrap();
        for word in ["grader", "wire", "libc", "[[test]]"] {
            assert!(!left.contains(word), "{word}: {left}");
        }
        for word in ["workbook/course", "serde", "name = \"cnn\""] {
            assert!(left.contains(word), "{word}: {left}");
        }
    }
}
