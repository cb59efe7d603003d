/*!
The names that a cell's text defines and those that it mentions, also of a cell that does not compile.

It is not a parser: a text with an error in it has no tree, but its words are there all the same.
*/

use super::tokens::{Kind, tokens};
use std::collections::BTreeSet;

/// What a cell defines beside variables: functions, types, constants, macros.
pub fn defined(code: &str) -> BTreeSet<String> {
    let words = words(code);
    let mut names = BTreeSet::new();
    for pair in words.windows(2) {
        let [keyword, name] = pair else { continue };
        // Within braces a `fn` is a method or a helper of one function; `*const T`, `<const N: usize>` and `fn(T)` are parts of
        // types.
        let begins_item = keyword.depth == 0 && [START, WORD, ';', '}', ']', ')'].contains(&keyword.before);
        if begins_item
            && name.before == WORD
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
    words(code).into_iter().filter(|word| word.before != '.').map(|word| word.text.to_owned()).collect()
}

/// The names of the variables that a cell makes for later ones, and perhaps words of their types.
pub fn variables(code: &str) -> BTreeSet<String> {
    let (mut names, mut depth, mut is_pattern) = (BTreeSet::new(), 0usize, false);
    for token in parts(code).into_iter().flat_map(tokens) {
        match (token.kind, token.text) {
            (Kind::Mark, "{") => depth += 1,
            (Kind::Mark, "}") => depth = depth.saturating_sub(1),
            (Kind::Mark, "=" | ";") => is_pattern = false,
            (Kind::Word, "let") => is_pattern = depth == 0,
            (Kind::Word, name) if is_pattern => drop(names.insert(name.to_owned())),
            _ => {}
        }
    }
    names
}

/// Whether what a cell does for later ones has no name: an import, an `impl`, a command.
pub fn has_nameless_effect(code: &str) -> bool {
    let nameless = ["use", "impl", "extern", "macro_rules", "mod"];
    parts(code).len() > 1 || words(code).iter().any(|word| word.depth == 0 && nameless.contains(&word.text))
}

#[derive(Debug)]
struct Word<'a> {
    text: &'a str,
    /// How many braces are open around it.
    depth: usize,
    /// The mark before it, [`WORD`] or [`START`].
    before: char,
}

/// What stands before a word: a word or a number; nothing, a literal or a comment.
const WORD: char = 'a';
const START: char = ' ';

/// The words of a text, without those in comments, strings, lifetimes and lines that are commands.
fn words(code: &str) -> Vec<Word<'_>> {
    let (mut words, mut depth) = (Vec::new(), 0usize);
    let mut last = START;
    for token in parts(code).into_iter().flat_map(tokens) {
        match token.kind {
            Kind::Word if token.text.starts_with(|c: char| c.is_ascii_digit()) => last = WORD,
            Kind::Word if last == '\'' => last = START, // of a lifetime or a label
            Kind::Word => {
                words.push(Word { text: token.text, depth, before: last });
                last = WORD;
            }
            Kind::Mark => {
                match token.text {
                    "{" => depth += 1,
                    "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                let mark = token.text.chars().next().unwrap_or(START);
                // The last name of a range, `0..n`, is no member.
                last = if mark == '.' && last == '.' { START } else { mark };
            }
            Kind::Space => {}
            Kind::Literal | Kind::Comment | Kind::Doc => last = START,
        }
    }
    words
}

/// The text between the lines that are commands, such as `:dep`.
fn parts(code: &str) -> Vec<&str> {
    let (mut parts, mut start, mut at) = (Vec::new(), 0, 0);
    for line in code.split_inclusive('\n') {
        let end = at + line.len();
        let text = line.trim_start();
        if text.starts_with(':') && !text.starts_with("::") {
            parts.push(&code[start..at]);
            start = end;
        }
        at = end;
    }
    parts.push(&code[start..]);
    parts
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
            ("fn name() -> &'static str { \"n\" }\nlet f: fn(f64) -> f64 = g; let p: *const u8 = q;", &["name"]),
            (
                "fn sum<const N: usize, const M: usize>(x: [f64; N]) -> f64 {}\na.union(b); // c\n#[test] fn t() {}",
                &["sum", "t"],
            ),
            (
                "extern \"C\" fn e() {}\npub const A: u8 = 1; pub(crate) static B: &'static str = \"\";",
                &["e", "A", "B"],
            ),
            ("", &[]),
        ] {
            assert_eq!(defined(code), set(expected), "{code}");
        }
    }

    #[test]
    fn a_cell_makes_the_variables_outside_its_blocks() {
        for (code, expected) in [
            ("let x: Array2<f64> = f(y);\nlet (mut a, b) = c;", &["x", "Array2", "f64", "mut", "a", "b"][..]),
            ("{ let x = 1; }\nif let Some(d) = e { let z = 2; }", &["Some", "d"]),
            ("println!(\"let q = 1\"); // let r = 2;", &[]),
        ] {
            assert_eq!(variables(code), set(expected), "{code}");
        }
        for (code, expected) in [
            ("use std::fs;", true),
            (":dep rand = \"0.9\"\nlet x = 1;", true),
            ("impl A { fn f() {} }", true),
            ("{ use std::fs; fs::read(p); }", false),
            ("fn f() {}", false),
        ] {
            assert_eq!(has_nameless_effect(code), expected, "{code}");
        }
    }

    #[test]
    fn what_is_mentioned_is_no_member_no_comment_and_no_string() {
        let code = "let y = x.zero_pad(1) + conv(0..n, \"pool\") /* relu */;\nlet z = x\n    .map(f); let s: &'life str = t; // g";
        let mentioned = mentioned(code);
        assert!(set(&["y", "x", "conv", "n", "z", "f", "let"]).is_subset(&mentioned), "{mentioned:?}");
        for name in ["zero_pad", "pool", "relu", "map", "g", "life"] {
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
