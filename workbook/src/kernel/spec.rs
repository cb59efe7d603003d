/*! `workbook kernel install` and `uninstall`: the kernel specification by which Jupyter finds this program. */

use anyhow::{Context, Result, bail};
use clap::Args;
use serde_json::json;
use std::path::PathBuf;

/// Where a kernel specification goes.
#[derive(Args, Debug)]
pub struct Place {
    /// For the current user (the default)
    #[arg(long, conflicts_with_all = ["prefix", "sys_prefix"])]
    user: bool,
    /// Into share/jupyter under this directory, such as a virtual environment
    #[arg(long, value_name = "DIR", conflicts_with = "sys_prefix")]
    prefix: Option<PathBuf>,
    /// Into the active virtual environment, or the one whose `python` is first on the PATH
    #[arg(long)]
    sys_prefix: bool,
    /// The name that a notebook's `kernelspec` gives
    #[arg(long, default_value = "rust", value_parser = parse_name)]
    name: String,
}

fn parse_name(name: &str) -> Result<String, String> {
    // As jupyter_client allows them.
    let is_allowed = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    if name.is_empty() || !name.chars().all(is_allowed) {
        return Err("a kernel's name has letters, digits, '.', '_' and '-' only".into());
    }
    Ok(name.to_ascii_lowercase())
}

/// Writes the specification, and says where.
///
/// # Errors
/// When the place is not known or cannot be written.
pub fn install(place: &Place) -> Result<()> {
    let program = std::env::current_exe().context("the path of this program")?;
    let program = program.to_str().context("the path of this program is not Unicode, which kernel.json must be")?;
    let spec = json!({
        "argv": [program, "kernel", "run", "{connection_file}"],
        "display_name": "Rust (CNN workbook)",
        "language": "rust",
        "interrupt_mode": "message",
        // JupyterLab offers its view of the variables where this says so.
        "metadata": { "debugger": true },
    });
    let path = place.folder()?.join("kernel.json");
    course::files::write(&path, format!("{spec:#}\n"))?;
    println!("the kernel {:?} is installed: {}", place.name, path.display());
    Ok(())
}

/// Deletes the specification, if it is this program's.
///
/// # Errors
/// When there is none, or another kernel's.
pub fn uninstall(place: &Place) -> Result<()> {
    let folder = place.folder()?;
    let path = folder.join("kernel.json");
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("there is no kernel {:?} at {}", place.name, folder.display()))?;
    let spec: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    if spec["argv"][1] != "kernel" || spec["argv"][2] != "run" {
        bail!(
            "{} is another program's kernel\nhelp: `jupyter kernelspec remove {}` removes any kernel",
            path.display(),
            place.name
        );
    }
    std::fs::remove_dir_all(&folder).with_context(|| format!("cannot delete {}", folder.display()))?;
    println!("the kernel {:?} is gone from {}", place.name, folder.display());
    Ok(())
}

impl Place {
    fn folder(&self) -> Result<PathBuf> {
        let data = if self.sys_prefix {
            environment()?.join("share/jupyter")
        } else if let Some(prefix) = &self.prefix {
            prefix.join("share/jupyter")
        } else {
            user_data()?
        };
        Ok(data.join("kernels").join(&self.name))
    }
}

/// The virtual environment that is active, else the place of `python`, as `sys.prefix` gives it.
fn environment() -> Result<PathBuf> {
    if let Some(path) = ["VIRTUAL_ENV", "CONDA_PREFIX"].iter().find_map(std::env::var_os) {
        return Ok(path.into());
    }
    for python in ["python3", "python"] {
        let output = std::process::Command::new(python).args(["-c", "import sys; print(sys.prefix)"]).output();
        if let Ok(output) = output
            && output.status.success()
        {
            return Ok(String::from_utf8_lossy(&output.stdout).trim().into());
        }
    }
    bail!("no virtual environment is active and no Python is on the PATH\nhelp: use --user or --prefix DIR")
}

/// Jupyter's data directory of the current user.
fn user_data() -> Result<PathBuf> {
    let variable = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(data) = variable("JUPYTER_DATA_DIR") {
        return Ok(data);
    }
    let home = || variable("HOME").context("HOME is not set\nhelp: use --prefix DIR");
    if cfg!(target_os = "macos") {
        return Ok(home()?.join("Library/Jupyter"));
    }
    variable("XDG_DATA_HOME").map_or_else(|| Ok(home()?.join(".local/share")), Ok).map(|data| data.join("jupyter"))
}
