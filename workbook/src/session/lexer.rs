/*!
The parts of a Rust text whose insides are no code: comments, strings, characters. The text may have errors.
*/

/// A comment, a string or a character.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Skipped {
    /// In bytes.
    pub length: usize,
    /// Whether it has an end; the text ends before it does otherwise.
    pub is_closed: bool,
}

/// The comment, string or character that the text begins with, if it begins with one. Of a lifetime only its quote is
/// skipped.
pub fn skip(text: &[u8]) -> Option<Skipped> {
    let closed = |length| Skipped { length, is_closed: true };
    let or_to_end =
        |length: Option<usize>| Skipped { length: length.unwrap_or(text.len()), is_closed: length.is_some() };
    match text {
        [b'/', b'/', ..] => Some(closed(text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len()))),
        [b'/', b'*', ..] => Some(or_to_end(comment(text))),
        [b'"', ..] => Some(or_to_end(string(text, 1))),
        [b'b' | b'c', b'"', ..] => Some(or_to_end(string(text, 2))),
        [b'\'', ..] => Some(closed(character(text))),
        [b'b', b'\'', ..] => Some(closed(1 + character(&text[1..]))),
        [b'r' | b'b' | b'c', ..] => raw_string(text).map(or_to_end),
        _ => None,
    }
}

/// Whether a byte may stand in a name. Those of characters beyond ASCII may.
pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of a comment, which may hold others.
fn comment(text: &[u8]) -> Option<usize> {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return Some(at);
            }
        } else {
            at += 1;
        }
    }
    None
}

/// The length of a string whose content begins at `at`.
fn string(text: &[u8], mut at: usize) -> Option<usize> {
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return Some(at + 1),
            _ => at += 1,
        }
    }
    None
}

/// The length of `r"…"` or `r#"…"#`, with or without `b` or `c`; the outer option says whether there is one.
fn raw_string(text: &[u8]) -> Option<Option<usize>> {
    let start = if text.starts_with(b"r") { 1 } else { 2 };
    if text.get(start - 1) != Some(&b'r') {
        return None;
    }
    let hashes = text[start..].iter().take_while(|&&byte| byte == b'#').count();
    if text.get(start + hashes) != Some(&b'"') {
        return None;
    }
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let content = start + hashes + 1;
    let found = text[content..].windows(end.len()).position(|window| window == end);
    Some(found.map(|found| content + found + end.len()))
}

/// The length of a character; of a lifetime only its quote.
fn character(text: &[u8]) -> usize {
    match text {
        [_, b'\\', _, rest @ ..] => rest.iter().position(|&byte| byte == b'\'').map_or(1, |end| end + 4),
        [_, _, b'\'', ..] => 3,
        // One that is not ASCII: some bytes, then a quote.
        [_, first, rest @ ..] if *first >= 0x80 => {
            let bytes = rest.iter().take(3).take_while(|&&byte| byte >= 0x80).count();
            if rest.get(bytes) == Some(&b'\'') { 3 + bytes } else { 1 }
        }
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_strings_and_characters_have_their_lengths() {
        for (text, length, is_closed) in [
            ("// a\nb", 4, true),
            ("/* a /* b */ */c", 15, true),
            ("/* a /* b */", 12, false),
            (r#""a\"b"c"#, 6, true),
            (r#""a\""#, 4, false),
            (r##"r#"a"b"#c"##, 8, true),
            (r##"br#"a""##, 6, false),
            (r#"b"a"c"#, 4, true),
            ("'a'b", 3, true),
            ("'a: loop", 1, true),
            (r"'\''b", 4, true),
            ("b'{'b", 4, true),
            ("'ä'b", 4, true),
        ] {
            assert_eq!(skip(text.as_bytes()), Some(Skipped { length, is_closed }), "{text}");
        }
        for text in ["", "a\"", "result", "b", "br", "r#fn", "/ 2"] {
            assert_eq!(skip(text.as_bytes()), None, "{text}");
        }
    }
}
