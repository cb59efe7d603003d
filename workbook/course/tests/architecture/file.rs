//! One source file: what it defines, binds and mentions.

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use std::collections::{BTreeMap, BTreeSet};
use syn::{Attribute, Item, UseTree};

/// One source file.
#[derive(Debug)]
pub struct File {
    /// From the project's root, with `/`.
    pub path: String,
    /// Names that `use` binds, with the path that they stand for.
    pub bound: BTreeMap<String, Vec<String>>,
    /// Paths of modules of which everything is imported.
    pub globs: Vec<Vec<String>>,
    /// Names that `pub use` or `pub(…) use` binds: an import for others, not for the file itself.
    pub reexported: BTreeSet<String>,
    /// Names of the items that the file defines.
    pub defined: BTreeSet<String>,
    /// Every path in the file, with where it stands.
    pub paths: Vec<(Vec<String>, usize)>,
}

impl File {
    pub fn parse(path: String, text: &str) -> File {
        let parsed = syn::parse_file(text).unwrap_or_else(|error| panic!("{path}: {error}"));
        let mut file = File {
            path,
            bound: BTreeMap::new(),
            globs: Vec::new(),
            reexported: BTreeSet::new(),
            defined: BTreeSet::new(),
            paths: Vec::new(),
        };
        for item in &parsed.items {
            if !for_tests(attributes(item)) {
                file.add(item);
            }
        }
        file
    }

    fn add(&mut self, item: &Item) {
        if let Item::Use(item) = item {
            let public = !matches!(item.vis, syn::Visibility::Inherited);
            let line = item.use_token.span.start().line;
            let mut start = Vec::new();
            if item.leading_colon.is_some() {
                start.push(String::new());
            }
            self.add_use(&item.tree, start, public, line);
            return;
        }
        if let Some(name) = name_of(item) {
            self.defined.insert(name);
        }
        let tokens = match item {
            Item::Mod(module) if module.content.is_none() => return,
            item => item.to_token_stream(),
        };
        self.scan(tokens);
    }

    fn add_use(&mut self, tree: &UseTree, mut path: Vec<String>, public: bool, line: usize) {
        let bind = |file: &mut File, name: String, path: Vec<String>| {
            if public {
                file.reexported.insert(name.clone());
            } else {
                file.paths.push((path.clone(), line));
            }
            file.bound.insert(name, path);
        };
        match tree {
            UseTree::Path(tree) => {
                path.push(tree.ident.to_string());
                self.add_use(&tree.tree, path, public, line);
            }
            UseTree::Name(tree) if tree.ident == "self" => {
                let name = path.last().cloned().unwrap_or_default();
                bind(self, name, path);
            }
            UseTree::Name(tree) => {
                let name = tree.ident.to_string();
                path.push(name.clone());
                bind(self, name, path);
            }
            UseTree::Rename(tree) => {
                if tree.ident != "self" {
                    path.push(tree.ident.to_string());
                }
                bind(self, tree.rename.to_string(), path);
            }
            UseTree::Glob(_) => {
                if !public {
                    self.paths.push((path.clone(), line));
                }
                self.globs.push(path);
            }
            UseTree::Group(tree) => {
                tree.items.iter().for_each(|tree| self.add_use(tree, path.clone(), public, line));
            }
        }
    }

    /// Collects every path `a::b::c` of a token stream, and the `use` of function bodies.
    fn scan(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        let mut before_colons = false;
        while let Some(token) = tokens.next() {
            match token {
                // Of `pub(in crate::…)`: who may see an item is no import.
                TokenTree::Group(group) if group.stream().to_string().starts_with("in ") => {}
                TokenTree::Group(group) => self.scan(group.stream()),
                TokenTree::Ident(ident) if ident == "use" => {
                    let mut rest = TokenStream::from(TokenTree::Ident(ident));
                    for token in tokens.by_ref() {
                        let end = matches!(&token, TokenTree::Punct(punct) if punct.as_char() == ';');
                        rest.extend([token]);
                        if end {
                            break;
                        }
                    }
                    if let Ok(item) = syn::parse2::<syn::ItemUse>(rest) {
                        self.add(&Item::Use(item));
                    }
                }
                TokenTree::Ident(ident) => {
                    let line = ident.span().start().line;
                    let mut path = vec![ident.to_string()];
                    loop {
                        let mut ahead = tokens.clone();
                        let colon = |token: Option<TokenTree>| matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
                        if !(colon(ahead.next()) && colon(ahead.next())) {
                            break;
                        }
                        let Some(TokenTree::Ident(next)) = ahead.next() else { break };
                        path.push(next.to_string());
                        tokens = ahead;
                    }
                    if before_colons {
                        path.insert(0, String::new());
                    }
                    if path.len() > 1 {
                        self.paths.push((path, line));
                    }
                    before_colons = false;
                    continue;
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
            before_colons = false;
        }
    }
}
fn name_of(item: &Item) -> Option<String> {
    Some(match item {
        Item::Const(item) => item.ident.to_string(),
        Item::Enum(item) => item.ident.to_string(),
        Item::Fn(item) => item.sig.ident.to_string(),
        Item::Macro(item) => item.ident.as_ref()?.to_string(),
        Item::Static(item) => item.ident.to_string(),
        Item::Struct(item) => item.ident.to_string(),
        Item::Trait(item) => item.ident.to_string(),
        Item::TraitAlias(item) => item.ident.to_string(),
        Item::Type(item) => item.ident.to_string(),
        Item::Union(item) => item.ident.to_string(),
        Item::Mod(item) if item.content.is_some() => item.ident.to_string(),
        _ => return None,
    })
}

fn attributes(item: &Item) -> &[Attribute] {
    match item {
        Item::Const(item) => &item.attrs,
        Item::Enum(item) => &item.attrs,
        Item::Fn(item) => &item.attrs,
        Item::Impl(item) => &item.attrs,
        Item::Macro(item) => &item.attrs,
        Item::Mod(item) => &item.attrs,
        Item::Static(item) => &item.attrs,
        Item::Struct(item) => &item.attrs,
        Item::Trait(item) => &item.attrs,
        Item::Type(item) => &item.attrs,
        Item::Use(item) => &item.attrs,
        _ => &[],
    }
}

fn for_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| {
        attribute.path().is_ident("cfg") && attribute.to_token_stream().to_string().replace(' ', "") == "#[cfg(test)]"
    })
}
