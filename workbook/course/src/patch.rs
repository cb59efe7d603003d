/*!
Changes of a function's text, written as hunks of a unified diff without line numbers.

It compares lines; of Rust's syntax it parses comments only.
*/

use crate::error::{Error, ErrorKind, Result};

/// Hunks that are applied to a text together: `- ` lines go, `+ ` lines come, lines with a space before them stay and
/// say where. A blank line ends a hunk.
///
/// ```
/// use course::Patch;
///
/// let area = "fn area(r: f64) -> f64 {\n    let square = r * r; // a square\n    3.0 * square\n}";
/// let patch = Patch::parse("area.diff", 1, "-     let square = r * r;\n+     let square = r + r;\n")?;
/// assert_eq!(patch.apply("area", area)?, "fn area(r: f64) -> f64 {\n    let square = r + r;\n    3.0 * square\n}\n");
///
/// let again = Patch::parse("area.diff", 7, "- 4.0 * square\n+ 5.0 * square\n")?.apply("area", area);
/// assert!(again.unwrap_err().to_string().starts_with("area.diff:7: `4.0 * square` stands nowhere in area"));
/// # Ok::<(), course::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Patch {
    path: String,
    hunks: Vec<Hunk>,
}

#[derive(Debug, Clone, Default)]
struct Hunk {
    line: usize,
    old: Vec<String>,
    new: Vec<String>,
}

impl Patch {
    /// Reads the hunks of `text`, which begins in line `first` of the file `path`.
    ///
    /// # Errors
    /// When a line begins with neither `-` nor `+` nor a space, or a hunk has no line that says where it belongs.
    pub fn parse(path: &str, first: usize, text: &str) -> Result<Self> {
        let mut hunks = Vec::new();
        let mut hunk = Hunk::default();
        for (number, line) in text.lines().chain([""]).enumerate() {
            let number = first + number;
            if line.trim().is_empty() {
                let done = std::mem::take(&mut hunk);
                if !(done.old.is_empty() && done.new.is_empty()) {
                    if done.old.iter().all(|line| code(line).is_empty()) {
                        return Err(error(path, done.line, ErrorKind::HunkWithoutPlace));
                    }
                    hunks.push(done);
                }
                continue;
            }
            if hunk.old.is_empty() && hunk.new.is_empty() {
                hunk.line = number;
            }
            let mut rest = line.chars();
            let sign = rest.next();
            // A blank sets the sign off from the code.
            let rest = rest.as_str().strip_prefix(' ').unwrap_or(rest.as_str()).to_owned();
            match sign {
                Some('-') => hunk.old.push(rest),
                Some('+') => hunk.new.push(rest),
                Some(' ') => {
                    hunk.old.push(rest.clone());
                    hunk.new.push(rest);
                }
                _ => return Err(error(path, number, ErrorKind::HunkLine(line.to_owned()))),
            }
        }
        Ok(Self { path: path.to_owned(), hunks })
    }

    /// The text with every hunk applied; `name` is what messages call it. Indentation, comments and blank lines do not
    /// count when a hunk looks for its place.
    ///
    /// # Errors
    /// When the lines that a hunk looks for do not stand in the text exactly once.
    pub fn apply(&self, name: &str, text: &str) -> Result<String> {
        let mut lines: Vec<&str> = text.lines().collect();
        for hunk in &self.hunks {
            let wanted: Vec<&str> = hunk.old.iter().map(|line| code(line)).filter(|line| !line.is_empty()).collect();
            let numbered = lines.iter().enumerate().map(|(number, line)| (number, code(line)));
            let known: Vec<(usize, &str)> = numbered.filter(|(_, line)| !line.is_empty()).collect();
            let same = |window: &&[(usize, &str)]| window.iter().map(|(_, line)| line).eq(&wanted);
            let places: Vec<&[(usize, &str)]> = known.windows(wanted.len()).filter(same).collect();
            let [place] = places[..] else {
                let kind = ErrorKind::HunkPlaces {
                    wanted: wanted.join(" … "),
                    name: name.to_owned(),
                    found: places.iter().map(|place| place[0].0 + 1).collect(),
                };
                return Err(error(&self.path, hunk.line, kind));
            };
            let (first, last) = (place[0].0, place[place.len() - 1].0);
            lines.splice(first..=last, hunk.new.iter().map(String::as_str));
        }
        Ok(lines.iter().flat_map(|line| [line, "\n"]).collect())
    }
}

/// A line without its indentation and without a comment at its end.
fn code(line: &str) -> &str {
    let line = line.trim();
    let line = line.split_once(" //").map_or(line, |(code, _)| code.trim_end());
    if line.starts_with("//") { "" } else { line }
}

fn error(path: &str, line: usize, kind: ErrorKind) -> Error {
    Error { path: path.to_owned(), line, kind }
}
