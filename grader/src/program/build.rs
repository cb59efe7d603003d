/*!
Compiles what a learner submitted, so that what is broken costs only what uses it.

An error is put down to the function or the other item that it stands in: such a function becomes its stub, such an item
is left out, and the rest is compiled again. Where the compiler stops without an error, the functions are compiled one by
one, each with the learner's own items that it uses and nothing else.
*/

use std::collections::{BTreeMap, BTreeSet};

use course::parallel::parallel;
use course::{Assignment, ItemId, Keep, Selection, Submitted, reachable, splice};

use super::blame::State;
use crate::assignment;
use crate::error::Result;
use crate::program::compile::{Binary, Compiled, Compiler, Diagnostic};
use crate::program::text::{self, Module, Program};
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
    /// The programs; one, unless the compiler stopped on all functions together.
    pub built: Vec<Built>,
    /// The functions that are in none.
    pub rejected: BTreeMap<String, Rejection>,
    /// What is wrong with the items that were left out.
    pub left_out: Vec<String>,
}

/// Rounds of compiling and leaving out for all functions together: name resolution, types and borrows are checked one
/// after the other, and each may bring up new errors. Before the last one, everything goes that uses what went.
const ROUNDS: usize = 6;
/// The same for what is compiled again with fewer items.
const FEWER_ROUNDS: usize = 3;

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

/// The name of the module that holds the submission.
const MODULE: &str = "graded";

/// How rounds of compiling ended.
enum Ended {
    /// With a program, or with no function left to call.
    Settled,
    /// No item of the submission could be named as the cause; this is what the compiler said.
    Stuck(String),
}

impl<'a> Builder<'a> {
    /// Compiles the functions `graded`; `keep` says what every function of the assignment is.
    ///
    /// # Errors
    /// When the compiler cannot be started.
    pub fn build(&self, graded: &[String], keep: &(dyn Fn(&str) -> Keep + Sync)) -> Result<Builds> {
        let mut state = State::new(self, graded);
        if let Ended::Settled = self.rounds(&mut state, keep, None, ROUNDS)? {
            return Ok(state.builds);
        }
        let needed = |names: &[String]| -> BTreeSet<ItemId> {
            names.iter().flat_map(|name| reachable(&self.submission.parts, name)).collect()
        };
        let left = state.left();
        // What no function uses may be what stops the compiler.
        let within = needed(&left);
        let all: usize = self.submission.parts.iter().map(|part| part.items().len()).sum();
        if within.len() < all
            && let Ended::Settled = self.rounds(&mut state, keep, Some(&within), FEWER_ROUNDS)?
        {
            return Ok(state.builds);
        }
        self.one_by_one(state, keep)
    }

    /// Compiles one function with only the items that it needs, for one that other items of the submission may disturb:
    /// code that runs before `main`, an allocator, a symbol that replaces one of the system's.
    ///
    /// # Errors
    /// When the compiler cannot be started.
    pub fn build_alone(&self, name: &str, keep: &(dyn Fn(&str) -> Keep + Sync)) -> Result<Builds> {
        let mut state = State::new(self, &[name.to_owned()]);
        let within = reachable(&self.submission.parts, name);
        if let Ended::Stuck(why) = self.rounds(&mut state, keep, Some(&within), ROUNDS)? {
            state.reject(name, why);
        }
        Ok(state.builds)
    }

    /// Compiles each function in a program of its own, with the learner's own functions upstream.
    fn one_by_one(&self, mut state: State, keep: &(dyn Fn(&str) -> Keep + Sync)) -> Result<Builds> {
        let mut left: Vec<(String, BTreeSet<ItemId>)> = state
            .left()
            .into_iter()
            .map(|name| {
                let within = reachable(&self.submission.parts, &name);
                (name, within)
            })
            .collect();
        // Those that need least come first: a function that uses one which stops the compiler need not be tried.
        left.sort_by_key(|(_, within)| within.len());
        let mut stopped: Vec<(String, BTreeSet<ItemId>)> = Vec::new();
        while !left.is_empty() {
            let uses = |within: &BTreeSet<ItemId>| stopped.iter().find(|(_, other)| other.is_subset(within));
            let (hopeless, rest): (Vec<_>, Vec<_>) = left.into_iter().partition(|(_, within)| uses(within).is_some());
            for (name, within) in &hopeless {
                if let Some((culprit, _)) = uses(within) {
                    state.reject(name, format!("it stands on {culprit}, which stops the compiler"));
                }
            }
            let (now, later): (Vec<_>, Vec<_>) = rest.iter().cloned().partition(|(name, within)| {
                let inside = |(other, smaller): &(String, BTreeSet<ItemId>)| {
                    other != name && smaller.len() < within.len() && smaller.is_subset(within)
                };
                !rest.iter().any(inside)
            });
            let results = parallel(&now, |(name, within)| -> Result<_> {
                let mut alone = state.for_one(name);
                let ended = self.rounds(&mut alone, keep, Some(within), FEWER_ROUNDS)?;
                Ok((alone, ended))
            });
            for ((name, within), result) in now.into_iter().zip(results) {
                let (mut alone, ended) = result?;
                if let Ended::Stuck(why) = ended {
                    alone.reject(&name, why);
                    stopped.push((name, within));
                }
                state.take(alone.builds);
            }
            left = later;
        }
        Ok(state.builds)
    }

    fn rounds(
        &self,
        state: &mut State,
        keep: &(dyn Fn(&str) -> Keep + Sync),
        within: Option<&BTreeSet<ItemId>>,
        rounds: usize,
    ) -> Result<Ended> {
        for round in 1..=rounds {
            let calls = state.left();
            if calls.is_empty() {
                return Ok(Ended::Settled);
            }
            let keep = |name: &str| if state.stubs.contains(name) { Keep::Stub } else { keep(name) };
            let selection = Selection {
                keep: &keep,
                within,
                left_out: &state.items,
                imports_left_out: &state.imports,
                without_stub: &state.without_stub,
            };
            let items = splice(&self.assignment.reference, &self.submission.parts, MODULE, &selection);
            let functions = calls.iter().map(|name| assignment::call(self.assignment, name, name));
            let module = Module { name: MODULE.into(), items, calls: functions.collect::<Result<_>>()? };
            let program = text::answering(&[module]);
            let errors = match self.compiler.compile(&program.text)? {
                Compiled::Binary(binary) => {
                    state.builds.built.push(Built { binary, program, functions: calls });
                    return Ok(Ended::Settled);
                }
                // The module's name is not the learner's.
                Compiled::Refused(errors) => {
                    let inner = |error: Diagnostic| {
                        let message = error.message.replace(&format!("{MODULE}::"), "");
                        Diagnostic { message, ..error }
                    };
                    errors.into_iter().map(inner).collect::<Vec<_>>()
                }
                Compiled::Stopped(how) => return Ok(Ended::Stuck(how)),
            };
            if !state.blame(&errors, &program) {
                let first = errors.into_iter().next().map(|error| error.message);
                return Ok(Ended::Stuck(first.unwrap_or_else(|| "the compiler gives no reason".to_owned())));
            }
            if round + 1 == rounds {
                state.leave_out_users();
            }
        }
        Ok(Ended::Stuck("the compiler reports errors in more and more places".to_owned()))
    }

    /// Whether the submission holds items that the submitted function `name` does not need.
    pub fn can_be_disturbed(&self, name: &str) -> bool {
        let needed = reachable(&self.submission.parts, name);
        self.submission.parts.iter().enumerate().any(|(part, source)| {
            source.items().iter().any(|item| {
                let graded = item.name.as_ref().is_some_and(|name| self.assignment.functions.contains(name));
                !graded && !needed.contains(&(part, item.range.start))
            })
        })
    }

    /// The submission as it is read, without asking what compiles.
    pub fn submitted(&self) -> Submitted<'a> {
        Submitted::of(&self.submission.parts)
    }
}
