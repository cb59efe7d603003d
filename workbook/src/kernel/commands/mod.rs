/*!
The commands of a cell: lines at its head that begin with a colon.

Those for the course and the session are carried out here; evcxr's own go on to the session.
*/

mod exercises;
mod grading;
mod variables;

use super::syntax::is_command_line;
use super::warm::WarmSession;
use crate::session::{Answer, Completion, Completions, Failure, FailureKind, Output, Question, Stream};
use anyhow::Result;
use course::Root;
use exercises::Exercises;
use serde_json::Value;
use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

/// A command: its name, what follows it, and what it does.
pub struct Command {
    pub name: &'static str,
    pub argument: &'static str,
    pub does: &'static str,
}

const fn command(name: &'static str, argument: &'static str, does: &'static str) -> Command {
    Command { name, argument, does }
}

/// The commands that are carried out here.
pub const OWN: [Command; 9] = [
    command(":help", "", "this list"),
    command(":vars", "", "the variables: name, type, shape; of arrays also minimum, maximum and mean"),
    command(":hint", "[FUNCTION]", "the next hint of an exercise; without a name, of the one you work on"),
    command(":grade", "[FUNCTION]", "what the grader says of your function, as it was last run"),
    command(":progress", "", "which exercises of the chapter are done"),
    command(":reset", "FUNCTION", "the empty exercise, in place of this cell"),
    command(":solution", "FUNCTION", "the course's own answer, once yours has passed"),
    command(":submit", "[FILE]", "writes the notebook to hand in, and grades its visible cases"),
    command(":backtrace", "", "the calls that led to the last panic"),
];

/// evcxr's commands, with what the ones do that a learner may need.
const EVCXR: [Command; 31] = [
    command(":dep", "CRATE = VERSION", "adds a crate"),
    command(":doc", "NAME", "the documentation of a name"),
    command(":type", "VARIABLE", "the type of a variable"),
    command(":t", "VARIABLE", ""),
    command(":explain", "", "explains the last error of the compiler"),
    command(":restart", "", "starts the process of the cells again: variables go, functions stay"),
    command(":clear", "", "forgets all that the cells have made"),
    command(":opt", "LEVEL", ""),
    command(":fmt", "FORMAT", ""),
    command(":efmt", "FORMAT", ""),
    command(":types", "", ""),
    command(":timing", "", ""),
    command(":time_passes", "", ""),
    command(":show_deps", "", ""),
    command(":env", "KEY=VALUE", ""),
    command(":build_env", "KEY=VALUE", ""),
    command(":toolchain", "NAME", ""),
    command(":offline", "0 or 1", ""),
    command(":allow_static_linking", "0 or 1", ""),
    command(":preserve_vars_on_panic", "0 or 1", ""),
    command(":linker", "NAME", ""),
    command(":codegen_backend", "NAME", ""),
    command(":sccache", "0 or 1", ""),
    command(":cache", "MIB", ""),
    command(":clear_cache", "", ""),
    command(":last_compile_dir", "", ""),
    command(":last_error_json", "", ""),
    command(":internal_debug", "", ""),
    command(":load_config", "", ""),
    command(":version", "", ""),
    command(":quit", "", "ends the session"),
];

/// What a command came to.
#[derive(Default)]
pub struct Said {
    pub outputs: Vec<Output>,
    /// Payloads of the reply, such as the text of the next cell.
    pub payload: Vec<Value>,
}

impl Said {
    fn text(text: impl Into<String>) -> Said {
        let mut text = text.into();
        if !text.ends_with('\n') {
            text.push('\n');
        }
        Said { outputs: vec![Output::Text { stream: Stream::Stdout, text }], payload: Vec::new() }
    }

    /// Shows one thing, as Markdown or HTML where a client can and as text where not.
    fn rich(kind: &str, rich: String, plain: String) -> Said {
        let data = BTreeMap::from([(kind.to_owned(), rich), ("text/plain".to_owned(), plain)]);
        Said { outputs: vec![Output::Display { data, id: None }], payload: Vec::new() }
    }
}

/// What the commands know of the course and of what has been run.
pub struct Commands {
    root: Root,
    /// Where the cells run.
    folder: PathBuf,
    /// The cells that were compiled, by their numbers.
    cells: BTreeMap<u64, String>,
    /// How many hints of each exercise have been given.
    hints: HashMap<String, usize>,
}

impl Commands {
    pub fn new(root: Root, folder: PathBuf) -> Commands {
        Commands { root, folder, cells: BTreeMap::new(), hints: HashMap::new() }
    }

    /// Takes note of a cell that has been compiled, whether or not it then ran to its end.
    pub fn note(&mut self, number: u64, code: &str) {
        self.cells.insert(number, code.to_owned());
    }

    /// Carries a command out. `go_on` is asked from time to time whether to.
    ///
    /// # Errors
    /// When it cannot be carried out, with what to do.
    pub fn run(&mut self, line: &Line, session: &mut WarmSession, go_on: &dyn Fn() -> bool) -> Result<Said> {
        match line.name {
            ":help" => Ok(help()),
            ":vars" => match session.ask(Question::Variables) {
                Some(Answer::Variables(variables)) => Ok(variables::show(&variables)),
                _ => anyhow::bail!("the session does not answer\nhelp: run a cell of code first"),
            },
            ":backtrace" => match session.ask(Question::Backtrace) {
                Some(Answer::Backtrace(Some(text))) => Ok(Said::text(text)),
                _ => Ok(Said::text("no cell has panicked yet")),
            },
            ":hint" => self.hint(line.argument),
            ":reset" => self.reset(line.argument),
            ":grade" => self.grade(line.argument, go_on),
            ":solution" => self.solution(line.argument, go_on),
            ":progress" => self.progress(go_on),
            ":submit" => self.submit(line.argument, go_on),
            name => unreachable!("{name} is in the list"),
        }
    }

    fn exercises(&self) -> Result<Exercises> {
        Exercises::read(&self.root, &self.cells)
    }
}

/// A command as it stands in a cell.
#[derive(Debug, PartialEq, Eq)]
pub struct Line<'a> {
    pub name: &'a str,
    pub argument: &'a str,
}

/// Takes the commands that are carried out here out of a cell; blank lines stay in their place, so that errors keep
/// their line numbers.
///
/// # Errors
/// When a command is nobody's: what there is instead.
pub fn split(code: &str) -> std::result::Result<(Vec<Line<'_>>, String), Failure> {
    let (mut own, mut rest, mut is_head) = (Vec::new(), String::new(), true);
    for (index, line) in code.split_inclusive('\n').enumerate() {
        let text = line.trim();
        if is_head && is_command_line(line) && text.starts_with(':') {
            let (name, argument) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
            if OWN.iter().any(|command| command.name == name) {
                own.push(Line { name, argument: argument.trim() });
                rest.push('\n');
                continue;
            }
            if !EVCXR.iter().any(|command| command.name == name) {
                return Err(unknown(name, index + 1));
            }
        } else if !text.is_empty() && !line.starts_with("//") && !is_command_line(line) {
            is_head = false; // from the first line of Rust on, a colon is Rust's
        }
        rest.push_str(line);
    }
    Ok((own, rest))
}

fn unknown(name: &str, line: usize) -> Failure {
    let message = format!("there is no command `{name}`");
    let known = OWN.iter().chain(&EVCXR).map(|command| command.name);
    let near = known.map(|known| (distance(name, known), known)).min().filter(|(distance, _)| *distance <= 2);
    let near = near.map_or(String::new(), |(_, known)| format!("did you mean `{known}`? "));
    let names: Vec<&str> = OWN.iter().map(|command| command.name).collect();
    let details = format!(
        "{message} (line {line})\nhelp: {near}The commands are {}; `:help` says what they do, and names those for crates \
         and types",
        names.join(", ")
    );
    Failure { kind: FailureKind::Other, message, details, lost: Vec::new() }
}

/// How many letters have to be changed, added or left out to make one word of another (Levenshtein's distance).
fn distance(one: &str, other: &str) -> usize {
    let other: Vec<char> = other.chars().collect();
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (i, c) in one.chars().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], i + 1);
        for (j, d) in other.iter().enumerate() {
            let changed = diagonal + usize::from(c != *d);
            diagonal = row[j + 1];
            row[j + 1] = changed.min(diagonal + 1).min(row[j] + 1);
        }
    }
    row[other.len()]
}

fn help() -> Said {
    let shown = OWN.iter().chain(&EVCXR).filter(|command| !command.does.is_empty());
    let usage = |command: &Command| format!("{} {}", command.name, command.argument).trim().to_owned();
    let width = shown.clone().map(|command| usage(command).len()).max().unwrap_or(0);
    let lines: Vec<String> = shown.map(|command| format!("{:width$}  {}", usage(command), command.does)).collect();
    let others: Vec<&str> =
        EVCXR.iter().filter(|command| command.does.is_empty()).map(|command| command.name).collect();
    Said::text(format!(
        "Commands stand at the head of a cell, one a line.\n\n{}\n\nevcxr, which compiles the cells, knows also {}.",
        lines.join("\n"),
        others.join(", ")
    ))
}

impl Commands {
    /// What may stand at this byte of a cell, if it is within a command.
    pub fn complete(&self, code: &str, position: usize) -> Option<Completions> {
        let start = code.get(..position)?.rfind('\n').map_or(0, |end| end + 1);
        let line = &code[start..position];
        if !is_command_line(line) || !line.trim_start().starts_with(':') {
            return None;
        }
        let begin = position - line.trim_start().len();
        let typed = &code[begin..position];
        let complete = |start: usize, matches| Some(Completions { start, end: position, matches });
        let Some((name, argument)) = typed.split_once(' ') else {
            let fitting = OWN.iter().chain(&EVCXR).filter(|command| command.name.starts_with(typed));
            let matches = fitting.map(|command| Completion {
                text: command.name.to_owned(),
                kind: "magic".to_owned(),
                label: format!("{} {} {}", command.name, command.argument, command.does).trim().to_owned(),
            });
            return complete(begin, matches.collect());
        };
        let takes_function = |command: &&Command| command.name == name && command.argument.contains("FUNCTION");
        OWN.iter().find(takes_function)?;
        let argument = argument.trim_start();
        let names = self.exercises().map(|exercises| exercises.names()).unwrap_or_default();
        let matches = names.into_iter().filter(|name| name.starts_with(argument)).map(|name| Completion {
            label: name.clone(),
            text: name,
            kind: "function".to_owned(),
        });
        complete(position - argument.len(), matches.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_taken_out_and_lines_keep_their_numbers() {
        let code = "// look\n:grade zero_pad\n:dep cnn = \"1\"\n:vars\nlet x = 1;\n:vars";
        let (own, rest) = split(code).unwrap();
        assert_eq!(own, [Line { name: ":grade", argument: "zero_pad" }, Line { name: ":vars", argument: "" }]);
        assert_eq!(rest, "// look\n\n:dep cnn = \"1\"\n\nlet x = 1;\n:vars");
        assert_eq!(split("::std::process::id()").unwrap(), (Vec::new(), "::std::process::id()".to_owned()));
    }

    #[test]
    fn an_unknown_command_teaches_the_list() {
        let failure = split(":grad zero_pad").unwrap_err();
        assert_eq!(failure.message, "there is no command `:grad`");
        for part in ["did you mean `:grade`?", ":hint", ":submit", "`:help`"] {
            assert!(failure.details.contains(part), "{}", failure.details);
        }
        assert!(!split(":qwertz").unwrap_err().details.contains("did you mean"));
        assert_eq!((distance("", "abc"), distance("grade", "grad"), distance("abc", "bac")), (3, 1, 2));
    }

    #[test]
    fn every_command_of_ours_has_a_line_in_the_help() {
        let Output::Text { text, .. } = &help().outputs[0] else { panic!("text") };
        for command in &OWN {
            assert!(text.lines().any(|line| line.starts_with(command.name) && line.ends_with(command.does)), "{text}");
        }
    }

    #[test]
    fn commands_and_their_functions_are_completed() {
        let root = Root::find(std::path::Path::new(".")).unwrap();
        let commands = Commands::new(root, PathBuf::new());
        let complete = |code: &str| {
            commands.complete(code, code.len()).map(|found| {
                let texts: Vec<String> = found.matches.into_iter().map(|it| it.text).collect();
                (found.start, texts)
            })
        };
        assert_eq!(complete("// x\n:gr"), Some((5, vec![":grade".to_owned()])));
        assert_eq!(complete(":grade zero_"), Some((7, vec!["zero_pad".to_owned()])));
        assert!(complete(":hint ").unwrap().1.contains(&"conv_forward".to_owned()));
        for code in ["let x", ":vars x", "::std", ""] {
            assert_eq!(complete(code), None, "{code}");
        }
    }
}
