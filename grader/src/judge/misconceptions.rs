/*!
The typical mistakes of an assignment: what is wrong in a body, and the explanation that helps whoever made it.

`grader/misconceptions/<assignment>/<function>.md` holds those of one function. A section is a mistake: its heading the
name, its text the explanation, and its fence what is wrong: in a `diff` fence as a change of the reference, in a `rust` fence
as a whole function where the mistake is another way to do it. It runs with the reference's functions upstream.
*/

use std::fs;
use std::path::{Path, PathBuf};

use course::{Assignment, Function, Keep, Patch, Selection, Source, splice};
use wire::Frame;

use crate::assignment;
use crate::error::{Error, Result};
use crate::judge::answers::{Case, bytes, cached, calls};
use crate::program::compile::Compiler;
use crate::program::run::Run;
use crate::program::text::{self, Module};

/// A typical mistake.
#[derive(Debug)]
pub struct Misconception {
    /// The function that is wrong.
    pub function: String,
    /// The name of the mistake, that of the function before it.
    pub name: String,
    /// What the learner should read.
    pub explanation: String,
    source: [Source; 1],
}

impl Misconception {
    /// The function with the mistake.
    pub fn text(&self) -> &str {
        self.source[0].text().trim_start()
    }
}

/// Reads the mistakes of an assignment, in the order of its functions; none when there is no directory for it.
///
/// # Errors
/// When a file belongs to no function, a section lacks its explanation or its fence, or a change does not fit the reference
/// as it is now, with file and line.
pub fn read(root: &Path, assignment: &Assignment) -> Result<Vec<Misconception>> {
    let directory = format!("grader/misconceptions/{}", assignment.name);
    let Ok(entries) = fs::read_dir(root.join(&directory)) else { return Ok(Vec::new()) };
    for entry in entries.filter_map(|entry| entry.ok()) {
        let name = entry.file_name().to_string_lossy().into_owned();
        let known = name.strip_suffix(".md").is_some_and(|name| assignment.functions.iter().any(|known| known == name));
        if !known {
            let help = format!("its files are named after its functions: {}.md", assignment.functions.join(".md, "));
            return Err(Error::new(format!("{directory}/{name}: {} has no such function", assignment.name), help));
        }
    }
    let mut found = Vec::new();
    for function in assignment.reference.exercises() {
        let path = format!("{directory}/{}.md", function.name());
        let Ok(text) = fs::read_to_string(root.join(&path)) else { continue };
        found.extend(mistakes(&path, &text, &function)?);
    }
    Ok(found)
}

/// The mistakes of one function.
fn mistakes(path: &str, text: &str, function: &Function) -> Result<Vec<Misconception>> {
    const HELP: &str =
        "a mistake is a heading `## name`, an explanation for the learner, and a fence: ```diff or ```rust";
    let mut found: Vec<Misconception> = Vec::new();
    for Section { line, name, explanation, fences } in sections(text) {
        let broken = |what: &str| Error::new(format!("{path}:{line}: {name}: {what}"), HELP);
        if explanation.is_empty() {
            return Err(broken("no explanation for the learner"));
        }
        let [Fence { line, info, text }] = &fences[..] else {
            return Err(broken(&format!("expected one fence, found {}", fences.len())));
        };
        let wrong = match info.as_str() {
            "diff" => Patch::parse(path, *line, text)?.apply(function.name(), &function.solution())?,
            "rust" => "\n".repeat(line - 1) + text,
            _ => return Err(broken(&format!("an unknown fence {info:?}"))),
        };
        let source = Source::parse(path, wrong)?;
        if source.function(function.name())?.same_body(function) {
            return Err(broken("the body is the reference's own"));
        }
        let name = format!("{}_{name}", function.name());
        if found.iter().any(|other| other.name == name) {
            return Err(broken("a second mistake of this name"));
        }
        found.push(Misconception { function: function.name().to_owned(), name, explanation, source: [source] });
    }
    Ok(found)
}

/// A section of a file of mistakes; lines are counted from 1.
struct Section {
    line: usize,
    name: String,
    explanation: String,
    fences: Vec<Fence>,
}

struct Fence {
    /// The line after the fence's first one.
    line: usize,
    info: String,
    text: String,
}

fn sections(text: &str) -> Vec<Section> {
    let mut sections: Vec<Section> = Vec::new();
    let mut fence: Option<Fence> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(open) = &mut fence {
            if line.trim_end() == "```" {
                let done = fence.take();
                if let Some(section) = sections.last_mut() {
                    section.fences.extend(done);
                }
            } else {
                open.text.extend([line, "\n"]);
            }
        } else if let Some(info) = line.strip_prefix("```") {
            fence = Some(Fence { line: index + 2, info: info.trim().to_owned(), text: String::new() });
        } else if let Some(name) = line.strip_prefix("## ") {
            let (name, explanation) = (name.trim().to_owned(), String::new());
            sections.push(Section { line: index + 1, name, explanation, fences: Vec::new() });
        } else if let Some(section) = sections.last_mut() {
            let words = section.explanation.split_whitespace().chain(line.split_whitespace());
            section.explanation = words.collect::<Vec<_>>().join(" ");
        }
    }
    sections
}

/// Runs a mistake on the cases of its function; `program` is what [`compile`] made of all of them. The answer to each case,
/// as far as it came.
///
/// # Errors
/// When the sandbox cannot be set up.
pub fn run(compiler: &Compiler, program: &Path, mistake: &Misconception, cases: &[Case]) -> Result<Vec<Option<Frame>>> {
    let cases: Vec<&Case> = cases.iter().filter(|case| case.function == mistake.function).collect();
    let calls = calls(cases.iter().copied(), &mistake.name);
    let Run { frames, .. } = compiler.execute(program, &calls, cases.len(), bytes(cases.iter().copied()))?;
    let mut frames: Vec<Option<Frame>> = frames.into_iter().map(Some).collect();
    frames.resize(cases.len(), None);
    Ok(frames)
}

/// One program with all mistakes of an assignment; compiled once for every version of them.
///
/// # Errors
/// When they do not compile.
pub fn compile(compiler: &Compiler, assignment: &Assignment, all: &[Misconception]) -> Result<PathBuf> {
    let mut modules = Vec::new();
    for mistake in all {
        let upstream = assignment.upstream(&mistake.function);
        let keep = |name: &str| {
            if name == mistake.function {
                Keep::Submitted
            } else if upstream.contains(name) {
                Keep::Reference
            } else {
                Keep::Stub
            }
        };
        let items = splice(&assignment.reference, &mistake.source, &mistake.name, &Selection::all(&keep));
        let call = assignment::call(assignment, &mistake.function, &mistake.name)?;
        modules.push(Module { name: mistake.name.clone(), items, calls: vec![call] });
    }
    cached(compiler, &text::answering(&modules))
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFERENCE: &str = "\
pub fn twice(x: f64) -> f64 {
    // START CODE HERE
    //~ let y: f64 = todo!();
    let y = 2.0 * x; // once for each hand
    // END CODE HERE
    y
}
";

    fn read(text: &str) -> Result<Vec<Misconception>> {
        let reference = Source::parse_reference("twice.rs", REFERENCE).unwrap();
        mistakes("m.md", text, &reference.function("twice").unwrap())
    }

    #[test]
    fn a_mistake_is_a_change_or_a_whole_function() {
        let text = "# Title\n\n## squared\n\nAdd it,\ndo not multiply.\n\n```diff\n- let y = 2.0 * x;\n+ let y = x * x;\n```\n\n\
                    ## thrice\n\nTwo, not three.\n\n```rust\npub fn twice(x: f64) -> f64 {\n    x + x + x\n}\n```\n";
        let found = read(text).unwrap();
        let named: Vec<(&str, &str)> = found.iter().map(|mistake| (&*mistake.name, &*mistake.explanation)).collect();
        assert_eq!(named, [("twice_squared", "Add it, do not multiply."), ("twice_thrice", "Two, not three.")]);
        assert!(found[0].source[0].text().contains("let y = x * x;"));
        assert_eq!(found[1].source[0].function("twice").unwrap().line(), 18);
    }

    #[track_caller]
    fn check(section: &str, says: &str) {
        let error = read(&format!("# Title\n\n## a\n{section}")).unwrap_err().to_string();
        assert!(error.starts_with(says), "{error}");
    }

    #[test]
    fn what_does_not_fit_is_named_by_file_and_line() {
        check(
            "Why.\n```diff\n- let y = 3.0 * x;\n```\n",
            "m.md:6: `let y = 3.0 * x;` stands nowhere in twice, expected",
        );
        check("Why.\n```diff\n  let y = 2.0 * x;\n```\n", "m.md:3: a: the body is the reference's own");
        check("```diff\n- let y = 2.0 * x;\n```\n", "m.md:3: a: no explanation");
        check("Why.\n", "m.md:3: a: expected one fence, found 0");
        check("Why.\n```rust\nfn other() {}\n```\n", "m.md:1: no function twice");
        check("Why.\n```rust\nfn twice() 5\n```\n", "m.md:6: ");
    }
}
