/*! An assignment: its reference functions, and what each is worth. */

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use course::Source;
use serde::Deserialize;

use crate::error::{Error, Result};
use crate::program::text::Call;
use crate::submission::Submission;

/// Points of a function that no chapter gives points.
const POINTS: f64 = 10.0;

/// An assignment of the course.
#[derive(Debug)]
pub struct Assignment {
    /// Its name, the stem of its file in `src/graded`.
    pub name: String,
    /// Its reference functions.
    pub reference: Source,
    /// Its graded functions, in the order of the file.
    pub functions: Vec<String>,
    points: BTreeMap<String, f64>,
    /// The functions that the harness drives.
    driven: BTreeSet<String>,
}

/// What a chapter's front matter says.
#[derive(Deserialize)]
struct FrontMatter {
    notebook: Option<String>,
    graded: Option<String>,
}

impl Assignment {
    /// Reads the assignment `name` of the course at `root`.
    ///
    /// # Errors
    /// When there is none of that name, or its sources are broken.
    pub fn read(root: &Path, name: &str) -> Result<Self> {
        let known = names(root)?;
        if !known.iter().any(|known| known == name) {
            let help = format!("the assignments are: {}", known.join(", "));
            return Err(Error::new(format!("no assignment {name:?}"), help));
        }
        let path = format!("src/graded/{name}.rs");
        let text = fs::read_to_string(root.join(&path)).map_err(|error| Error::io(&root.join(&path), &error))?;
        let reference = Source::parse_reference(path, text)?;
        let functions: Vec<String> = reference.exercises().map(|function| function.name().to_owned()).collect();
        let mut points = BTreeMap::new();
        for (front, text) in chapters(root)? {
            if front.graded.as_deref() == Some(name) {
                points.extend(points_of(&text));
            }
        }
        let driven = drivers(root, name)?;
        Ok(Self { name: name.to_owned(), reference, functions, points, driven })
    }

    /// The assignment that a submission belongs to: the one that is named, or that the submission names, or whose
    /// notebook has the file's name, or most of whose functions it holds.
    ///
    /// # Errors
    /// When it cannot be told, or the submission holds nothing of the assignment that is named but something of another.
    pub fn of(root: &Path, submission: &Submission, named: Option<&str>) -> Result<Self> {
        let functions =
            submission.parts.iter().flat_map(|part| part.functions()).map(|function| function.name().to_owned());
        let functions: BTreeSet<String> =
            functions.chain(submission.broken.iter().flat_map(|(_, broken)| broken.functions.clone())).collect();
        let known = names(root)?;
        let mut best = (0, None);
        for name in &known {
            let assignment = Self::read(root, name)?;
            let count = assignment.functions.iter().filter(|name| functions.contains(*name)).count();
            if count > best.0 {
                best = (count, Some(assignment));
            }
        }
        if let Some(name) = named.or(submission.assignment.as_deref()) {
            let assignment = Self::read(root, name)?;
            return match best.1 {
                Some(other) if !assignment.functions.iter().any(|name| functions.contains(name)) => {
                    let message = format!(
                        "{}: expected functions of {name}, found {} of {}",
                        submission.name, best.0, other.name
                    );
                    let help = format!("hand in the notebook of {name}, or grade with --assignment {}", other.name);
                    Err(Error::new(message, help))
                }
                _ => Ok(assignment),
            };
        }
        let stem = submission.name.rsplit_once('.').map_or(&*submission.name, |(stem, _)| stem);
        for (front, _) in chapters(root)? {
            if front.notebook.as_deref() == Some(stem)
                && let Some(name) = front.graded
            {
                return Self::read(root, &name);
            }
        }
        if known.iter().any(|name| name == stem) {
            return Self::read(root, stem);
        }
        best.1.ok_or_else(|| {
            let message = format!("{}: it holds no function of any assignment", submission.name);
            Error::new(message, format!("say which it is with --assignment: {}", known.join(", ")))
        })
    }

    /// The graded function `function`, which the grader calls by `name`.
    ///
    /// # Errors
    /// When the reference has no such function.
    pub fn call(&self, function: &str, name: &str) -> Result<Call<'_>> {
        let driver = self.is_driven(function).then(|| format!("harness::drive::{}::{function}", self.name));
        Ok(Call { name: name.to_owned(), function: self.reference.function(function)?, driver })
    }

    /// Whether a function takes or returns what cannot cross the wire, so that the harness drives it: the answer is
    /// then a record that the driver made, not what the function returned.
    pub fn is_driven(&self, function: &str) -> bool {
        self.driven.contains(function)
    }

    /// What a function is worth.
    pub fn points(&self, function: &str) -> f64 {
        self.points.get(function).copied().unwrap_or(POINTS)
    }

    /// The functions that stand upstream of one: what our body of it calls, and what those call in turn.
    pub fn upstream(&self, function: &str) -> BTreeSet<String> {
        let mut found = BTreeSet::new();
        let mut todo = vec![function.to_owned()];
        while let Some(name) = todo.pop() {
            let Ok(caller) = self.reference.function(&name) else { continue };
            for called in &self.functions {
                if called != function && caller.item().mentions.contains(called) && found.insert(called.clone()) {
                    todo.push(called.clone());
                }
            }
        }
        found.remove(function);
        found
    }
}

/// The functions of an assignment that the harness has a driver for, in the file of the assignment's name.
fn drivers(root: &Path, assignment: &str) -> Result<BTreeSet<String>> {
    let path = format!("grader/harness/src/drive/{assignment}.rs");
    let Ok(text) = fs::read_to_string(root.join(&path)) else { return Ok(BTreeSet::new()) };
    let source = Source::parse(path, text)?;
    Ok(source.functions().map(|function| function.name().to_owned()).collect())
}

/// The names of all assignments that have cases.
///
/// # Errors
/// When the directory of the case files cannot be read.
pub fn names(root: &Path) -> Result<Vec<String>> {
    let directory = root.join("grader/cases");
    let entries = fs::read_dir(&directory).map_err(|error| Error::io(&directory, &error))?;
    let files = entries.filter_map(|entry| entry.ok()).map(|entry| entry.path());
    let files = files.filter(|path| path.extension().is_some_and(|extension| extension == "rs"));
    let mut names: Vec<String> = files.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect();
    names.sort();
    Ok(names)
}

/// The front matter and the text of every chapter, in the order of their names.
fn chapters(root: &Path) -> Result<Vec<(FrontMatter, String)>> {
    let Ok(entries) = fs::read_dir(root.join("workbook/chapters")) else { return Ok(Vec::new()) };
    let mut paths: Vec<_> = entries.filter_map(|entry| entry.ok()).map(|entry| entry.path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "md"));
    paths.sort();
    let mut chapters = Vec::new();
    for path in paths {
        let text = fs::read_to_string(&path).map_err(|error| Error::io(&path, &error))?;
        let Some((front, text)) = text.strip_prefix("+++\n").and_then(|rest| rest.split_once("\n+++")) else {
            continue;
        };
        let front = toml::from_str(front)
            .map_err(|error| Error::new(format!("{}: {error}", path.display()), "front matter is TOML between +++"))?;
        chapters.push((front, text.to_owned()));
    }
    Ok(chapters)
}

/// The points that a chapter's fences give: ```` ```rust graded=NAME points=N ````.
fn points_of(chapter: &str) -> BTreeMap<String, f64> {
    let fences = chapter.lines().filter_map(|line| line.trim_start().strip_prefix("```rust "));
    let points = fences.filter_map(|info| {
        let value = |key: &str| info.split_whitespace().find_map(|word| word.strip_prefix(key)?.strip_prefix('='));
        Some((value("graded")?.to_owned(), value("points")?.parse().ok()?))
    });
    points.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_stand_in_the_fences_of_a_chapter() {
        let chapter =
            "Text.\n```rust graded=zero_pad points=5\n```\n```rust\n1\n```\n```rust points=2.5 graded=f\n```\n";
        let points = points_of(chapter);
        assert_eq!(points, BTreeMap::from([("zero_pad".to_owned(), 5.0), ("f".to_owned(), 2.5)]));
    }

    #[test]
    fn upstream_is_what_our_body_calls() {
        let assignment = Assignment::read(&crate::root::find().unwrap(), "conv_step_by_step").unwrap();
        assert_eq!(assignment.functions.len(), 8);
        let upstream = |name: &str| assignment.upstream(name).into_iter().collect::<Vec<_>>();
        assert_eq!(upstream("conv_forward"), ["conv_single_step", "zero_pad"]);
        assert_eq!(upstream("pool_backward"), ["create_mask_from_window", "distribute_value"]);
        assert!(upstream("zero_pad").is_empty());
    }
}
