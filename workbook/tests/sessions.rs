/*!
Sessions with the real evcxr, through `workbook run` and `workbook check`: every failure of a cell is a failure, every
output comes, in order, in the cell that made it.

The tests share the compiled helper crate under `target/workbook`; the first run in a clean clone compiles it.
*/

use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A notebook in a folder of its own, two levels below `target`.
struct Notebook {
    folder: tempfile::TempDir,
}

impl Notebook {
    /// All cells may raise if `tags` says so; the notebook has one cell for each source.
    fn new(sources: &[&str], tags: &[&str]) -> Notebook {
        let folder = tempfile::Builder::new().prefix("nb-").tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let cells: Vec<Value> = sources
            .iter()
            .enumerate()
            .map(|(index, source)| {
                json!({ "cell_type": "code", "id": format!("c{index}"), "metadata": { "tags": tags },
                    "execution_count": null, "outputs": [], "source": source })
            })
            .collect();
        let notebook = json!({ "nbformat": 4, "nbformat_minor": 5, "metadata": { "kept": 1 }, "cells": cells });
        std::fs::write(folder.path().join("in.ipynb"), notebook.to_string()).unwrap();
        Notebook { folder }
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command.args(["run", "in.ipynb", "-o", "out.ipynb"]).args(arguments).current_dir(self.folder.path());
        command
    }

    fn executed(&self) -> Value {
        serde_json::from_str(&std::fs::read_to_string(self.folder.path().join("out.ipynb")).unwrap()).unwrap()
    }

    fn run(&self, arguments: &[&str]) -> (Output, Value) {
        let output = self.command(arguments).output().unwrap();
        (output, self.executed())
    }
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

fn text(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => String::new(),
    }
}

/// What a cell printed on standard output.
fn stdout(notebook: &Value, cell: usize) -> String {
    let outputs = notebook["cells"][cell]["outputs"].as_array().unwrap();
    outputs.iter().filter(|output| output["name"] == "stdout").map(|output| text(&output["text"])).collect()
}

/// A cell's error: its name, its message, and the rest.
#[track_caller]
fn error(notebook: &Value, cell: usize) -> (String, String, String) {
    let outputs = notebook["cells"][cell]["outputs"].as_array().unwrap();
    let error = outputs.last().filter(|output| output["output_type"] == "error");
    let error = error.unwrap_or_else(|| panic!("cell {cell} has no error: {outputs:#?}"));
    let trace: Vec<&str> = error["traceback"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
    (text(&error["ename"]), text(&error["evalue"]), trace.join("\n"))
}

#[test]
fn every_failure_of_a_cell_is_an_error() {
    let notebook = Notebook::new(
        &[
            "let kept: i32 = 7;",
            "let lost: i32 = 1; print!(\"half a line\"); panic!(\"boom\\nsecond line\");",
            "println!(\"{kept}\");",
            "assert_eq!(kept, 8, \"seven\");",
            "std::fs::read_to_string(\"/does/not/exist\")?;",
            "let wrong: i32 = \"text\";",
            "let caught = std::panic::catch_unwind(|| panic!(\"caught\")).is_err(); println!(\"{caught} {kept}\");",
            "print!(\"before\"); std::process::exit(3);",
            "println!(\"{kept}\");",
            "fn twice(x: i32) -> i32 { 2 * x }\nlet again: i32 = twice(4);",
            "std::process::abort();",
            "fn deep(n: u64) -> u64 { std::hint::black_box(1 + deep(n + 1)) }\nprintln!(\"{}\", deep(0));",
            "println!(\"{}\", twice(21));",
            ":nonsense",
        ],
        &["raises-exception"],
    );
    let (output, notebook) = notebook.run(&[]);
    assert!(output.status.success(), "{}", stderr(&output));

    let (name, message, trace) = error(&notebook, 1);
    assert_eq!((name.as_str(), message.as_str()), ("Panic", "boom\nsecond line"));
    assert!(trace.contains("at cell [2], line 1"), "{trace}");
    assert_eq!(stdout(&notebook, 1), "half a line");
    assert_eq!(stdout(&notebook, 2), "7\n", "a variable survives a panic");
    let (name, message, _) = error(&notebook, 3);
    assert_eq!(name, "Panic");
    assert!(message.contains("seven") && message.contains("right: 8"), "{message}");
    let (name, message, _) = error(&notebook, 4);
    assert_eq!(name, "Error");
    assert!(message.contains("No such file"), "{message}");
    let (name, message, trace) = error(&notebook, 5);
    assert_eq!((name.as_str(), message.as_str()), ("CompileError", "error[E0308]: mismatched types"));
    assert!(trace.contains("1 | let wrong: i32 = \"text\";"), "{trace}");
    assert_eq!(stdout(&notebook, 6), "true 7\n", "a panic that the cell catches is none");
    let (name, message, trace) = error(&notebook, 7);
    assert_eq!(name, "ProcessDied");
    assert!(message.contains("exit code 3"), "{message}");
    assert!(trace.contains("all variables are as they were before this cell"), "{trace}");
    assert_eq!(stdout(&notebook, 7), "before");
    assert_eq!(stdout(&notebook, 8), "7\n", "a variable survives its process");
    assert_eq!(notebook["cells"][9]["outputs"], json!([]));
    assert!(error(&notebook, 10).1.contains("abort"));
    assert!(error(&notebook, 11).1.contains("calls itself without end"));
    assert_eq!(stdout(&notebook, 12), "42\n", "functions outlive a process");
    assert_eq!(error(&notebook, 13).0, "CompileError");
    assert_eq!(notebook["metadata"]["kept"], 1);
    assert_eq!(notebook["cells"][13]["execution_count"], 14);
}

/// The process for the cells gets its commands another way; what a cell reads is at its end.
#[test]
fn a_cell_that_reads_its_input_finds_the_end_at_once() {
    let notebook = Notebook::new(
        &[
            "let mut line: String = String::new();\nprintln!(\"{}\", std::io::stdin().read_line(&mut line)?);",
            "use std::io::Read;\nlet mut all: String = String::new();\nstd::io::stdin().lock().read_to_string(&mut all)?;\n\
             println!(\"{all:?}\");",
            "println!(\"{}\", std::process::Command::new(\"cat\").output()?.stdout.len());",
            "println!(\"{line:?}\");",
        ],
        &[],
    );
    let (output, notebook) = notebook.run(&["--limit", "60"]);
    assert!(output.status.success(), "{}", stderr(&output));
    let printed: Vec<String> = (0..4).map(|cell| stdout(&notebook, cell)).collect();
    assert_eq!(printed, ["0\n", "\"\"\n", "0\n", "\"\"\n"]);
}

/// A notebook that was moved away from the course, as a Windows editor saves it.
#[test]
fn a_notebook_in_another_folder_uses_the_course_of_the_program() {
    let folder = tempfile::tempdir().unwrap();
    let cell = |source: &str| json!({ "cell_type": "code", "metadata": {}, "execution_count": null, "outputs": [], "source": source });
    let cells = [
        cell(":dep cnn = { path = \"../..\", default-features = false }\nuse cnn::prelude::*;"),
        cell("println!(\"{}\", np::shape(&Array2::<f64>::zeros((2, 3))));"),
    ];
    let notebook = json!({ "nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells }).to_string();
    let notebook = notebook.replacen("\"metadata\":{}", "\"metadata\":{\"loss\":NaN,\"cut\":\"\\ud83d\"}", 1);
    std::fs::write(folder.path().join("moved.ipynb"), format!("\u{feff}{notebook}")).unwrap();
    std::fs::write(folder.path().join("._moved.ipynb"), b"\x00\x05\x16\x07\xff").unwrap();
    let run = |name: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command.args(["run", name]).current_dir(folder.path()).output().unwrap()
    };
    let output = run("moved.ipynb");
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(String::from_utf8_lossy(&output.stdout), "(2, 3)\n");
    let output = run("._moved.ipynb");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("help: other systems leave hidden companion files"), "{}", stderr(&output));
}

/// The report of a panic and the end of its cell come by different ways; whichever is first, the panic counts.
#[test]
fn no_panic_is_lost() {
    let cells: Vec<String> = (0..40).map(|i| format!("panic!(\"number {i}\");")).collect();
    let notebook = Notebook::new(&cells.iter().map(String::as_str).collect::<Vec<_>>(), &["raises-exception"]);
    let (output, notebook) = notebook.run(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    for i in 0..40 {
        assert_eq!(error(&notebook, i).1, format!("number {i}"));
    }
}

#[test]
fn output_comes_in_order_in_its_own_cell() {
    let figure = |name: &str| {
        format!(
            "println!(\"EVCXR_BEGIN_CONTENT image/svg+xml\\n<svg>{name}</svg>\\nEVCXR_END_CONTENT\");\n\
             println!(\"EVCXR_BEGIN_CONTENT text/plain\\n{name}\\nEVCXR_END_CONTENT\");"
        )
    };
    let two = format!("print!(\"first: \");\n{}\n{}\nprintln!(\"done\");", figure("one"), figure("two"));
    let notebook = Notebook::new(
        &[
            "print!(\"no line end\")",
            &two,
            "eprintln!(\"warned\"); 6 * 7",
            "for i in 0..3 { print!(\"\\r{i}\"); }",
            "println!(\"EVCXR_PANIC\\u{4e}OTIFICATION is only a word here\");",
        ],
        &[],
    );
    let (output, notebook) = notebook.run(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    assert_eq!(stdout(&notebook, 0), "no line end");
    let outputs = notebook["cells"][1]["outputs"].as_array().unwrap();
    let kinds: Vec<&str> = outputs.iter().filter_map(|output| output["output_type"].as_str()).collect();
    assert_eq!(kinds, ["stream", "display_data", "display_data", "stream"]);
    assert_eq!(text(&outputs[1]["data"]["image/svg+xml"]), "<svg>one</svg>");
    assert_eq!(text(&outputs[2]["data"]["text/plain"]), "two");
    let outputs = notebook["cells"][2]["outputs"].as_array().unwrap();
    // Two pipes: which of them is read first is not certain.
    let (warnings, rest): (Vec<_>, Vec<_>) = outputs.iter().partition(|output| output["name"] == "stderr");
    assert_eq!(warnings, [&json!({ "output_type": "stream", "name": "stderr", "text": ["warned\n"] })]);
    assert_eq!(text(&rest[0]["data"]["text/plain"]), "42");
    assert_eq!(stdout(&notebook, 3), "\r0\r1\r2");
    assert_eq!(stdout(&notebook, 4), "EVCXR_PANICNOTIFICATION is only a word here\n");
}

#[test]
fn of_what_is_replaced_the_last_state_stays_and_what_is_taken_away_leaves_nothing() {
    let update = "fn update(id: &str, text: &str) { println!(\"EVCXR_BEGIN_CONTENT text/plain; display-id={id}\\n{text}\\nEVCXR_END_CONTENT\"); }";
    let cells = [
        update,
        "for i in 0..4 { update(\"bar\", &format!(\"{i} of 3\")); println!(\"line {i}\"); }",
        "println!(\"a\"); update(\"bar\", \"0 of 1\"); println!(\"b\"); update(\"bar\", \"\");",
        "println!(\"{:?}\", std::env::var(\"CNN_LIVE\"));",
    ];
    let notebook = Notebook::new(&cells, &[]);
    let (output, notebook) = notebook.run(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let outputs = notebook["cells"][1]["outputs"].as_array().unwrap();
    let shown: Vec<&Value> = outputs.iter().filter(|output| output["output_type"] == "display_data").collect();
    assert_eq!(shown.len(), 1, "{outputs:#?}");
    assert_eq!(text(&shown[0]["data"]["text/plain"]), "3 of 3");
    assert_eq!(stdout(&notebook, 1), "line 0\nline 1\nline 2\nline 3\n");
    let outputs = notebook["cells"][2]["outputs"].as_array().unwrap();
    assert_eq!(outputs, &[json!({ "output_type": "stream", "name": "stdout", "text": ["a\n", "b\n"] })]);
    assert_eq!(stdout(&notebook, 3), "Ok(\"1\")\n");
}

#[test]
fn the_first_error_stops_the_notebook_and_says_what_to_do() {
    let stub = "fn zero_pad(n: usize) -> usize { todo!(\"zero_pad: replace this line by zeros\") }";
    let notebook =
        Notebook::new(&["println!(\"runs\");", stub, "println!(\"{}\", zero_pad(1));", "println!(\"no\");"], &[]);
    let (output, notebook) = notebook.run(&[]);
    assert_eq!(output.status.code(), Some(1));
    let message = stderr(&output);
    assert!(message.contains("cell 3 of 4 (\"c2\") needs zero_pad, which is not written yet"), "{message}");
    assert!(message.contains("help: in the cell of zero_pad"), "{message}");
    assert!(message.contains("replace this line by zeros"), "{message}");
    assert_eq!(stdout(&notebook, 0), "runs\n");
    assert_eq!(error(&notebook, 2).0, "Panic");
    assert_eq!(notebook["cells"][3]["outputs"], json!([]));
    assert_eq!(notebook["cells"][3]["execution_count"], Value::Null);
}

/// What cannot be read or written is told before any cell runs; and nothing is written.
#[test]
fn what_cannot_be_read_or_written_is_told_before_anything_runs() {
    let notebook = Notebook::new(&["std::fs::write(\"ran\", \"\")?;"], &[]);
    let folder = notebook.folder.path();
    std::fs::write(folder.join("text.ipynb"), "no JSON").unwrap();
    std::fs::write(folder.join("short.ipynb"), "{\"cells\": [").unwrap();
    std::fs::write(folder.join("other.ipynb"), "{}").unwrap();
    std::fs::write(folder.join("bytes.ipynb"), [0xFF, 0xFE, 0x80]).unwrap();
    std::fs::create_dir(folder.join("folder")).unwrap();
    let check = |arguments: &[&str], parts: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        let output = command.args(arguments).current_dir(folder).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        for part in parts {
            assert!(stderr(&output).contains(part), "{arguments:?}: `{part}` is missing in:\n{}", stderr(&output));
        }
    };
    check(&["run", "missing.ipynb"], &["cannot read missing.ipynb", "No such file"]);
    check(&["run", "folder"], &["cannot read folder", "directory"]);
    check(&["run", "bytes.ipynb"], &["bytes.ipynb is not a notebook", "UTF-8"]);
    check(&["run", "text.ipynb"], &["text.ipynb is not a notebook", "help: "]);
    check(&["run", "short.ipynb"], &["short.ipynb is not a notebook", "EOF", "help: "]);
    check(&["run", "other.ipynb"], &["other.ipynb is not a notebook of format 4", "help: "]);
    for place in ["text.ipynb/out.ipynb", "folder"] {
        check(&["run", "in.ipynb", "-o", place], &[&format!("{place}: it cannot be written")]);
        check(&["check", "1_step_by_step", "--report", place], &[&format!("{place}: it cannot be written")]);
    }
    check(&["data", "import", "nowhere"], &["nowhere is no folder", "help: "]);
    check(&["data", "import", "folder", "-o", "text.ipynb"], &["it cannot be written", "text.ipynb"]);
    assert!(!folder.join("ran").exists());
    let mut left: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["bytes.ipynb", "folder", "in.ipynb", "other.ipynb", "short.ipynb", "text.ipynb"]);
    assert_eq!(std::fs::read_dir(folder.join("folder")).unwrap().count(), 0);
}

#[test]
fn a_cell_without_end_is_stopped() {
    let cells = ["let kept: i32 = 1;", "println!(\"begun\"); loop { std::hint::spin_loop(); }", "println!(\"on\");"];
    // The limit holds for compiling, too: a machine on which that takes longer gets more time.
    let run = |limit: &str| Notebook::new(&cells, &["raises-exception"]).run(&["--limit", limit]);
    let has_begun = |notebook: &Value| stdout(notebook, 1) == "begun\n";
    let (limit, (output, notebook)) = ["15", "60", "240"]
        .into_iter()
        .map(|limit| (limit, run(limit)))
        .find(|(_, (_, notebook))| has_begun(notebook))
        .expect("the cell begins within four minutes");
    assert!(output.status.success(), "{}", stderr(&output));
    let (name, message, trace) = error(&notebook, 1);
    assert_eq!(name, "Stopped");
    assert!(message.contains(&format!("more than {limit} s")) && trace.contains("as they were"), "{message}\n{trace}");
    assert_eq!(stdout(&notebook, 1), "begun\n");
    assert_eq!(stdout(&notebook, 2), "on\n");
}

#[test]
fn endless_output_is_stopped() {
    let cells = ["loop { println!(\"{}\", \"y\".repeat(1000)); }", "println!(\"on\");"];
    let notebook = Notebook::new(&cells, &["raises-exception"]);
    let (output, notebook) = notebook.run(&[]);
    assert!(output.status.success(), "{}", stderr(&output));
    let (name, message, _) = error(&notebook, 0);
    assert_eq!(name, "Stopped");
    assert!(message.contains("16 MB"), "{message}");
    assert_eq!(stdout(&notebook, 1), "on\n");
}

/// The helper crate comes compiled, for two sessions at once, with no way to the network.
#[test]
fn two_sessions_at_once_begin_with_the_helper_crate_and_no_network() {
    let setup = ":dep cnn = { path = \"../../..\", default-features = false }\nuse cnn::prelude::*;";
    let cells = [setup, "println!(\"{}\", np::str(RandomState::new(1).randn((2, 2)).sum()));"];
    // The first session compiles the crate if nobody has yet; that may need the network.
    assert!(Notebook::new(&cells[..1], &[]).command(&[]).status().unwrap().success());
    let notebooks = [Notebook::new(&cells, &[]), Notebook::new(&cells, &[])];
    let start = |notebook: &Notebook| {
        let mut command = notebook.command(&[]);
        command.env("CARGO_NET_OFFLINE", "true").env("CARGO_HTTP_PROXY", "http://127.0.0.1:9");
        command.spawn().unwrap()
    };
    let children: Vec<_> = notebooks.iter().map(start).collect();
    for (mut child, notebook) in children.into_iter().zip(&notebooks) {
        assert!(child.wait().unwrap().success());
        // np.random.seed(1); print(repr(np.random.randn(2, 2).sum()))
        assert_eq!(stdout(&notebook.executed(), 1), "-0.5885514244064598\n");
    }
}

/// Whether the helper crate is compiled already or not, cargo looks for the crates it stands on.
#[test]
fn without_a_cache_and_a_network_the_way_out_is_told() {
    let setup = ":dep cnn = { path = \"../../..\", default-features = false }\nuse cnn::prelude::*;";
    let notebook = Notebook::new(&[setup], &[]);
    let no_cache = notebook.folder.path().join("cargo_home");
    let mut command = notebook.command(&[]);
    let output = command.env("CARGO_HOME", no_cache).env("CARGO_NET_OFFLINE", "true").output().unwrap();
    assert!(!output.status.success());
    let said = stderr(&output);
    for part in ["cargo cannot download it", "cargo says:", "no matching package", "connect to a network once and run"]
    {
        assert!(said.contains(part), "expected {part:?} in: {said}");
    }
}

fn check(text: &str) -> (Output, Value) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let (chapter, report) = (folder.path().join("9_tiny.md"), folder.path().join("report.json"));
    std::fs::write(&chapter, text).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_workbook"))
        .arg("check")
        .arg(&chapter)
        .arg("--report")
        .arg(&report)
        .current_dir(workspace())
        .output()
        .unwrap();
    let report = std::fs::read_to_string(report).map_or(Value::Null, |text| serde_json::from_str(&text).unwrap());
    (output, report)
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

#[test]
fn check_names_line_expected_and_actual() {
    let text = "+++\ntitle = \"Tiny\"\nnotebook = \"9_tiny\"\n+++\n# Tiny\n\n\
        ```rust\nlet a: f64 = 1.0 / 3.0;\nprintln!(\"{a:.3}\");\n```\n```output\n0.333\n```\n\n\
        ```rust\nprintln!(\"a is {a:.4}\");\n```\n```output tolerance=1e-6\na is 0.334\n```\n\n\
        ```rust\npanic!(\"on purpose\");\n```\n\n```rust\nprintln!(\"{a:.1}\");\n```\n```output\n0.3\n```\n";
    let (output, report) = check(text);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(printed.contains("9_tiny.md:18: the cell of line 15 prints something else"), "{printed}");
    assert!(printed.contains("-a is 0.334\n  +a is 0.3333"), "{printed}");
    assert!(printed.contains("9_tiny.md:22: the cell of line 22 failed: Panic\n  on purpose"), "{printed}");
    assert!(printed.contains("2 of 4 cells are wrong"), "{printed}");
    assert_eq!(report["passed"], false);
    let problems = report["chapters"][0]["problems"].as_array().unwrap();
    assert_eq!((problems[0]["line"].as_u64(), &problems[0]["expected"]), (Some(18), &json!("a is 0.334\n")));
    assert_eq!((problems[1]["kind"].as_str(), problems[1]["message"].as_str()), (Some("Panic"), Some("on purpose")));
}

#[test]
fn a_broken_chapter_or_an_unknown_name_is_told_before_anything_runs() {
    let (output, _) = check("+++\ntitle = \"T\"\nnotebook = \"t\"\n+++\n\n```rust points=3\n1\n```\n");
    assert_eq!(output.status.code(), Some(2));
    assert!(stderr(&output).contains("9_tiny.md:6: points belong to an exercise"), "{}", stderr(&output));
    let output =
        Command::new(env!("CARGO_BIN_EXE_workbook")).args(["check", "0_nothing"]).current_dir(workspace()).output();
    assert!(stderr(&output.unwrap()).contains("there is no chapter \"0_nothing\"\nhelp: the chapters are"));
}

#[test]
fn photos_are_imported_or_the_folder_is_told_what_it_lacks() {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let import = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_workbook"));
        command.args(["data", "import", "photos", "-o", "out"]).current_dir(folder.path()).output().unwrap()
    };
    std::fs::create_dir(folder.path().join("photos")).unwrap();
    let empty = import();
    assert_eq!(empty.status.code(), Some(2));
    assert!(stderr(&empty).contains("no file with the extension of a picture"), "{}", stderr(&empty));
    for label in 0..6u8 {
        for copy in 0..2u8 {
            let name = folder.path().join(format!("photos/{label}_{copy}.png"));
            std::fs::write(name, png_of_one_pixel([40 * label, 100 * copy, 7])).unwrap();
        }
    }
    let made = import();
    assert!(made.status.success(), "{}", stderr(&made));
    let printed = String::from_utf8_lossy(&made.stdout).into_owned();
    assert!(printed.contains("6 pictures for training") && printed.contains("6 pictures for testing"), "{printed}");
    assert!(folder.path().join("out/train_signs.h5").exists() && folder.path().join("out/test_signs.h5").exists());
    let again = import();
    assert_eq!(again.status.code(), Some(2));
    assert!(stderr(&again).contains("help: move it away"), "{}", stderr(&again));
}

/// The smallest picture there is, written out so that this package needs no crate for pictures.
fn png_of_one_pixel([red, green, blue]: [u8; 3]) -> Vec<u8> {
    let crc = |bytes: &[u8]| {
        !bytes.iter().fold(!0u32, |crc, &byte| {
            (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
        })
    };
    let chunk = |kind: &[u8], data: &[u8]| {
        let body = [kind, data].concat();
        [&(data.len() as u32).to_be_bytes(), body.as_slice(), &crc(&body).to_be_bytes()].concat()
    };
    let row = [0, red, green, blue]; // no filter, then the pixel
    let (a, b) = row.iter().fold((1u32, 0u32), |(a, b), &byte| (a + u32::from(byte), a + u32::from(byte) + b));
    let adler = ((b % 65521) << 16) | (a % 65521);
    // zlib with one stored block of four bytes
    let data = [&[0x78, 0x01, 0x01, 4, 0, 0xFB, 0xFF], row.as_slice(), &adler.to_be_bytes()].concat();
    let header = [0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0];
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(b"IHDR", &header), &chunk(b"IDAT", &data), &chunk(b"IEND", &[])].concat()
}
