/*!
From a chapter's text to its blocks: the front matter, and what each fence means.

Whether the exercises exist is checked in `chapter/mod.rs`.
*/

use std::path::Path;

use serde::Deserialize;

use super::block::{Block, Cell, Exercise, Expected, Kind, Precision};
use super::fences::{Part, Unclosed, fences};
use super::ranges;
use crate::error::{Error, Result};
use crate::root::Root;

/// What stands above a chapter's text.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FrontMatter {
    /// The chapter's title.
    pub title: String,
    /// The notebooks' name, without `.ipynb`.
    pub notebook: String,
    /// The assignment, a file of `src/graded` without `.rs`.
    pub graded: Option<String>,
}

impl FrontMatter {
    /// Reads the front matter of the chapter at `path`, and nothing else of it.
    ///
    /// # Errors
    /// When the file cannot be read, or its front matter is wrong.
    pub fn read(root: &Root, path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).map_err(|error| Error::unreadable(path, &error))?;
        Ok(front_matter(&root.show(path), &plain(&text))?.0)
    }
}

/// Parses a chapter; `path` names it in messages.
pub fn parse(path: &str, text: &str) -> Result<(FrontMatter, Vec<Block>)> {
    let text = plain(text);
    let (front, body, first) = front_matter(path, &text)?;
    let parts = fences(body, first).map_err(|Unclosed { line, marks }| {
        Error::invalid(path, line, "this fence is not closed", format!("end the block with a line of {marks}"))
    })?;
    let mut blocks: Vec<Block> = Vec::new();
    for part in parts {
        match part {
            Part::Text { line, text } => {
                if text.trim().is_empty() {
                    continue;
                }
                let blank = text.lines().take_while(|line| line.trim().is_empty()).count();
                blocks.push(Block::Prose { line: line + blank, text: text.trim_matches('\n').to_owned() });
            }
            Part::Fence { line, info, body } => {
                let fence = Fence { path, line, info, body };
                if info.starts_with("output") {
                    let expected = fence.expected()?;
                    match blocks.last_mut() {
                        Some(Block::Cell(cell)) if cell.output.is_none() => cell.output = Some(expected),
                        Some(Block::Cell(_)) => return Err(fence.error("a second output of the same cell", "")),
                        _ => {
                            let help = "an output stands directly below the ```rust block that prints it";
                            return Err(fence.error("an output without a cell", help));
                        }
                    }
                } else {
                    blocks.push(Block::Cell(fence.cell()?));
                }
            }
        }
    }
    Ok((front, blocks))
}

/// The text without a byte order mark, and with line ends of one character.
fn plain(text: &str) -> String {
    text.strip_prefix('\u{feff}').unwrap_or(text).replace("\r\n", "\n")
}

/// The front matter, the rest of the text, and the line at which the rest begins.
fn front_matter<'a>(path: &str, text: &'a str) -> Result<(FrontMatter, &'a str, usize)> {
    let help = "a chapter begins with\n+++\ntitle = \"…\"\nnotebook = \"1_name\"\ngraded = \"…\"\n+++";
    let broken = |what: &str| Error::invalid(path, 1, what, help);
    let rest = text.strip_prefix("+++\n").ok_or_else(|| broken("expected the front matter, a line +++"))?;
    let end = rest.find("\n+++\n").ok_or_else(|| broken("the front matter is not closed"))?;
    let toml = &rest[..end + 1];
    let front: FrontMatter = toml::from_str(toml).map_err(|error| {
        let before = error.span().map_or(0, |span| toml[..span.start.min(toml.len())].matches('\n').count());
        Error::invalid(path, before + 2, error.message(), "")
    })?;
    let named = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if !named(&front.notebook) {
        let what =
            format!("expected a file's name without folder and extension for `notebook`, got {:?}", front.notebook);
        return Err(Error::invalid(path, 1, what, ""));
    }
    if let Some(graded) = front.graded.as_deref().filter(|graded| !named(graded)) {
        let what = format!("expected the name of a file in src/graded, without .rs, for `graded`, got {graded:?}");
        return Err(Error::invalid(path, 1, what, ""));
    }
    Ok((front, &rest[end + 5..], toml.matches('\n').count() + 3))
}

/// Attributes that have no value.
const FLAGS: [&str; 2] = ["folded", "ranges"];

struct Fence<'a> {
    path: &'a str,
    line: usize,
    info: &'a str,
    body: &'a str,
}

impl Fence<'_> {
    fn error(&self, what: impl Into<String>, help: impl Into<String>) -> Error {
        Error::invalid(self.path, self.line, what, help)
    }

    fn cell(&self) -> Result<Cell> {
        let (mut graded, mut points, mut builds, mut test, mut folded) = (None, None, None, None, false);
        for (key, value) in self.attributes()? {
            match key {
                "graded" => graded = Some(value.to_owned()),
                "test" => test = Some(value.to_owned()),
                "builds" => builds = Some(value.to_owned()),
                "points" => points = Some(self.points(value)?),
                "folded" => folded = true,
                _ => {
                    let help = "there are graded=NAME with points=N and builds=\"…\", test=NAME, and folded; code that is \
                                only to be read is ```text";
                    return Err(self.error(format!("unknown attribute {key:?} of a rust block"), help));
                }
            }
        }
        if builds.is_some() && graded.is_none() {
            return Err(self.error("builds=\"…\" belongs to an exercise: graded=NAME points=N builds=\"…\"", ""));
        }
        let kind = match (graded, points, test) {
            (None, None, None) => Kind::Demo,
            (Some(name), Some(points), None) => Kind::Exercise(Exercise { name, points, builds }),
            (None, None, Some(name)) => Kind::Test { name },
            (Some(name), None, None) => return Err(self.error(format!("the exercise {name} has no points=N"), "")),
            (None, Some(_), _) => return Err(self.error("points belong to an exercise: graded=NAME points=N", "")),
            (Some(_), _, Some(_)) => return Err(self.error("a cell is either an exercise or a test of one", "")),
        };
        if folded && kind != Kind::Demo {
            let help = "a test is folded anyway, and an exercise is to be read";
            return Err(self.error("folded belongs to a cell that is neither an exercise nor a test", help));
        }
        let folded = folded || matches!(kind, Kind::Test { .. });
        let (is_exercise, is_empty) = (matches!(kind, Kind::Exercise(_)), self.body.trim().is_empty());
        if is_exercise && !is_empty {
            return Err(self.error("the block of an exercise is empty; its text stands in src/graded", ""));
        }
        if !is_exercise && is_empty {
            return Err(self.error("an empty cell", "write its code, or graded=NAME points=N for an exercise"));
        }
        Ok(Cell { line: self.line, kind, code: self.body.trim_end().to_owned(), output: None, folded })
    }

    fn points(&self, value: &str) -> Result<f64> {
        match value.parse::<f64>() {
            Ok(points) if points > 0.0 && points.is_finite() => Ok(points),
            _ => {
                Err(self
                    .error(format!("expected a number of points above 0, such as 10 or 2.5, got points={value}"), ""))
            }
        }
    }

    fn expected(&self) -> Result<Expected> {
        let mut precision = Precision::Exact;
        for (key, value) in self.attributes()? {
            if precision != Precision::Exact {
                return Err(self.error("an output has either a tolerance or ranges", ""));
            }
            match (key, value.parse::<f64>()) {
                ("tolerance", Ok(number)) if number > 0.0 && number < 1.0 => precision = Precision::Tolerance(number),
                ("ranges", _) => {
                    ranges::check(self.body).map_err(|what| self.error(what, ""))?;
                    precision = Precision::Ranges;
                }
                ("tolerance", _) => {
                    let what = format!("expected a relative tolerance between 0 and 1, such as 1e-6, got {value:?}");
                    return Err(self.error(what, ""));
                }
                _ => {
                    let what = format!("unknown attribute {key:?} of an output block");
                    return Err(self.error(what, "there are tolerance=REL and ranges"));
                }
            }
        }
        Ok(Expected { line: self.line, text: self.body.to_owned(), precision })
    }

    /// The words behind the language, each `key=value` or `key="several words"`, or a flag, whose value is empty.
    fn attributes(&self) -> Result<Vec<(&str, &str)>> {
        let language = self.info.split_whitespace().next().unwrap_or_default();
        if language.contains(',') {
            let what = "attributes are parted by blanks, not by commas: ```rust graded=NAME points=10";
            return Err(self.error(what, ""));
        }
        let mut rest = self.info[language.len()..].trim_start();
        let mut attributes = Vec::new();
        while !rest.is_empty() {
            let word = rest.split_whitespace().next().unwrap_or_default();
            let Some((key, _)) = word.split_once('=') else {
                if FLAGS.contains(&word) {
                    attributes.push((word, ""));
                    rest = rest[word.len()..].trim_start();
                    continue;
                }
                return Err(self.error(format!("expected an attribute key=value, got {word:?}"), ""));
            };
            let value = &rest[key.len() + 1..];
            let (value, after) = match value.strip_prefix('"') {
                None => value.split_at(word.len() - key.len() - 1),
                Some(quoted) => quoted.split_once('"').ok_or_else(|| {
                    self.error(format!("the value of {key} is not closed"), format!("write {key}=\"…\" in one line"))
                })?,
            };
            if !after.is_empty() && !after.starts_with(char::is_whitespace) {
                return Err(self.error(format!("expected a blank after the value of {key}, got {after:?}"), ""));
            }
            attributes.push((key, value));
            rest = after.trim_start();
        }
        Ok(attributes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FRONT: &str = "+++\ntitle = \"T\"\nnotebook = \"1_t\"\n+++\n";

    #[test]
    fn a_chapter_has_prose_cells_and_outputs() {
        let text =
            format!("{FRONT}# T\n\nSay it:\n```rust\nprintln!(\"1\");\n\n```\n```output tolerance=1e-6\n1\n```\n");
        let (_, blocks) = parse("c.md", &text).unwrap();
        let output = Some(Expected { line: 12, text: "1\n".into(), precision: Precision::Tolerance(1e-6) });
        assert_eq!(
            blocks,
            [
                Block::Prose { line: 5, text: "# T\n\nSay it:".into() },
                Block::Cell(Cell { line: 8, kind: Kind::Demo, code: "println!(\"1\");".into(), output, folded: false }),
            ]
        );
    }

    #[test]
    fn an_exercise_has_points_and_says_what_is_built() {
        let exercise = |info: &str| {
            let (_, blocks) = parse("c.md", &format!("{FRONT}```rust {info}\n```\n")).unwrap();
            match blocks.as_slice() {
                [Block::Cell(Cell { kind: Kind::Exercise(exercise), .. })] => exercise.clone(),
                other => panic!("{other:?}"),
            }
        };
        let expected = Exercise { name: "f".into(), points: 2.5, builds: Some("a = b, \u{2248} 1".into()) };
        assert_eq!(exercise("graded=f points=2.5 builds=\"a = b, \u{2248} 1\""), expected);
        assert_eq!(exercise("builds=\"a = b, \u{2248} 1\"  points=2.50 graded=f"), expected);
        assert_eq!(exercise("graded=f points=10"), Exercise { name: "f".into(), points: 10.0, builds: None });
    }

    #[track_caller]
    fn check_error(body: &str, expected: &str) {
        let error = parse("c.md", &format!("{FRONT}{body}")).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn tests_are_folded_and_other_cells_on_demand() {
        let text = format!(
            "{FRONT}```rust folded\n1\n```\n```rust\n2\n```\n```output ranges\n{{1 to 3}}\n```\n```rust test=f\n3\n```\n"
        );
        let (_, blocks) = parse("c.md", &text).unwrap();
        let cells: Vec<&Cell> =
            blocks.iter().map(|block| if let Block::Cell(cell) = block { cell } else { panic!("{block:?}") }).collect();
        assert_eq!(cells.iter().map(|cell| cell.folded).collect::<Vec<_>>(), [true, false, true]);
        assert_eq!(cells[1].output.as_ref().map(|output| output.precision), Some(Precision::Ranges));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        check_error("```rust\n1\n", "c.md:5: this fence is not closed");
        check_error("x\n\n```rust grade=f\n1\n```\n", "c.md:7: unknown attribute \"grade\"");
        check_error("```rust graded=f\n```\n", "c.md:5: the exercise f has no points");
        for points in ["0", "-1", "nan", "inf", "ten", "1,5", ""] {
            check_error(&format!("```rust graded=f points={points}\n```\n"), "c.md:5: expected a number of points");
        }
        check_error("```rust graded=f points=1 builds=\"a\n```\n", "c.md:5: the value of builds is not closed");
        check_error(
            "```rust graded=f builds=\"a\"points=1\n```\n",
            "c.md:5: expected a blank after the value of builds",
        );
        check_error("```rust builds=\"a\"\nx\n```\n", "c.md:5: builds=\"…\" belongs to an exercise");
        check_error("```rust graded\n```\n", "c.md:5: expected an attribute key=value, got \"graded\"");
        check_error("```rust graded=f points=1\nx\n```\n", "c.md:5: the block of an exercise is empty");
        check_error("```rust,ignore\nx\n```\n", "c.md:5: attributes are parted by blanks");
        check_error("```rust\n\n```\n", "c.md:5: an empty cell");
        check_error("```output\n1\n```\n", "c.md:5: an output without a cell");
        check_error("```rust\n1\n```\nx\n```output\n1\n```\n", "c.md:9: an output without a cell");
        check_error("```rust\n1\n```\n```output\n1\n```\n```output\n1\n```\n", "c.md:11: a second output");
        check_error("```rust\n1\n```\n```output tolerance=2\n1\n```\n", "c.md:8: expected a relative tolerance");
        check_error("```rust\n1\n```\n```output ranges\n{2 to 1}\n```\n", "c.md:8: expected a range such as");
        check_error("```rust\n1\n```\n```output ranges\n1\n```\n", "c.md:8: an output of ranges has neither");
        check_error(
            "```rust\n1\n```\n```output ranges tolerance=1e-3\n{1 to 2}\n```\n",
            "c.md:8: an output has either a tolerance or ranges",
        );
        check_error("```rust graded=f points=1 folded\n```\n", "c.md:5: folded belongs to a cell");
        check_error("```rust test=f folded\n1\n```\n", "c.md:5: folded belongs to a cell");
    }

    #[test]
    fn a_broken_front_matter_is_named_with_its_line() {
        let message = |text: &str| parse("c.md", text).unwrap_err().to_string();
        assert!(message("# T\n").starts_with("c.md:1: expected the front matter"));
        assert!(message("+++\ntitle = \"T\"\n").starts_with("c.md:1: the front matter is not closed"));
        assert!(message("+++\ntitle = \"T\"\nnotebook = 1\n+++\n").starts_with("c.md:3: "));
        assert!(
            message("+++\ntitle = \"T\"\nnotebook = \"n\"\nauthor = 1\n+++\n").starts_with("c.md:4: unknown field")
        );
        assert!(message("+++\ntitle = \"T\"\nnotebook = \"../n\"\n+++\n").contains("without folder"));
    }
}
