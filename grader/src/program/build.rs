/*!
Compiles what a learner submitted, so that one function that does not compile takes no other with it.

It finds out who is to blame: a function with an error becomes its stub, any other item with an error is left out, and
the rest is compiled again.
*/

use std::collections::{BTreeMap, BTreeSet};

use course::parallel::parallel;
use course::{Assignment, Item, ItemKind, Keep, Origin, splice};

use crate::assignment;
use crate::error::Result;
use crate::program::compile::{Binary, Compiled, Compiler, Diagnostic};
use crate::program::text::{self, Module, Place, Program};
use crate::report::Verdict;
use crate::submission::Submission;

/// Why a function has no program that could run.
#[derive(Debug, Clone)]
pub struct Rejection {
    /// [`Verdict::DoesNotCompile`] or [`Verdict::WrongSignature`].
    pub verdict: Verdict,
    /// What the compiler says.
    pub messages: Vec<String>,
}

/// A program and the functions that are called in it.
#[derive(Debug)]
pub struct Built {
    /// The program.
    pub binary: Binary,
    /// Its text.
    pub program: Program,
    /// The functions that it can be asked for.
    pub functions: Vec<String>,
}

/// Everything that came of a submission's code.
#[derive(Debug, Default)]
pub struct Builds {
    /// The programs; one, unless the compiler gave up on all functions together.
    pub built: Vec<Built>,
    /// The functions that are in none.
    pub rejected: BTreeMap<String, Rejection>,
    /// What is wrong with the items that were left out.
    pub left_out: Vec<String>,
}

/// Rounds of compiling and leaving out: name resolution, types and borrows are checked one after the other.
const ROUNDS: usize = 8;
/// Messages that are kept of one function.
const MESSAGES: usize = 3;
/// Bytes of a line of code that a message shows.
const WIDEST: usize = 160;

/// A submission that is compiled.
#[derive(Clone, Copy)]
pub struct Builder<'a> {
    /// What compiles.
    pub compiler: &'a Compiler<'a>,
    /// The reference that the submission is laid over.
    pub assignment: &'a Assignment,
    /// What was submitted.
    pub submission: &'a Submission,
}

impl Builder<'_> {
    /// Compiles the functions `graded`; `keep` says what every function of the assignment is.
    ///
    /// # Errors
    /// When the compiler cannot be started.
    pub fn build(&self, graded: &[String], keep: &(dyn Fn(&str) -> Keep + Sync)) -> Result<Builds> {
        self.rounds(graded, keep, None)
    }

    /// Compiles one function with only the items that it needs, for one that other items of the submission may spoil:
    /// code that runs before `main`, an allocator, a symbol that replaces one of the system's.
    ///
    /// # Errors
    /// When the compiler cannot be started.
    pub fn build_alone(&self, name: &str, keep: &(dyn Fn(&str) -> Keep + Sync)) -> Result<Builds> {
        self.rounds(&[name.to_owned()], keep, Some(name))
    }

    fn rounds(&self, graded: &[String], keep: &(dyn Fn(&str) -> Keep + Sync), alone: Option<&str>) -> Result<Builds> {
        let mut builds = Builds::default();
        let mut stubs: BTreeSet<String> = BTreeSet::new();
        let mut out: BTreeMap<(usize, usize), String> = BTreeMap::new();
        let needed = alone.map(|name| self.needed(name));
        let mut gave_up = "the compiler reports errors in more and more places".to_owned();
        for _ in 0..ROUNDS {
            let calls: Vec<String> =
                graded.iter().filter(|name| !builds.rejected.contains_key(*name)).cloned().collect();
            if calls.is_empty() {
                return Ok(builds);
            }
            let keep = |name: &str| if stubs.contains(name) { Keep::Stub } else { keep(name) };
            let add = |part, item| {
                !out.contains_key(&(part, item)) && needed.as_ref().is_none_or(|needed| needed.contains(&(part, item)))
            };
            let items = splice(&self.assignment.reference, &self.submission.parts, keep, add);
            let functions = calls.iter().map(|name| assignment::call(self.assignment, name, name));
            let module = Module { name: "graded".into(), items, calls: functions.collect::<Result<_>>()? };
            let program = text::answering(&[module]);
            let errors = match self.compiler.compile(&program.text)? {
                Compiled::Binary(binary) => {
                    builds.built.push(Built { binary, program, functions: calls });
                    return Ok(builds);
                }
                Compiled::Refused(errors) => errors,
                Compiled::Stopped(how) => {
                    gave_up = how;
                    break;
                }
            };
            let before = (builds.rejected.len(), stubs.len(), out.len());
            self.blame(&errors, &program, graded, &mut builds, &mut stubs, &mut out);
            if (builds.rejected.len(), stubs.len(), out.len()) == before {
                gave_up = errors.first().map_or(gave_up, |error| error.message.clone());
                break;
            }
        }
        let left: Vec<String> = graded.iter().filter(|name| !builds.rejected.contains_key(*name)).cloned().collect();
        if let ([name], Some(_)) = (&left[..], alone) {
            builds
                .rejected
                .insert(name.clone(), Rejection { verdict: Verdict::DoesNotCompile, messages: vec![gave_up] });
            return Ok(builds);
        }
        self.one_by_one(&left, keep, builds)
    }

    /// Compiles each function alone, with only the items that it needs, and with stubs in place of the other functions
    /// of the learner.
    fn one_by_one(&self, left: &[String], keep: &(dyn Fn(&str) -> Keep + Sync), mut builds: Builds) -> Result<Builds> {
        let single = |name: &String| {
            let others = |other: &str| match keep(other) {
                Keep::Submitted if other != name => Keep::Stub,
                keep => keep,
            };
            self.rounds(std::slice::from_ref(name), &others, Some(name))
        };
        for one in parallel(left, single) {
            let one = one?;
            builds.built.extend(one.built);
            builds.rejected.extend(one.rejected);
            builds.left_out.extend(one.left_out);
        }
        Ok(builds)
    }

    /// Puts each error down to a function or to another item.
    fn blame(
        &self,
        errors: &[Diagnostic],
        program: &Program,
        graded: &[String],
        builds: &mut Builds,
        stubs: &mut BTreeSet<String>,
        out: &mut BTreeMap<(usize, usize), String>,
    ) {
        let mut wrong: BTreeMap<String, Rejection> = BTreeMap::new();
        for error in errors {
            match program.place(error.line.unwrap_or(0)) {
                Place::Glue(name) => {
                    let messages = vec![self.signatures(name, &error.message)];
                    wrong.insert(name.clone(), Rejection { verdict: Verdict::WrongSignature, messages });
                }
                Place::Item(Origin::Submission { part, item, line }) => {
                    let source = &self.submission.parts[*part];
                    let text = located(source.path(), *line, &error.message, source.text());
                    let blamed = self.item(*part, *item);
                    match blamed.name.as_ref().filter(|name| self.is_graded(blamed, name)) {
                        Some(name) => {
                            stubs.insert(name.clone());
                            if graded.contains(name) {
                                let none = Rejection { verdict: Verdict::DoesNotCompile, messages: Vec::new() };
                                let rejection = wrong.entry(name.clone()).or_insert(none);
                                if rejection.verdict == Verdict::DoesNotCompile && rejection.messages.len() < MESSAGES {
                                    rejection.messages.push(text);
                                }
                            }
                        }
                        None => {
                            out.entry((*part, *item)).or_insert_with(|| {
                                builds.left_out.push(text.clone());
                                text
                            });
                        }
                    }
                }
                Place::Item(_) | Place::Frame => {}
            }
        }
        // An item that was left out in an earlier round explains an error better than its absence does.
        for (name, rejection) in &mut wrong {
            let reasons = out.iter().filter(|((part, item), _)| self.uses(name, self.item(*part, *item)));
            let reasons: Vec<String> = reasons.map(|(_, message)| message.clone()).take(MESSAGES).collect();
            if rejection.verdict == Verdict::DoesNotCompile && !reasons.is_empty() {
                rejection.messages.splice(0..0, reasons);
            }
        }
        builds.rejected.extend(wrong);
    }

    /// What was asked for and what came. Where both read the same, a type of the learner's own has the name of one of
    /// ours, and only the compiler can say which.
    fn signatures(&self, name: &str, error: &str) -> String {
        let words = |signature: &str| signature.split_whitespace().collect::<Vec<_>>().join(" ");
        let asked = self.assignment.reference.function(name).map(|function| words(function.signature()));
        let asked = asked.unwrap_or_default();
        let submitted = self.submission.parts.iter().rev().find_map(|part| part.function(name).ok());
        match submitted.map(|function| words(function.signature())) {
            Some(came) if came.trim_start_matches("pub ") != asked.trim_start_matches("pub ") => format!(
                "expected `{asked}`\ngot `{came}`\nhelp: take the first line from the notebook; only the body is yours"
            ),
            _ => format!("expected `{asked}`: {error}"),
        }
    }

    fn item(&self, part: usize, item: usize) -> &Item {
        &self.submission.parts[part].items()[item]
    }

    fn is_graded(&self, item: &Item, name: &str) -> bool {
        item.kind == ItemKind::Function && self.assignment.functions.iter().any(|function| function == name)
    }

    /// Whether the submitted function `name` mentions what `item` defines or imports.
    fn uses(&self, name: &str, item: &Item) -> bool {
        const EVERYWHERE: [&str; 8] = ["use", "std", "core", "self", "crate", "pub", "cnn", "super"];
        let mentions = |word: &String| {
            let functions = self.submission.parts.iter().flat_map(|part| part.functions());
            functions.filter(|function| function.name() == name).any(|function| function.item().mentions.contains(word))
        };
        match &item.name {
            Some(defined) => mentions(defined),
            None => item.mentions.iter().filter(|word| !EVERYWHERE.contains(&word.as_str())).any(mentions),
        }
    }

    /// Whether the submission holds items that the submitted function `name` does not need.
    pub fn can_be_spoiled(&self, name: &str) -> bool {
        let needed = self.needed(name);
        self.submission.parts.iter().enumerate().any(|(part, source)| {
            source.items().iter().enumerate().any(|(index, item)| {
                let graded = item.name.as_ref().is_some_and(|name| self.is_graded(item, name));
                !graded && !needed.contains(&(part, index))
            })
        })
    }

    /// The items that the submitted function `name` may need: what it mentions, what that mentions, and so on. `use`
    /// declarations always count, other items without a name (`impl`, `extern`) when they share a word with something
    /// needed that is not the language's own.
    fn needed(&self, name: &str) -> BTreeSet<(usize, usize)> {
        let parts = &self.submission.parts;
        let all =
            parts.iter().enumerate().flat_map(|(part, source)| (0..source.items().len()).map(move |item| (part, item)));
        let all: Vec<(usize, usize)> = all.collect();
        let mut needed = BTreeSet::new();
        let mut words = BTreeSet::from([name.to_owned()]);
        loop {
            let before = needed.len();
            for &(part, index) in &all {
                let item = self.item(part, index);
                let other = item.name.as_ref().is_some_and(|other| other != name && self.is_graded(item, other));
                let wanted = match &item.name {
                    Some(defined) => words.contains(defined),
                    None if item.kind == ItemKind::Use => true,
                    None => item.mentions.iter().any(|word| words.contains(word) && !is_common(word)),
                };
                if wanted && !other && needed.insert((part, index)) {
                    words.extend(item.mentions.iter().cloned());
                }
            }
            if needed.len() == before {
                return needed;
            }
        }
    }
}

/// A message about a line of the learner's, counted from 1, with that line below it.
pub fn located(path: &str, line: usize, message: &str, text: &str) -> String {
    let code = line.checked_sub(1).and_then(|index| text.lines().nth(index)).map(str::trim).unwrap_or_default();
    let shown = if code.is_empty() || code.len() > WIDEST { String::new() } else { format!("\n    {code}") };
    format!("{path}, line {line}: {message}{shown}")
}

/// Whether a word says nothing about what belongs together: keywords, the types of the language and of the course, and
/// what else stands in most functions.
fn is_common(word: &str) -> bool {
    const WORDS: [&str; 49] = [
        "_", "as", "const", "crate", "dyn", "else", "extern", "fn", "for", "if", "impl", "in", "let", "loop", "macro",
        "match", "mod", "mut", "pub", "ref", "return", "self", "Self", "static", "struct", "super", "trait", "type",
        "unsafe", "use", "where", "while", "bool", "char", "f32", "f64", "i32", "i64", "str", "u8", "u32", "u64",
        "usize", "Option", "Result", "String", "Vec", "s", "x",
    ];
    WORDS.contains(&word) || (word.starts_with("Array") && word.len() <= "ArrayView4".len())
}
