/*!
Fingerprints of code by which near-identical submissions are found: hashes of runs of tokens, of which each window keeps
its least one (Schleimer, Wilkerson and Aiken, "Winnowing: local algorithms for document fingerprinting", SIGMOD 2003).

Space and comments are no tokens, and every variable counts as the same one, so that renaming changes nothing; the names of
methods, functions, macros and modules stay. It does not decide what is near-identical.
*/

use std::collections::BTreeSet;

/// Tokens of a run. Shorter runs are alike in any two programs.
const RUN: usize = 16;
/// Runs of which one is kept: a common part of `RUN + WINDOW - 1` tokens is always found.
const WINDOW: usize = 8;

/// The fingerprints of a text, in order; those of `base`, which everybody was given, are left out.
pub fn fingerprints(texts: &[&str], base: &BTreeSet<u64>) -> Vec<u64> {
    let mut found = BTreeSet::new();
    for text in texts {
        let runs = runs(text);
        if runs.is_empty() {
            continue;
        }
        for window in runs.windows(WINDOW.min(runs.len())) {
            // The rightmost of equal ones, as the paper has it.
            found.extend(window.iter().rev().min().filter(|hash| !base.contains(hash)));
        }
    }
    found.into_iter().collect()
}

/// The hashes of all runs of a text.
pub fn runs(text: &str) -> Vec<u64> {
    let tokens = tokens(text);
    tokens.windows(RUN).map(|run| run.iter().fold(FNV, |hash, token| (hash ^ token).wrapping_mul(PRIME))).collect()
}

/// Fingerprints as bytes.
pub fn to_bytes(fingerprints: &[u64]) -> Vec<u8> {
    fingerprints.iter().flat_map(|hash| hash.to_le_bytes()).collect()
}

/// The inverse of [`to_bytes`].
pub fn from_bytes(bytes: &[u8]) -> Vec<u64> {
    bytes.as_chunks::<8>().0.iter().map(|bytes| u64::from_le_bytes(*bytes)).collect()
}

const FNV: u64 = 0xcbf2_9ce4_8422_2325;
const PRIME: u64 = 0x0100_0000_01b3;

fn hash(text: &str) -> u64 {
    text.bytes().fold(FNV, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(PRIME))
}

/// Names that stay what they are.
const KEYWORDS: [&str; 35] = [
    "as", "break", "const", "continue", "crate", "else", "enum", "extern", "false", "fn", "for", "if", "impl", "in",
    "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "self", "static", "struct", "super", "trait",
    "true", "type", "unsafe", "use", "where", "while", "dyn",
];

/// The tokens of a text, each as a hash. It is no Rust parser: a text that is not Rust has tokens as well.
fn tokens(text: &str) -> Vec<u64> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let length = if first.is_whitespace() {
            first.len_utf8()
        } else if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if let Some(comment) = rest.strip_prefix("/*") {
            comment.find("*/").map_or(rest.len(), |end| end + 4)
        } else if first == '"' {
            tokens.push(hash("\""));
            string(rest)
        } else if first.is_alphabetic() || first == '_' {
            let length = rest.find(|c: char| !c.is_alphanumeric() && c != '_').unwrap_or(rest.len());
            let word = &rest[..length];
            let behind = text[..text.len() - rest.len()].trim_end();
            let is_path = behind.ends_with(['.', ':']) && !behind.ends_with("..");
            let is_called = rest[length..].starts_with(['(', '!']) || rest[length..].starts_with("::");
            let stays = is_path || is_called || KEYWORDS.contains(&word);
            tokens.push(hash(if stays { word } else { "name" }));
            length
        } else if first.is_ascii_digit() {
            // Numbers stay: they are what a copied test or constant shows.
            let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            tokens.push(hash(&rest[..length]));
            length
        } else {
            tokens.push(hash(&rest[..first.len_utf8()]));
            first.len_utf8()
        };
        rest = &rest[length..];
    }
    tokens
}

/// The length of a string with its quotes.
fn string(text: &str) -> usize {
    let mut escaped = false;
    for (index, byte) in text.bytes().enumerate().skip(1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => return index + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "
pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    // Room for both sides.
    let (m, h, w, c) = x.dim();
    let mut padded = Array4::zeros((m, h + 2 * pad, w + 2 * pad, c));
    padded.slice_mut(s![.., pad..pad + h, pad..pad + w, ..]).assign(x);
    padded
}
";

    fn of(text: &str) -> Vec<u64> {
        fingerprints(&[text], &BTreeSet::new())
    }

    #[test]
    fn names_spaces_and_comments_change_nothing() {
        let renamed = CODE.replace("padded", "result").replace("// Room for both sides.", "/* my own idea */\n\n");
        assert_eq!(of(CODE), of(&renamed));
        assert!(of(CODE).len() > 10);
        assert_ne!(of(CODE), of(&CODE.replace("2 *", "3 *")));
    }

    #[test]
    fn a_common_part_is_found_wherever_it_stands() {
        let whole = format!("fn other() -> usize {{ 1 + 2 + 3 }}\n{CODE}\nfn last() {{ println!(\"{{}}\", 5); }}");
        let (part, whole) = (of(CODE), of(&whole));
        let common = part.iter().filter(|hash| whole.contains(hash)).count();
        assert!(4 * common > 3 * part.len(), "{common} of {}", part.len());
    }

    #[test]
    fn what_everybody_was_given_does_not_count() {
        let base: BTreeSet<u64> = runs(CODE).into_iter().collect();
        assert!(fingerprints(&[CODE], &base).is_empty());
        assert_eq!(from_bytes(&to_bytes(&of(CODE))), of(CODE));
    }

    #[test]
    fn any_text_has_an_end() {
        for text in ["", "\"open", "/* open", "'", "é\u{202e}", "\\\"\\", "//", "r#\"x\"#"] {
            of(text);
        }
    }
}
