/*!
What can be told of a cell's text without a compiler: whether it is complete, and which name the cursor is at.
*/

use crate::session::lexer::{is_word_byte, skip};
use std::ops::Range;

/// Whether a cell can be run as it stands.
#[derive(Debug, PartialEq, Eq)]
pub enum Completeness {
    Complete,
    /// More has to follow; its first line begins with so many blanks.
    Incomplete {
        indent: usize,
    },
    /// Whatever follows, the compiler will not take it.
    Invalid,
}

/// Whether a console should run the text or ask for another line.
pub fn completeness(code: &str) -> Completeness {
    let code = without_commands(code);
    let (mut open, mut at) = (Vec::new(), 0);
    let bytes = code.as_bytes();
    while at < bytes.len() {
        if let Some(skipped) = skip(&bytes[at..]) {
            if !skipped.is_closed {
                return Completeness::Incomplete { indent: 0 };
            }
            at += skipped.length;
            continue;
        }
        if is_word_byte(bytes[at]) {
            at += word(&bytes[at..]);
            continue;
        }
        match bytes[at] {
            b'(' => open.push(b')'),
            b'[' => open.push(b']'),
            b'{' => open.push(b'}'),
            closing @ (b')' | b']' | b'}') if open.pop() != Some(closing) => return Completeness::Invalid,
            _ => {}
        }
        at += 1;
    }
    if !open.is_empty() {
        return Completeness::Incomplete { indent: 4 * open.len() };
    }
    let Err(error) = parse(&code) else { return Completeness::Complete };
    // The parser has come to the end of the text, and not to that of a part in parentheses, if more text changes what it
    // says.
    let at_end = "unexpected end of input";
    if error.starts_with(at_end) && parse(&format!("{code} @")).is_err_and(|error| !error.starts_with(at_end)) {
        return Completeness::Incomplete { indent: 0 };
    }
    // A statement that lacks nothing but its end.
    if parse(&format!("{code};")).is_ok() {
        return Completeness::Incomplete { indent: 0 };
    }
    Completeness::Invalid
}

fn parse(code: &str) -> Result<(), String> {
    use syn::parse::Parser;
    // Its recursion is as deep as the text: a stack of its own holds what anybody types.
    let code = code.to_owned();
    let parse = move || syn::Block::parse_within.parse_str(&code).map(drop).map_err(|error| error.to_string());
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(parse);
    thread.map_err(|error| error.to_string())?.join().unwrap_or_else(|_| Err("the parser failed".into()))
}

/// The text without the lines for evcxr and for this kernel that it begins with.
fn without_commands(code: &str) -> String {
    let is_head = |line: &&str| line.trim().is_empty() || line.starts_with("//") || is_command_line(line);
    let head: usize = code.split_inclusive('\n').take_while(is_head).map(str::len).sum();
    code[head..].to_owned()
}

/// Whether a line at the head of a cell is for evcxr, the shell or this kernel and not Rust.
pub fn is_command_line(line: &str) -> bool {
    let text = line.trim_start();
    line.starts_with('!') || (text.starts_with(':') && !text.starts_with("::"))
}

/// The bytes of the name that the cursor is at: the word around it, else the function in whose arguments it stands.
pub fn name_at(code: &str, position: usize) -> Option<Range<usize>> {
    let bytes = code.as_bytes();
    let (mut at, mut last, mut calls) = (0, None, Vec::new());
    while at < bytes.len() && at <= position {
        if let Some(skipped) = skip(&bytes[at..]) {
            (at, last) = (at + skipped.length, None);
            continue;
        }
        if is_word_byte(bytes[at]) {
            let range = at..at + word(&bytes[at..]);
            if range.end >= position && !bytes[at].is_ascii_digit() {
                return Some(range);
            }
            (at, last) = (range.end, Some(range));
            continue;
        }
        if at == position {
            break;
        }
        match bytes[at] {
            b'(' | b'[' | b'{' => calls.push(last.take().filter(|_| bytes[at] != b'{')),
            b')' | b']' | b'}' => {
                calls.pop();
                last = None;
            }
            b'!' => {} // of a macro
            _ => last = None,
        }
        at += 1;
    }
    calls.into_iter().rev().flatten().next()
}

fn word(bytes: &[u8]) -> usize {
    bytes.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_complete_incomplete_or_invalid() {
        use Completeness::{Complete, Invalid};
        let more = |indent| Completeness::Incomplete { indent };
        for (code, expected) in [
            ("", Complete),
            ("// only a comment", Complete),
            ("let x = 1;\nx", Complete),
            ("fn f() -> i32 { 1 }\nf()", Complete),
            (":dep cnn = { path = \"..\" }\nuse cnn::prelude::*;", Complete),
            (":vars", Complete),
            ("println!(\"}\");", Complete),
            ("let x = '{';", Complete),
            ("let x = 1", more(0)),
            ("let x =", more(0)),
            ("1 +", more(0)),
            ("fn f() {", more(4)),
            ("fn f() {\n    g(", more(8)),
            ("let s = \"open", more(0)),
            ("/* open", more(0)),
            ("let s = r#\"open\"", more(0)),
            ("#[derive(Debug)]", more(0)),
            ("let x = );", Invalid),
            ("f(1 +)", Invalid),
            ("fn 1() {}", Invalid),
            ("{ ]", Invalid),
        ] {
            assert_eq!(completeness(code), expected, "{code}");
        }
    }

    /// A text that is deep does not end the kernel.
    #[test]
    fn a_deep_text_is_answered() {
        assert_eq!(completeness(&"(".repeat(100_000)), Completeness::Incomplete { indent: 400_000 });
        completeness(&format!("{}{}", "(".repeat(2_000), ")".repeat(2_000)));
    }

    #[test]
    fn the_name_at_the_cursor_is_the_word_or_the_function_that_is_called() {
        let name = |code: &str| {
            let position = code.find('|').unwrap();
            let code = code.replacen('|', "", 1);
            name_at(&code, position).map(|range| code[range].to_owned())
        };
        for (code, expected) in [
            ("zero_|pad(&x, 2)", Some("zero_pad")),
            ("zero_pad|(&x, 2)", Some("zero_pad")),
            ("|zero_pad(&x, 2)", Some("zero_pad")),
            ("zero_pad(|)", Some("zero_pad")),
            ("zero_pad(&x, |)", Some("zero_pad")),
            ("zero_pad(&x, 2|)", Some("zero_pad")),
            ("zero_pad(\"a|b\", 2)", Some("zero_pad")),
            ("f(g(1), |)", Some("f")),
            ("f(g(1|), 2)", Some("g")),
            ("println!(|)", Some("println")),
            ("x.su|m()", Some("sum")),
            ("let a = 1; |", None),
            ("f(1); |", None),
            ("if a { | }", None),
            ("", None),
        ] {
            if code.contains('|') {
                assert_eq!(name(code).as_deref(), expected, "{code}");
            }
        }
        assert_eq!(name_at("", 0), None);
    }

    #[test]
    fn any_text_and_any_place_are_answered() {
        let code = "fn f() { r##\"a\"# \" b'\\x00' 'ä' /* /* */ \"\\\" // \n :x ..= g!(1.0.abs() }";
        for end in (0..=code.len()).filter(|&end| code.is_char_boundary(end)) {
            completeness(&code[..end]);
            for position in 0..=end + 1 {
                name_at(&code[..end], position);
            }
        }
    }
}
