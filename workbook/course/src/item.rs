/*! An item of a source text: its kind, its names, and where it stands. */

use std::collections::BTreeSet;
use std::ops::Range;

use proc_macro2::{Delimiter, TokenStream, TokenTree};
use quote::ToTokens;
use syn::ext::IdentExt;
use syn::spanned::Spanned;
use syn::{Attribute, Fields, ImplItem, TraitItem, Visibility};

use crate::import::{Import, imports};
use crate::parts::Parts;

/// An item of a submission: which of its sources, and the byte of that source where the item begins.
pub type ItemId = (usize, usize);

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

/// The name spaces of Rust: items of different ones may share a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Namespace {
    /// Functions, constants, statics, and the constructors of tuple and unit structs.
    Value,
    /// Types, traits and modules.
    Type,
    /// Macros that are found by their path.
    Macro,
}

/// An item: a slice of its source text.
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
    /// The items of an inline module.
    pub children: Vec<Item>,
    /// What a trait or an `impl` block defines, and the functions that an `extern` block declares.
    pub(crate) members: BTreeSet<String>,
    /// For an `impl` block or another item without a name, the tokens that tell it from others: of an `impl` those
    /// before its braces, of anything else all of them.
    pub(crate) header: Option<String>,
    /// The identifiers of an `impl` block's head.
    pub(crate) head_mentions: BTreeSet<String>,
    /// Whether it can be seen from outside of its module.
    pub(crate) is_visible: bool,
    /// Whether a `cfg` attribute decides if it takes part.
    pub(crate) is_conditional: bool,
    /// Where `pub ` can be written to make it visible.
    pub(crate) visibility_at: Option<usize>,
    /// Whether it is a struct whose constructor is a value.
    is_constructor: bool,
    /// Whether it is a macro that is exported to the root of its crate.
    is_exported: bool,
    /// Where a path says `crate`: the offset in the text after that word.
    pub(crate) crate_paths: Vec<usize>,
    /// Identifiers that a path goes on from (`name::`), and those that a macro call names (`name!`).
    pub(crate) prefixes: BTreeSet<String>,
    pub(crate) macro_calls: BTreeSet<String>,
    /// The names that a `use` declaration brings in, each with the text that imports it alone.
    pub(crate) imports: Vec<Import>,
    /// The parts of a function.
    pub(crate) parts: Option<Parts>,
}

impl Item {
    /// Reads a parsed item; `None` when the parser left nothing to point at.
    pub(crate) fn new(item: &syn::Item) -> Option<Self> {
        Self::within(item, 0)
    }

    /// Reads an item inside of so many modules.
    fn within(item: &syn::Item, depth: usize) -> Option<Self> {
        use syn::Item as I;
        let (kind, name, visibility) = match item {
            I::Use(item) => (ItemKind::Use, None, Some(&item.vis)),
            I::Fn(item) => (ItemKind::Function, Some(&item.sig.ident), Some(&item.vis)),
            I::Const(item) => (ItemKind::Value, Some(&item.ident), Some(&item.vis)),
            I::Static(item) => (ItemKind::Value, Some(&item.ident), Some(&item.vis)),
            I::Struct(item) => (ItemKind::Type, Some(&item.ident), Some(&item.vis)),
            I::Enum(item) => (ItemKind::Type, Some(&item.ident), Some(&item.vis)),
            I::Union(item) => (ItemKind::Type, Some(&item.ident), Some(&item.vis)),
            I::Trait(item) => (ItemKind::Type, Some(&item.ident), Some(&item.vis)),
            I::TraitAlias(item) => (ItemKind::Type, Some(&item.ident), Some(&item.vis)),
            I::Type(item) => (ItemKind::Type, Some(&item.ident), Some(&item.vis)),
            I::Mod(item) => (ItemKind::Module, Some(&item.ident), Some(&item.vis)),
            I::ExternCrate(item) => {
                (ItemKind::Module, Some(item.rename.as_ref().map_or(&item.ident, |(_, name)| name)), Some(&item.vis))
            }
            I::Macro(item) => (ItemKind::Macro, item.ident.as_ref(), None),
            _ => (ItemKind::Other, None, None),
        };
        // `const _` and `use x as _` bind nothing, so two of them do not collide.
        let name = name.map(|name| name.unraw().to_string()).filter(|name| name != "_");
        let tokens = item.to_token_stream();
        if tokens.is_empty() {
            return None;
        }
        let span = item.span();
        let mut words = Words::default();
        words.collect(tokens.clone());
        let attributes = attributes(item);
        let has = |word: &str| attributes.iter().any(|attribute| attribute.path().is_ident(word));
        let (members, head) = members(item);
        let mut head_words = Words::default();
        head_words.collect(head.clone().unwrap_or_default());
        let header = match (&head, kind) {
            (Some(head), _) => Some(head.to_string()),
            (None, ItemKind::Other) => Some(tokens.to_string()),
            (None, ItemKind::Macro | ItemKind::Value) if name.is_none() => Some(tokens.to_string()),
            _ => None,
        };
        Some(Self {
            kind,
            name,
            range: span.byte_range(),
            line: span.start().line,
            end_line: span.end().line,
            mentions: words.all,
            children: children(item, depth),
            members,
            header,
            head_mentions: head_words.all,
            is_visible: visibility.is_some_and(|visibility| !matches!(visibility, Visibility::Inherited)),
            is_conditional: has("cfg") || has("cfg_attr") || has("test"),
            visibility_at: visibility_at(item, visibility),
            is_constructor: matches!(item, I::Struct(item) if !matches!(item.fields, Fields::Named(_))),
            is_exported: has("macro_export"),
            crate_paths: words.crate_paths,
            prefixes: words.prefixes,
            macro_calls: words.macro_calls,
            imports: if let I::Use(item) = item { imports(item) } else { Vec::new() },
            parts: if let I::Fn(item) = item { Some(Parts::new(item)) } else { None },
        })
    }

    /// What the item defines in which name space. A `macro_rules!` macro may be defined again and again: each use sees
    /// the definition before it.
    pub(crate) fn definitions(&self) -> Vec<(Namespace, &str)> {
        let spaces: &[Namespace] = match self.kind {
            ItemKind::Function | ItemKind::Value => &[Namespace::Value],
            ItemKind::Type if self.is_constructor => &[Namespace::Type, Namespace::Value],
            ItemKind::Type | ItemKind::Module => &[Namespace::Type],
            ItemKind::Macro if self.is_exported => &[Namespace::Macro],
            ItemKind::Macro | ItemKind::Use | ItemKind::Other => &[],
        };
        self.name.iter().flat_map(|name| spaces.iter().map(move |space| (*space, name.as_str()))).collect()
    }

    /// The functions, constants and types that a trait, an `impl` block or an `extern` block names inside.
    pub fn members(&self) -> &BTreeSet<String> {
        &self.members
    }

    /// The name that a `use` declaration binds as its `number`th, counted from 0, and the text that imports it alone,
    /// without `use` and semicolon.
    pub fn import(&self, number: usize) -> Option<(String, String)> {
        self.imports.get(number).map(|import| (import.name.clone(), import.path.clone()))
    }

    /// The innermost item of an inline module that holds line `line`, counted from 1; the item itself where none does.
    pub fn at_line(&self, line: usize) -> &Item {
        let inner = self.children.iter().find(|child| (child.line..=child.end_line).contains(&line));
        inner.map_or(self, |child| child.at_line(line))
    }
}

/// The identifiers of some tokens, and what stands after them.
#[derive(Default)]
struct Words {
    all: BTreeSet<String>,
    prefixes: BTreeSet<String>,
    macro_calls: BTreeSet<String>,
    crate_paths: Vec<usize>,
}

impl Words {
    fn collect(&mut self, tokens: TokenStream) {
        let mut todo = vec![tokens];
        while let Some(tokens) = todo.pop() {
            let tokens: Vec<TokenTree> = tokens.into_iter().collect();
            for (index, token) in tokens.iter().enumerate() {
                match token {
                    TokenTree::Group(group) => todo.push(group.stream()),
                    TokenTree::Ident(ident) => {
                        // `r#zero_pad` is the same name as `zero_pad`.
                        let word = ident.unraw().to_string();
                        match &tokens[index + 1..] {
                            [TokenTree::Punct(first), TokenTree::Punct(second), ..]
                                if first.as_char() == ':' && second.as_char() == ':' =>
                            {
                                if word == "crate" {
                                    self.crate_paths.push(ident.span().byte_range().end);
                                }
                                self.prefixes.insert(word.clone());
                            }
                            [TokenTree::Punct(mark), TokenTree::Group(group), ..]
                                if mark.as_char() == '!' && group.delimiter() != Delimiter::None =>
                            {
                                self.macro_calls.insert(word.clone());
                            }
                            _ => {}
                        }
                        self.all.insert(word);
                    }
                    TokenTree::Punct(_) | TokenTree::Literal(_) => {}
                }
            }
        }
        self.crate_paths.sort_unstable();
    }
}

fn attributes(item: &syn::Item) -> &[Attribute] {
    use syn::Item as I;
    match item {
        I::Const(item) => &item.attrs,
        I::Enum(item) => &item.attrs,
        I::ExternCrate(item) => &item.attrs,
        I::Fn(item) => &item.attrs,
        I::ForeignMod(item) => &item.attrs,
        I::Impl(item) => &item.attrs,
        I::Macro(item) => &item.attrs,
        I::Mod(item) => &item.attrs,
        I::Static(item) => &item.attrs,
        I::Struct(item) => &item.attrs,
        I::Trait(item) => &item.attrs,
        I::Type(item) => &item.attrs,
        I::Union(item) => &item.attrs,
        I::Use(item) => &item.attrs,
        _ => &[],
    }
}

/// Modules inside of modules that are looked into; deeper ones are taken as a whole.
const DEPTH: usize = 16;

fn children(item: &syn::Item, depth: usize) -> Vec<Item> {
    match item {
        syn::Item::Mod(syn::ItemMod { content: Some((_, items)), .. }) if depth < DEPTH => {
            items.iter().filter_map(|item| Item::within(item, depth + 1)).collect()
        }
        _ => Vec::new(),
    }
}

/// What a trait, an `impl` block or an `extern` block names inside, and the head of an `impl` block.
fn members(item: &syn::Item) -> (BTreeSet<String>, Option<TokenStream>) {
    let mut names = BTreeSet::new();
    let mut head = None;
    match item {
        syn::Item::Impl(item) => {
            for member in &item.items {
                names.extend(match member {
                    ImplItem::Const(member) => Some(member.ident.to_string()),
                    ImplItem::Fn(member) => Some(member.sig.ident.to_string()),
                    ImplItem::Type(member) => Some(member.ident.to_string()),
                    _ => None,
                });
            }
            let attributes = item.attrs.iter().map(|attribute| attribute.span().byte_range().end).max().unwrap_or(0);
            let braces = item.brace_token.span.open().byte_range().start;
            let is_head = |token: &TokenTree| (attributes..braces).contains(&token.span().byte_range().start);
            head = Some(item.to_token_stream().into_iter().filter(is_head).collect());
        }
        syn::Item::Trait(item) => {
            for member in &item.items {
                names.extend(match member {
                    TraitItem::Const(member) => Some(member.ident.to_string()),
                    TraitItem::Fn(member) => Some(member.sig.ident.to_string()),
                    TraitItem::Type(member) => Some(member.ident.to_string()),
                    _ => None,
                });
            }
        }
        syn::Item::ForeignMod(item) => {
            for member in &item.items {
                names.extend(match member {
                    syn::ForeignItem::Fn(member) => Some(member.sig.ident.to_string()),
                    syn::ForeignItem::Static(member) => Some(member.ident.to_string()),
                    _ => None,
                });
            }
        }
        _ => {}
    }
    (names, head)
}

/// Where the first token after an item's attributes stands, if nothing says yet who may see the item.
fn visibility_at(item: &syn::Item, visibility: Option<&Visibility>) -> Option<usize> {
    if !matches!(visibility, Some(Visibility::Inherited)) {
        return None;
    }
    let after = attributes(item).iter().map(|attribute| attribute.span().byte_range().end).max().unwrap_or(0);
    first_after(item.to_token_stream(), after)
}

fn first_after(tokens: TokenStream, offset: usize) -> Option<usize> {
    tokens.into_iter().map(|token| token.span().byte_range().start).find(|start| *start >= offset)
}
