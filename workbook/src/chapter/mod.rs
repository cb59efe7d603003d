/*!
A chapter of the course as its author wrote it: prose, demo cells with the output that a learner must see, exercises and
their visible tests.

It is neither run nor written as a notebook here.
*/

mod fences;
mod parse;

use crate::project::Project;
use anyhow::{Context, Result, bail};
use course::Source;
use std::path::{Path, PathBuf};

/// One chapter.
#[derive(Debug)]
pub struct Chapter {
    /// From the workspace's root, with `/`: `workbook/chapters/1_step_by_step.md`.
    pub path: String,
    pub title: String,
    /// The notebooks' name, without `.ipynb`.
    pub notebook: String,
    /// The assignment, a file of `src/graded`.
    pub graded: Option<String>,
    pub blocks: Vec<Block>,
    /// The assignment's source text.
    pub source: Option<Source>,
}

/// A piece of a chapter, in reading order.
#[derive(Debug, PartialEq)]
pub enum Block {
    Prose { line: usize, text: String },
    Cell(Cell),
}

/// A code cell.
#[derive(Debug, PartialEq)]
pub struct Cell {
    /// The line of its fence.
    pub line: usize,
    pub kind: Kind,
    /// Empty for an exercise, whose text stands in `src/graded`.
    pub code: String,
    pub output: Option<Expected>,
}

/// What a code cell is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    Demo,
    Exercise { name: String, points: u32 },
    Test { name: String },
}

/// What a cell must print.
#[derive(Debug, PartialEq)]
pub struct Expected {
    pub line: usize,
    pub text: String,
    /// How far a number may be off, relative to the expected one; exact if there is none.
    pub tolerance: Option<f64>,
}

impl Chapter {
    /// Reads a chapter and the assignment it names, and checks that they fit each other.
    ///
    /// # Errors
    /// The first thing that is wrong, as `file:line: what`.
    pub fn read(project: &Project, path: &Path) -> Result<Chapter> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let name = project.show(path).to_string();
        let mut chapter = parse::parse(&name, &text)?;
        if let Some(graded) = &chapter.graded {
            let path = project.graded(graded);
            let text = std::fs::read_to_string(&path).with_context(|| {
                format!("{name}:1: cannot read {}, which `graded = {graded:?}` names", project.show(&path))
            })?;
            chapter.source = Some(Source::parse_reference(project.show(&path).to_string(), text)?);
        }
        chapter.check_exercises()?;
        Ok(chapter)
    }

    /// The chapters that `names` mean, or all of them, in order. A name is a notebook's or a file's name, or the path of
    /// a chapter that lies elsewhere, such as a draft.
    ///
    /// # Errors
    /// When a name means none, with the names that exist; when a chapter is wrong.
    pub fn read_all(project: &Project, names: &[String]) -> Result<Vec<Chapter>> {
        let folder = project.chapters();
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
            .with_context(|| format!("{}", folder.display()))?
            .filter_map(|entry| Some(entry.ok()?.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
            .collect();
        paths.sort();
        if !names.is_empty() {
            let stem = |path: &Path| path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
            let find = |name: &String| {
                let path = Path::new(name);
                if path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
                    return Ok(path.canonicalize()?);
                }
                paths.iter().find(|known| stem(known) == stem(path)).cloned().with_context(|| {
                    let known: Vec<String> = paths.iter().map(|path| stem(path)).collect();
                    format!("there is no chapter {name:?}\nhelp: the chapters are {}", known.join(", "))
                })
            };
            paths = names.iter().map(find).collect::<Result<_>>()?;
        }
        if paths.is_empty() {
            bail!("there are no chapters (*.md) in {}", project.show(&folder));
        }
        paths.iter().map(|path| Chapter::read(project, path)).collect()
    }

    /// The code cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Cell(cell) => Some(cell),
            Block::Prose { .. } => None,
        })
    }

    /// The function of an exercise.
    pub fn function(&self, name: &str) -> course::Function<'_> {
        let source = self.source.as_ref().expect("checked when the chapter was read");
        source.function(name).expect("checked when the chapter was read")
    }

    /// A cell's code with the reference's answer.
    pub fn solution(&self, cell: &Cell) -> String {
        match &cell.kind {
            Kind::Exercise { name, .. } => self.function(name).solution().trim_end().to_owned(),
            _ => cell.code.clone(),
        }
    }

    /// A cell's code as a learner gets it.
    pub fn stub(&self, cell: &Cell) -> String {
        match &cell.kind {
            Kind::Exercise { name, .. } => self.function(name).stub().trim_end().to_owned(),
            _ => cell.code.clone(),
        }
    }

    /// Every exercise of the assignment stands in the chapter once, each is followed by a test, no test comes too early.
    fn check_exercises(&self) -> Result<()> {
        let path = &self.path;
        let mut seen: Vec<(&str, usize)> = Vec::new();
        let mut tested: Vec<&str> = Vec::new();
        for Cell { line, kind, .. } in self.cells() {
            match kind {
                Kind::Demo => {}
                Kind::Exercise { name, .. } => {
                    let Some(source) = &self.source else {
                        bail!(
                            "{path}:{line}: an exercise in a chapter without an assignment\n\
                               help: name the file of src/graded in the front matter: graded = \"…\""
                        )
                    };
                    let function = source.function(name).map_err(|error| anyhow::anyhow!("{path}:{line}: {error}"))?;
                    if !function.is_exercise() {
                        bail!(
                            "{path}:{line}: {name} has no part for the learner\n\
                               help: mark it in {} with START CODE HERE and END CODE HERE",
                            source.path()
                        );
                    }
                    if let Some((_, first)) = seen.iter().find(|(seen, _)| seen == name) {
                        bail!(
                            "{path}:{line}: the exercise {name} stands here for the second time, first in line {first}"
                        );
                    }
                    seen.push((name, *line));
                }
                Kind::Test { name } => {
                    if !seen.iter().any(|(seen, _)| seen == name) {
                        bail!(
                            "{path}:{line}: a test of {name:?}, which is no exercise above\n\
                               help: the exercises above are {}",
                            list(seen.iter().map(|(name, _)| *name))
                        );
                    }
                    tested.push(name);
                }
            }
        }
        if let Some((name, line)) = seen.iter().find(|(name, _)| !tested.contains(name)) {
            bail!("{path}:{line}: the exercise {name} has no visible test\nhelp: add a fence ```rust test={name}");
        }
        let exercises = self.source.iter().flat_map(|source| source.exercises());
        let missing: Vec<&str> = exercises
            .map(|function| function.name())
            .filter(|name| !seen.iter().any(|(seen, _)| seen == name))
            .collect();
        if !missing.is_empty() {
            bail!(
                "{path}:1: the chapter has no exercise for {}\nhelp: add a fence ```rust graded={} points=…",
                list(missing.iter().copied()),
                missing[0]
            );
        }
        Ok(())
    }
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

/// A chapter for tests of other modules, with the exercise `twice`.
#[cfg(test)]
pub fn example(body: &str) -> Chapter {
    let source = "/// Twice a number.\npub fn twice(x: f64) -> f64 {\n    // START CODE HERE\n    \
        //~ let y: f64 = todo!(\"twice: write it\");\n    let y = 2.0 * x;\n    // END CODE HERE\n    y\n}\n";
    let front = "+++\ntitle = \"Example\"\nnotebook = \"9_example\"\ngraded = \"example\"\n+++\n";
    let mut chapter = parse::parse("example.md", &format!("{front}{body}")).unwrap();
    chapter.source = Some(Source::parse_reference("example.rs", source).unwrap());
    chapter.check_exercises().unwrap();
    chapter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_error(body: &str, expected: &str) {
        let mut chapter = example("```rust graded=twice points=1\n```\n```rust test=twice\n1\n```\n");
        chapter.blocks =
            parse::parse("c.md", &format!("+++\ntitle = \"\"\nnotebook = \"n\"\n+++\n{body}")).unwrap().blocks;
        let error = chapter.check_exercises().unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn names_must_exist_both_ways() {
        let (exercise, test) = ("```rust graded=twice points=1\n```\n", "```rust test=twice\n1\n```\n");
        check_error("x\n", "example.md:1: the chapter has no exercise for twice");
        check_error(exercise, "example.md:5: the exercise twice has no visible test");
        check_error(test, "example.md:5: a test of \"twice\", which is no exercise above");
        check_error(
            &format!("{exercise}{test}{exercise}"),
            "example.md:10: the exercise twice stands here for the second",
        );
        check_error("```rust graded=thrice points=1\n```\n", "example.md:5: ");
    }
}
