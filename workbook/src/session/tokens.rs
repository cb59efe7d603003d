/*!
Rust text as tokens, also a text that is no program: words, literals, comments and single characters.

It knows no grammar. What is read from the tokens is in `names.rs` and `analyzer/signatures.rs`.
*/

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Space,
    /// A name, a keyword or a number.
    Word,
    /// A string or a character.
    Literal,
    Comment,
    /// `///`, `//!`, `/** */` or `/*! */`.
    Doc,
    /// Any other character, one a token.
    Mark,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token<'a> {
    pub kind: Kind,
    pub text: &'a str,
}

impl Token<'_> {
    /// Whether it is this character.
    pub fn is(&self, mark: char) -> bool {
        self.kind == Kind::Mark && self.text.starts_with(mark)
    }

    /// Whether it is this word.
    pub fn is_word(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text == word
    }

    /// Whether it is neither space nor comment.
    pub fn is_code(&self) -> bool {
        !matches!(self.kind, Kind::Space | Kind::Comment | Kind::Doc)
    }
}

/// The tokens of a text; joined, they are the text.
pub fn tokens(code: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = code;
    std::iter::from_fn(move || {
        let (kind, length) = first(rest.as_bytes())?;
        let (text, after) = rest.split_at(length);
        rest = after;
        Some(Token { kind, text })
    })
}

/// The kind and the length of the first token.
fn first(text: &[u8]) -> Option<(Kind, usize)> {
    let byte = *text.first()?;
    Some(if byte.is_ascii_whitespace() {
        (Kind::Space, text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len()))
    } else if text.starts_with(b"//") {
        let is_doc = (text.starts_with(b"///") && !text.starts_with(b"////")) || text.starts_with(b"//!");
        let end = text.iter().position(|&byte| byte == b'\n').unwrap_or(text.len());
        (if is_doc { Kind::Doc } else { Kind::Comment }, end)
    } else if text.starts_with(b"/*") {
        let is_doc = (text.starts_with(b"/**") && !text.starts_with(b"/***") && !text.starts_with(b"/**/"))
            || text.starts_with(b"/*!");
        (if is_doc { Kind::Doc } else { Kind::Comment }, comment(text))
    } else if let Some(length) = raw_string(text) {
        (Kind::Literal, length)
    } else if byte == b'"' {
        (Kind::Literal, string(text))
    } else if byte == b'\'' {
        match character(text) {
            1 => (Kind::Mark, 1),
            length => (Kind::Literal, length),
        }
    } else if is_word_byte(byte) {
        (Kind::Word, text.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(text.len()))
    } else {
        (Kind::Mark, 1)
    })
}

pub fn is_word_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// The length of a comment, which may hold others.
fn comment(text: &[u8]) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with(b"/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with(b"*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    text.len()
}

/// The length of a string that begins here.
fn string(text: &[u8]) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// The length of `r"…"` or `r#"…"#`, with or without `b` or `c`; none if there is none.
fn raw_string(text: &[u8]) -> Option<usize> {
    let start = if text.starts_with(b"br") || text.starts_with(b"cr") {
        2
    } else if text.starts_with(b"r") {
        1
    } else {
        return None;
    };
    let hashes = text[start..].iter().take_while(|&&byte| byte == b'#').count();
    if text.get(start + hashes) != Some(&b'"') {
        return None;
    }
    let end = [b"\"".as_slice(), &b"#".repeat(hashes)].concat();
    let content = start + hashes + 1;
    let found = text[content..].windows(end.len()).position(|window| window == end);
    Some(found.map_or(text.len(), |found| content + found + end.len()))
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

    fn kinds(code: &str) -> Vec<(Kind, &str)> {
        tokens(code).filter(|token| token.kind != Kind::Space).map(|token| (token.kind, token.text)).collect()
    }

    #[test]
    fn literals_and_comments_are_one_token() {
        use Kind::{Comment, Doc, Literal, Mark, Word};
        assert_eq!(
            kinds("r#\"a\"# 'x' '\\'' 'ä' 'b: b\"s\\\"t\" // c\n/// d\n/* /* e */ */ /*! f */ 1.5"),
            [
                (Literal, "r#\"a\"#"),
                (Literal, "'x'"),
                (Literal, "'\\''"),
                (Literal, "'ä'"),
                (Mark, "'"),
                (Word, "b"),
                (Mark, ":"),
                (Word, "b"),
                (Literal, "\"s\\\"t\""),
                (Comment, "// c"),
                (Doc, "/// d"),
                (Comment, "/* /* e */ */"),
                (Doc, "/*! f */"),
                (Word, "1"),
                (Mark, "."),
                (Word, "5"),
            ]
        );
    }

    /// Whatever the text, its tokens are the text; cut anywhere, it is no error.
    #[test]
    fn any_text_has_tokens() {
        let code = "fn f() { r##\"a\"# \" b' '\\x00' 'ä' '\\u{1F600}' /* /* */ \"\\\" // \n :x ..= ö 1.0.abs() }";
        for end in (0..=code.len()).filter(|&end| code.is_char_boundary(end)) {
            for start in (0..=end).filter(|&start| code.is_char_boundary(start)) {
                let text = &code[start..end];
                assert_eq!(tokens(text).map(|token| token.text).collect::<String>(), text);
            }
        }
    }
}
