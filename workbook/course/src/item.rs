/*! A top-level item of a source text: its kind, its name, and where it stands. */

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens;
use syn::UseTree;
use syn::spanned::Spanned;

use crate::parts::Parts;

/// The kinds of item that are told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ItemKind {
    /// A `use` declaration.
    Use,
    /// A function.
    Function,
    /// A `const` or a `static`.
    Value,
    /// A `struct`, `enum`, `union`, `trait` or `type`.
    Type,
    /// A module.
    Module,
    /// A `macro_rules!` definition or a macro call that stands where an item stands.
    Macro,
    /// Anything else, such as an `impl` block.
    Other,
}

/// A top-level item: a slice of its source text.
#[derive(Debug, Clone)]
pub struct Item {
    /// What it is.
    pub kind: ItemKind,
    /// The name that it defines; `impl` blocks and `use` declarations have none.
    pub name: Option<String>,
    /// Its bytes in the text, from its first attribute or documentation line on.
    pub range: Range<usize>,
    /// The line where it begins, counted from 1.
    pub line: usize,
    /// The line where it ends, counted from 1.
    pub end_line: usize,
    /// Every identifier in it: what it may call or use.
    pub mentions: BTreeSet<String>,
    /// The names that a `use` declaration brings in, each with the text that imports it alone.
    pub(crate) imports: Vec<Import>,
    /// The parts of a function.
    pub(crate) parts: Option<Parts>,
}

/// One name of a `use` declaration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    /// The name that is bound; for a glob, its path and `*`.
    pub name: String,
    /// A `use` declaration, without `use` and semicolon, that binds only this name.
    pub path: String,
}

impl Item {
    /// Reads a parsed item; `None` when the parser left nothing to point at.
    pub(crate) fn new(item: &syn::Item) -> Option<Self> {
        use syn::Item as I;
        let (kind, name) = match item {
            I::Use(_) => (ItemKind::Use, None),
            I::Fn(item) => (ItemKind::Function, Some(&item.sig.ident)),
            I::Const(item) => (ItemKind::Value, Some(&item.ident)),
            I::Static(item) => (ItemKind::Value, Some(&item.ident)),
            I::Struct(item) => (ItemKind::Type, Some(&item.ident)),
            I::Enum(item) => (ItemKind::Type, Some(&item.ident)),
            I::Union(item) => (ItemKind::Type, Some(&item.ident)),
            I::Trait(item) => (ItemKind::Type, Some(&item.ident)),
            I::TraitAlias(item) => (ItemKind::Type, Some(&item.ident)),
            I::Type(item) => (ItemKind::Type, Some(&item.ident)),
            I::Mod(item) => (ItemKind::Module, Some(&item.ident)),
            I::Macro(item) => (ItemKind::Macro, item.ident.as_ref()),
            _ => (ItemKind::Other, None),
        };
        // `const _` and `use x as _` bind nothing, so two of them do not collide.
        let name = name.map(ToString::to_string).filter(|name| name != "_");
        let tokens = item.to_token_stream();
        if tokens.is_empty() {
            return None;
        }
        let span = item.span();
        let mut imports = Vec::new();
        if let I::Use(item) = item {
            let root = if item.leading_colon.is_some() { "::" } else { "" };
            collect_imports(root.to_owned(), &item.tree, &mut imports);
        }
        let mut mentions = BTreeSet::new();
        collect_identifiers(tokens, &mut mentions);
        let parts = if let I::Fn(item) = item { Some(Parts::new(item)) } else { None };
        let (line, end_line) = (span.start().line, span.end().line);
        Some(Self { kind, name, range: span.byte_range(), line, end_line, mentions, imports, parts })
    }

    /// What the item defines, for finding redefinitions: items of different name spaces may share a name.
    pub(crate) fn key(&self) -> Option<(u8, &str)> {
        let space = match self.kind {
            ItemKind::Function | ItemKind::Value => 0,
            ItemKind::Type | ItemKind::Module => 1,
            ItemKind::Macro => 2,
            ItemKind::Use | ItemKind::Other => return None,
        };
        self.name.as_deref().map(|name| (space, name))
    }
}

fn collect_identifiers(tokens: TokenStream, into: &mut BTreeSet<String>) {
    let mut todo = vec![tokens];
    while let Some(tokens) = todo.pop() {
        for token in tokens {
            match token {
                TokenTree::Group(group) => todo.push(group.stream()),
                TokenTree::Ident(ident) => {
                    into.insert(ident.to_string());
                }
                TokenTree::Punct(_) | TokenTree::Literal(_) => {}
            }
        }
    }
}

fn collect_imports(path: String, tree: &UseTree, into: &mut Vec<Import>) {
    match tree {
        UseTree::Path(tree) => collect_imports(format!("{path}{}::", tree.ident), &tree.tree, into),
        UseTree::Name(tree) if tree.ident == "self" => {
            let path = path.trim_end_matches("::").to_owned();
            let name = path.rsplit("::").next().unwrap_or_default().to_owned();
            into.push(Import { name, path: format!("{path}::{{self}}") });
        }
        UseTree::Name(tree) => {
            into.push(Import { name: tree.ident.to_string(), path: format!("{path}{}", tree.ident) })
        }
        UseTree::Rename(tree) => {
            let bound = if tree.ident == "self" {
                format!("{{self as {}}}", tree.rename)
            } else {
                format!("{} as {}", tree.ident, tree.rename)
            };
            // `as _` binds no name: two of different paths do not collide, the same twice is one.
            let name = if tree.rename == "_" { format!("{path}{bound}") } else { tree.rename.to_string() };
            into.push(Import { name, path: format!("{path}{bound}") });
        }
        UseTree::Glob(_) => into.push(Import { name: format!("{path}*"), path: format!("{path}*") }),
        UseTree::Group(tree) => {
            for tree in &tree.items {
                collect_imports(path.clone(), tree, into);
            }
        }
    }
}
