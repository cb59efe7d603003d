/*! The parts of a parsed function: their byte ranges in the source text, and what is derived from them. */

use std::ops::Range;

use quote::ToTokens;
use syn::spanned::Spanned;
use syn::{Attribute, Expr, ExprLit, FnArg, ItemFn, Lit, Meta, Pat, ReturnType, Stmt, Visibility};

/// The parts of a function: byte ranges of its source text, and for `docs`, `tokens`, `returned` and the parameter
/// names the text itself.
#[derive(Debug, Clone)]
pub(crate) struct Parts {
    pub(crate) docs: String,
    pub(crate) signature: Range<usize>,
    pub(crate) body: Range<usize>,
    pub(crate) parameters: Vec<(String, Range<usize>)>,
    pub(crate) return_type: Option<Range<usize>>,
    /// The body as tokens: without comments and formatting.
    pub(crate) tokens: String,
    /// The variables that the tail expression returns, if it is a name or a tuple of names.
    pub(crate) returned: Vec<String>,
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
        let return_type = match &item.sig.output {
            ReturnType::Default => None,
            ReturnType::Type(_, ty) => Some(ty.span().byte_range()),
        };
        Self {
            docs: docs(&item.attrs),
            signature: start..item.sig.span().byte_range().end,
            parameters: parameters.collect(),
            return_type,
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

/// See [`Parts::returned`].
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
