/*!
Puts the compiler's errors down to the functions and the other items of a submission, and remembers what takes no part
any more.

It compiles nothing.
*/

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use course::{Item, ItemId, ItemKind, Origin, Submitted};

use super::build::{Builder, Builds, Rejection};
use super::compile::Diagnostic;
use super::text::{Place, Program};
use crate::report::Verdict;

/// Messages that are kept of one function.
const MESSAGES: usize = 3;
/// Bytes of a line of code that a message shows.
const WIDEST: usize = 160;

/// What is known of a submission after some rounds of compiling.
pub(super) struct State<'a> {
    builder: &'a Builder<'a>,
    graded: Vec<String>,
    pub builds: Builds,
    /// Functions that do not compile: their stubs take their place.
    pub stubs: BTreeSet<String>,
    /// Items that are left out.
    pub items: BTreeSet<ItemId>,
    /// Imports that are left out.
    pub imports: BTreeSet<String>,
    /// Functions that a macro or a glob defines, although no reading can tell.
    pub without_stub: BTreeSet<String>,
    /// What was left out: the names that go with it, and what is wrong.
    reasons: Vec<(BTreeSet<String>, String)>,
    /// The functions that the submission defines in modules and under other names, by their items.
    definitions: BTreeMap<ItemId, String>,
    /// What those functions mention.
    mentions: BTreeMap<String, BTreeSet<String>>,
    /// The submission as it is read: looked into for every error, and as large as it is.
    submitted: Arc<Submitted<'a>>,
}

impl<'a> State<'a> {
    pub fn new(builder: &'a Builder<'a>, graded: &[String]) -> Self {
        let submitted = builder.submitted();
        let mut definitions = BTreeMap::new();
        let mut mentions = BTreeMap::new();
        for name in &builder.assignment.functions {
            if let Some(definition) = submitted.definition(name) {
                definitions.insert((definition.part, definition.item.range.start), name.clone());
                mentions.insert(name.clone(), definition.item.mentions.clone());
            }
        }
        Self {
            builder,
            graded: graded.to_vec(),
            builds: Builds::default(),
            stubs: BTreeSet::new(),
            items: BTreeSet::new(),
            imports: BTreeSet::new(),
            without_stub: BTreeSet::new(),
            reasons: Vec::new(),
            definitions,
            mentions,
            submitted: Arc::new(submitted),
        }
    }

    /// The same knowledge for a program of one function.
    pub fn for_one(&self, name: &str) -> State<'a> {
        State {
            builder: self.builder,
            graded: vec![name.to_owned()],
            builds: Builds::default(),
            stubs: self.stubs.clone(),
            items: self.items.clone(),
            imports: self.imports.clone(),
            without_stub: self.without_stub.clone(),
            reasons: self.reasons.clone(),
            definitions: self.definitions.clone(),
            mentions: self.mentions.clone(),
            submitted: Arc::clone(&self.submitted),
        }
    }

    /// The functions that are still to be compiled.
    pub fn left(&self) -> Vec<String> {
        let done = |name: &String| {
            self.builds.rejected.contains_key(name)
                || self.builds.built.iter().any(|built| built.functions.contains(name))
        };
        self.graded.iter().filter(|name| !done(name)).cloned().collect()
    }

    /// Says that a function has no program.
    pub fn reject(&mut self, name: &str, why: String) {
        let rejection = Rejection { verdict: Verdict::DoesNotCompile, messages: vec![why] };
        self.builds.rejected.insert(name.to_owned(), rejection);
    }

    /// Takes over what came of a program of one function.
    pub fn take(&mut self, one: Builds) {
        self.builds.built.extend(one.built);
        self.builds.rejected.extend(one.rejected);
        for message in one.left_out {
            if !self.builds.left_out.contains(&message) {
                self.builds.left_out.push(message);
            }
        }
    }

    /// Puts each error down to a function or to another item; false when none could be.
    pub fn blame(&mut self, errors: &[Diagnostic], program: &Program) -> bool {
        let size = |state: &Self| {
            state.builds.rejected.len()
                + state.stubs.len()
                + state.items.len()
                + state.imports.len()
                + state.without_stub.len()
        };
        let before = size(self);
        let mut wrong: BTreeMap<String, Rejection> = BTreeMap::new();
        // Where one import fails, the compiler may give up on others that are right.
        let (follow_ups, errors): (Vec<_>, Vec<_>) =
            errors.iter().partition(|error| self.leads_inside(program.place(error.line.unwrap_or(0))));
        let errors = if errors.is_empty() { follow_ups } else { errors };
        for error in errors {
            // Of two definitions the later one counts.
            let first =
                error.first.filter(|line| matches!(program.place(*line), Place::Item(Origin::Submission { .. })));
            match program.place(first.or(error.line).unwrap_or(0)) {
                Place::Call(name) if error.message.contains("is ambiguous") => {
                    self.without_stub.insert(name.clone());
                }
                Place::Call(name) => {
                    let messages = vec![self.signatures(name, &error.message)];
                    wrong.insert(name.clone(), Rejection { verdict: Verdict::WrongSignature, messages });
                }
                Place::Item(Origin::Submission { part, item, import, line }) => {
                    self.blame_item((*part, *item), *import, *line, &error.message, &mut wrong);
                }
                Place::Item(_) | Place::Frame => {}
            }
        }
        // An item that was left out in an earlier round explains an error better than its absence does.
        for (name, rejection) in &mut wrong {
            let reasons = self.reasons.iter().filter(|(names, _)| self.mentions(name, names));
            let reasons: Vec<String> = reasons.map(|(_, message)| message.clone()).take(MESSAGES).collect();
            if rejection.verdict == Verdict::DoesNotCompile && !reasons.is_empty() {
                rejection.messages.splice(0..0, reasons);
            }
        }
        wrong.retain(|name, _| self.graded.contains(name));
        self.builds.rejected.extend(wrong);
        size(self) > before
    }

    /// Whether a line is an import of something of the submission's own.
    fn leads_inside(&self, place: &Place) -> bool {
        let Place::Item(Origin::Submission { part, item, import: Some(number), .. }) = place else { return false };
        let item = &self.builder.submission.parts[*part].items()[*item];
        self.submitted.leads_inside(item, *number)
    }

    fn blame_item(
        &mut self,
        (part, index): (usize, usize),
        import: Option<usize>,
        line: usize,
        message: &str,
        wrong: &mut BTreeMap<String, Rejection>,
    ) {
        let source = &self.builder.submission.parts[part];
        let text = located(source.path(), line, message, source.text());
        let top = &source.items()[index];
        let item = top.at_line(line);
        let id = (part, item.range.start);
        let imported = import.and_then(|number| top.import(number));
        let function = match &imported {
            Some((name, _)) => Some(name).filter(|name| self.builder.assignment.functions.contains(name)),
            None => self.definitions.get(&id),
        };
        if let Some(name) = function.cloned() {
            self.stubs.insert(name.clone());
            let none = Rejection { verdict: Verdict::DoesNotCompile, messages: Vec::new() };
            let rejection = wrong.entry(name).or_insert(none);
            if rejection.verdict == Verdict::DoesNotCompile && rejection.messages.len() < MESSAGES {
                rejection.messages.push(text);
            }
            return;
        }
        let (is_new, names) = match imported {
            Some((name, path)) => (self.imports.insert(path), BTreeSet::from([name])),
            None => (self.items.insert(id), defined(item)),
        };
        if is_new {
            self.builds.left_out.push(text.clone());
            self.reasons.push((names, text));
        }
    }

    /// Leaves out everything that uses what was left out, and what uses that.
    pub fn leave_out_users(&mut self) {
        loop {
            let before = self.items.len() + self.stubs.len();
            for (part, source) in self.builder.submission.parts.iter().enumerate() {
                for item in source.items().iter().filter(|item| item.kind != ItemKind::Use) {
                    let id = (part, item.range.start);
                    let reason = self.reasons.iter().find(|(names, _)| !names.is_disjoint(&item.mentions));
                    let Some((_, message)) = reason.cloned() else { continue };
                    match self.definitions.get(&id).cloned() {
                        Some(name) => {
                            self.stubs.insert(name.clone());
                            if self.left().contains(&name) {
                                self.reject(&name, message);
                            }
                        }
                        None if self.items.insert(id) => self.reasons.push((defined(item), message)),
                        None => {}
                    }
                }
            }
            if self.items.len() + self.stubs.len() == before {
                return;
            }
        }
    }

    /// What was asked for and what came. Where both read the same, a type of the learner's own has the name of one of
    /// ours, and only the compiler can say which.
    fn signatures(&self, name: &str, error: &str) -> String {
        let words = |signature: &str| signature.split_whitespace().collect::<Vec<_>>().join(" ");
        let asked = self.builder.assignment.reference.function(name).map(|function| words(function.signature()));
        let asked = asked.unwrap_or_default();
        let submitted = self.submitted.definition(name).and_then(|definition| definition.function);
        match submitted.map(|function| words(function.signature())) {
            Some(came) if came.trim_start_matches("pub ") != asked.trim_start_matches("pub ") => format!(
                "expected `{asked}`\ngot `{came}`\nhelp: take the first line from the notebook; only the body is yours"
            ),
            _ => format!("expected `{asked}`: {error}"),
        }
    }

    /// Whether the submitted function `name` mentions one of these names.
    fn mentions(&self, name: &str, names: &BTreeSet<String>) -> bool {
        self.mentions.get(name).is_some_and(|mentions| !mentions.is_disjoint(names))
    }
}

/// The names that other items use an item by.
fn defined(item: &Item) -> BTreeSet<String> {
    item.name.iter().chain(item.members()).cloned().collect()
}

/// A message about a line of the learner's, counted from 1, with that line below it.
pub fn located(path: &str, line: usize, message: &str, text: &str) -> String {
    let code = line.checked_sub(1).and_then(|index| text.lines().nth(index)).map(str::trim).unwrap_or_default();
    let shown = if code.is_empty() || code.len() > WIDEST { String::new() } else { format!("\n    {code}") };
    format!("{path}, line {line}: {message}{shown}")
}
