/*!
`workbook export`: the directory that a class is given. It holds the learners' notebooks, the helper crate with the chosen
functions as stubs, the notebooks' kernel, and a README; no solution of a chosen function, nothing of the grader.
*/

use super::choice::{Chosen, choose};
use super::manifest;
use crate::notebook::{student_with, to_text};
use crate::scaffold::fill;
use crate::session;
use anyhow::{Context, Result, bail};
use course::{Root, dependencies, files};
use std::fs;
use std::path::{Path, PathBuf};

/// What is to be exported.
#[derive(Debug, clap::Args)]
pub struct Export {
    /// The directory to write; it must not exist yet, or be empty
    #[arg(long, value_name = "DIR")]
    pub to: PathBuf,
    /// The functions that learners write; those of their assignments that are not named here are given
    #[arg(long, value_delimiter = ',', value_name = "NAME,…", required_unless_present = "all")]
    pub stub: Vec<String>,
    /// Every graded function of every chapter
    #[arg(long, conflicts_with = "stub")]
    pub all: bool,
    /// Add this program and the compiled dependencies, for learners with the same platform and compiler
    #[arg(long)]
    pub with_binaries: bool,
}

/// Files and folders that a hand-out takes over as they are.
const TAKEN: [&str; 12] = [
    ".gitignore",
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "rustfmt.toml",
    "scripts/lab.sh",
    "scripts/setup.sh",
    "scripts/tools.sh",
    "workbook/Cargo.toml",
    "workbook/src",
    "workbook/course/Cargo.toml",
    "workbook/course/src",
];

/// Writes a hand-out, whole or not at all.
///
/// # Errors
/// When the directory holds something, a name is no graded function, a chapter is wrong, or something cannot be written.
pub fn export(root: &Root, Export { to, stub, all, with_binaries }: &Export) -> Result<()> {
    if fs::read_dir(to).is_ok_and(|mut entries| entries.next().is_some()) || to.is_file() {
        bail!("{} is there already\nhelp: name a new directory, or empty this one", to.display());
    }
    let chosen = choose(root, (!all).then_some(&stub[..]))?;
    let parent = to.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(parent).with_context(|| format!("{}", parent.display()))?;
    // Only a whole hand-out gets its name.
    let part = tempfile::Builder::new().prefix(".handout-").tempdir_in(parent)?;
    let folder = part.path();
    write_sources(root, folder, &chosen)?;
    write_lessons(root, folder, &chosen, *with_binaries)?;
    let text = fs::read_to_string(root.join("Cargo.toml")).context("Cargo.toml")?;
    manifest::write(folder, &mut manifest::manifest(&text)?)?;
    if *with_binaries {
        add_binaries(root, folder)?;
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        fs::set_permissions(folder, fs::Permissions::from_mode(0o755))?;
    }
    let _ = fs::remove_dir(to);
    fs::rename(folder, to).with_context(|| format!("{}", to.display()))?;
    drop(part);
    println!("{}", to.display());
    for Chosen { chapter, stubs, .. } in &chosen {
        let names: Vec<&str> = stubs.iter().map(String::as_str).collect();
        println!("  notebooks/student/{}.ipynb: {} to write: {}", chapter.notebook, names.len(), names.join(", "));
    }
    if !all {
        println!(
            "help: `grader grade FILE --functions {}` marks these functions alone; `grader batch` takes the same",
            stub.join(",")
        );
    }
    Ok(())
}

/// The helper crate, with the graded functions as a learner gets them, and the program `workbook`.
fn write_sources(root: &Root, folder: &Path, chosen: &[Chosen]) -> Result<()> {
    for path in TAKEN {
        take(root, folder, Path::new(path))?;
    }
    let graded = root.join("src/graded");
    for (path, bytes) in files::contents(&root.join("src"), &[&graded])? {
        files::write(&folder.join("src").join(path), bytes)?;
    }
    let modules = fs::read_to_string(graded.join("mod.rs")).context("src/graded/mod.rs")?;
    let is_kept = |line: &&str| {
        let module = line.strip_prefix("pub mod ").and_then(|line| line.strip_suffix(';'));
        module.is_none_or(|module| chosen.iter().any(|chosen| chosen.assignment == module))
    };
    let kept: Vec<&str> = modules.lines().filter(is_kept).collect();
    files::write(&folder.join("src/graded/mod.rs"), kept.join("\n") + "\n")?;
    for Chosen { chapter, assignment, stubs } in chosen {
        let source = chapter.source.as_ref().context("a chapter with an assignment has its source")?;
        let mut text = source.text().to_owned();
        let mut functions: Vec<_> = source.exercises().filter(|function| stubs.contains(function.name())).collect();
        functions.sort_by_key(|function| std::cmp::Reverse(function.item().range.start));
        for function in functions {
            text.replace_range(function.item().range.clone(), &function.without_solution());
        }
        files::write(&folder.join("src/graded").join(format!("{assignment}.rs")), text)?;
    }
    Ok(())
}

/// The chapters with their pictures, the notebooks, and what tells a learner how to begin.
fn write_lessons(root: &Root, folder: &Path, chosen: &[Chosen], with_binaries: bool) -> Result<()> {
    let pictures = files::contents(&root.chapters().join("images"), &[])?;
    let mut rows = Vec::new();
    for Chosen { chapter, stubs, .. } in chosen {
        take(root, folder, Path::new(&chapter.path))?;
        let text = fs::read_to_string(root.join(&chapter.path)).with_context(|| chapter.path.clone())?;
        for (name, bytes) in &pictures {
            let path = Path::new("images").join(name);
            if text.contains(&*path.to_string_lossy()) {
                files::write(&folder.join("workbook/chapters").join(path), bytes)?;
            }
        }
        let notebook = student_with(chapter, stubs);
        let name = format!("notebooks/student/{}.ipynb", chapter.notebook);
        files::write(&folder.join(name), to_text(&notebook))?;
        let exercises: Vec<_> = chapter.exercises().filter(|exercise| stubs.contains(&exercise.name)).collect();
        let names: Vec<String> = exercises.iter().map(|exercise| format!("`{}`", exercise.name)).collect();
        let points: f64 = exercises.iter().map(|exercise| exercise.points).sum();
        rows.push(format!("| `{}` | {} | {points} |", chapter.notebook, names.join(", ")));
    }
    let titles: Vec<&str> = chosen.iter().map(|chosen| chosen.chapter.title.as_str()).collect();
    let title = if let [title] = titles[..] { title } else { "The CNN workbook" };
    let first_time = if with_binaries { "about a minute" } else { "some minutes" };
    let values = [("title", title), ("first_time", first_time), ("exercises", &rows.join("\n"))];
    files::write(&folder.join("README.md"), fill(include_str!("templates/README.md.txt"), &values))?;
    Ok(files::write(&folder.join("Makefile"), include_str!("templates/Makefile.txt"))?)
}

/// Copies a file with its mode, or the files of a folder. Hidden files of other systems stay behind.
fn take(root: &Root, folder: &Path, path: &Path) -> Result<()> {
    let (from, to) = (root.join(path), folder.join(path));
    if from.is_dir() {
        for (inner, bytes) in files::contents(&from, &[])? {
            files::write(&to.join(inner), bytes)?;
        }
        return Ok(());
    }
    fs::create_dir_all(to.parent().unwrap_or(folder))?;
    fs::copy(&from, &to).with_context(|| root.show(&from))?;
    Ok(())
}

/// This program, and the dependencies of the helper crate as they were compiled here.
fn add_binaries(root: &Root, folder: &Path) -> Result<()> {
    let own = Root::at(folder).context("the hand-out is no course yet")?;
    let store = own.grader_store();
    if !session::copy_dependencies(root, &store.join(dependencies::BUILD), &|text| eprintln!("{text}"))? {
        bail!("the dependencies are not compiled yet\nhelp: run `target/debug/grader prepare` first");
    }
    fs::write(store.join(dependencies::LOCK), "")?;
    let program = folder.join("target/debug/workbook");
    fs::create_dir_all(program.parent().unwrap_or(folder))?;
    fs::copy(std::env::current_exe()?, &program).context("copying this program")?;
    Ok(())
}
