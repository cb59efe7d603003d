/*! A function of a source text and what an exercise needs of it. */

use quote::ToTokens;
use syn::ItemFn;

use crate::item::Item;
use crate::markers;
use crate::parts::Parts;

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
        let parameter = |(name, ty): &(String, std::ops::Range<usize>)| Parameter {
            name: name.clone(),
            ty: self.text[ty.clone()].to_owned(),
        };
        self.parts.parameters.iter().map(parameter).collect()
    }

    /// Its return type as it is written; `()` when it has none.
    pub fn output(&self) -> &'a str {
        self.parts.return_type.clone().map_or("()", |range| &self.text[range])
    }

    /// The names of what it returns, as its last line has them: `(da_prev, dw, db)` gives three. None when the last
    /// line is another kind of expression.
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

    /// All of it with the stub in place of the solution, which stays in comments; none where putting the solution back
    /// would not give the same text.
    pub fn stubbed(&self) -> Option<String> {
        let stubbed = markers::stubbed(self.text());
        (markers::solved(&stubbed) == markers::solved(self.text())).then_some(stubbed)
    }

    /// All of it with the solution in place of the stub, which stays in comments; none where putting the stub back would
    /// not give the same text.
    pub fn solved(&self) -> Option<String> {
        let solved = markers::solved(self.text());
        (markers::stubbed(&solved) == markers::stubbed(self.text())).then_some(solved)
    }

    /// All of it with the stub in place of the solution, which is left out: as a hand-out has it.
    pub fn without_solution(&self) -> String {
        markers::without_solution(self.text())
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

fn stub_tokens(stub: &str) -> Option<String> {
    let function: ItemFn = syn::parse_str(stub).ok()?;
    Some(function.block.to_token_stream().to_string())
}
