/*!
Lays the items of a submission over a reference module.

A submitted function replaces the reference's function of the same name, whatever else was submitted is added, and what
was not submitted becomes its stub or stays ours, as the caller says. Of two submitted definitions of one name the last
counts, as in a notebook where a cell was written again further down; names that two `use` declarations bring in are
brought in once.
*/

use std::collections::{BTreeMap, BTreeSet};

use crate::item::{Item, ItemKind};
use crate::source::Source;

/// What becomes of a function of the reference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Keep {
    /// The submitted one; its stub if none was submitted.
    Submitted,
    /// Ours, with the solution's body; the submitted one is left out.
    Reference,
    /// Its stub; the submitted one is left out.
    Stub,
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
        /// Line in that source, counted from 1.
        line: usize,
    },
    /// The body of a reference function, or an item that the reference has beside its functions.
    Reference,
    /// The stub of this reference function.
    Stub(String),
}

/// A module's text, and where each of its lines comes from.
#[derive(Debug, Clone)]
pub struct Spliced {
    /// The items, in an order that compiles: the reference's other items, the submission, the reference's functions.
    pub text: String,
    /// One entry for each line of the text.
    pub lines: Vec<Origin>,
}

/// Lays the items of the sources in `submission` over `reference`. `keep` decides for each function of the reference;
/// `add` for each submitted item, given as (source, item), whether it takes part at all.
///
/// ```
/// use course::{Keep, Source, splice};
/// let reference = Source::parse("r.rs", "use std::f64::consts::PI;\npub fn area(r: f64) -> f64 { PI * r * r }\n")?;
/// let submission = Source::parse("s.rs", "fn area(r: f64) -> f64 { 3.0 * square(r) }\nfn square(x: f64) -> f64 { x * x }")?;
/// let module = splice(&reference, &[submission], |_| Keep::Submitted, |_, _| true);
/// assert!(module.text.contains("3.0 * square(r)") && module.text.contains("fn square") && !module.text.contains("PI * r"));
/// # Ok::<(), course::Error>(())
/// ```
pub fn splice(
    reference: &Source,
    submission: &[Source],
    keep: impl Fn(&str) -> Keep,
    add: impl Fn(usize, usize) -> bool,
) -> Spliced {
    let exercises: BTreeSet<&str> = reference.functions().map(|function| function.name()).collect();
    let replaced = |item: &Item| match (&item.kind, &item.name) {
        (ItemKind::Function, Some(name)) => !exercises.contains(name.as_str()) || keep(name) == Keep::Submitted,
        _ => true,
    };
    let chosen = |part: &usize, index: &usize| {
        let item = &submission[*part].items()[*index];
        add(*part, *index) && replaced(item)
    };
    let all =
        submission.iter().enumerate().flat_map(|(part, source)| (0..source.items().len()).map(move |i| (part, i)));
    let all: Vec<(usize, usize)> = all.filter(|(part, index)| chosen(part, index)).collect();

    // The last definition of a name, and the last `use` that brings a name in.
    let mut defined = BTreeMap::new();
    let mut imported = BTreeMap::new();
    for &(part, index) in &all {
        let item = &submission[part].items()[index];
        if let Some(key) = item.key() {
            defined.insert(key, (part, index));
        }
        for import in &item.imports {
            imported.insert(import.name.as_str(), (part, index));
        }
    }

    let mut out = Spliced { text: String::new(), lines: Vec::new() };
    for item in reference.items().iter().filter(|item| item.kind != ItemKind::Function) {
        let globs = item.imports.iter().filter(|import| !imported.contains_key(import.name.as_str()));
        let text = match item.kind {
            ItemKind::Use if item.imports.iter().any(|import| imported.contains_key(import.name.as_str())) => {
                globs.map(|import| format!("use {};", import.path)).collect::<Vec<_>>().join(" ")
            }
            _ if item.key().is_some_and(|key| defined.contains_key(&key)) => continue,
            _ => reference.item_text(item).to_owned(),
        };
        out.push(&text, |_| Origin::Reference);
    }
    for &(part, index) in &all {
        let (source, item) = (&submission[part], &submission[part].items()[index]);
        if item.key().is_some_and(|key| defined[&key] != (part, index)) {
            continue;
        }
        let mine = item.imports.iter().filter(|import| imported[import.name.as_str()] == (part, index)).count();
        let text = if mine == item.imports.len() {
            source.item_text(item).to_owned()
        } else {
            rest(item, &imported, (part, index))
        };
        out.push(&text, |line| Origin::Submission { part, item: index, line: item.line + line });
    }
    for function in reference.functions() {
        let submitted = defined.contains_key(&(0, function.name()));
        match keep(function.name()) {
            Keep::Submitted if submitted => {}
            Keep::Reference => out.push(&function.solution(), |_| Origin::Reference),
            Keep::Submitted if !function.is_exercise() => out.push(&function.solution(), |_| Origin::Reference),
            Keep::Submitted | Keep::Stub => out.push(&function.stub(), |_| Origin::Stub(function.name().to_owned())),
        }
    }
    out
}

/// The names of a `use` declaration that no later one brings in again, in one line.
fn rest(item: &Item, imported: &BTreeMap<&str, (usize, usize)>, here: (usize, usize)) -> String {
    let mut seen = BTreeSet::new();
    let kept = item.imports.iter().filter(|import| imported[import.name.as_str()] == here && seen.insert(&import.name));
    kept.map(|import| format!("use {};", import.path)).collect::<Vec<_>>().join(" ")
}

impl Spliced {
    /// Appends a text and the origin of its lines, counted from 0.
    fn push(&mut self, text: &str, origin: impl Fn(usize) -> Origin) {
        if text.is_empty() {
            return;
        }
        self.text.push_str(text);
        if !text.ends_with('\n') {
            self.text.push('\n');
        }
        self.lines.extend((0..text.lines().count()).map(origin));
    }

    /// Where the line `number`, counted from 1, comes from.
    pub fn origin(&self, number: usize) -> Option<&Origin> {
        self.lines.get(number.checked_sub(1)?)
    }
}
