/*!
The names that a cell's text defines and those that it mentions, also of a cell that does not compile.

It is not a parser: a text with an error in it has no tree, but its words are there all the same.
*/

use super::lexer::{is_word_byte, skip};
use std::collections::BTreeSet;

/// What a cell defines beside variables: functions, types, constants, macros.
pub fn defined(code: &str) -> BTreeSet<String> {
    let words = words(code);
    let mut names = BTreeSet::new();
    for pair in words.windows(2) {
        let [keyword, name] = pair else { continue };
        // Within braces a `fn` is a method or a helper of one function.
        if keyword.depth == 0
            && ["fn", "struct", "enum", "trait", "type", "union", "static", "const", "mod"].contains(&keyword.text)
        {
            names.insert(name.text.to_owned());
        }
        if keyword.text == "macro_rules" {
            names.insert(name.text.to_owned());
        }
    }
    names.retain(|name| !["fn", "mut", "unsafe", "async", "extern", "_"].contains(&name.as_str()));
    names
}

/// What a cell mentions, but for fields and methods of something else.
pub fn mentioned(code: &str) -> BTreeSet<String> {
    words(code).into_iter().filter(|word| !word.is_member).map(|word| word.text.to_owned()).collect()
}

#[derive(Debug)]
struct Word<'a> {
    text: &'a str,
    /// How many braces are open around it.
    depth: usize,
    /// It stands after a dot.
    is_member: bool,
}

/// The words of a text, without those in comments, strings and lines that are commands.
fn words(code: &str) -> Vec<Word<'_>> {
    let bytes = code.as_bytes();
    let (mut words, mut depth, mut at) = (Vec::new(), 0usize, 0);
    let (mut last, mut is_line_start) = (b' ', true);
    while at < bytes.len() {
        let rest = &bytes[at..];
        let is_command = rest[0] == b':' && is_line_start && rest.get(1) != Some(&b':');
        let skipped = match skip(rest) {
            _ if is_command => rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len()),
            Some(skipped) => skipped.length,
            None => 0,
        };
        is_line_start = rest[0] == b'\n' || (is_line_start && rest[0].is_ascii_whitespace());
        if skipped > 0 {
            (at, last) = (at + skipped, b' ');
        } else if is_word_byte(rest[0]) {
            let end = at + rest.iter().position(|&byte| !is_word_byte(byte)).unwrap_or(rest.len());
            if !rest[0].is_ascii_digit() {
                words.push(Word { text: &code[at..end], depth, is_member: last == b'.' });
            }
            (at, last) = (end, b'a');
        } else {
            match rest[0] {
                b'{' => depth += 1,
                b'}' => depth = depth.saturating_sub(1),
                _ => {}
            }
            // The last name of a range, `0..n`, is no member.
            let is_range = rest[0] == b'.' && last == b'.';
            last = if is_range {
                b' '
            } else if rest[0].is_ascii_whitespace() {
                last
            } else {
                rest[0]
            };
            at += 1;
        }
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn set(names: &[&str]) -> BTreeSet<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_cell_defines_its_outermost_items() {
        for (code, expected) in [
            ("fn zero_pad(x: &X) -> X { fn inner() {} let y = 1; }", &["zero_pad"][..]),
            ("pub(crate) async fn a() {}\nunsafe fn b() {}\nconst fn c() {}\nconst D: u8 = 1;", &["a", "b", "c", "D"]),
            ("struct S { f: u8 }\nenum E { A }\nimpl S { fn method(&self) {} }\ntrait T { fn t(); }", &["S", "E", "T"]),
            ("macro_rules! twice { ($x:expr) => { 2 * $x } }\nstatic mut N: u8 = 0;\ntype A = u8;", &["twice", "A"]),
            ("// fn a() {}\n/* fn b() /* { */ {} */ let s = \"fn c() {}\"; let r = r#\"fn d\"#;", &[]),
            ("fn unfinished(x: f64 -> f64 { let y = ;", &["unfinished"]),
            ("fn first() { \nfn hidden_by_a_brace() {}", &["first"]),
            ("let c = '{'; let d = '\\''; let e = 'ä'; fn after<'a>(x: &'a str) {}", &["after"]),
            ("let größe = 1; fn größer() {}", &["größer"]),
            (":dep fn = \"1\"\nfn g() {}", &["g"]),
            ("", &[]),
        ] {
            assert_eq!(defined(code), set(expected), "{code}");
        }
    }

    #[test]
    fn what_is_mentioned_is_no_member_no_comment_and_no_string() {
        let code = "let y = x.zero_pad(1) + conv(0..n, \"pool\") /* relu */;\nlet z = x\n    .map(f); // g";
        let mentioned = mentioned(code);
        assert!(set(&["y", "x", "conv", "n", "z", "f", "let"]).is_subset(&mentioned), "{mentioned:?}");
        for name in ["zero_pad", "pool", "relu", "map", "g"] {
            assert!(!mentioned.contains(name), "{name}");
        }
    }

    /// Whatever the text, its words are told; cut anywhere, it is no error.
    #[test]
    fn any_text_can_be_read() {
        let code = "fn f() { r##\"a\"# \" b'\\x00' 'ä' '\\u{1F600}' /* /* */ \"\\\" // \n :x ..= 1.0.abs() }";
        for end in (0..=code.len()).filter(|&end| code.is_char_boundary(end)) {
            for start in (0..=end).filter(|&start| code.is_char_boundary(start)) {
                let _ = (defined(&code[start..end]), mentioned(&code[start..end]));
            }
        }
    }
}
