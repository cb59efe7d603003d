/*! Compiles a program's text in the sandbox, and reads what the compiler says about it. */

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::Duration;

use serde::Deserialize;

use crate::error::{Error, Result};
use crate::program::library::Library;
use crate::program::machine::{self, KnownGood, Tried};
use crate::program::temporary::{self, Temporary};
use crate::program::toolchain::Toolchain;
use crate::sandbox::{self, End, Job, Limits, Outcome};

/// The name of a program's text, as it appears in messages and in the places of panics.
pub const SOURCE: &str = "main.rs";

/// What compiles and runs programs, and remembers which layers of the sandbox were active.
#[derive(Debug)]
pub struct Compiler<'a> {
    toolchain: &'a Toolchain,
    library: &'a Library,
    layers: Mutex<BTreeSet<String>>,
    /// A program that is known to be right.
    pub(super) known: KnownGood,
}

/// A compiled program. Its directory vanishes with it.
#[derive(Debug)]
pub struct Binary {
    /// The program.
    pub path: PathBuf,
    directory: Temporary,
}

/// What became of a compilation.
#[derive(Debug)]
pub enum Compiled {
    /// A program.
    Binary(Binary),
    /// The compiler refused, for these reasons.
    Refused(Vec<Diagnostic>),
    /// The compiler did not come to an end within its limits, or crashed.
    Stopped(String),
}

/// An error that the compiler reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What is wrong.
    pub message: String,
    /// The line of the program's text, counted from 1.
    pub line: Option<usize>,
    /// Where a name is defined twice, the line of the first definition.
    pub first: Option<usize>,
}

/// Enough for the largest assignment, some five times over.
const LIMITS: Limits = Limits {
    wall: Duration::from_secs(600),
    idle: Duration::from_secs(10),
    cpu: Duration::from_secs(8),
    memory: 2 << 30,
    output: 0,
    log: 1 << 20,
    processes: 16,
    file_size: 128 << 20,
};

impl<'a> Compiler<'a> {
    /// A compiler that links with the crates of `library`.
    pub fn new(toolchain: &'a Toolchain, library: &'a Library) -> Self {
        Self { toolchain, library, layers: Mutex::default(), known: KnownGood::default() }
    }

    /// The crates that programs are linked with.
    pub fn library(&self) -> &Library {
        self.library
    }

    /// Every layer of the sandbox that was active so far, or was missing, with the reason.
    pub fn layers(&self) -> Vec<String> {
        self.layers.lock().map(|layers| layers.iter().cloned().collect()).unwrap_or_default()
    }

    /// Makes sure, before anything of a submission is compiled, that every layer of the sandbox is active here.
    ///
    /// # Errors
    /// When one is missing, with the reason.
    pub fn require_sandbox(&self) -> Result<()> {
        let compiled = self.compile("fn main() { ::harness::serve(&[]); }")?;
        if let Compiled::Binary(binary) = compiled {
            self.execute(&binary.path, &[], 0, 0)?;
        }
        let layers = self.layers();
        let missing: Vec<&str> = layers.iter().filter(|layer| is_missing(layer)).map(String::as_str).collect();
        if layers.is_empty() || !missing.is_empty() {
            let message = format!("the sandbox is not complete on this machine: {}", missing.join("; "));
            let help = "grade on a machine that has it, or without --require-sandbox; grader/SECURITY.md says what each \
                        layer is for";
            return Err(Error::new(message, help));
        }
        Ok(())
    }

    /// Runs a job in the sandbox, once.
    ///
    /// # Errors
    /// When the sandbox cannot be set up.
    pub(super) fn run(&self, job: &Job) -> Result<Outcome> {
        let outcome = sandbox::run(job)?;
        if let Ok(mut layers) = self.layers.lock() {
            layers.extend(outcome.layers.iter().cloned());
        }
        Ok(outcome)
    }

    /// Compiles the text of a program.
    ///
    /// # Errors
    /// When the compiler cannot be started, or the machine keeps it from its work; a text that it refuses is not an error.
    pub fn compile(&self, text: &str) -> Result<Compiled> {
        self.surely("compile", || self.compile_once(text))
    }

    pub(super) fn compile_once(&self, text: &str) -> Result<Tried<Compiled>> {
        let directory = temporary::directory()?;
        // A program may hold reference functions upstream of the learner's, and `include_str!` reads whatever the
        // compiler can: so the file has a random name, and `file!()` gives another one.
        let source = tempfile::Builder::new().prefix("").suffix(".rs").rand_bytes(32).tempfile_in(directory.path());
        let source = source.map_err(|error| Error::io(directory.path(), &error))?;
        fs::write(source.path(), text).map_err(|error| Error::io(source.path(), &error))?;
        let name = source.path().file_name().unwrap_or_default();
        let outcome = self.run(&Job {
            program: &self.toolchain.rustc,
            args: self.arguments(name),
            env: vec![
                ("PATH".into(), self.toolchain.path.clone()),
                ("TMPDIR".into(), directory.path().into()),
                ("LC_ALL".into(), "C".into()),
            ],
            read: [&[self.library.crates.clone()][..], &self.library.native].concat(),
            execute: self.toolchain.paths.clone(),
            work_dir: directory.path(),
            keep: true,
            limits: LIMITS,
            input: Vec::new().into(),
        })?;
        let path = directory.path().join("program");
        let said = || machine::says(&outcome.log).map(|words| format!("the compiler says {words:?}"));
        let doubt = match outcome.end {
            End::Exited(0) if path.is_file() => None,
            End::Exited(0) => Some("the compiler left no program".to_owned()),
            _ => outcome.doubt.clone().or_else(said),
        };
        let result = match outcome.end {
            End::Exited(0) if path.is_file() => Compiled::Binary(Binary { path, directory }),
            End::Exited(_) => match diagnostics(&outcome.log.replace(&*name.to_string_lossy(), SOURCE)) {
                found if found.is_empty() => Compiled::Stopped(format!("the compiler failed: {}", tail(&outcome.log))),
                found => Compiled::Refused(found),
            },
            End::TimedOut => Compiled::Stopped(format!(
                "the compiler did not finish within {} seconds of processor time",
                LIMITS.cpu.as_secs()
            )),
            End::OutOfMemory => Compiled::Stopped("the compiler ran out of memory".into()),
            End::OutputFlood => Compiled::Stopped("the compiler had too much to say".into()),
            End::Signalled(signal) => Compiled::Stopped(format!("the compiler crashed (signal {signal})")),
        };
        Ok(Tried { result, doubt })
    }

    fn arguments(&self, source: &OsStr) -> Vec<OsString> {
        // Overflow checks and debug assertions are on without optimisation, as they are in a notebook.
        let mut arguments: Vec<OsString> = [
            "--edition=2024",
            "--crate-type=bin",
            "--crate-name=submission",
            "-Copt-level=0",
            "-Cdebuginfo=0",
            "-Cstrip=debuginfo",
            "-Ccodegen-units=1",
            "-Awarnings",
            "--error-format=json",
            "-oprogram",
        ]
        .map(OsString::from)
        .into();
        let pair = |name: &str, path: &std::path::Path| {
            let mut pair = OsString::from(name);
            pair.push(path);
            pair
        };
        let source = std::path::Path::new(source);
        let mut remap = pair("--remap-path-prefix=", source);
        remap.push("=");
        remap.push(SOURCE);
        arguments.extend([remap, source.into()]);
        arguments.push(pair("-Clinker=", &self.toolchain.linker));
        arguments.push(pair("-Ldependency=", &self.library.crates));
        arguments.extend(self.library.native.iter().map(|path| pair("-Lnative=", path)));
        for (name, path) in &self.library.externs {
            arguments.push("--extern".into());
            arguments.push(pair(&format!("{name}="), path));
        }
        arguments
    }
}

/// Whether a layer, as the sandbox names it, is missing.
pub fn is_missing(layer: &str) -> bool {
    layer.starts_with("no ") || layer.starts_with("none")
}

impl Binary {
    /// The directory that holds the program.
    pub fn directory(&self) -> &std::path::Path {
        self.directory.path()
    }
}

#[derive(Deserialize)]
struct Message {
    message: String,
    level: String,
    code: Option<Code>,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Child>,
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Child {
    message: String,
    level: String,
}

#[derive(Deserialize)]
struct Span {
    file_name: String,
    line_start: usize,
    is_primary: bool,
    label: Option<String>,
    expansion: Option<Box<Expansion>>,
}

#[derive(Deserialize)]
struct Expansion {
    span: Span,
}

/// The errors among the compiler's messages, each with its line in the program's text: where a macro is to blame, the
/// line that calls it.
fn diagnostics(log: &str) -> Vec<Diagnostic> {
    let messages = log.lines().filter_map(|line| serde_json::from_str::<Message>(line).ok());
    let errors = messages
        .filter(|message| message.level.starts_with("error") && !message.message.starts_with("aborting due to"));
    let diagnostic = |message: Message| {
        let primary = message.spans.iter().find(|span| span.is_primary);
        let mut text = message.message;
        if let Some(label) = primary.and_then(|span| span.label.as_deref()).filter(|label| says_more(label, &text)) {
            text = format!("{text}: {label}");
        }
        if let Some(code) = message.code {
            text = format!("{text} ({})", code.code);
        }
        if let Some(help) = message.children.iter().find(|child| child.level == "help" && !child.message.contains('\n'))
        {
            text = format!("{text}; {}", help.message);
        }
        // Where a bracket was opened says more than where the compiler noticed that it is not closed.
        let opened = message.spans.iter().find(|span| span.label.as_deref() == Some("unclosed delimiter"));
        let first = |span: &&Span| span.label.as_deref().is_some_and(|label| label.starts_with("previous "));
        let first = message.spans.iter().find(first).and_then(line);
        Diagnostic { message: text, line: opened.or(primary).or(message.spans.first()).and_then(line), first }
    };
    errors.map(diagnostic).collect()
}

/// Whether a label adds something to its message.
fn says_more(label: &str, message: &str) -> bool {
    !message.contains(label) && !["not found in", "method not found in"].iter().any(|start| label.starts_with(start))
}

fn line(span: &Span) -> Option<usize> {
    let mut span = span;
    loop {
        if span.file_name == SOURCE {
            return Some(span.line_start);
        }
        span = &span.expansion.as_ref()?.span;
    }
}

fn tail(log: &str) -> String {
    let lines: Vec<&str> = log.lines().rev().take(3).collect();
    let lines: Vec<&str> = lines.into_iter().rev().collect();
    lines.join(" / ").chars().take(400).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_inside_a_macro_is_blamed_on_the_line_that_calls_it() {
        let inner = r#"{"file_name":"main.rs","line_start":7,"is_primary":false,"label":null,"expansion":null}"#;
        let span = format!(
            r#"{{"file_name":"/std/macros.rs","line_start":99,"is_primary":true,"label":"here","expansion":{{"span":{inner}}}}}"#
        );
        let error = format!(
            r#"{{"message":"no","level":"error","code":{{"code":"E0308"}},"spans":[{span}],"children":[{{"message":"try","level":"help"}}]}}"#
        );
        let last =
            r#"{"message":"aborting due to 1 previous error","level":"error","code":null,"spans":[],"children":[]}"#;
        let found = diagnostics(&format!("{error}\nnot JSON\n{last}\n{{\"message\":"));
        assert_eq!(found, [Diagnostic { message: "no: here (E0308); try".into(), line: Some(7), first: None }]);
    }
}
