/*!
Grades a folder of submissions into a gradebook: several at once, each result as soon as it is there, none twice.

It decides nothing about points; what a submission gets is what it would get alone.
*/

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use course::chapter::FrontMatter;
use course::{Assignment, Chapter, Root, files};

use crate::error::{Error, Kind, Result};
use crate::grade::{Grader, Options};
use crate::gradebook::collect::{Entry, Known, choose, collect};
use crate::gradebook::machine;
use crate::gradebook::shard::Shard;
use crate::gradebook::store::{Gradebook, Outcome, Submission};
use crate::gradebook::{time, tokens, unpack};
use crate::submission;

/// What the caller can choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The class' folder.
    pub folder: PathBuf,
    /// The gradebook's folder.
    pub out: PathBuf,
    /// The assignment, if the submissions do not say it.
    pub assignment: Option<String>,
    /// How many are graded at once; as many as processors and memory allow if none is named.
    pub jobs: Option<usize>,
    /// Whether the gradebook must be there already.
    pub resume: bool,
    /// How a learner is told from a path, if not as one of the platforms writes it.
    pub pattern: Option<String>,
    /// The seed of the hidden inputs; that of the gradebook, or a new one, if none is named.
    pub seed: Option<u64>,
    /// Which part of the class.
    pub shard: Shard,
    /// Whether every layer of the sandbox must be active.
    pub require_sandbox: bool,
    /// The functions that have points; all if there are none.
    pub functions: Vec<String>,
}

/// What a run has done.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Summary {
    /// Submissions in the folder, or in this part of it.
    pub found: usize,
    /// Of them, those that were graded before and have not changed.
    pub kept: usize,
    /// Those that have a report now.
    pub graded: usize,
    /// Those without anything to grade, or that cannot be read.
    pub refused: usize,
    /// Those that the machine or a fault of the grader kept from being graded; another run tries again.
    pub left: usize,
}

/// What is told while it runs.
#[derive(Debug)]
pub enum Event<'a> {
    /// So many submissions will be graded, this many at once.
    Begins { count: usize, jobs: usize },
    /// One of them was.
    Done { learner: &'a str, word: &'a str, score: Option<(f64, f64)> },
}

/// Tries of a submission that the machine kept from being graded, the last ones alone.
const TRIES: usize = 3;
/// A submission with which the program has died so often is not tried again in the same run.
const DEATHS: u32 = 2;
/// Bytes of memory that one more submission at once may need: the compiler and the compiled program.
const MEMORY: u64 = 1 << 30;

/// Grades the folder.
///
/// # Errors
/// When the folder or the gradebook cannot be used, or the grader itself cannot work. A submission that cannot be graded
/// is no error but a row of the gradebook.
pub fn run(grader: &Grader, settings: &Settings, progress: &(dyn Fn(Event) + Sync)) -> Result<Summary> {
    if settings.resume {
        Gradebook::open(&settings.out)?;
    }
    let known = known(grader.root())?;
    if let Some(asked) = &settings.assignment
        && !known.iter().any(|known| known.assignment == *asked)
    {
        let names: Vec<&str> = known.iter().map(|known| &*known.assignment).collect();
        let help = format!("the assignments are {}", names.join(", "));
        return Err(Error::of(Kind::Usage, format!("there is no assignment {asked:?}"), help));
    }
    let mut entries = collect(&settings.folder, settings.assignment.as_deref(), &known, settings.pattern.as_deref())?;
    entries.retain(|entry| settings.shard.has(&entry.identity.learner));
    let mut book = Gradebook::create(&settings.out)?;
    let seed = seed(&book, settings)?;
    enter_shard(&book, settings.shard)?;
    let mut seen = BTreeSet::new();
    let mut work: Vec<(Entry, Submission)> = entries
        .into_iter()
        .map(|entry| (row(&entry), entry))
        .filter(|(row, _)| seen.insert((row.asked.clone(), row.learner.clone(), row.digest.clone())))
        .map(|(row, entry)| (entry, row))
        .collect();
    book.enter(work.iter().map(|(_, row)| row))?;

    let identity = identity(grader)?;
    let mut summary = Summary { found: work.len(), ..Summary::default() };
    let mut died = Vec::new();
    let mut todo = Vec::new();
    for (entry, mut row) in work.drain(..) {
        row.key =
            files::fingerprint([&row.digest, &row.asked, &identity, &seed.to_string(), &settings.functions.join(",")]);
        let before = book.find(&row.asked, &row.learner, &row.digest)?;
        match before {
            Some(before) if before.key == row.key && before.outcome.is_final() => {
                summary.kept += 1;
                match before.outcome {
                    Outcome::Graded(_) => summary.graded += 1,
                    _ => summary.refused += 1,
                }
            }
            Some(before) if before.begun > 0 => died.push((entry, row, before.begun)),
            _ => todo.push((entry, row)),
        }
    }
    let jobs = settings.jobs.unwrap_or_else(|| machine::jobs(MEMORY)).max(1);
    progress(Event::Begins { count: died.len() + todo.len(), jobs });
    let run = Run {
        grader,
        known: &known,
        seed,
        require_sandbox: settings.require_sandbox,
        functions: &settings.functions,
        book: Mutex::new(book),
        bases: Mutex::default(),
        progress,
    };

    // What was being graded when the program died goes first and alone: if it dies again, one of them is to blame.
    let mut again = Vec::new();
    for (entry, row, deaths) in died {
        if deaths >= DEATHS {
            let what = format!("the grader died {deaths} times while it graded this submission");
            run.finish(row, Outcome::Fault(what), Duration::ZERO)?;
            summary.left += 1;
        } else {
            run.one(&entry, row, &mut summary, &mut again)?;
        }
    }
    let next = AtomicUsize::new(0);
    let shared = Mutex::new((&mut summary, &mut again));
    let worker = || -> Result<()> {
        while let Some((entry, row)) = todo.get(next.fetch_add(1, Ordering::Relaxed)) {
            let done = run.grade(entry, row.clone())?;
            let mut shared = shared.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            let (summary, again) = &mut *shared;
            count(done, entry, summary, again);
        }
        Ok(())
    };
    let results: Vec<Result<()>> = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..jobs.min(todo.len())).map(|_| scope.spawn(worker)).collect();
        workers
            .into_iter()
            .map(|worker| worker.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    results.into_iter().collect::<Result<()>>()?;
    for _ in 1..TRIES {
        for (entry, row) in std::mem::take(&mut again) {
            summary.left -= 1;
            run.one(&entry, row, &mut summary, &mut again)?;
        }
    }
    Ok(summary)
}

/// What the workers share.
struct Run<'a> {
    grader: &'a Grader,
    known: &'a [Known],
    seed: u64,
    require_sandbox: bool,
    functions: &'a [String],
    book: Mutex<Gradebook>,
    /// The code that an assignment's learners were given, as fingerprints.
    bases: Mutex<BTreeMap<String, std::sync::Arc<BTreeSet<u64>>>>,
    progress: &'a (dyn Fn(Event) + Sync),
}

/// How a submission ended, with its row.
enum Done {
    Graded,
    Refused,
    Machine(Box<Submission>),
    Fault,
}

/// Adds a result to the summary; what the machine kept from being graded goes to `again`.
fn count(done: Done, entry: &Entry, summary: &mut Summary, again: &mut Vec<(Entry, Submission)>) {
    match done {
        Done::Graded => summary.graded += 1,
        Done::Refused => summary.refused += 1,
        Done::Fault => summary.left += 1,
        Done::Machine(row) => {
            summary.left += 1;
            again.push((entry.clone(), *row));
        }
    }
}

impl Run<'_> {
    fn one(
        &self,
        entry: &Entry,
        row: Submission,
        summary: &mut Summary,
        again: &mut Vec<(Entry, Submission)>,
    ) -> Result<()> {
        count(self.grade(entry, row)?, entry, summary, again);
        Ok(())
    }

    /// Grades one submission and writes what came of it. An error is one of the gradebook.
    fn grade(&self, entry: &Entry, mut row: Submission) -> Result<Done> {
        self.book().begin(&row)?;
        let start = Instant::now();
        let graded = catch_unwind(AssertUnwindSafe(|| self.outcome(entry, &mut row)));
        let outcome = graded.unwrap_or_else(|panic| {
            let text = panic.downcast_ref::<String>().map(String::as_str).or(panic.downcast_ref::<&str>().copied());
            Outcome::Fault(format!("the grader panicked: {}", text.unwrap_or("without a message")))
        });
        let done = match &outcome {
            Outcome::Graded(_) => Done::Graded,
            Outcome::Refused(error) if error.kind() == Kind::Machine => Done::Machine(Box::new(row.clone())),
            Outcome::Refused(_) => Done::Refused,
            Outcome::Fault(_) | Outcome::Waiting => Done::Fault,
        };
        self.finish(row, outcome, start.elapsed())?;
        Ok(done)
    }

    fn outcome(&self, entry: &Entry, row: &mut Submission) -> Outcome {
        let file = match &entry.file {
            Ok(file) => file,
            Err(error) => return Outcome::Refused(error.clone()),
        };
        // Removed when this function returns.
        let mut folder = None;
        let unpacked = if unpack::is_archive(&entry.source) {
            match self.unpacked(file, entry, row, &mut folder) {
                Ok(file) => file,
                Err(error) => return Outcome::Refused(error),
            }
        } else {
            file.clone()
        };
        let asked = Some(entry.assignment.clone()).filter(|name| !name.is_empty());
        let read = match submission::Submission::read(&unpacked) {
            Ok(read) => read,
            Err(error) => return Outcome::Refused(error),
        };
        let options = Options {
            assignment: asked,
            seed: self.seed,
            require_sandbox: self.require_sandbox,
            functions: self.functions.to_vec(),
        };
        match self.grader.grade_read(&read, &options) {
            Ok(report) => {
                row.assignment.clone_from(&report.assignment);
                row.tokens = self.tokens(&read, &report.assignment);
                Outcome::Graded(Box::new(report))
            }
            Err(error) => Outcome::Refused(error),
        }
    }

    fn unpacked(
        &self,
        file: &Path,
        entry: &Entry,
        row: &mut Submission,
        folder: &mut Option<tempfile::TempDir>,
    ) -> Result<PathBuf> {
        let fresh = tempfile::Builder::new().prefix("cnn-grader-").tempdir();
        let fresh = folder.insert(fresh.map_err(|error| Error::io(&std::env::temp_dir(), &error))?);
        let unpacked = unpack::unpack(file, fresh.path())?;
        row.notes.extend(unpacked.notes);
        choose(unpacked.files, &entry.assignment, self.known)
    }

    /// Fingerprints of a submission's own code.
    fn tokens(&self, read: &submission::Submission, assignment: &str) -> Vec<u8> {
        let mut bases = self.bases.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let base =
            bases.entry(assignment.to_owned()).or_insert_with(|| base(self.grader.root(), assignment).into()).clone();
        drop(bases);
        let texts: Vec<&str> = read.parts.iter().map(|part| part.text()).collect();
        tokens::to_bytes(&tokens::fingerprints(&texts, &base))
    }

    fn finish(&self, mut row: Submission, outcome: Outcome, elapsed: Duration) -> Result<()> {
        row.begun = 0;
        row.seconds = elapsed.as_secs_f64();
        row.finished = time::now();
        row.outcome = outcome;
        self.book().finish(&row)?;
        let score = match &row.outcome {
            Outcome::Graded(report) => Some((report.score, report.max_score)),
            _ => None,
        };
        (self.progress)(Event::Done { learner: &row.learner, word: &row.outcome.word(), score });
        Ok(())
    }

    fn book(&self) -> std::sync::MutexGuard<'_, Gradebook> {
        self.book.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

/// The assignments with their notebooks.
fn known(root: &Root) -> Result<Vec<Known>> {
    let cases = Assignment::names(root)?;
    let mut known = Vec::new();
    for path in Chapter::paths(root)? {
        let front = FrontMatter::read(root, &path)?;
        if let Some(assignment) = front.graded.filter(|name| cases.contains(name)) {
            known.push(Known { assignment, notebook: front.notebook });
        }
    }
    Ok(known)
}

/// The row of a submission before it is graded.
fn row(entry: &Entry) -> Submission {
    Submission {
        asked: entry.assignment.clone(),
        learner: entry.identity.learner.clone(),
        digest: entry.digest.clone(),
        attempt: 0,
        source: entry.source.clone(),
        name: entry.identity.name.clone(),
        late: entry.identity.late,
        submitted: entry.identity.submitted,
        key: String::new(),
        outcome: Outcome::Waiting,
        assignment: entry.assignment.clone(),
        notes: entry.notes.clone(),
        tokens: Vec::new(),
        gradings: 0,
        begun: 0,
        seconds: 0.0,
        finished: 0,
    }
}

/// The seed that is named, or the gradebook's own; a new gradebook draws one, which no learner can know.
fn seed(book: &Gradebook, settings: &Settings) -> Result<u64> {
    let stored = book.setting("seed")?.and_then(|text| text.parse().ok());
    let seed = match settings.seed.or(stored) {
        Some(seed) => seed,
        None if settings.shard != Shard::WHOLE => {
            let help = "draw one for all parts, for example `GRADER_SEED=$(od -An -N4 -tu4 /dev/urandom)`, and give it to \
                        every part in that variable or with --seed";
            return Err(Error::of(Kind::Usage, "the parts of a class need the same seed, and none is named", help));
        }
        None => machine::random(),
    };
    book.set("seed", &seed.to_string())?;
    Ok(seed)
}

/// Enters which part of the class the gradebook holds.
fn enter_shard(book: &Gradebook, shard: Shard) -> Result<()> {
    let mut shards: BTreeSet<String> =
        book.setting("shards")?.unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    shards.insert(shard.to_string());
    book.set("shards", &shards.into_iter().collect::<Vec<_>>().join(" "))
}

/// What the outcome of a grading rests on beside submission, assignment and seed: this program, the helper crate, the
/// compiler, and the course's reference, cases, misconceptions and points.
fn identity(grader: &Grader) -> Result<String> {
    let root = grader.root();
    let mut parts = vec![grader.compiler().library().key.clone().into_bytes()];
    let program = std::env::current_exe().and_then(fs::read);
    parts.push(
        program.map_err(|error| Error::new(format!("this program cannot be read: {error}"), "install it again"))?,
    );
    for directory in ["src/graded", "grader/cases", "grader/misconceptions", "workbook/chapters"] {
        for (path, bytes) in files::contents(&root.join(directory), &[])? {
            parts.push(path.into_os_string().into_encoded_bytes());
            parts.push(bytes);
        }
    }
    Ok(files::fingerprint(parts))
}

/// The fingerprints of what every learner was given: the cells of the notebook, with the stubs.
fn base(root: &Root, assignment: &str) -> BTreeSet<u64> {
    let chapters = Chapter::read_all(root, &[]).unwrap_or_default();
    let chapter = chapters.iter().find(|chapter| chapter.graded.as_deref() == Some(assignment));
    let cells = chapter.iter().flat_map(|chapter| chapter.cells().map(|cell| chapter.stub(cell)));
    cells.flat_map(|cell| tokens::runs(&cell)).collect()
}
