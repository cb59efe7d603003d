/*!
From a chapter's text to its blocks: the front matter, and what each fence means.

Whether the exercises exist is checked in `chapter/mod.rs`.
*/

use super::fences::{Part, Unclosed, fences};
use super::{Block, Cell, Chapter, Expected, Kind};
use anyhow::{Result, anyhow, bail};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    title: String,
    notebook: String,
    graded: Option<String>,
}

/// Parses a chapter; `path` names it in messages.
pub fn parse(path: &str, text: &str) -> Result<Chapter> {
    let text = text.replace("\r\n", "\n");
    let (front, body, first) = front_matter(path, &text)?;
    let parts = fences(body, first).map_err(|Unclosed { line, marks }| {
        anyhow!("{path}:{line}: this fence is not closed\nhelp: end the block with a line of {marks}")
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
                        Some(Block::Cell(_)) => bail!("{path}:{line}: a second output of the same cell"),
                        _ => bail!(
                            "{path}:{line}: an output without a cell\n\
                             help: an output stands directly below the ```rust block that prints it"
                        ),
                    }
                } else {
                    blocks.push(Block::Cell(fence.cell()?));
                }
            }
        }
    }
    let FrontMatter { title, notebook, graded } = front;
    Ok(Chapter { path: path.to_owned(), title, notebook, graded, blocks, source: None })
}

/// The front matter, the rest of the text, and the line at which the rest begins.
fn front_matter<'a>(path: &str, text: &'a str) -> Result<(FrontMatter, &'a str, usize)> {
    let help = "help: a chapter begins with\n+++\ntitle = \"…\"\nnotebook = \"1_name\"\ngraded = \"…\"\n+++";
    let Some(rest) = text.strip_prefix("+++\n") else {
        bail!("{path}:1: expected the front matter, a line +++\n{help}");
    };
    let Some(end) = rest.find("\n+++\n") else {
        bail!("{path}:1: the front matter is not closed\n{help}");
    };
    let toml = &rest[..end + 1];
    let front: FrontMatter = toml::from_str(toml).map_err(|error| {
        let before = error.span().map_or(0, |span| toml[..span.start.min(toml.len())].matches('\n').count());
        anyhow!("{path}:{}: {}", before + 2, error.message())
    })?;
    let named = |name: &str| !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
    if !named(&front.notebook) {
        bail!("{path}:1: expected a file's name without folder and extension for `notebook`, got {:?}", front.notebook);
    }
    if let Some(graded) = front.graded.as_deref().filter(|graded| !named(graded)) {
        bail!("{path}:1: expected the name of a file in src/graded, without .rs, for `graded`, got {graded:?}");
    }
    Ok((front, &rest[end + 5..], toml.matches('\n').count() + 3))
}

struct Fence<'a> {
    path: &'a str,
    line: usize,
    info: &'a str,
    body: &'a str,
}

impl Fence<'_> {
    fn cell(&self) -> Result<Cell> {
        let Fence { path, line, body, .. } = self;
        let (mut graded, mut points, mut test) = (None, None, None);
        for (key, value) in self.attributes()? {
            match key {
                "graded" => graded = Some(value.to_owned()),
                "test" => test = Some(value.to_owned()),
                "points" => match value.parse::<u32>() {
                    Ok(number @ 1..) => points = Some(number),
                    _ => bail!("{path}:{line}: expected a whole number of points, at least 1, got points={value}"),
                },
                _ => bail!(
                    "{path}:{line}: unknown attribute {key:?} of a rust block\n\
                     help: there are graded=NAME with points=N, and test=NAME; code that is only to be read is ```text"
                ),
            }
        }
        let kind = match (graded, points, test) {
            (None, None, None) => Kind::Demo,
            (Some(name), Some(points), None) => Kind::Exercise { name, points },
            (None, None, Some(name)) => Kind::Test { name },
            (Some(name), None, None) => bail!("{path}:{line}: the exercise {name} has no points=N"),
            (None, Some(_), _) => bail!("{path}:{line}: points belong to an exercise: graded=NAME points=N"),
            (Some(_), _, Some(_)) => bail!("{path}:{line}: a cell is either an exercise or a test of one"),
        };
        if matches!(kind, Kind::Exercise { .. }) && !body.trim().is_empty() {
            bail!("{path}:{line}: the block of an exercise is empty; its text stands in src/graded");
        }
        if !matches!(kind, Kind::Exercise { .. }) && body.trim().is_empty() {
            bail!("{path}:{line}: an empty cell\nhelp: write its code, or graded=NAME points=N for an exercise");
        }
        Ok(Cell { line: *line, kind, code: body.trim_end().to_owned(), output: None })
    }

    fn expected(&self) -> Result<Expected> {
        let Fence { path, line, body, .. } = self;
        let mut tolerance = None;
        for (key, value) in self.attributes()? {
            match (key, value.parse::<f64>()) {
                ("tolerance", Ok(number)) if number > 0.0 && number < 1.0 => tolerance = Some(number),
                ("tolerance", _) => {
                    bail!("{path}:{line}: expected a relative tolerance between 0 and 1, such as 1e-6, got {value:?}")
                }
                _ => bail!("{path}:{line}: unknown attribute {key:?} of an output block\nhelp: there is tolerance=REL"),
            }
        }
        Ok(Expected { line: *line, text: (*body).to_owned(), tolerance })
    }

    /// The words behind the language, each `key=value`.
    fn attributes(&self) -> Result<Vec<(&str, &str)>> {
        let Fence { path, line, info, .. } = self;
        let words = info.split_whitespace();
        let language = info.split_whitespace().next().unwrap_or_default();
        if language.contains(',') {
            bail!("{path}:{line}: attributes are parted by blanks, not by commas: ```rust graded=NAME points=10");
        }
        words
            .skip(1)
            .map(|word| {
                word.split_once('=')
                    .ok_or_else(|| anyhow!("{path}:{line}: expected an attribute key=value, got {word:?}"))
            })
            .collect()
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
        let chapter = parse("c.md", &text).unwrap();
        let output = Some(Expected { line: 12, text: "1\n".into(), tolerance: Some(1e-6) });
        assert_eq!(
            chapter.blocks,
            [
                Block::Prose { line: 5, text: "# T\n\nSay it:".into() },
                Block::Cell(Cell { line: 8, kind: Kind::Demo, code: "println!(\"1\");".into(), output }),
            ]
        );
    }

    #[track_caller]
    fn check_error(body: &str, expected: &str) {
        let error = parse("c.md", &format!("{FRONT}{body}")).unwrap_err().to_string();
        assert!(error.starts_with(expected), "{error}");
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        check_error("```rust\n1\n", "c.md:5: this fence is not closed");
        check_error("x\n\n```rust grade=f\n1\n```\n", "c.md:7: unknown attribute \"grade\"");
        check_error("```rust graded=f\n```\n", "c.md:5: the exercise f has no points");
        check_error("```rust graded=f points=0\n```\n", "c.md:5: expected a whole number of points");
        check_error("```rust graded=f points=1\nx\n```\n", "c.md:5: the block of an exercise is empty");
        check_error("```rust,ignore\nx\n```\n", "c.md:5: attributes are parted by blanks");
        check_error("```rust\n\n```\n", "c.md:5: an empty cell");
        check_error("```output\n1\n```\n", "c.md:5: an output without a cell");
        check_error("```rust\n1\n```\nx\n```output\n1\n```\n", "c.md:9: an output without a cell");
        check_error("```rust\n1\n```\n```output\n1\n```\n```output\n1\n```\n", "c.md:11: a second output");
        check_error("```rust\n1\n```\n```output tolerance=2\n1\n```\n", "c.md:8: expected a relative tolerance");
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
