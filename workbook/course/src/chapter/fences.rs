/*!
Finds the fenced code blocks of a chapter.

A small scanner and not a Markdown parser: prose must reach the notebook as it was written, to the letter. A fence
inside of `<details>` is part of a hint, not a cell.
*/

/// A part of a text.
#[derive(Debug, PartialEq)]
pub enum Part<'a> {
    /// Lines outside of any fence, and fences that are not cells.
    Text {
        line: usize,
        text: &'a str,
    },
    Fence {
        line: usize,
        info: &'a str,
        body: &'a str,
    },
}

/// A fence that is not closed: its line and the marks that would close it.
#[derive(Debug, PartialEq)]
pub struct Unclosed {
    pub line: usize,
    pub marks: String,
}

/// The parts of `text`, whose first line has the number `first`.
pub fn fences(text: &str, first: usize) -> Result<Vec<Part<'_>>, Unclosed> {
    let mut parts = Vec::new();
    let mut text_start = (0, first);
    let mut open: Option<(usize, &str, usize, &str)> = None; // line, info, start of the body, marks
    let mut details = 0usize;
    let mut position = 0;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let (number, start) = (first + index, position);
        position += line.len();
        let trimmed = line.trim_end();
        match open {
            None => {
                let lower = trimmed.to_ascii_lowercase();
                details += lower.matches("<details").count();
                details = details.saturating_sub(lower.matches("</details>").count());
                let Some(marks) = marks(trimmed) else { continue };
                let info = trimmed[marks.len()..].trim();
                if details == 0 && is_cell(info) && start > text_start.0 {
                    parts.push(Part::Text { line: text_start.1, text: &text[text_start.0..start] });
                }
                open = Some((number, info, position, marks));
            }
            Some((opened, info, body, opening)) => {
                let closes = marks(trimmed).is_some_and(|marks| marks.len() >= opening.len())
                    && trimmed.trim_start_matches(&opening[..1]).is_empty()
                    && trimmed.starts_with(&opening[..1]);
                if closes {
                    open = None;
                    if details == 0 && is_cell(info) {
                        parts.push(Part::Fence { line: opened, info, body: &text[body..start] });
                        text_start = (position, number + 1);
                    }
                }
            }
        }
    }
    if let Some((line, _, _, marks)) = open {
        return Err(Unclosed { line, marks: marks.to_owned() });
    }
    if text.len() > text_start.0 {
        parts.push(Part::Text { line: text_start.1, text: &text[text_start.0..] });
    }
    Ok(parts)
}

/// The marks that open or close a fence: three or more backticks or tildes at the beginning of the line.
fn marks(line: &str) -> Option<&str> {
    let mark = line.chars().next().filter(|mark| "`~".contains(*mark))?;
    let length = line.chars().take_while(|c| *c == mark).count();
    // A line of code between backticks, such as ```x```, opens nothing.
    (length >= 3 && !line[length..].contains('`')).then(|| &line[..length])
}

/// Whether a fence with this info string is a cell or an output.
fn is_cell(info: &str) -> bool {
    let word = info.split(|c: char| c.is_whitespace() || c == ',').next().unwrap_or_default();
    matches!(word, "rust" | "output")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prose_keeps_every_letter_and_fences_their_lines() {
        let text =
            "a\n\n```text\n```rust is not a fence here\n```\n```rust graded=f\n```\n  b\n~~~~output\n```\n~~~~\n";
        let parts = fences(text, 10).unwrap();
        assert_eq!(
            parts,
            [
                Part::Text { line: 10, text: "a\n\n```text\n```rust is not a fence here\n```\n" },
                Part::Fence { line: 15, info: "rust graded=f", body: "" },
                Part::Text { line: 17, text: "  b\n" },
                Part::Fence { line: 18, info: "output", body: "```\n" },
            ]
        );
    }

    #[test]
    fn a_fence_in_a_hint_is_prose() {
        let text =
            "<details><summary>Hint</summary>\n\n```rust\nlet x = 1;\n```\n\n</details>\n\n```rust\nlet y = 2;\n```\n";
        let parts = fences(text, 1).unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[1], Part::Fence { line: 9, info: "rust", body: "let y = 2;\n" });
    }

    #[test]
    fn an_open_fence_is_found() {
        assert_eq!(fences("x\n```rust\ny\n", 1), Err(Unclosed { line: 2, marks: "```".to_owned() }));
    }
}
