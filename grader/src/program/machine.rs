/*!
Tells a fault of the machine from one of the submission.

Where an end may have either cause, a program that is known to be right is compiled and run. If that fails too, the machine
is at fault and nothing is marked; if not, the submission is tried again, and what comes of its last try counts.
*/

use std::fmt;
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use wire::{Frame, Value};

use super::compile::{Compiled, Compiler};
use super::run::{Run, RunOutcome};
use crate::error::{Error, Kind, Result};

/// What one try came to.
#[derive(Debug)]
pub(super) struct Tried<T> {
    pub result: T,
    /// Why the machine and not the submission may be the cause.
    pub doubt: Option<String>,
}

impl<T> Tried<T> {
    /// A result that no machine explains.
    pub fn sure(result: T) -> Self {
        Self { result, doubt: None }
    }
}

/// Calls of a program, and what it answers.
type Calls = (Vec<Value>, Vec<Value>);

/// A program that is known to be right, and what it answers: both are made when there is a doubt, which is seldom.
#[derive(Default)]
pub(super) struct KnownGood {
    text: OnceLock<Box<dyn Fn() -> String + Send + Sync>>,
    calls: OnceLock<Box<dyn Fn() -> Calls + Send + Sync>>,
    /// When it was last compiled and run; also keeps two threads from doing so at once.
    passed: Mutex<Option<Instant>>,
}

impl fmt::Debug for KnownGood {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KnownGood").field("passed", &self.passed).finish_non_exhaustive()
    }
}

/// Tries of the same thing.
const TRIES: usize = 3;
/// How long a success of the known program is believed.
const BELIEVED: Duration = Duration::from_secs(2);
/// How long to wait before each further try of the known program.
const PAUSES: [Duration; 2] = [Duration::from_secs(1), Duration::from_secs(5)];

impl Compiler<'_> {
    /// Names a program that is known to be right, as large as a submission. Without it, one that does nothing is used.
    pub fn known_good(&self, text: impl Fn() -> String + Send + Sync + 'static) {
        let _ = self.known.text.set(Box::new(text));
    }

    /// Says what the program that is known to be right is asked, and what it answers.
    pub fn known_answers(&self, calls: impl Fn() -> (Vec<Value>, Vec<Value>) + Send + Sync + 'static) {
        let _ = self.known.calls.set(Box::new(calls));
    }

    /// Tries something until its end is no fault of the machine.
    pub(super) fn surely<T>(&self, doing: &str, attempt: impl Fn() -> Result<Tried<T>>) -> Result<T> {
        let mut tries = 0;
        loop {
            tries += 1;
            let why = match attempt() {
                Ok(Tried { result, doubt: None }) => return Ok(result),
                Ok(Tried { result, doubt: Some(_) }) if tries == TRIES => return Ok(result),
                Ok(Tried { doubt: Some(why), .. }) => why,
                Err(error) if error.kind() == Kind::Machine && tries < TRIES => error.message().to_owned(),
                Err(error) => return Err(error),
            };
            self.check_machine(doing, &why)?;
        }
    }

    /// Compiles and runs the program that is known to be right.
    ///
    /// # Errors
    /// When that fails again and again: the machine is at fault.
    fn check_machine(&self, doing: &str, why: &str) -> Result<()> {
        let mut passed = self.known.passed.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if passed.is_some_and(|at| at.elapsed() < BELIEVED) {
            return Ok(());
        }
        let mut pauses = PAUSES.into_iter();
        loop {
            let failed = match self.try_known() {
                Ok(()) => {
                    *passed = Some(Instant::now());
                    return Ok(());
                }
                Err(failed) => failed,
            };
            match pauses.next() {
                Some(pause) => std::thread::sleep(pause),
                None if let Some(path) = self.library().damaged() => {
                    let why = format!("{} is damaged; it is compiled again by the next run", path.display());
                    return Err(Error::machine(doing, why));
                }
                None => {
                    let why = format!("{why}; and a program that is known to be right fails as well: {failed}");
                    return Err(Error::machine(doing, why));
                }
            }
        }
    }

    fn try_known(&self) -> std::result::Result<(), String> {
        let text =
            self.known.text.get().map_or_else(|| "fn main() { ::harness::serve(&[]); }".to_owned(), |text| text());
        let compiled = self.compile_once(&text).map_err(|error| error.message().to_owned())?;
        let binary = match compiled.result {
            Compiled::Binary(binary) => binary,
            Compiled::Refused(errors) => {
                let first = errors.into_iter().next().map(|error| error.message);
                return Err(first.unwrap_or_else(|| "the compiler refuses it".to_owned()));
            }
            Compiled::Stopped(how) => return Err(how),
        };
        let (calls, answers) = self.known.calls.get().map_or_else(Calls::default, |calls| calls());
        let bytes = answers.iter().map(|answer| answer.to_bytes().len()).sum();
        let run = self.execute_once(&binary.path, &calls, answers.len(), bytes);
        let Run { frames, end, .. } = run.map_err(|error| error.message().to_owned())?.result;
        // Bytes: an answer may hold a number that is none, which differs from itself.
        let same = |(frame, answer): (&Frame, &Value)| match frame {
            Frame::Returned(value) => value.to_bytes() == answer.to_bytes(),
            Frame::Panicked { .. } => false,
        };
        match end {
            RunOutcome::Complete if frames.iter().zip(&answers).all(same) => Ok(()),
            RunOutcome::Complete => Err("its answers are wrong".to_owned()),
            end => Err(format!("{end:?}")),
        }
    }
}

/// What the compiler or the linker says when the machine keeps it from its work.
const WORDS: [&str; 19] = [
    "No space left on device",
    "Disk quota exceeded",
    "File too large",
    "Input/output error",
    "Read-only file system",
    "Cannot allocate memory",
    "Resource temporarily unavailable",
    "Too many open files",
    "terminated with signal",
    "(SIGKILL)",
    "(SIGBUS)",
    "failed to spawn",
    "failed to create temporary directory",
    "couldn't create a temp dir",
    // Crates that are damaged.
    "found invalid metadata files",
    "found possibly newer version",
    "file format not recognized",
    "unknown file type",
    "truncated or malformed",
];

/// The words of the compiler's messages that speak of the machine, if there are any.
pub(super) fn says(log: &str) -> Option<&'static str> {
    WORDS.into_iter().find(|words| log.contains(words))
}
