/*!
What all submissions of an assignment are judged with: cases, answers, typical mistakes. Made once, and kept in memory as
long as the grader lives; no answer is written to disk.
*/

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use course::Assignment;
use wire::Frame;

use crate::error::Result;
use crate::judge::answers::{self, Case};
use crate::judge::misconceptions::{self, Misconception};
use crate::program::compile::Compiler;

/// Seeds, each for one assignment, of which answers are kept: a class has one seed.
const SEEDS: usize = 64;

/// What has been made so far.
#[derive(Debug, Default)]
pub struct Kept {
    answered: Once<(String, u64), Answered>,
    mistakes: Once<String, Mistakes>,
}

/// The cases of an assignment that one seed gives, with what the reference and the typical mistakes answer.
#[derive(Debug)]
pub struct Answered {
    /// The cases with the reference's answers.
    pub cases: Vec<Case>,
    /// The layers of the sandbox while the reference ran: a report names them, whichever submission came first.
    pub layers: Vec<String>,
    /// What each typical mistake answers to the cases of its function, by its index.
    of_mistakes: Once<usize, Vec<Option<Frame>>>,
}

/// The typical mistakes of an assignment.
#[derive(Debug)]
pub struct Mistakes {
    /// All of them, in the order of the functions.
    pub all: Vec<Misconception>,
    program: PathBuf,
}

impl Kept {
    /// The cases that `seed` gives.
    ///
    /// # Errors
    /// As [`answers::cases`].
    pub fn answered(
        &self,
        root: &Path,
        compiler: &Compiler,
        assignment: &Assignment,
        seed: u64,
    ) -> Result<Arc<Answered>> {
        self.answered.at_most(SEEDS);
        self.answered.get((assignment.name.clone(), seed), || {
            let (cases, layers) = answers::cases_and_layers(root, compiler, assignment, seed)?;
            Ok(Answered { cases, layers, of_mistakes: Once::default() })
        })
    }

    /// The typical mistakes of an assignment.
    ///
    /// # Errors
    /// When they do not fit the reference, or do not compile.
    pub fn mistakes(&self, root: &Path, compiler: &Compiler, assignment: &Assignment) -> Result<Arc<Mistakes>> {
        self.mistakes.get(assignment.name.clone(), || {
            let all = misconceptions::read(root, assignment)?;
            let program = match &all[..] {
                [] => PathBuf::new(),
                all => misconceptions::compile(compiler, assignment, all)?,
            };
            Ok(Mistakes { all, program })
        })
    }
}

impl Answered {
    /// What the typical mistake of this index answers to the cases of its function.
    ///
    /// # Errors
    /// When it cannot be run.
    pub fn of_mistake(
        &self,
        compiler: &Compiler,
        mistakes: &Mistakes,
        index: usize,
    ) -> Result<Arc<Vec<Option<Frame>>>> {
        let run = || misconceptions::run(compiler, &mistakes.program, &mistakes.all[index], &self.cases);
        self.of_mistakes.get(index, run)
    }
}

/// Values that are made once for each key. Whoever asks for one that is being made waits for it.
#[derive(Debug)]
struct Once<K, V>(Mutex<BTreeMap<K, Slot<V>>>);

/// A value, once it is made.
type Slot<V> = Arc<Mutex<Option<Arc<V>>>>;

impl<K: Ord, V> Once<K, V> {
    fn get(&self, key: K, make: impl FnOnce() -> Result<V>) -> Result<Arc<V>> {
        let slot = Arc::clone(lock(&self.0).entry(key).or_default());
        let mut slot = lock(&slot);
        if let Some(value) = &*slot {
            return Ok(Arc::clone(value));
        }
        let value = Arc::new(make()?);
        *slot = Some(Arc::clone(&value));
        Ok(value)
    }
}

impl<K, V> Once<K, V> {
    /// Forgets all of them if there are more than `most`.
    fn at_most(&self, most: usize) {
        let mut slots = lock(&self.0);
        if slots.len() > most {
            slots.clear();
        }
    }
}

impl<K, V> Default for Once<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;
    use std::cell::Cell;

    #[test]
    fn a_value_is_made_once_and_a_failure_is_tried_again() {
        let (once, made) = (Once::default(), Cell::new(0));
        let make = |works: bool| {
            made.set(made.get() + 1);
            if works { Ok(made.get()) } else { Err(Error::new("it fails", "try again")) }
        };
        assert!(once.get("a", || make(false)).is_err());
        assert_eq!(*once.get("a", || make(true)).unwrap(), 2);
        assert_eq!(*once.get("a", || make(true)).unwrap(), 2);
        assert_eq!(*once.get("b", || make(true)).unwrap(), 3);
    }
}
