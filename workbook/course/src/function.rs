/*! A function of a source text and what an exercise needs of it. */

use std::ops::Range;

use proc_macro2::TokenStream;
use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, FnArg, ItemFn, Lit, Meta, Pat, ReturnType, Stmt, Visibility};

use crate::item::Item;
use crate::markers;

/// A top-level function: slices of its source text, and what the markers make of them.
#[derive(Debug, Clone, Copy)]
pub struct Function<'a> {
    text: &'a str,
    item: &'a Item,
    parts: &'a Parts,
}

/// A parameter of a function, as it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name; a pattern is written out.
    pub name: String,
    /// Its type, as it stands in the text.
    pub ty: String,
}

/// What is remembered of a parsed function.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    docs: String,
    signature: Range<usize>,
    body: Range<usize>,
    parameters: Vec<(String, Range<usize>)>,
    output: Option<Range<usize>>,
    tokens: String,
    returned: Vec<String>,
}

impl Parts {
    pub(crate) fn new(item: &ItemFn) -> Self {
        let body = item.block.span().byte_range();
        let start = match &item.vis {
            Visibility::Inherited => item.sig.span().byte_range().start,
            visibility => visibility.span().byte_range().start,
        };
        let parameters = item.sig.inputs.iter().map(|input| match input {
            FnArg::Receiver(receiver) => ("self".to_owned(), receiver.span().byte_range()),
            FnArg::Typed(typed) => {
                let name = match &*typed.pat {
                    Pat::Ident(pat) => pat.ident.to_string(),
                    pat => pat.to_token_stream().to_string(),
                };
                (name, typed.ty.span().byte_range())
            }
        });
        let output = match &item.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty.span().byte_range()),
        };
        Self {
            docs: docs(&item.attrs),
            // The block follows the signature, white space between them belongs to neither.
            signature: start..item.sig.span().byte_range().end.max(start),
            parameters: parameters.collect(),
            output,
            tokens: item.block.to_token_stream().to_string(),
            returned: returned(item),
            body,
        }
    }
}

/// The lines of the documentation comment, each without the one space that follows `///`.
fn docs(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        Meta::NameValue(meta) if meta.path.is_ident("doc") => match &meta.value {
            Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) => Some(text.value()),
            _ => None,
        },
        _ => None,
    });
    let lines: Vec<String> = lines.map(|line| line.strip_prefix(' ').unwrap_or(&line).to_owned()).collect();
    lines.join("\n")
}

impl<'a> Function<'a> {
    pub(crate) fn new(text: &'a str, item: &'a Item) -> Option<Self> {
        Some(Self { text, item, parts: item.parts.as_ref()? })
    }

    /// Its name.
    pub fn name(&self) -> &'a str {
        self.item.name.as_deref().unwrap_or_default()
    }

    /// The line where it begins, with its documentation, counted from 1.
    pub fn line(&self) -> usize {
        self.item.line
    }

    /// The item that it is.
    pub fn item(&self) -> &'a Item {
        self.item
    }

    /// Its documentation as Markdown, without `///`.
    pub fn docs(&self) -> &'a str {
        &self.parts.docs
    }

    /// Its signature as it is written, from `pub` or `fn` to the return type.
    pub fn signature(&self) -> &'a str {
        self.text[self.parts.signature.clone()].trim_end()
    }

    /// Its parameters, in order.
    pub fn parameters(&self) -> Vec<Parameter> {
        let parameter = |(name, ty): &(String, Range<usize>)| Parameter {
            name: name.clone(),
            ty: self.text[ty.clone()].to_owned(),
        };
        self.parts.parameters.iter().map(parameter).collect()
    }

    /// Its return type as it is written; `()` when it has none.
    pub fn output(&self) -> &'a str {
        self.parts.output.clone().map_or("()", |range| &self.text[range])
    }

    /// The names of what it returns, as its last line has them: `(da_prev, dw, db)` gives three. None when the last line
    /// is another kind of expression.
    pub fn returned(&self) -> &'a [String] {
        &self.parts.returned
    }

    /// The type of a pointer to it: `fn(&Array4<f64>, usize) -> Array4<f64>`.
    pub fn pointer_type(&self) -> String {
        let parameters: Vec<String> = self.parameters().into_iter().map(|parameter| parameter.ty).collect();
        format!("fn({}) -> {}", parameters.join(", "), self.output())
    }

    /// Its body as it is written, braces included.
    pub fn body(&self) -> &'a str {
        &self.text[self.parts.body.clone()]
    }

    /// All of it as it is written: documentation, attributes, signature and body.
    pub fn text(&self) -> &'a str {
        &self.text[self.item.range.clone()]
    }

    /// All of it as a solution: without its stub lines, with its markers.
    pub fn solution(&self) -> String {
        markers::solution(self.text())
    }

    /// All of it as an exercise: what stands between the markers is replaced by the stub lines.
    pub fn stub(&self) -> String {
        markers::stub(self.text())
    }

    /// Whether it has a part that a learner writes.
    pub fn is_exercise(&self) -> bool {
        markers::any(self.text()).is_some()
    }

    /// Whether `other`'s body is token for token this function's stub: nobody has worked on it yet. Comments, white
    /// space and names of parameters do not count.
    pub fn is_stub(&self, other: &Function) -> bool {
        stub_tokens(&self.stub()).is_some_and(|tokens| tokens == other.parts.tokens)
    }

    /// Whether the body is token for token the other's.
    pub fn same_body(&self, other: &Function) -> bool {
        self.parts.tokens == other.parts.tokens
    }
}

fn returned(item: &ItemFn) -> Vec<String> {
    let name = |expression: &Expr| match expression {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string),
        _ => None,
    };
    let names = match item.block.stmts.last() {
        Some(Stmt::Expr(Expr::Tuple(tuple), None)) => tuple.elems.iter().map(name).collect(),
        Some(Stmt::Expr(expression, None)) => name(expression).map(|name| vec![name]),
        _ => None,
    };
    names.unwrap_or_default()
}

fn stub_tokens(stub: &str) -> Option<String> {
    let function: ItemFn = syn::parse_str(stub).ok()?;
    let tokens: TokenStream = function.block.to_token_stream();
    Some(tokens.to_string())
}
