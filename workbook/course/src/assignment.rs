/*!
An assignment: its reference functions, what each is worth, and which stand upstream of which.

The functions are a file of `src/graded`; their order of appearance and their points are the chapter's that names it.
*/

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use crate::chapter::{Chapter, FrontMatter};
use crate::error::{Error, Result};
use crate::files;
use crate::root::Root;
use crate::source::Source;

/// An assignment of the course.
#[derive(Debug)]
pub struct Assignment {
    /// Its name, the stem of its file in `src/graded`.
    pub name: String,
    /// The name of its notebooks, without `.ipynb`.
    pub notebook: String,
    /// Its reference functions.
    pub reference: Source,
    /// Its graded functions, in the order of the file.
    pub functions: Vec<String>,
    points: BTreeMap<String, f64>,
    driven: BTreeSet<String>,
}

impl Assignment {
    /// The names of all assignments that have cases, in order.
    ///
    /// # Errors
    /// When the directory of the case files cannot be read.
    pub fn names(root: &Root) -> Result<Vec<String>> {
        Ok(files::list(&root.cases(), "rs")?.iter().map(|path| files::stem(path)).collect())
    }

    /// Reads the assignment `name`.
    ///
    /// # Errors
    /// When there is none of that name, with the names that exist; when its sources are broken, or no chapter, or more
    /// than one, gives its points.
    pub fn read(root: &Root, name: &str) -> Result<Self> {
        let known = Self::names(root)?;
        if !known.iter().any(|known| known == name) {
            let help = format!("the assignments are: {}", known.join(", "));
            return Err(Error::invalid("", 0, format!("no assignment {name:?}"), help));
        }
        let mut of_it = Vec::new();
        for path in Chapter::paths(root)? {
            if FrontMatter::read(root, &path)?.graded.as_deref() == Some(name) {
                of_it.push(path);
            }
        }
        match &of_it[..] {
            [path] => Self::of(root, name, Chapter::read(root, path)?),
            [] => {
                let what = format!("no chapter names the assignment {name}, so its functions have no points");
                let help = format!("write `graded = \"{name}\"` in the front matter of its chapter");
                Err(Error::invalid("", 0, what, help))
            }
            [one, other, ..] => {
                let (one, other) = (root.show(one), root.show(other));
                let what = format!("the assignment {name} has two chapters, {one} and {other}");
                Err(Error::invalid("", 0, what, "an assignment belongs to one chapter"))
            }
        }
    }

    fn of(root: &Root, name: &str, chapter: Chapter) -> Result<Self> {
        let points = chapter.exercises().map(|exercise| (exercise.name.clone(), exercise.points)).collect();
        let reference = chapter.source.expect("a chapter that names an assignment holds its functions");
        let functions = reference.exercises().map(|function| function.name().to_owned()).collect();
        let driven = driven(root, name)?;
        Ok(Self { name: name.to_owned(), notebook: chapter.notebook, reference, functions, points, driven })
    }

    /// The assignment with points for the functions `names` alone, where the others are given to the learner; with all
    /// points if none is named.
    #[must_use]
    pub fn only(mut self, names: &[String]) -> Self {
        self.points.retain(|name, _| names.is_empty() || names.contains(name));
        self
    }

    /// Whether a function has points: it is one that a learner writes.
    pub fn is_marked(&self, function: &str) -> bool {
        self.points.contains_key(function)
    }

    /// What a graded function is worth.
    pub fn points(&self, function: &str) -> f64 {
        self.points.get(function).copied().unwrap_or_default()
    }

    /// Whether a function takes or returns what cannot cross the wire, so that the harness drives it: the answer is
    /// then a record that the driver made, not what the function returned.
    pub fn is_driven(&self, function: &str) -> bool {
        self.driven.contains(function)
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
fn driven(root: &Root, assignment: &str) -> Result<BTreeSet<String>> {
    let path = root.driver(assignment);
    let Ok(text) = fs::read_to_string(&path) else { return Ok(BTreeSet::new()) };
    let source = Source::parse(root.show(&path), text)?;
    Ok(source.functions().map(|function| function.name().to_owned()).collect())
}
