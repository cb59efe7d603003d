/*! A new graded function in a chapter: its exercise, its reference body and stub, its cases, its typical mistakes. */

use super::{Changes, check_name, fill};
use anyhow::{Context, Result, bail};
use course::chapter::FrontMatter;
use course::{Chapter, Root, files};
use std::path::PathBuf;

/// The files that a graded function is written into.
pub struct Place {
    pub chapter: PathBuf,
    pub graded: PathBuf,
    pub cases: PathBuf,
    assignment: String,
}

impl Place {
    pub fn new(root: &Root, chapter: PathBuf, assignment: &str) -> Place {
        Place {
            chapter,
            graded: root.graded(assignment),
            cases: root.cases().join(format!("{assignment}.rs")),
            assignment: assignment.to_owned(),
        }
    }
}

/// Writes the graded function `name` into a chapter, at its end.
///
/// # Errors
/// When there is no such chapter, it has no assignment, or the function exists already.
pub fn function(root: &Root, chapter: &str, name: &str) -> Result<()> {
    let paths = Chapter::paths(root)?;
    let known = || paths.iter().map(|path| files::stem(path)).collect::<Vec<_>>().join(", ");
    let path = paths.iter().find(|path| files::stem(path) == chapter);
    let path = path.with_context(|| format!("there is no chapter {chapter:?}\nhelp: the chapters are {}", known()))?;
    let Some(assignment) = FrontMatter::read(root, path)?.graded else {
        bail!("{} has no assignment\nhelp: name the file of src/graded in its front matter", root.show(path));
    };
    if Chapter::read(root, path)?.exercises().any(|exercise| exercise.name == name) {
        bail!("{} has an exercise {name} already\nhelp: choose another name", root.show(path));
    }
    let mut changes = Changes::new(root);
    add(&mut changes, root, &Place::new(root, path.clone(), &assignment), name, 10)?;
    changes.write()
}

/// Adds the graded function `name` to changes that hold or find the files of `place`.
pub(super) fn add(changes: &mut Changes, root: &Root, place: &Place, name: &str, points: usize) -> Result<()> {
    check_name(name)?;
    let points = points.to_string();
    let fill = |template| fill(template, &[("function", name), ("points", &points)]);
    changes.append(&place.chapter, &fill(include_str!("templates/exercise.md.txt")))?;
    changes.append(&place.graded, &fill(include_str!("templates/function.rs.txt")))?;
    changes.append(&place.cases, &fill(include_str!("templates/case.rs.txt")))?;
    let misconceptions = root.misconceptions(&place.assignment, name);
    changes.create(misconceptions, fill(include_str!("templates/misconceptions.md.txt")))
}
