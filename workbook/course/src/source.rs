/*! A parsed source text and its top-level items. */

use std::collections::BTreeMap;

use syn::parse::{ParseStream, Parser};
use syn::{Attribute, Block, ItemFn, Stmt};

use crate::error::{Error, ErrorKind, Result};
use crate::function::Function;
use crate::item::{Item, ItemKind};
use crate::markers;

/// A source text and its top-level items, in order.
#[derive(Debug, Clone)]
pub struct Source {
    path: String,
    text: String,
    items: Vec<Item>,
}

impl Source {
    /// Parses a file of items; `path` is used in messages only.
    ///
    /// # Errors
    /// When the text is not Rust, with the line of the first error.
    pub fn parse(path: impl Into<String>, text: impl Into<String>) -> Result<Self> {
        let (path, text) = (path.into(), text.into());
        let file: syn::File = syn::parse_str(&without_prologue(&text)).map_err(|error| parse_error(&path, &error))?;
        let items = file.items.iter().filter_map(Item::new).collect();
        Ok(Self { path, text, items })
    }

    /// Parses the code of a notebook cell, where items, `let`s and expressions mix; only the items are kept. Lines
    /// that talk to the kernel (`:dep …`, `!ls`, `%%time`) are passed over.
    ///
    /// # Errors
    /// When the text is not Rust, with the line of the first error.
    pub fn parse_cell(path: impl Into<String>, text: impl Into<String>) -> Result<Self> {
        let (path, text) = (path.into(), text.into());
        let parse = |text: &str| -> syn::Result<Vec<Item>> {
            let cell = |input: ParseStream| {
                // Attributes of the whole crate, such as `#![allow(unused)]`, and documentation of it.
                Attribute::parse_inner(input)?;
                Block::parse_within(input)
            };
            let statements = cell.parse_str(text)?;
            let items = statements.iter().filter_map(|statement| match statement {
                Stmt::Item(item) => Item::new(item),
                _ => None,
            });
            Ok(items.collect())
        };
        let plain = without_prologue(&text);
        // A line inside an expression may begin with `!`, so lines are taken for the kernel's only if Rust has no use
        // for them.
        let items = match parse(&plain) {
            Ok(items) => items,
            Err(_) => parse(&without_commands(&plain)).map_err(|error| parse_error(&path, &error))?,
        };
        Ok(Self { path, text, items })
    }

    /// Parses a file of reference functions and checks what the course needs of it: every name is unique, markers pair
    /// up inside a function, and every stub parses. Where a stub takes the place of its solution in the file, the source
    /// has the solution there, on the same lines.
    ///
    /// # Errors
    /// The first thing that is wrong, with its line.
    pub fn parse_reference(path: impl Into<String>, text: impl Into<String>) -> Result<Self> {
        let source = Self::parse(path, markers::solved(&text.into()))?;
        source.check()?;
        Ok(source)
    }

    /// A source of items that were found one by one.
    pub(crate) fn from_items(path: String, text: String, items: Vec<Item>) -> Self {
        Self { path, text, items }
    }

    fn check(&self) -> Result<()> {
        let mut first = BTreeMap::new();
        for function in self.functions() {
            let name = function.name().to_owned();
            if let Some(&first) = first.get(&name) {
                return Err(self.error(function.line(), ErrorKind::Duplicate { name, first }));
            }
            let at = |(line, kind)| match kind {
                ErrorKind::NestedStart { opened } => {
                    (function.line() + line, ErrorKind::NestedStart { opened: function.line() + opened })
                }
                kind => (function.line() + line, kind),
            };
            markers::check(&name, function.text()).map_err(at).map_err(|(line, kind)| self.error(line, kind))?;
            if let Err(error) = syn::parse_str::<ItemFn>(&function.stub()) {
                let message = error.to_string();
                return Err(self.error(function.line(), ErrorKind::BrokenStub { name, message }));
            }
            first.insert(name, function.line());
        }
        // What is left when every function is taken out must be free of markers.
        let mut rest = self.text.clone();
        for item in self.items.iter().filter(|item| item.kind == ItemKind::Function) {
            let blank: String =
                self.text[item.range.clone()].bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect();
            rest.replace_range(item.range.clone(), &blank);
        }
        match markers::any(&rest) {
            Some(line) => Err(self.error(line + 1, ErrorKind::MarkerOutside)),
            None => Ok(()),
        }
    }

    fn error(&self, line: usize, kind: ErrorKind) -> Error {
        Error { path: self.path.clone(), line, kind }
    }

    /// The name that was given to it.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Its top-level items, in order.
    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The text of an item of this source.
    pub fn item_text(&self, item: &Item) -> &str {
        &self.text[item.range.clone()]
    }

    /// Its top-level functions, in order.
    pub fn functions(&self) -> impl Iterator<Item = Function<'_>> {
        self.items.iter().filter_map(|item| Function::new(&self.text, item))
    }

    /// The functions that a learner writes, in order.
    pub fn exercises(&self) -> impl Iterator<Item = Function<'_>> {
        self.functions().filter(Function::is_exercise)
    }

    /// The top-level function of that name; of several, the last.
    ///
    /// # Errors
    /// When there is none, with the names that exist.
    pub fn function(&self, name: &str) -> Result<Function<'_>> {
        let found = self.functions().filter(|function| function.name() == name).last();
        found.ok_or_else(|| {
            let known = self.functions().map(|function| function.name().to_owned()).collect();
            self.error(1, ErrorKind::UnknownName { name: name.to_owned(), known })
        })
    }
}

/// The text as Rust sees it: a byte order mark and a `#!` line become blanks, so that every offset stays.
pub(crate) fn without_prologue(text: &str) -> String {
    let mut text = text.replacen('\u{feff}', "   ", usize::from(text.starts_with('\u{feff}')));
    let start = text.len() - text.trim_start_matches(' ').len();
    if text[start..].starts_with("#!") && !text[start..].starts_with("#![") {
        let end = text.find('\n').unwrap_or(text.len());
        text.replace_range(..end, &" ".repeat(end));
    }
    text
}

/// The text with blanks in place of the lines that a notebook kernel keeps for itself.
pub(crate) fn without_commands(text: &str) -> String {
    let blank = |line: &str| -> String {
        let start = line.trim_start();
        // `%` begins the commands of other kernels.
        let command = start.starts_with(['!', '%']) || (start.starts_with(':') && !start.starts_with("::"));
        if command { line.bytes().map(|b| if b == b'\n' { '\n' } else { ' ' }).collect() } else { line.to_owned() }
    };
    text.split_inclusive('\n').map(blank).collect()
}

fn parse_error(path: &str, error: &syn::Error) -> Error {
    let line = error.span().start().line;
    Error { path: path.to_owned(), line, kind: ErrorKind::Parse(error.to_string()) }
}
