/*!
What a class is given holds the chosen functions as stubs, and no answer: no body, no hidden input, no typical mistake and
no sentence about one.
*/

use course::{Assignment, Chapter, Root, Source, files};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Output};

fn root() -> Root {
    Root::find(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap()
}

fn workbook(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_workbook")).args(arguments).current_dir(&*root()).output().unwrap()
}

/// The text without what an editor may change: one line, one blank between words.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The texts of a hand-out; a notebook's code and prose are unescaped.
fn texts(folder: &Path) -> Vec<(String, String)> {
    let all = files::contents(folder, &[&folder.join("target")]).unwrap();
    let texts = all.into_iter().filter_map(|(path, bytes)| Some((path, String::from_utf8(bytes).ok()?)));
    let unescaped = |(path, text): (std::path::PathBuf, String)| {
        let name = path.to_string_lossy().into_owned();
        if !name.ends_with(".ipynb") {
            return (name, squeezed(&text));
        }
        let notebook: serde_json::Value = serde_json::from_str(&text).unwrap();
        let cells: Vec<String> = notebook["cells"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cell| course::notebook::joined(&cell["source"]))
            .collect();
        (name, squeezed(&cells.join("\n")))
    };
    texts.map(unescaped).collect()
}

/// The lines between the markers of a solution that its stub does not show.
fn secret_lines(chapter: &Chapter, name: &str) -> Vec<String> {
    let function = chapter.function(name);
    let (solution, stub) = (function.solution(), squeezed(&function.stub()));
    let mut secret = Vec::new();
    let mut inside = false;
    for line in solution.lines() {
        inside = (inside || line.contains("START CODE HERE")) && !line.contains("END CODE HERE");
        let line = squeezed(line.split(" // ").next().unwrap_or(line));
        if inside && line.len() > 25 && !line.starts_with("//") && !stub.contains(&line) {
            secret.push(line);
        }
    }
    secret
}

/// The sentences of the typical mistakes: the prose of their files.
fn sentences(root: &Root, assignment: &str, function: &str) -> Vec<String> {
    let text = std::fs::read_to_string(root.misconceptions(assignment, function)).unwrap();
    let mut is_code = false;
    let mut sentences = Vec::new();
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code && !line.starts_with('#') && line.len() > 40 {
            sentences.push(squeezed(line));
        }
    }
    sentences
}

#[test]
fn a_handout_holds_stubs_and_no_answer() {
    let root = root();
    let place = tempfile::tempdir().unwrap();
    let (mut checked, mut leaks) = (0, Vec::new());
    for (name, arguments) in [
        ("three", vec!["--stub", "zero_pad,conv_forward,identity_block"]),
        ("one", vec!["--stub", "happy_model"]),
        ("all", vec!["--all"]),
    ] {
        let folder = place.path().join(name);
        let to = folder.to_str().unwrap();
        let output = workbook(&[&["export", "--to", to][..], &arguments].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let texts = texts(&folder);
        let given = Chapter::read_all(&root, &[]).unwrap();
        let read = |chapter: &Chapter| squeezed(&std::fs::read_to_string(root.join(&chapter.path)).unwrap());
        let proses: Vec<String> = given.iter().map(read).collect();
        for chapter in &given {
            let assignment = chapter.graded.as_deref().unwrap();
            let is_stub = |name: &&str| arguments[0] == "--all" || arguments[1].split(',').any(|stub| stub == *name);
            let exercises: Vec<&str> = chapter.exercises().map(|exercise| exercise.name.as_str()).collect();
            let stubs: BTreeSet<&str> = exercises.iter().copied().filter(|name| is_stub(name)).collect();
            let handed_out = folder.join(format!("src/graded/{assignment}.rs"));
            assert_eq!(handed_out.exists(), !stubs.is_empty(), "{name}: {assignment}");
            for function in &exercises {
                // Of an assignment that is handed out, the other functions are given.
                if !stubs.is_empty() && !stubs.contains(function) {
                    let source = std::fs::read_to_string(&handed_out).unwrap();
                    let solution = squeezed(&chapter.function(function).solution());
                    let body = Source::parse_reference("a.rs", source).unwrap();
                    assert_eq!(squeezed(&body.function(function).unwrap().solution()), solution);
                    continue;
                }
                // A line that another function or a chapter has, too, is no secret.
                let others = given.iter().flat_map(|other| other.exercises().map(move |exercise| (other, exercise)));
                let known: String = others
                    .filter(|(_, exercise)| exercise.name != *function)
                    .map(|(other, exercise)| squeezed(&other.function(&exercise.name).solution()))
                    .chain(proses.iter().cloned())
                    .collect();
                for line in secret_lines(chapter, function).iter().filter(|line| !known.contains(*line)) {
                    checked += 1;
                    let holders = texts.iter().filter(|(_, text)| text.contains(line));
                    leaks.extend(holders.map(|(path, _)| format!("{name}: {path}: a line of {function}: {line}")));
                }
                // A visible test may say the same sentence: the chapter shows it.
                let shown = |sentence: &String| proses.iter().any(|prose| prose.contains(sentence));
                for sentence in sentences(&root, assignment, function).into_iter().filter(|sentence| !shown(sentence)) {
                    checked += 1;
                    let holders = texts.iter().filter(|(_, text)| text.contains(&sentence));
                    leaks.extend(holders.map(|(path, _)| format!("{name}: {path}: on {function}: {sentence}")));
                }
            }
            if !stubs.is_empty() {
                let source = Source::parse("a.rs", std::fs::read_to_string(&handed_out).unwrap()).unwrap();
                for stub in &stubs {
                    assert!(source.function(stub).unwrap().body().contains("todo!("), "{stub} compiles as a stub");
                }
                let path = folder.join(format!("notebooks/student/{}.ipynb", chapter.notebook));
                let notebook = std::fs::read_to_string(path).unwrap();
                for function in &exercises {
                    let is_stub = notebook.contains(&format!("todo!(\\\"{function}:"));
                    assert_eq!(is_stub, stubs.contains(function), "{name}: {}: {function}", chapter.notebook);
                }
            }
        }
        // Nothing of the grader: neither cases, which draw the hidden inputs, nor typical mistakes.
        assert!(!folder.join("grader").exists());
        let cases: Vec<String> = Assignment::names(&root)
            .unwrap()
            .iter()
            .flat_map(|name| {
                let text = std::fs::read_to_string(root.cases().join(format!("{name}.rs"))).unwrap();
                text.lines().map(squeezed).filter(|line| line.contains("cases.hidden(")).collect::<Vec<_>>()
            })
            .collect();
        for (path, text) in &texts {
            for case in &cases {
                assert!(!text.contains(case), "{name}: {path} holds a case: {case}");
            }
        }
    }
    assert!(leaks.is_empty(), "{}", leaks.join("\n"));
    assert!(checked > 100, "{checked}");
}

#[test]
fn what_cannot_be_exported_is_said_and_nothing_is_written() {
    let place = tempfile::tempdir().unwrap();
    let to = place.path().join("class");
    let output = workbook(&["export", "--to", to.to_str().unwrap(), "--stub", "zero_pda"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("no graded function \"zero_pda\"") && said.contains("zero_pad"), "{said}");
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 0);
    std::fs::create_dir(&to).unwrap();
    std::fs::write(to.join("work.txt"), "mine").unwrap();
    let output = workbook(&["export", "--to", to.to_str().unwrap(), "--all"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is there already"));
    assert_eq!(std::fs::read_to_string(to.join("work.txt")).unwrap(), "mine");
}
