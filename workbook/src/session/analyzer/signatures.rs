/*!
A Rust file without what its users' types do not depend on: the bodies of its functions, comments, and attributes that
only a compiler reads.

The analyzer parses every file of every crate that a cell can see, and expands the macros that define items; for the
standard library's integers these are megabytes of bodies and documentation. The type of a variable follows from signatures.
This is no program for a compiler any more.
*/

use crate::session::tokens::{Kind, Token, tokens};
use std::collections::{BTreeSet, HashSet};

/// Attributes that say nothing about types.
const DROPPED: [&str; 22] = [
    "allow",
    "cold",
    "deny",
    "error",
    "expect",
    "from",
    "inline",
    "must_use",
    "rustc_allow_const_fn_unstable",
    "rustc_as_ptr",
    "rustc_confusables",
    "rustc_const_stable",
    "rustc_const_unstable",
    "rustc_diagnostic_item",
    "rustc_inherit_overflow_checks",
    "rustc_no_implicit_autorefs",
    "rustc_on_unimplemented",
    "source",
    "stable",
    "track_caller",
    "warn",
    "diagnostic",
];

/// What stays of a file.
pub struct Options {
    /// Functions that no other crate can call.
    pub private_functions: bool,
    /// Documentation of the items that macros define.
    pub docs_in_macros: bool,
}

/// The file without the bodies of its functions.
pub fn signatures(source: &str, options: &Options) -> String {
    let tokens: Vec<Token> = tokens(source).collect();
    let Some(ends) = matching(&tokens) else { return source.to_owned() };
    let mut stripper =
        Stripper { tokens: &tokens, ends: &ends, options, text: String::with_capacity(source.len() / 2) };
    stripper.copy(0, tokens.len(), Context::default());
    stripper.text
}

/// The file without its private imports of names that neither it nor `others` mention.
pub fn without_unused_imports(source: &str, others: &HashSet<&str>) -> String {
    let tokens: Vec<Token> = tokens(source).collect();
    let imports = imports(&tokens);
    let is_imported = |index: usize| imports.iter().any(|&(start, end)| (start..end).contains(&index));
    let mentioned: HashSet<&str> = (0..tokens.len())
        .filter(|&i| tokens[i].kind == Kind::Word && !is_imported(i))
        .map(|i| tokens[i].text)
        .collect();
    let is_used = |name: &&str| mentioned.contains(name) || others.contains(name);
    let unused: Vec<_> = imports
        .iter()
        .filter(|&&(start, end)| imported(&tokens[start..end]).is_some_and(|names| !names.iter().any(is_used)))
        .collect();
    let is_unused = |index: usize| unused.iter().any(|&&(start, end)| (start..end).contains(&index));
    (0..tokens.len()).filter(|&index| !is_unused(index)).map(|index| tokens[index].text).collect()
}

/// The words of a file beside those of its imports.
pub fn words(source: &str) -> HashSet<&str> {
    tokens(source).filter(|token| token.kind == Kind::Word).map(|token| token.text).collect()
}

/// Which of the crates a file names: before `::`, or in `use NAME;` and `extern crate NAME;`.
pub fn crates_named<'a>(source: &str, crates: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let code: Vec<Token> = tokens(source).filter(Token::is_code).collect();
    let mut found = BTreeSet::new();
    for (index, token) in code.iter().enumerate().filter(|(_, token)| token.kind == Kind::Word) {
        let Some(name) = crates.get(token.text) else { continue };
        let is_path = |at: usize| code.get(at..at + 2).is_some_and(|marks| marks[0].is(':') && marks[1].is(':'));
        let follows_path = index >= 2 && is_path(index - 2);
        let is_imported = index >= 1 && ["use", "crate"].contains(&code[index - 1].text);
        if is_imported || (is_path(index + 1) && !follows_path) {
            found.insert(*name);
        }
    }
    found
}

/// Which of the crates a file shows to others: `pub use NAME…`.
pub fn crates_reexported<'a>(source: &str, crates: &BTreeSet<&'a str>) -> BTreeSet<&'a str> {
    let code: Vec<Token> = tokens(source).filter(Token::is_code).collect();
    let shown = code.windows(3).filter(|words| words[0].is_word("pub") && words[1].is_word("use"));
    shown.filter_map(|words| crates.get(words[2].text).copied()).collect()
}

/// For each opening bracket, the place of the one that closes it; none if they do not match.
fn matching(tokens: &[Token]) -> Option<Vec<usize>> {
    let (mut ends, mut open) = (vec![0; tokens.len()], Vec::new());
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.kind == Kind::Mark) {
        match token.text {
            "(" | "[" | "{" => open.push(index),
            ")" | "]" | "}" => ends[open.pop()?] = index,
            _ => {}
        }
    }
    open.is_empty().then_some(ends)
}

#[derive(Clone, Copy, Default)]
struct Context {
    in_macro: bool,
    /// Within a trait or an implementation of one, where functions are as public as the trait.
    in_trait: bool,
}

/// The words of an item so far that say what its brackets hold, without those inside of its brackets.
#[derive(Clone, Copy, Default)]
struct ItemWords {
    is_macro: bool,
    is_trait: bool,
    is_impl: bool,
    has_for: bool,
}

impl ItemWords {
    fn add(&mut self, token: &Token) {
        if token.kind == Kind::Word {
            match token.text {
                "macro_rules" | "macro" => self.is_macro = true,
                "trait" => self.is_trait = true,
                "impl" => self.is_impl = true,
                "for" => self.has_for = true,
                _ => {}
            }
        }
    }

    /// Whether a brace that follows holds the items of a trait, or of an implementation of one.
    fn open_trait(&self) -> bool {
        self.is_trait || (self.is_impl && self.has_for)
    }
}

struct Stripper<'a> {
    tokens: &'a [Token<'a>],
    ends: &'a [usize],
    options: &'a Options,
    text: String,
}

impl Stripper<'_> {
    /// Copies what stays of the tokens from `start` to `end`.
    fn copy(&mut self, start: usize, end: usize, context: Context) {
        // Where the item begins, in the text that is written and among the tokens.
        let (mut item, mut item_start) = (self.text.len(), start);
        let mut words = ItemWords::default(); // of the item that begins at item_start
        let mut at = start;
        while at < end {
            let token = self.tokens[at];
            words.add(&token);
            match token.kind {
                Kind::Comment => self.text.push(' '),
                Kind::Doc if context.in_macro && !self.options.docs_in_macros => self.text.push('\n'),
                Kind::Mark if token.is('#') => {
                    if let Some(last) = self.dropped_attribute(at, end, context) {
                        at = last;
                    } else {
                        self.text.push('#');
                    }
                }
                Kind::Word if token.text == "fn" && self.is_definition(at, end) => match self.body(at, end) {
                    Some(body) if self.is_private(item_start, at, context) => {
                        self.text.truncate(item);
                        at = self.ends[body];
                        (item_start, words) = (at + 1, ItemWords::default());
                    }
                    Some(body) => {
                        self.text.push_str("fn");
                        self.copy(at + 1, body, Context { in_trait: true, ..context });
                        self.text.push_str("{}");
                        at = self.ends[body];
                        (item, item_start, words) = (self.text.len(), at + 1, ItemWords::default());
                    }
                    None => self.text.push_str("fn"),
                },
                Kind::Mark if "([{".contains(token.text) => {
                    let close = self.ends[at];
                    let inner = Context {
                        in_macro: context.in_macro || words.is_macro,
                        // What a macro makes of its input is not known.
                        in_trait: words.open_trait() || self.is_macro_input(start, at),
                    };
                    self.text.push_str(token.text);
                    self.copy(at + 1, close, inner);
                    self.text.push_str(self.tokens[close].text);
                    at = close;
                    if token.is('{') {
                        (item, item_start, words) = (self.text.len(), at + 1, ItemWords::default());
                    }
                }
                _ => {
                    self.text.push_str(token.text);
                    if token.is(';') {
                        (item, item_start, words) = (self.text.len(), at + 1, ItemWords::default());
                    }
                }
            }
            at += 1;
        }
    }

    /// The last token of an attribute that begins here, if it does not stay.
    fn dropped_attribute(&self, at: usize, end: usize, context: Context) -> Option<usize> {
        let open = self.next_code(at + 1, end).filter(|&open| self.tokens[open].is('['))?;
        let close = self.ends[open];
        let name = self.next_code(open + 1, close).map(|name| self.tokens[name].text)?;
        let is_hidden = || (open..close).any(|index| self.tokens[index].is_word("hidden"));
        let is_doc = name == "doc" && context.in_macro && !self.options.docs_in_macros && !is_hidden();
        (DROPPED.contains(&name) || is_doc).then_some(close)
    }

    /// Whether `fn` begins a function, and not the type of a pointer to one.
    fn is_definition(&self, at: usize, end: usize) -> bool {
        self.next_code(at + 1, end).is_some_and(|next| {
            let next = self.tokens[next];
            next.kind == Kind::Word || next.is('$')
        })
    }

    /// The brace that opens the body of the function that begins here; none for a declaration or a macro's pattern.
    fn body(&self, at: usize, end: usize) -> Option<usize> {
        let (mut angles, mut index) = (0usize, at + 1);
        let mut last = "";
        while index < end {
            let token = self.tokens[index];
            if token.kind == Kind::Mark {
                match token.text {
                    "{" if angles == 0 => return Some(index),
                    "(" | "[" | "{" => index = self.ends[index],
                    ")" | "]" | "}" | ";" => return None,
                    "<" => angles += 1,
                    ">" if last != "-" && last != "=" => angles = angles.saturating_sub(1),
                    _ => {}
                }
            }
            last = token.text;
            index += 1;
        }
        None
    }

    /// Whether no other crate can call the function at `at`, whose item begins at `start`.
    fn is_private(&self, start: usize, at: usize, context: Context) -> bool {
        if self.options.private_functions || context.in_trait || context.in_macro {
            return false;
        }
        let public = (start..at).rev().find(|&index| self.tokens[index].is_word("pub"));
        let is_exported = (start..at).any(|index| ["lang", "no_mangle"].contains(&self.tokens[index].text));
        let is_restricted = |public| self.next_code(public + 1, at).is_some_and(|next| self.tokens[next].is('('));
        !is_exported && public.is_none_or(is_restricted)
    }

    fn is_macro_input(&self, start: usize, at: usize) -> bool {
        (start..at).rev().find(|&index| self.tokens[index].is_code()).is_some_and(|index| self.tokens[index].is('!'))
    }

    fn next_code(&self, at: usize, end: usize) -> Option<usize> {
        (at..end).find(|&index| self.tokens[index].is_code())
    }
}

/// The private imports: from `use` to behind the semicolon.
fn imports(tokens: &[Token]) -> Vec<(usize, usize)> {
    let mut imports = Vec::new();
    let mut last: Option<Token> = None;
    for (index, token) in tokens.iter().enumerate().filter(|(_, token)| token.is_code()) {
        let begins = last.is_none_or(|last| last.is(';') || last.is('}') || last.is('{') || last.is(']'));
        if token.is_word("use") && begins {
            let end = (index..tokens.len()).find(|&end| tokens[end].is(';')).map_or(tokens.len(), |end| end + 1);
            imports.push((index, end));
        }
        last = Some(*token);
    }
    imports
}

/// The names that an import brings, but for traits without a name; none if it brings those of a glob.
fn imported<'a>(import: &[Token<'a>]) -> Option<Vec<&'a str>> {
    let code: Vec<&Token> = import.iter().filter(|token| token.is_code()).collect();
    if code.iter().any(|token| token.is('*')) {
        return None;
    }
    let mut names = Vec::new();
    let mut parent = "";
    for (index, token) in code.iter().enumerate().skip(1).filter(|(_, token)| token.kind == Kind::Word) {
        let next = code.get(index + 1);
        if next.is_some_and(|next| next.is(':')) {
            parent = token.text;
        } else if token.text == "self" {
            names.push(parent);
        } else if !["as", "_"].contains(&token.text) && !next.is_some_and(|next| next.is_word("as")) {
            names.push(token.text);
        }
    }
    Some(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Options = Options { private_functions: true, docs_in_macros: true };
    const PUBLIC: Options = Options { private_functions: false, docs_in_macros: false };

    /// Without blanks, which do not matter.
    fn squeezed(text: &str) -> String {
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn bodies_go_and_signatures_stay() {
        for (source, expected) in [
            (
                "fn f<T: Into<[u8; 4]>>(x: T) -> Vec<T> where T: Copy, { g(x); { 1 } }\nfn g();",
                "fn f<T: Into<[u8; 4]>>(x: T) -> Vec<T> where T: Copy, {}\nfn g();",
            ),
            (
                "impl A { const fn a(&self) -> impl Fn(u8) -> u8 + '_ { move |x| x } }",
                "impl A { const fn a(&self) -> impl Fn(u8) -> u8 + '_ {} }",
            ),
            (
                "fn f<const N: usize>(x: A<{ N + 1 }>) -> B<{ N }> { todo!() }",
                "fn f<const N: usize>(x: A<{ N + 1 }>) -> B<{ N }> {}",
            ),
            ("struct S { f: fn(u8) -> u8, g: [u8; { 3 }] }", "struct S { f: fn(u8) -> u8, g: [u8; { 3 }] }"),
            ("const X: u8 = { 3 };\nstatic Y: fn() = || {};", "const X: u8 = { 3 };\nstatic Y: fn() = || {};"),
            ("#[inline]\n#[cfg(unix)]\nfn f() { '{'; \"{\"; }", "#[cfg(unix)] fn f() {}"),
            ("m! { fn f() { 1 } }", "m! { fn f() {} }"),
            (
                "macro_rules! m { ($(#[$m:meta])* fn $n:ident $b:block) => { $(#[$m])* pub fn $n() -> u8 { $b } } }",
                "macro_rules! m { ($(#[$m:meta])* fn $n:ident $b:block) => { $(#[$m])* pub fn $n() -> u8 {} } }",
            ),
            ("fn unbalanced() { (", "fn unbalanced() { ("),
        ] {
            assert_eq!(
                squeezed(&signatures(source, &ALL)).replace(" {}", "{}"),
                squeezed(expected).replace(" {}", "{}"),
                "{source}"
            );
        }
    }

    #[test]
    fn documentation_stays_but_for_that_of_macros() {
        let source = "/// a\npub fn f() {} macro_rules! m { () => { /// b\n #[doc = concat!(\"c\")] pub fn g() {} } }";
        let all = signatures(source, &ALL);
        assert!(all.contains("/// a") && all.contains("/// b") && all.contains("concat"), "{all}");
        let public = signatures(source, &PUBLIC);
        assert!(public.contains("/// a") && !public.contains("/// b") && !public.contains("concat"), "{public}");
        assert!(public.contains("pub fn g()"), "{public}");
    }

    #[test]
    fn functions_that_no_other_crate_can_call_go() {
        let source = "use x::Y; fn a() {} pub fn b() {} pub(crate) fn c() {} impl S { fn d() {} pub fn e() {} #[inline] pub const unsafe fn f() {} }
            impl T for S { fn g() {} } pub trait T { fn g(); fn h() {} } mod m { fn i() {} pub fn j() {} } #[derive(Debug)] struct K; fn l() {}";
        let public = signatures(source, &PUBLIC);
        for (name, stays) in
            ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "l"].iter().zip([0, 1, 0, 0, 1, 1, 1, 1, 0, 1, 0])
        {
            assert_eq!(public.contains(&format!("fn {name}")), stays == 1, "{name}: {public}");
        }
        assert!(public.contains("use x::Y;") && public.contains("struct K;"), "{public}");
    }

    #[test]
    fn imports_of_names_that_are_not_mentioned_go() {
        let source =
            "use a::{B, c::{self, D as E}};\nuse f::G;\npub use h::I;\nuse j::*;\nuse k::L as _;\nstruct M(E);";
        let left = without_unused_imports(source, &HashSet::new());
        assert_eq!(
            squeezed(&left),
            "use a::{B, c::{self, D as E}}; pub use h::I; use j::*; struct M(E);",
            "a trait is of use in bodies only"
        );
        let left = without_unused_imports(source, &HashSet::from(["G"]));
        assert!(left.contains("use f::G;"), "{left}");
    }

    #[test]
    fn crates_are_named_before_a_path() {
        let crates = BTreeSet::from(["hdf5", "image", "ndarray"]);
        let named = |source: &str| crates_named(source, &crates);
        assert_eq!(named("use ndarray::Array; fn f(image: u8) {}"), BTreeSet::from(["ndarray"]));
        assert_eq!(named("fn f() -> hdf5::Result<()>; crate::image::load()"), BTreeSet::from(["hdf5"]));
        assert_eq!(named("pub use image;"), BTreeSet::from(["image"]));
        assert_eq!(named("// ndarray::x\n\"hdf5::y\""), BTreeSet::new());
        let shown =
            crates_reexported("pub use ndarray::s; use hdf5::File; pub(crate) use image; pub fn f() {}", &crates);
        assert_eq!(shown, BTreeSet::from(["ndarray"]));
    }
}
