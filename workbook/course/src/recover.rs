/*!
Reads what can be read of a text that does not parse, so that one broken function does not hide the others.

It guesses where an item begins from the text's layout; it is not a parser, and is used only after the parser refused.
*/

use crate::error::Error;
use crate::item::Item;
use crate::source::{Source, without_commands, without_prologue};

/// A piece of a text that does not parse.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Broken {
    /// The functions that begin in it, as far as a line says `fn name`.
    pub functions: Vec<String>,
    /// What is wrong and where.
    pub error: Error,
    /// The piece itself, below as many empty lines as stand above it.
    pub text: String,
}

/// Cuts a text that does not parse at the lines that look like the beginning of a top-level item, and keeps the pieces
/// that parse. Returns the items that were found and what was left.
///
/// ```
/// let (source, broken) = course::recover("a.rs", "fn a() -> u8 { 1 }\nfn b( { }\n\nfn c() {}\n");
/// assert_eq!(source.functions().map(|f| f.name()).collect::<Vec<_>>(), ["a", "c"]);
/// assert_eq!(broken[0].functions, ["b"]);
/// assert_eq!(broken[0].error.line, 2);
/// ```
pub fn recover(path: &str, text: &str) -> (Source, Vec<Broken>) {
    let plain = without_commands(&without_prologue(text));
    let mut items: Vec<Item> = Vec::new();
    let mut broken = Vec::new();
    for (start, end) in pieces(&plain) {
        // Everything before the piece becomes blank, so that offsets and lines are those of the whole text.
        let blank: String = plain[..start].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
        match Source::parse_cell(path, blank + &plain[start..end]) {
            Ok(source) => items.extend(source.items().iter().cloned()),
            Err(error) => {
                let functions = plain[start..end].lines().filter_map(function_name).collect();
                let first = plain[..start].matches('\n').count() + 1;
                // The parser reports an error at the end of its input in line 1.
                let line = error.line.max(first);
                let text = "\n".repeat(first - 1) + &plain[start..end];
                broken.push(Broken { functions, error: Error { line, ..error }, text });
            }
        }
    }
    (Source::from_items(path.to_owned(), text.to_owned(), items), broken)
}

/// More pieces than a file of exercises has; what follows stays in one piece, for each is read with all lines above it.
const PIECES: usize = 400;

/// Byte ranges that begin at the lines where an item seems to begin.
fn pieces(text: &str) -> Vec<(usize, usize)> {
    let mut starts = vec![0];
    let (mut offset, mut in_head) = (0, false);
    for line in text.split_inclusive('\n') {
        let head = line.starts_with("///") || line.starts_with("#[") || line.starts_with("//");
        let begins = head || BEGINNINGS.iter().any(|word| line.starts_with(word));
        // Documentation and attributes belong to the item that follows them.
        if begins && !in_head && offset > 0 && starts.len() < PIECES {
            starts.push(offset);
        }
        in_head = head || (in_head && line.trim().is_empty());
        offset += line.len();
    }
    let ends: Vec<usize> = starts[1..].iter().copied().chain([text.len()]).collect();
    starts.into_iter().zip(ends).collect()
}

/// How a top-level item begins when it stands at the left margin.
const BEGINNINGS: [&str; 15] = [
    "pub ",
    "pub(",
    "fn ",
    "use ",
    "const ",
    "static ",
    "struct ",
    "enum ",
    "union ",
    "trait ",
    "impl",
    "type ",
    "mod ",
    "unsafe ",
    "macro_rules!",
];

fn function_name(line: &str) -> Option<String> {
    let line = line.trim_start();
    if line.starts_with("//") {
        return None;
    }
    let at = line.find("fn ")?;
    if !line[..at].chars().all(|c| c.is_ascii_lowercase() || " ()\"C".contains(c)) {
        return None;
    }
    let name: String = line[at + 3..].trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}
