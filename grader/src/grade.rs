/*!
Grades one submission: compiles it, runs it, compares, and regrades a function with the reference's functions upstream
where that can make a difference.
*/

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use course::parallel::parallel;
use course::{Assignment, Broken, Keep, Origin, Root, Submitted};

use crate::assignment;
use crate::error::Result;
use crate::judge::answers::{self, Case, bytes, calls};
use crate::judge::causes;
use crate::judge::evaluate::{Answers, Evaluation, Telling};
use crate::judge::kept::Kept;
use crate::program::blame::located;
use crate::program::build::{Builder, Builds, Built};
use crate::program::compile::{Compiled, Compiler, Diagnostic, SOURCE};
use crate::program::library::Library;
use crate::program::run::Run;
use crate::program::store::Stores;
use crate::program::text::{Place, Program};
use crate::program::toolchain::Toolchain;
use crate::report::{FunctionReport, Grading, Report, VERSION, Verdict, sanitize, sanitize_line};
use crate::submission::Submission;

/// What the caller can choose.
#[derive(Debug, Clone, Default)]
pub struct Options {
    /// The assignment, if the submission does not say it.
    pub assignment: Option<String>,
    /// The seed of the hidden inputs.
    pub seed: u64,
    /// Whether every layer of the sandbox must be active.
    pub require_sandbox: bool,
    /// The functions that have points; all if there are none.
    pub functions: Vec<String>,
}

/// Everything that submissions are graded with.
#[derive(Debug)]
pub struct Grader {
    root: Root,
    assignments: Vec<Assignment>,
    toolchain: Toolchain,
    library: Library,
    kept: Kept,
}

/// Notes that a report holds.
const NOTES: usize = 20;

type Evaluations = BTreeMap<String, Evaluation>;

impl Grader {
    /// A grader for the course at `root`; compiles the helper crate if that has not been done yet.
    ///
    /// # Errors
    /// When there is no compiler, or the helper crate does not compile.
    pub fn open(root: &Root) -> Result<Self> {
        Self::open_with(root, assignment::all(root)?, Stores::of(root))
    }

    /// The same, for a caller that has read the course's assignments already, or keeps what is compiled elsewhere.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_with(root: &Root, assignments: Vec<Assignment>, stores: Stores) -> Result<Self> {
        let toolchain = Toolchain::open(root, &stores)?;
        let library = Library::open(root, &toolchain, stores)?;
        Ok(Self { root: root.clone(), assignments, toolchain, library, kept: Kept::default() })
    }

    /// What compiles and runs programs for this grader.
    pub fn compiler(&self) -> Compiler<'_> {
        Compiler::new(&self.toolchain, &self.library)
    }

    /// The secret seed of this installation or user, for whoever names none; see [`Stores::seed`].
    ///
    /// # Errors
    /// When it can be neither read nor kept.
    pub fn seed(&self) -> Result<u64> {
        self.library.stores.seed()
    }

    /// Where the course's sources are.
    pub fn root(&self) -> &Root {
        &self.root
    }

    /// Compiles what every grading of any assignment needs, and makes sure that its cases and mistakes can be used.
    ///
    /// # Errors
    /// When the course's own sources are broken.
    pub fn prepare(&self, mut progress: impl FnMut(&str)) -> Result<()> {
        let compiler = self.compiler();
        for assignment in &self.assignments {
            progress(&assignment.name);
            answers::cases(&self.root, &compiler, assignment, Options::default().seed)?;
            self.kept.mistakes(&self.root, &compiler, assignment)?;
        }
        Ok(())
    }

    /// Grades the submission at `path`.
    ///
    /// # Errors
    /// When there is nothing that could be graded, or the grader itself cannot work. Whatever is wrong with the
    /// submission's code is no error but a verdict.
    pub fn grade(&self, path: &Path, options: &Options) -> Result<Report> {
        self.grade_read(&Submission::read(path)?, options)
    }

    /// Grades a submission that has been read.
    ///
    /// # Errors
    /// As [`grade`](Self::grade).
    pub fn grade_read(&self, submission: &Submission, options: &Options) -> Result<Report> {
        let assignment = assignment::of(&self.assignments, submission, options.assignment.as_deref())?;
        let assignment = Arc::new(assignment.clone().only(&options.functions));
        let compiler = self.compiler();
        if options.require_sandbox {
            compiler.require_sandbox()?;
        }
        let builder = Builder { compiler: &compiler, assignment: &assignment, submission };

        let known = Arc::clone(&assignment);
        compiler.known_good(move || answers::right_program(&known));
        let (attempted, mut own) = sort_out(&compiler, &assignment, submission)?;
        let keep = |name: &str| if attempted.iter().any(|other| other == name) { Keep::Submitted } else { Keep::Stub };
        // The reference answers while the submission is compiled. What is kept for later submissions is not made with this
        // one's compiler: its report must not depend on which submission came first.
        let course = self.compiler();
        let (answered, builds) = std::thread::scope(|scope| {
            let answered = scope.spawn(|| self.kept.answered(&self.root, &course, &assignment, options.seed));
            let builds = builder.build(&attempted, &keep);
            (answered.join(), builds)
        });
        let answered = answered.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?;
        let known = Arc::clone(&answered);
        compiler.known_answers(move || answers::right_answers(&known.cases));
        let cases = &answered.cases;
        let builds = builds?;
        let left_out = builds.left_out.clone();
        own.extend(evaluate(&builder, builds, cases, None)?);

        let regraded = regrade(&builder, &attempted, &own, cases)?;
        let causes = causes::diagnose(&self.root, &course, &self.kept, &assignment, &own, &regraded, &answered)?;

        let functions: Vec<FunctionReport> = assignment
            .functions
            .iter()
            .filter(|name| assignment.is_marked(name))
            .map(|name| {
                function_report(name, &assignment, &own, &regraded, causes.get(name).cloned().unwrap_or_default())
            })
            .collect();
        let mut notes = submission.notes.clone();
        notes.extend(assignment::near_misses(&assignment, submission));
        notes.extend(left_out);
        let mut notes: Vec<String> = notes.iter().map(|note| sanitize(note)).collect();
        if notes.len() > NOTES {
            let more = notes.split_off(NOTES).len();
            notes.push(format!("{more} more notes are left out"));
        }
        let layers: BTreeSet<String> = compiler.layers().into_iter().chain(answered.layers.iter().cloned()).collect();
        let sandbox = layers.into_iter().collect();
        Ok(Report {
            version: VERSION,
            assignment: assignment.name.clone(),
            submission: sanitize_line(&submission.name),
            score: round(functions.iter().map(|function| function.points).sum()),
            max_score: round(functions.iter().map(|function| function.max_points).sum()),
            seed: Some(options.seed),
            sandbox,
            notes,
            functions,
        })
    }
}

/// Tells the functions that were worked on from those that are missing, untouched, or not readable at all.
fn sort_out(
    compiler: &Compiler,
    assignment: &Assignment,
    submission: &Submission,
) -> Result<(Vec<String>, Evaluations)> {
    let mut attempted = Vec::new();
    let mut settled = Evaluations::new();
    let submitted = Submitted::of(&submission.parts);
    for name in &assignment.functions {
        let reference = assignment.reference.function(name)?;
        let definition = submitted.definition(name);
        let broken = submission.broken.iter().rev().find(|(_, broken)| broken.functions.contains(name));
        match (definition, broken) {
            // What cannot be read counts unless a later cell defines the function again.
            (definition, Some((at, broken))) if definition.is_none_or(|definition| definition.part <= *at) => {
                let message = sanitize(&explain(compiler, broken)?);
                settled.insert(name.clone(), Evaluation::without_run(Verdict::DoesNotCompile, vec![message]));
            }
            (Some(definition), _) if definition.function.is_none_or(|function| !reference.is_stub(&function)) => {
                attempted.push(name.clone());
            }
            _ => {
                settled.insert(name.clone(), Evaluation::without_run(Verdict::NotAttempted, Vec::new()));
            }
        }
    }
    Ok((attempted, settled))
}

/// What is wrong with a piece that is not Rust. The compiler explains a missing bracket better than our parser does.
fn explain(compiler: &Compiler, broken: &Broken) -> Result<String> {
    let error = &broken.error;
    if let Compiled::Refused(errors) = compiler.compile(&broken.text)?
        && let Some(Diagnostic { message, line: Some(line), .. }) = errors.first()
    {
        return Ok(located(&error.path, *line, message, &broken.text));
    }
    Ok(located(&error.path, error.line, &error.kind.to_string(), &broken.text))
}

/// Runs what was built and judges it; what was rejected has its verdict already. `alike` are the evaluations of the
/// learner's own program, where these programs hold bodies of the reference.
fn evaluate(builder: &Builder, builds: Builds, cases: &[Case], alike: Option<&Evaluations>) -> Result<Evaluations> {
    let mut evaluations = Evaluations::new();
    for (name, rejection) in builds.rejected {
        let messages = rejection.messages.iter().map(|message| sanitize(message)).collect();
        evaluations.insert(name, Evaluation::without_run(rejection.verdict, messages));
    }
    let called: Vec<(&Built, &String)> =
        builds.built.iter().flat_map(|built| built.functions.iter().map(move |name| (built, name))).collect();
    // Each function runs in processes of its own: none can disturb another one's memory, time or channel. The one with its
    // visible cases, of which the learner reads everything, never holds a hidden one.
    let runs: Vec<(&Built, &String, bool)> =
        called.iter().flat_map(|(built, name)| [(*built, *name, true), (*built, *name, false)]).collect();
    let results = parallel(&runs, |(built, name, visible)| -> Result<Run> {
        let cases: Vec<&Case> =
            cases.iter().filter(|case| case.function == **name && case.visible == *visible).collect();
        let calls = calls(cases.iter().copied(), name);
        builder.compiler.execute(&built.binary.path, &calls, cases.len(), bytes(cases))
    });
    let mut results = results.into_iter();
    for (built, name) in called {
        let (Some(visible), Some(hidden)) = (results.next(), results.next()) else { break };
        let cases: Vec<&Case> = cases.iter().filter(|case| case.function == *name).collect();
        let answers = Answers::new(&cases, visible?, hidden?);
        let function = builder.assignment.reference.function(name)?;
        // Where nothing of ours stands upstream, there is nothing that the learner's code could ask.
        let alike = alike.filter(|_| !builder.assignment.upstream(name).is_empty());
        let telling = Telling {
            // A driver names the parts of its answer itself.
            names: if builder.assignment.needs_driver(name) { &[] } else { function.returned() },
            locate: &|file, line| locate(builder.submission, &built.program, file, line),
            alike: alike.map(|own| own.get(name).map_or(&[][..], |own| &own.frames)),
        };
        evaluations.insert(name.clone(), Evaluation::new(&cases, answers, &telling));
    }
    Ok(evaluations)
}

/// The location of a panic in the submission.
fn locate(submission: &Submission, program: &Program, file: &str, line: u32) -> Option<String> {
    if file != SOURCE {
        return None;
    }
    match program.place(line as usize) {
        Place::Item(Origin::Submission { part, line, .. }) => {
            Some(format!("{}, line {line}", submission.parts[*part].path()))
        }
        Place::Item(Origin::Stub(name)) => Some(format!("{name}, which is not written yet")),
        Place::Item(Origin::Reference) | Place::Call(_) | Place::Frame => None,
    }
}

/// Regrades functions with the reference's upstream, where one of the learner's own is not right; and without the
/// learner's other items, where the program ended before it could answer anything.
///
/// Each has a program of its own: a program must never hold the reference's body of a function that it is graded for,
/// not even in another module.
fn regrade(builder: &Builder, attempted: &[String], own: &Evaluations, cases: &[Case]) -> Result<Evaluations> {
    let verdict = |name: &str| own.get(name).map(|evaluation| evaluation.verdict);
    // A program that ran and answered nothing: what stopped it may stand somewhere else in the submission.
    let silent =
        |name: &str| own.get(name).is_some_and(|run| run.frames.iter().all(Option::is_none) && !run.cases.is_empty());
    let disturbed = |name: &str| silent(name) && builder.can_be_disturbed(name);
    let can_differ = |name: &&String| {
        !matches!(verdict(name), Some(Verdict::Passed | Verdict::WrongSignature))
            && (disturbed(name)
                || builder.assignment.upstream(name).iter().any(|other| verdict(other) != Some(Verdict::Passed)))
    };
    let again: Vec<String> = attempted.iter().filter(can_differ).cloned().collect();
    let results = parallel(&again, |name| -> Result<Evaluations> {
        let upstream = builder.assignment.upstream(name);
        let keep = |other: &str| {
            if upstream.contains(other) {
                Keep::Reference
            } else if attempted.iter().any(|attempted| attempted == other) {
                Keep::Submitted
            } else {
                Keep::Stub
            }
        };
        let builds = if disturbed(name) {
            builder.build_alone(name, &keep)?
        } else {
            builder.build(std::slice::from_ref(name), &keep)?
        };
        evaluate(builder, builds, cases, Some(own))
    });
    let mut all = Evaluations::new();
    for result in results {
        all.extend(result?);
    }
    Ok(all)
}

fn function_report(
    name: &str,
    assignment: &Assignment,
    own: &Evaluations,
    regraded: &Evaluations,
    causes: Vec<String>,
) -> FunctionReport {
    let max_points = assignment.points(name);
    let points = |evaluation: &Evaluation| round(evaluation.share * max_points);
    let grading = |evaluation: &Evaluation| Grading { verdict: evaluation.verdict, points: points(evaluation) };
    let (own, regraded) = (&own[name], regraded.get(name));
    // Where both give the same points, the one with the reference's functions upstream says what is wrong with this
    // function and not with another one.
    let best = match regraded {
        Some(regraded) if regraded.share > own.share || own.cases.is_empty() => regraded,
        Some(regraded) if regraded.share == own.share && !regraded.cases.is_empty() => regraded,
        _ => own,
    };
    FunctionReport {
        name: name.to_owned(),
        points: points(best),
        max_points,
        verdict: best.verdict,
        own: grading(own),
        regraded: regraded.map(grading),
        cases: best.cases.clone(),
        causes,
        messages: best.messages.clone(),
    }
}

/// Points have two decimals.
fn round(points: f64) -> f64 {
    (points * 100.0).round() / 100.0
}
