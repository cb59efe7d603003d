/*!
Finds where functions stand that are no items of their text: inside of modules, blocks and other functions. It reads tokens
and does not ask whether they parse.
*/

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use syn::ext::IdentExt;

/// A function that stands inside of something else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nested {
    /// Its name.
    pub name: String,
    /// The line where it begins, counted from 1.
    pub line: usize,
    /// What it stands in: ``module `mine` ``, ``function `main` ``, `a block`.
    pub within: String,
}

/// The functions that stand inside of something, in the order of the text; none where the text is no Rust at all.
///
/// ```
/// let found = course::nested("mod mine {\n    pub fn zero_pad() {}\n}\nfn f() {}\n");
/// assert_eq!((found[0].name.as_str(), found[0].line, found[0].within.as_str()), ("zero_pad", 2, "module `mine`"));
/// assert_eq!(found.len(), 1);
/// ```
pub fn nested(text: &str) -> Vec<Nested> {
    let Ok(tokens) = text.parse::<TokenStream>() else { return Vec::new() };
    let mut found = Vec::new();
    let mut todo: Vec<(TokenStream, Option<String>)> = vec![(tokens, None)];
    while let Some((tokens, within)) = todo.pop() {
        // The last keyword that opens something, with its name.
        let mut opened: Option<String> = None;
        let tokens: Vec<TokenTree> = tokens.into_iter().collect();
        for (index, token) in tokens.iter().enumerate() {
            match token {
                TokenTree::Ident(word) => {
                    let Some(TokenTree::Ident(name)) = tokens.get(index + 1) else { continue };
                    let kind = if word == "fn" {
                        "function"
                    } else if word == "mod" {
                        "module"
                    } else if word == "trait" {
                        "trait"
                    } else {
                        if word == "impl" {
                            opened = Some("an `impl` block".to_owned());
                        }
                        continue;
                    };
                    let name = name.unraw().to_string();
                    if kind == "function"
                        && let Some(within) = &within
                    {
                        found.push(Nested {
                            name: name.clone(),
                            line: word.span().start().line,
                            within: within.clone(),
                        });
                    }
                    opened = Some(format!("{kind} `{name}`"));
                }
                TokenTree::Punct(mark) if mark.as_char() == ';' => opened = None,
                TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => {
                    let here = opened.take().unwrap_or_else(|| within.clone().unwrap_or_else(|| "a block".to_owned()));
                    todo.push((group.stream(), Some(here)));
                }
                _ => {}
            }
        }
    }
    found.sort_by_key(|nested| nested.line);
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_surrounds_a_function_is_named() {
        let text = "{ fn a() {} }\nfn out() -> u8 { if true { fn b() {} } 1 }\nimpl T { fn c() {} }\nmod m { mod n { fn d() {} } }\n\
                    macro! { fn e() {} }\nstruct S { x: u8 }\nfn top(x: [u8; 2]) {}\n";
        let found = nested(text);
        let shown: Vec<(&str, &str)> = found.iter().map(|found| (&*found.name, &*found.within)).collect();
        let expected = [
            ("a", "a block"),
            ("b", "function `out`"),
            ("c", "an `impl` block"),
            ("d", "module `n`"),
            ("e", "a block"),
        ];
        assert_eq!(shown, expected);
        assert_eq!(nested("fn ("), []);
    }
}
