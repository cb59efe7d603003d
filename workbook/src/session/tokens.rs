/*!
Rust text as tokens, also a text that is no program: words, literals, comments and single characters.

It knows no grammar. What is read from the tokens is in `names.rs` and `analyzer/signatures.rs`.
*/

use super::lexer::{is_word_byte, skip};

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
    let until = |is_end: fn(&u8) -> bool| text.iter().position(is_end).unwrap_or(text.len());
    if byte.is_ascii_whitespace() {
        return Some((Kind::Space, until(|byte| !byte.is_ascii_whitespace())));
    }
    Some(match skip(text).map(|skipped| skipped.length.min(text.len())) {
        Some(1) => (Kind::Mark, 1), // the quote of a lifetime
        Some(length) if byte == b'/' => (if is_doc(text) { Kind::Doc } else { Kind::Comment }, length),
        Some(length) => (Kind::Literal, length),
        None if is_word_byte(byte) => (Kind::Word, until(|&byte| !is_word_byte(byte))),
        None => (Kind::Mark, 1),
    })
}

/// Whether a comment is documentation.
fn is_doc(comment: &[u8]) -> bool {
    let starts = |start: &str| comment.starts_with(start.as_bytes());
    let is_one = starts("///") || starts("//!") || starts("/**") || starts("/*!");
    is_one && !["////", "/***", "/**/"].into_iter().any(starts)
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
                (Literal, "b\"s\\\"t\""),
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
