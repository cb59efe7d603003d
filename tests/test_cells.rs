/*!
The test cells of the first chapter: red for every wrong body, green for every right one.

One program is compiled from the chapter's cells and all bodies, each in a module of its own with the reference for the
functions that it does not have. Bodies: those in `fixtures/wrong_bodies`, and those in `../shared/mistakes` where that
folder is there.
*/

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::SystemTime;

const FUNCTIONS: [&str; 8] = [
    "zero_pad",
    "conv_single_step",
    "conv_forward",
    "pool_forward",
    "conv_backward",
    "create_mask_from_window",
    "distribute_value",
    "pool_backward",
];

/// One learner's functions.
struct Body {
    name: String,
    /// What is wrong, or `None` if nothing is.
    mistake: Option<String>,
    /// What the sentence after `help:` has to contain; empty if anything will do.
    help: String,
    functions: Vec<(String, String)>,
}

#[test]
fn wrong_bodies_are_red_and_right_ones_green() {
    let mut bodies = own_bodies();
    assert!(bodies.len() > 10, "bodies of our own");
    bodies.extend(shared_bodies());
    let outcomes = run(&bodies);
    let mut wrong = Vec::new();
    for body in &bodies {
        for (function, _) in &body.functions {
            let message = &outcomes[&(body.name.clone(), function.clone())];
            // An assertion of the given part of a function says what it expected instead.
            let explained = message.contains("\nhelp: ") || message.contains("expected");
            let (red, fits) = (!message.is_empty(), explained && message.contains(&body.help));
            if red != body.mistake.is_some() || red && !fits {
                let what = body.mistake.as_deref().unwrap_or("nothing is wrong");
                wrong.push(format!("{}, {function} ({what}):\n{message}", body.name));
            }
        }
    }
    assert!(wrong.is_empty(), "{} bodies get the wrong answer:\n\n{}", wrong.len(), wrong.join("\n\n"));
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The function `name` of a source text, from its signature to its closing brace.
fn function(source: &str, name: &str) -> String {
    let start = source.find(&format!("pub fn {name}(")).unwrap_or_else(|| panic!("no function {name}"));
    let end = source[start..].find("\n}\n").expect("a closing brace at the start of a line");
    source[start..start + end + 3].to_owned()
}

/// The bodies beside this test. The first lines say what is wrong and what the help has to mention:
/// `// mistake: …` and `// help: …`.
fn own_bodies() -> Vec<Body> {
    let dir = root().join("tests/fixtures/wrong_bodies");
    let mut bodies = Vec::new();
    for path in sorted(&dir) {
        let source = std::fs::read_to_string(&path).expect("a body");
        let line =
            |key: &str| source.lines().find_map(|line| line.strip_prefix(key)).unwrap_or_default().trim().to_owned();
        let defined = FUNCTIONS.iter().filter(|name| source.contains(&format!("pub fn {name}(")));
        bodies.push(Body {
            name: path.file_stem().expect("a name").to_string_lossy().into_owned(),
            mistake: Some(line("// mistake:")).filter(|mistake| !mistake.is_empty()),
            help: line("// help:"),
            functions: defined.map(|name| ((*name).to_owned(), function(&source, name))).collect(),
        });
    }
    bodies
}

/// The bodies of the folder `../shared/mistakes`, if it is there.
fn shared_bodies() -> Vec<Body> {
    let dir = root().join("../shared/mistakes");
    let Ok(list) = std::fs::read_to_string(dir.join("mistakes.json")) else {
        eprintln!("skipped: no {}", dir.display());
        return Vec::new();
    };
    let list: serde_json::Value = serde_json::from_str(&list).expect("a list of mistakes");
    let mut bodies = Vec::new();
    for entry in list.as_array().expect("a list") {
        let text = |key: &str| entry[key].as_str().unwrap_or_default().to_owned();
        if text("assignment") != "conv_step_by_step" {
            continue;
        }
        let path = dir.join("conv_step_by_step").join(text("id") + ".rs");
        let Ok(source) = std::fs::read_to_string(&path) else { continue };
        let names = entry["functions"].as_array().expect("names").iter().map(|name| name.as_str().expect("a name"));
        let right = text("kind").starts_with("right");
        bodies.push(Body {
            name: text("id"),
            mistake: (!right).then(|| text("what")),
            help: String::new(),
            functions: names.map(|name| (name.to_owned(), function(&source, name))).collect(),
        });
    }
    bodies
}

fn sorted(dir: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(dir).unwrap_or_else(|error| panic!("{}: {error}", dir.display()));
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

/// The chapter's test cells by the function that they test.
fn test_cells() -> BTreeMap<String, String> {
    let chapter = std::fs::read_to_string(root().join("workbook/chapters/1_step_by_step.md")).expect("the chapter");
    let mut cells = BTreeMap::new();
    for part in chapter.split("```rust test=").skip(1) {
        let (name, rest) = part.split_once('\n').expect("a fence's first line");
        let code = rest.split("\n```").next().expect("a fence's end");
        cells.insert(name.trim().to_owned(), code.to_owned());
    }
    assert_eq!(cells.len(), FUNCTIONS.len(), "a test cell for each function");
    cells
}

/// What each body's functions get from their test cells: nothing when all is well, else the message.
fn run(bodies: &[Body]) -> BTreeMap<(String, String), String> {
    let cells = test_cells();
    let reference = std::fs::read_to_string(root().join("src/graded/conv_step_by_step.rs")).expect("the reference");
    let mut program = String::from("#![allow(warnings)]\nmod reference {\nuse cnn::prelude::*;\n");
    for name in FUNCTIONS {
        program += &function(&reference, name);
    }
    program += "}\n";
    let mut calls = String::new();
    for (index, body) in bodies.iter().enumerate() {
        writeln!(program, "mod body_{index} {{\nuse cnn::prelude::*;\nuse crate::reference::*;").expect("a string");
        for (name, code) in &body.functions {
            writeln!(program, "{code}\npub fn run_{name}() {{\n{}\n}}", cells[name]).expect("a string");
            writeln!(calls, "    tell({:?}, {name:?}, body_{index}::run_{name});", body.name).expect("a string");
        }
        program += "}\n";
    }
    writeln!(
        program,
        "fn tell(body: &str, function: &str, run: fn()) {{
    let outcome = std::panic::catch_unwind(run);
    let message = match &outcome {{
        Ok(()) => \"\",
        Err(e) => e.downcast_ref::<String>().map(String::as_str).or(e.downcast_ref::<&str>().copied()).unwrap_or(\"?\"),
    }};
    println!(\"{{}}\", [\"outcome\", body, function, &format!(\"{{message:?}}\")].join(\"\\t\"));
}}
fn main() {{
    std::panic::set_hook(Box::new(|_| ()));
{calls}}}"
    )
    .expect("a string");
    outcomes(&compile_and_run(&program))
}

fn outcomes(printed: &str) -> BTreeMap<(String, String), String> {
    let mut outcomes = BTreeMap::new();
    for line in printed.lines() {
        if let ["outcome", body, function, message] = line.split('\t').collect::<Vec<_>>()[..] {
            let message = message[1..message.len() - 1].replace("\\n", "\n").replace("\\\"", "\"");
            outcomes.insert((body.to_owned(), function.to_owned()), message);
        }
    }
    outcomes
}

/// Compiles a program against the library that this test was built with, and runs it.
fn compile_and_run(program: &str) -> String {
    let dir = tempfile::tempdir().expect("a folder");
    let (source, binary) = (dir.path().join("cells.rs"), dir.path().join("cells"));
    std::fs::write(&source, program).expect("the program");
    let deps = std::env::current_exe().expect("this test").parent().expect("its folder").to_owned();
    let mut libraries: Vec<PathBuf> = sorted(&deps);
    libraries.retain(|path| {
        let name = path.file_name().expect("a name").to_string_lossy();
        name.starts_with("libcnn-") && name.ends_with(".rlib")
    });
    let modified = |path: &PathBuf| path.metadata().and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    let newest = libraries.into_iter().max_by_key(modified).expect("the library that this test is linked with");
    let compiled = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()))
        .args(["--edition=2024", "-C", "overflow-checks=on", "-C", "debug-assertions=on", "-L"])
        .arg(format!("dependency={}", deps.display()))
        .arg("--extern")
        .arg(format!("cnn={}", newest.display()))
        .args(native_folders(&deps).iter().flat_map(|folder| ["-L".to_owned(), folder.clone()]))
        .args([&source, Path::new("-o"), &binary])
        .output()
        .expect("rustc");
    assert!(compiled.status.success(), "{}", String::from_utf8_lossy(&compiled.stderr));
    let run = Command::new(&binary).output().expect("the compiled cells");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
    String::from_utf8_lossy(&run.stdout).into_owned()
}

/// Where the build scripts found the libraries that are not Rust's, such as libhdf5.
fn native_folders(deps: &Path) -> Vec<String> {
    let mut folders = Vec::new();
    for script in sorted(&deps.join("../build")) {
        let Ok(output) = std::fs::read_to_string(script.join("output")) else { continue };
        let lines = output.lines().map(|line| line.replacen("cargo::", "cargo:", 1));
        folders.extend(lines.filter_map(|line| Some(line.strip_prefix("cargo:rustc-link-search=")?.to_owned())));
    }
    folders.sort();
    folders.dedup();
    folders
}
