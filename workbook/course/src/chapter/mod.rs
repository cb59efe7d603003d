/*!
A chapter of the course as its author wrote it: prose, demo cells with the output that a learner must see, exercises and
their visible tests.

It is neither run nor written as a notebook here.
*/

mod block;
mod fences;
mod parse;
pub mod ranges;

use std::path::{Path, PathBuf};

use crate::error::{Error, Result};
use crate::files;
use crate::function::Function;
use crate::root::Root;
use crate::source::Source;

pub use block::{Block, Cell, Exercise, Expected, Kind, Precision};
pub use parse::FrontMatter;
use parse::parse;

/// The line of a chapter in whose place the table of its exercises is written.
pub const TABLE: &str = "<!-- exercises -->";

/// One chapter.
#[derive(Debug)]
pub struct Chapter {
    /// From the course's directory, with `/`: `workbook/chapters/1_step_by_step.md`.
    pub path: String,
    /// Its title.
    pub title: String,
    /// The notebooks' name, without `.ipynb`.
    pub notebook: String,
    /// The assignment, a file of `src/graded`.
    pub graded: Option<String>,
    /// What it consists of, with the table of exercises in place of [`TABLE`].
    pub blocks: Vec<Block>,
    /// The assignment's source text.
    pub source: Option<Source>,
}

impl Chapter {
    /// Reads a chapter and the assignment it names, and checks that they fit each other.
    ///
    /// # Errors
    /// The first thing that is wrong, as `file:line: what`.
    pub fn read(root: &Root, path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::unreadable(path, &error))?;
        let name = root.show(path);
        let (front, blocks) = parse(&name, &text)?;
        let source = front.graded.as_deref().map(|graded| {
            let path = root.graded(graded);
            let text = std::fs::read_to_string(&path).map_err(|error| {
                let what = format!("cannot read {}, which `graded = {graded:?}` names: {error}", root.show(&path));
                Error::invalid(&name, 1, what, "write the file, or name another one")
            })?;
            Source::parse_reference(root.show(&path), text)
        });
        Self::new(name, front, blocks, source.transpose()?)
    }

    /// A chapter whose text and functions are at hand; `path` and the source's name are used in messages.
    ///
    /// # Errors
    /// As [`Chapter::read`].
    pub fn parse(path: &str, text: &str, source: Option<Source>) -> Result<Self> {
        let (front, blocks) = parse(path, text)?;
        Self::new(path.to_owned(), front, blocks, source)
    }

    fn new(path: String, front: FrontMatter, blocks: Vec<Block>, source: Option<Source>) -> Result<Self> {
        let FrontMatter { title, notebook, graded } = front;
        let mut chapter = Self { path, title, notebook, graded, blocks, source };
        chapter.check_exercises()?;
        chapter.fill_in_table()?;
        chapter.number_exercises()?;
        Ok(chapter)
    }

    /// The files of all chapters, in the order of the numbers that their names begin with.
    ///
    /// # Errors
    /// When their directory cannot be read, or holds none.
    pub fn paths(root: &Root) -> Result<Vec<PathBuf>> {
        let folder = root.chapters();
        let mut paths = files::list(&folder, "md")?;
        paths.sort_by_key(|path| number(&files::stem(path)));
        if paths.is_empty() {
            return Err(Error::invalid(&root.show(&folder), 0, "there are no chapters (*.md)", ""));
        }
        Ok(paths)
    }

    /// The chapters that `names` mean, or all of them, in order. A name is a notebook's or a file's name, or the path of
    /// a chapter that lies elsewhere, such as a draft.
    ///
    /// # Errors
    /// When a name means none, with the names that exist; when a chapter is wrong.
    pub fn read_all(root: &Root, names: &[String]) -> Result<Vec<Self>> {
        let mut paths = Self::paths(root)?;
        if !names.is_empty() {
            let find = |name: &String| {
                let path = Path::new(name);
                if path.extension().is_some_and(|extension| extension == "md") && path.is_file() {
                    return path.canonicalize().map_err(|error| Error::unreadable(path, &error));
                }
                let known = paths.iter().find(|known| files::stem(known) == files::stem(path));
                known.cloned().ok_or_else(|| {
                    let known: Vec<String> = paths.iter().map(|path| files::stem(path)).collect();
                    let help = format!("the chapters are {}", known.join(", "));
                    Error::invalid("", 0, format!("there is no chapter {name:?}"), help)
                })
            };
            paths = names.iter().map(find).collect::<Result<_>>()?;
        }
        paths.iter().map(|path| Self::read(root, path)).collect()
    }

    /// The code cells, in order.
    pub fn cells(&self) -> impl Iterator<Item = &Cell> {
        self.blocks.iter().filter_map(|block| match block {
            Block::Cell(cell) => Some(cell),
            Block::Prose { .. } => None,
        })
    }

    /// The exercises, in order.
    pub fn exercises(&self) -> impl Iterator<Item = &Exercise> {
        self.cells().filter_map(|cell| match &cell.kind {
            Kind::Exercise(exercise) => Some(exercise),
            _ => None,
        })
    }

    /// The function of an exercise.
    ///
    /// # Panics
    /// When the chapter has no such exercise.
    pub fn function(&self, name: &str) -> Function<'_> {
        let source = self.source.as_ref().expect("checked when the chapter was read");
        source.function(name).expect("checked when the chapter was read")
    }

    /// A cell's code with the reference's answer.
    pub fn solution(&self, cell: &Cell) -> String {
        match &cell.kind {
            Kind::Exercise(exercise) => self.function(&exercise.name).solution().trim_end().to_owned(),
            _ => cell.code.clone(),
        }
    }

    /// A cell's code as a learner gets it.
    pub fn stub(&self, cell: &Cell) -> String {
        match &cell.kind {
            Kind::Exercise(exercise) => self.function(&exercise.name).stub().trim_end().to_owned(),
            _ => cell.code.clone(),
        }
    }

    /// Every exercise of the assignment stands in the chapter once, each is followed by a test, no test comes too early.
    fn check_exercises(&self) -> Result<()> {
        let error = |line, what: String, help: String| Err(Error::invalid(&self.path, line, what, help));
        let mut seen: Vec<(&str, usize)> = Vec::new();
        let mut tested: Vec<&str> = Vec::new();
        for Cell { line, kind, .. } in self.cells() {
            match kind {
                Kind::Demo => {}
                Kind::Exercise(Exercise { name, .. }) => {
                    let Some(source) = &self.source else {
                        let help = "name the file of src/graded in the front matter: graded = \"…\"";
                        return error(*line, "an exercise in a chapter without an assignment".into(), help.into());
                    };
                    let function = source
                        .function(name)
                        .map_err(|cause| Error::invalid(&self.path, *line, cause.to_string(), ""))?;
                    if !function.is_exercise() {
                        let help = format!("mark it in {} with START CODE HERE and END CODE HERE", source.path());
                        return error(*line, format!("{name} has no part for the learner"), help);
                    }
                    if let Some((_, first)) = seen.iter().find(|(seen, _)| seen == name) {
                        let what =
                            format!("the exercise {name} stands here for the second time, first in line {first}");
                        return error(*line, what, String::new());
                    }
                    seen.push((name, *line));
                }
                Kind::Test { name } => {
                    if !seen.iter().any(|(seen, _)| seen == name) {
                        let help = format!("the exercises above are {}", list(seen.iter().map(|(name, _)| *name)));
                        return error(*line, format!("a test of {name:?}, which is no exercise above"), help);
                    }
                    tested.push(name);
                }
            }
        }
        if let Some((name, line)) = seen.iter().find(|(name, _)| !tested.contains(name)) {
            let help = format!("add a fence ```rust test={name}");
            return error(*line, format!("the exercise {name} has no visible test"), help);
        }
        let exercises = self.source.iter().flat_map(|source| source.exercises());
        let missing: Vec<&str> = exercises
            .map(|function| function.name())
            .filter(|name| !seen.iter().any(|(seen, _)| seen == name))
            .collect();
        if let Some(first) = missing.first() {
            let help = format!("add a fence ```rust graded={first} points=… builds=\"…\"");
            let what = format!("the chapter has no exercise for {}", list(missing.iter().copied()));
            return error(1, what, help);
        }
        Ok(())
    }

    /// Writes the table of exercises in place of the line that stands for it.
    fn fill_in_table(&mut self) -> Result<()> {
        let is_place = |line: &str| line.trim() == TABLE;
        let place = self.blocks.iter().find_map(|block| match block {
            Block::Prose { line, text } => text.lines().position(is_place).map(|offset| line + offset),
            Block::Cell(_) => None,
        });
        let Some(place) = place else { return Ok(()) };
        let mut table = String::from("| exercise | what you build | points |\n| --- | --- | --- |");
        for Exercise { name, points, builds } in self.exercises() {
            let builds = builds.as_ref().ok_or_else(|| {
                let what = format!("the table of exercises needs to know what {name} builds");
                Error::invalid(&self.path, place, what, format!("graded={name} points={points} builds=\"…\""))
            })?;
            table += &format!("\n| `{name}` | {builds} | {points} |");
        }
        for block in &mut self.blocks {
            if let Block::Prose { text, .. } = block {
                let lines: Vec<&str> = text.lines().map(|line| if is_place(line) { &*table } else { line }).collect();
                *text = lines.join("\n");
            }
        }
        Ok(())
    }

    /// Says in the heading of an exercise how many there are, `### Exercise 3: ` becomes `### Exercise 3 of 8: `, and below
    /// it how far one has come with it.
    fn number_exercises(&mut self) -> Result<()> {
        let points: Vec<f64> = self.exercises().map(|exercise| exercise.points).collect();
        let total = points.len();
        let mut next = 1;
        for block in &mut self.blocks {
            match block {
                Block::Cell(cell) => next += usize::from(matches!(cell.kind, Kind::Exercise(_))),
                Block::Prose { line, text } => {
                    let mut lines = Vec::new();
                    for (offset, heading) in text.lines().enumerate() {
                        let Some((number, title)) = numbered(heading) else {
                            lines.push(heading.to_owned());
                            continue;
                        };
                        if number != next {
                            let what = format!("expected Exercise {next}, got Exercise {number}");
                            return Err(Error::invalid(&self.path, *line + offset, what, ""));
                        }
                        lines.push(format!("### Exercise {number} of {total}: {title}"));
                        lines.extend(points.get(..number).map(|_| format!("\n{}", progress(number, &points))));
                    }
                    *text = lines.join("\n");
                }
            }
        }
        Ok(())
    }
}

/// The number that a name begins with; names without one come last.
fn number(name: &str) -> u64 {
    let digits = name.find(|c: char| !c.is_ascii_digit()).unwrap_or(name.len());
    name[..digits].parse().unwrap_or(u64::MAX)
}

/// How far one has come when the exercise of this number is done.
fn progress(number: usize, points: &[f64]) -> String {
    let sum = |points: &[f64]| points.iter().sum::<f64>();
    let bar = "▰".repeat(number) + &"▱".repeat(points.len() - number);
    format!("{bar} *{} points; with them you have {} of {}.*", points[number - 1], sum(&points[..number]), sum(points))
}

/// The number and the title of an exercise's heading.
fn numbered(line: &str) -> Option<(usize, &str)> {
    let (number, title) = line.strip_prefix("### Exercise ")?.split_once(": ")?;
    Some((number.parse().ok()?, title))
}

fn list<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<&str> = names.collect();
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "pub fn twice(x: f64) -> f64 {\n    // START CODE HERE\n    //~ let y: f64 = todo!();\n    \
        let y = 2.0 * x;\n    // END CODE HERE\n    y\n}\npub fn ready() {}\n";

    #[test]
    fn chapters_stand_in_the_order_of_their_numbers() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir_all(folder.path().join("workbook/chapters")).unwrap();
        std::fs::write(folder.path().join("Cargo.toml"), "name = \"cnn\"\n").unwrap();
        let root = Root::at(folder.path()).unwrap();
        for name in ["10_style", "9_faces", "1_step", "appendix"] {
            std::fs::write(root.chapters().join(format!("{name}.md")), "").unwrap();
        }
        let names: Vec<String> = Chapter::paths(&root).unwrap().iter().map(|path| files::stem(path)).collect();
        assert_eq!(names, ["1_step", "9_faces", "10_style", "appendix"]);
    }

    fn parse(body: &str) -> Result<Chapter> {
        let source = Source::parse_reference("example.rs", SOURCE).unwrap();
        let text = format!("+++\ntitle = \"T\"\nnotebook = \"n\"\n+++\n{body}");
        Chapter::parse("example.md", &text, Some(source))
    }

    #[track_caller]
    fn check_error(body: &str, expected: &str) {
        let error = parse(body).unwrap_err().to_string();
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
        check_error("```rust graded=ready points=1\n```\n", "example.md:5: ready has no part for the learner");
    }

    #[test]
    fn a_heading_says_how_many_exercises_there_are() {
        let body = |number: &str| {
            format!(
                "# T\n\n### Exercise {number}: `twice`\n\nGo.\n```rust graded=twice points=1\n```\n```rust test=twice\n1\n```\n"
            )
        };
        let chapter = parse(&body("1")).unwrap();
        let Block::Prose { text, .. } = &chapter.blocks[0] else { panic!("{:?}", chapter.blocks) };
        let progress = "▰ *1 points; with them you have 1 of 1.*";
        assert_eq!(text, &format!("# T\n\n### Exercise 1 of 1: `twice`\n\n{progress}\n\nGo."));
        assert_eq!(super::progress(2, &[10.0, 2.5, 20.0]), "▰▰▱ *2.5 points; with them you have 12.5 of 32.5.*");
        check_error(&body("2"), "example.md:7: expected Exercise 1, got Exercise 2");
    }

    #[test]
    fn the_table_of_exercises_is_made_from_the_fences() {
        let body = |info: &str| {
            format!(
                "# T\n\n  <!-- exercises -->\n\nGo.\n```rust graded=twice {info}\n```\n```rust test=twice\n1\n```\n"
            )
        };
        let chapter = parse(&body("points=2.5 builds=\"twice a number\"")).unwrap();
        let Block::Prose { text, .. } = &chapter.blocks[0] else { panic!("{:?}", chapter.blocks) };
        let table = "| exercise | what you build | points |\n| --- | --- | --- |\n| `twice` | twice a number | 2.5 |";
        assert_eq!(text, &format!("# T\n\n{table}\n\nGo."));
        check_error(&body("points=2.5"), "example.md:7: the table of exercises needs to know what twice builds");
    }
}
