/*!
Lays the items of a submission over a reference module.

A submitted function replaces the reference's function of the same name, whatever else was submitted is added, and what
was not submitted becomes its stub or the reference's own, as the caller says. As in a notebook where a cell was written
again further down, the last definition of a name counts. It reads items and compiles nothing.
*/

use std::collections::BTreeSet;

use crate::item::{Item, ItemId, ItemKind};
use crate::resolve::Target;
use crate::source::Source;
use crate::submitted::Submitted;

/// What becomes of a function of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The submitted one; its stub if none was submitted.
    Submitted,
    /// The reference's, with the solution's body; the submitted one is left out.
    Reference,
    /// Its stub; the submitted one is left out.
    Stub,
}

/// What of a submission takes part in a module.
pub struct Selection<'a> {
    /// What becomes of each function of the reference.
    pub keep: &'a dyn Fn(&str) -> Keep,
    /// Only these top-level items take part; all where there is `None`.
    pub within: Option<&'a BTreeSet<ItemId>>,
    /// Items that do not take part, at the top or in an inline module.
    pub left_out: &'a BTreeSet<ItemId>,
    /// Imports that do not take part, as the text between `use` and the semicolon.
    pub imports_left_out: &'a BTreeSet<String>,
    /// Functions that have no stub although nothing seems to define them: a macro or a glob does.
    pub without_stub: &'a BTreeSet<String>,
}

static NO_ITEMS: BTreeSet<ItemId> = BTreeSet::new();
static NO_NAMES: BTreeSet<String> = BTreeSet::new();

impl<'a> Selection<'a> {
    /// Everything of the submission.
    pub fn all(keep: &'a dyn Fn(&str) -> Keep) -> Self {
        Self { keep, within: None, left_out: &NO_ITEMS, imports_left_out: &NO_NAMES, without_stub: &NO_NAMES }
    }
}

/// Where a line of the spliced text comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// A line of the submission.
    Submission {
        /// Which of the submitted sources.
        part: usize,
        /// Which of its items.
        item: usize,
        /// Which name of a `use` declaration.
        import: Option<usize>,
        /// Line in that source, counted from 1.
        line: usize,
    },
    /// The body of a reference function, or an item of the reference that is not a function.
    Reference,
    /// The stub of this reference function.
    Stub(String),
}

/// A text, and where each of its lines comes from.
#[derive(Debug, Clone, Default)]
pub struct Lines {
    /// The text; it ends with a line break unless it is empty.
    pub text: String,
    /// One entry for each line of the text.
    pub origins: Vec<Origin>,
}

/// The two modules that a splice makes. No name of one reaches the other but through a `use` declaration, and the first
/// stands before the second, so that a macro of the submission never reaches a text of the reference.
#[derive(Debug, Clone, Default)]
pub struct Spliced {
    /// The module next to the submission's: the reference's imports and items, the functions that are the reference's
    /// own, and stubs.
    pub given: Lines,
    /// The submission's module. Its first line imports what it takes of the other one.
    pub submitted: Lines,
}

/// The name of the module next to the submission's module `name`.
pub fn given_module(name: &str) -> String {
    format!("{name}_given")
}

/// Lays the items of the sources in `submission` over `reference`; `name` is what the submission's module will be
/// called in the root of the program.
///
/// ```
/// use course::{Keep, Selection, Source, splice};
/// let reference = Source::parse("r.rs", "use std::f64::consts::PI;\npub fn area(r: f64) -> f64 { PI * r * r }\n")?;
/// let submission = Source::parse("s.rs", "fn area(r: f64) -> f64 { 3.0 * square(r) }\nfn square(x: f64) -> f64 { x * x }")?;
/// let spliced = splice(&reference, &[submission], "graded", &Selection::all(&|_| Keep::Submitted));
/// assert!(spliced.submitted.text.contains("3.0 * square(r)") && spliced.submitted.text.contains("fn square"));
/// assert!(!spliced.given.text.contains("PI * r"));
/// # Ok::<(), course::Error>(())
/// ```
pub fn splice(reference: &Source, submission: &[Source], name: &str, selection: &Selection) -> Spliced {
    let submitted = Submitted::new(submission, selection.within, selection.left_out, selection.imports_left_out);
    let given_path = format!("crate::{}", given_module(name));
    let mut given = Lines::default();
    let mut replaced = Replaced::default();
    let mut names = Vec::new();
    let mut given_names = BTreeSet::new();
    // Texts whose calls have to lead somewhere.
    let mut callers = Vec::new();

    for item in reference.items().iter().filter(|item| item.kind != ItemKind::Function) {
        given.push(&visible(reference, item), |_| Origin::Reference);
    }
    for function in reference.functions() {
        let of = function.name();
        let target = submitted.value(of);
        let keep = (selection.keep)(of);
        let is_ours = keep == Keep::Reference || (keep == Keep::Submitted && !function.is_exercise());
        if keep == Keep::Submitted && (selection.without_stub.contains(of) || certain(target)) {
            continue;
        }
        let (text, origin) = if is_ours {
            (function.solution(), Origin::Reference)
        } else {
            (function.stub(), Origin::Stub(of.to_owned()))
        };
        given_names.insert(of);
        callers.push(text.clone());
        given.push(&with_visibility(text, function.item(), function.item().range.start), |_| origin.clone());
        if keep != Keep::Submitted {
            names.push(of);
            replaced.take_out(&submitted, of, target, &given_path);
        }
    }

    // A stub may hold lines that call another function; those are never reached, and the submission does not see it.
    while let Some(caller) = callers.pop() {
        let caller = Source::parse("stub", caller);
        let mentions = |name: &str| {
            caller.as_ref().is_ok_and(|source| source.items().iter().any(|item| item.mentions.contains(name)))
        };
        for function in reference.functions().filter(|function| mentions(function.name())) {
            if given_names.insert(function.name()) {
                let text = function.stub().replacen("pub fn", "fn", 1);
                given.push(&text, |_| Origin::Stub(function.name().to_owned()));
                callers.push(text);
            }
        }
    }

    let mut out = Lines::default();
    // What is imported by a glob gives way to every definition of the submission's own; what replaces one is named.
    let explicit =
        if names.is_empty() { String::new() } else { format!(" pub use {given_path}::{{{}}};", names.join(", ")) };
    out.push(&format!("#[allow(unused_imports)] pub use {given_path}::*;{explicit}"), |_| Origin::Reference);
    let renamed = |path: &str| match path.strip_prefix("crate::") {
        Some(rest) => format!("crate::{name}::{rest}"),
        None => path.to_owned(),
    };
    for (part, index, item) in submitted.items() {
        let source = &submission[part];
        let origin = |import, line| Origin::Submission { part, item: index, import, line };
        if replaced.items.contains(&(part, item.range.start)) {
            continue;
        }
        if item.kind == ItemKind::Use && !item.is_conditional {
            for (number, import) in submitted.imports(part, item) {
                if !replaced.names.contains(import.name.as_str()) {
                    out.push(&format!("use {};", renamed(&import.path)), |_| origin(Some(number), item.line));
                }
            }
            continue;
        }
        let edits = edits(source, part, item, name, &replaced, selection.left_out);
        out.push(&edited(source.text(), item, edits), |line| origin(None, item.line + line));
    }
    Spliced { given, submitted: out }
}

/// Whether a definition is certain, so that no stub needs to stand in for it.
fn certain(target: Option<Target>) -> bool {
    matches!(target, Some(Target::Item(_) | Target::Outside(_)))
}

/// What of a submission makes room for functions of the reference.
#[derive(Default)]
struct Replaced<'a> {
    /// Top-level items that go, by source and offset.
    items: BTreeSet<ItemId>,
    /// Names whose imports at the top go.
    names: BTreeSet<&'a str>,
    /// Functions in inline modules, or of another name, in whose place an import stands.
    imports: Vec<(ItemId, String)>,
}

impl<'a> Replaced<'a> {
    fn take_out(&mut self, submitted: &Submitted, name: &'a str, target: Option<Target>, given_path: &str) {
        self.names.insert(name);
        for (part, _, item) in submitted.items() {
            let is_value = matches!(item.kind, ItemKind::Function | ItemKind::Value);
            if is_value && item.name.as_deref() == Some(name) {
                self.items.insert((part, item.range.start));
            }
        }
        match target {
            Some(Target::MacroCall((part, item))) => _ = self.items.insert((part, item.range.start)),
            Some(Target::Item((part, item))) if !self.items.contains(&(part, item.range.start)) => {
                let called = item.name.as_deref().filter(|called| *called != name);
                let called = called.map(|called| format!(" as {called}")).unwrap_or_default();
                self.imports.push(((part, item.range.start), format!("pub use {given_path}::{name}{called};")));
            }
            _ => {}
        }
    }
}

/// A change of a text: the bytes that go and what comes for them.
type Edit = (std::ops::Range<usize>, String);

/// What changes in an item: paths that begin at the root of the crate lead to the submission's module, inner items that
/// are left out become blank, and others make room for an import. Every line stays where it is.
fn edits(
    source: &Source,
    part: usize,
    item: &Item,
    module: &str,
    replaced: &Replaced,
    left_out: &BTreeSet<ItemId>,
) -> Vec<Edit> {
    let mut edits: Vec<Edit> = Vec::new();
    let mut todo = vec![item];
    while let Some(inner) = todo.pop() {
        let id = (part, inner.range.start);
        let import = replaced.imports.iter().find(|(replaced, _)| *replaced == id);
        if let Some((_, import)) = import {
            edits.push((inner.range.clone(), import.clone() + &line_breaks(&source.text()[inner.range.clone()])));
        } else if inner.range != item.range && left_out.contains(&id) {
            edits.push((inner.range.clone(), line_breaks(&source.text()[inner.range.clone()])));
        }
        todo.extend(&inner.children);
    }
    let gone = |offset: usize| edits.iter().any(|(range, _)| range.contains(&offset));
    let paths: Vec<Edit> = item
        .crate_paths
        .iter()
        .filter(|offset| !gone(**offset))
        .map(|offset| (*offset..*offset, format!("::{module}")))
        .collect();
    edits.extend(paths);
    edits.sort_by_key(|(range, _)| range.start);
    edits
}

fn line_breaks(text: &str) -> String {
    "\n".repeat(text.matches('\n').count())
}

/// The text of an item with its changes, which stand in order and do not overlap.
fn edited(text: &str, item: &Item, edits: Vec<Edit>) -> String {
    let mut out = String::new();
    let mut at = item.range.start;
    for (range, new) in edits {
        if range.start < at {
            continue;
        }
        out += &text[at..range.start];
        out += &new;
        at = range.end;
    }
    out + &text[at..item.range.end]
}

/// An item of the reference, made visible outside of its module.
fn visible(source: &Source, item: &Item) -> String {
    with_visibility(source.item_text(item).to_owned(), item, item.range.start)
}

fn with_visibility(mut text: String, item: &Item, start: usize) -> String {
    if let Some(at) = item.visibility_at {
        text.insert_str(at - start, "pub ");
    }
    text
}

impl Lines {
    /// Appends a text and the origin of its lines, counted from 0.
    fn push(&mut self, text: &str, origin: impl Fn(usize) -> Origin) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        if !text.ends_with('\n') {
            self.text.push('\n');
        }
        self.origins.extend((0..text.lines().count()).map(origin));
    }

    /// Where the line `number`, counted from 1, comes from.
    pub fn origin(&self, number: usize) -> Option<&Origin> {
        self.origins.get(number.checked_sub(1)?)
    }
}
