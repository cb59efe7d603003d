/*!
Files that are made to cost a reader more than they hold: each ends within two seconds of processor time and 300 MB, as
graded or with a refusal that says why.

What is measured is the program up to the point where it would compile: an assignment is named that does not exist.
*/

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::time::Duration;

/// Bytes of code that a submission may hold.
const CODE: usize = 256 << 10;
/// Bytes of a file.
const FILE: usize = 31 << 20;

/// What a file came to: the exit code, the error, processor time and the largest memory of a process.
struct Cost {
    status: ExitStatus,
    error: String,
    cpu: Duration,
    memory: u64,
}

#[expect(clippy::zombie_processes, reason = "wait4 below waits, and says what was used")]
fn read(file: &Path) -> Cost {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
    command.args(["grade", "--assignment", "none"]).arg(file);
    let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stderr = child.stderr.take().unwrap();
    let mut error = String::new();
    std::io::Read::read_to_string(&mut stderr, &mut error).unwrap();
    let mut status = 0;
    // SAFETY: numbers only; the kernel fills them in. The child is waited for nowhere else.
    let usage = unsafe {
        let mut usage: libc::rusage = std::mem::zeroed();
        assert!(libc::wait4(child.id() as i32, &mut status, 0, &mut usage) > 0);
        usage
    };
    let time = |time: libc::timeval| Duration::new(time.tv_sec as u64, time.tv_usec as u32 * 1000);
    Cost {
        status: ExitStatus::from_raw(status),
        error,
        cpu: time(usage.ru_utime) + time(usage.ru_stime),
        memory: usage.ru_maxrss as u64 * 1024,
    }
}

/// `text` as often as it fits into `bytes`.
fn fill(text: &str, bytes: usize) -> String {
    text.repeat(bytes / text.len())
}

/// `open`, again and again, then `close` as often.
fn nest(open: &str, inner: &str, close: &str, bytes: usize) -> String {
    let times = bytes / (open.len() + close.len());
    open.repeat(times) + inner + &close.repeat(times)
}

fn notebook(metadata: &str, cells: &str) -> String {
    format!("{{\"metadata\": {metadata}, \"nbformat\": 4, \"cells\": [{cells}]}}")
}

/// The name of a file, what makes its contents, and what the error says of it; `""` where it can be read.
type Sample = (&'static str, Box<dyn Fn() -> String>, &'static str);

fn files() -> Vec<Sample> {
    let cell = r#"{"cell_type":"code","id":"a","source":""}"#;
    let code = move |source: String| notebook("{}", &format!("{{\"cell_type\": \"code\", \"source\": {source}}}"));
    let function = move |body: String| format!("pub fn zero_pad() {{ {body} }}\n");
    let large = CODE - 100;
    vec![
        ("nested_use.rs", Box::new(move || format!("use {}; ", nest("a::{x, ", "y", "}", large))), ""),
        ("nested_use_of_one.rs", Box::new(move || format!("use {}; ", nest("a::{", "y", "}", large))), ""),
        ("a_long_path.rs", Box::new(move || format!("use {}b;", fill("a::", large))), ""),
        ("many_uses.rs", Box::new(move || fill("use a::b;\n", large)), "functions, types and imports"),
        ("many_functions.rs", Box::new(move || fill("fn f(){}\n", large)), "functions, types and imports"),
        ("many_macros.rs", Box::new(move || fill("m!();\n", large)), "functions, types and imports"),
        ("brackets.rs", Box::new(move || function(nest("(", "0", ")", large))), ""),
        ("blocks.rs", Box::new(move || function(nest("{", "0", "}", large))), ""),
        ("modules.rs", Box::new(move || nest("mod a{", "", "}", large)), ""),
        ("types.rs", Box::new(move || format!("fn f(x: {}) {{}}", nest("A<", "u8", ">", large))), ""),
        ("references.rs", Box::new(move || format!("fn f(x: {}u8) {{}}", fill("&", large))), ""),
        ("negations.rs", Box::new(move || function(fill("!", large) + "0")), ""),
        ("a_long_sum.rs", Box::new(move || function(fill("1+", large) + "1")), ""),
        ("a_long_chain.rs", Box::new(move || function("x".to_owned() + &fill(".a()", large))), ""),
        ("else_if.rs", Box::new(move || function(fill("if a {} else ", large) + "{}")), ""),
        ("closures.rs", Box::new(move || function(fill("|x|", large) + "0")), ""),
        ("patterns.rs", Box::new(move || function(format!("let {} = x;", nest("(", "a", ",)", large)))), ""),
        ("attributes.rs", Box::new(move || fill("#[a]", large) + "fn f() {}"), ""),
        ("broken_pieces.rs", Box::new(move || fill("fn f( {\n", large)), ""),
        ("open_brackets.rs", Box::new(move || function(fill("(", large))), ""),
        ("strings.rs", Box::new(move || function(fill("\"a\";", large))), ""),
        ("more_code_than_is_read.rs", Box::new(move || fill("// code\n", 2 * CODE)), "bytes of code, more than"),
        ("metadata_of_lists.ipynb", Box::new(move || notebook(&format!("[{}0]", fill("[],", FILE)), cell)), ""),
        (
            "metadata_of_objects.ipynb",
            Box::new(move || notebook(&format!("{{\"a\":[{}0]}}", fill("{\"a\":0},", FILE)), cell)),
            "",
        ),
        (
            "metadata_of_numbers.ipynb",
            Box::new(move || notebook(&format!("{{\"a\":[{}0]}}", fill("0,", FILE)), cell)),
            "",
        ),
        ("metadata_that_is_no_json.ipynb", Box::new(move || notebook(&format!("[{}0]", fill("NaN,", FILE)), cell)), ""),
        (
            "metadata_of_members.ipynb",
            Box::new(move || notebook(&format!("{{{}\"a\":0}}", fill("\"a\":0,", FILE)), cell)),
            "",
        ),
        ("nested_metadata.ipynb", Box::new(move || notebook(&nest("[", "", "]", FILE), cell)), ""),
        (
            "cells_of_one_id.ipynb",
            Box::new(move || notebook("{}", &vec![cell; 700_000].join(","))),
            "more than 5000 cells",
        ),
        ("empty_cells.ipynb", Box::new(move || notebook("{}", &(fill("0,", FILE) + "0"))), "more than 5000 cells"),
        ("lines_of_a_cell.ipynb", Box::new(move || code(format!("[{}\"\"]", fill("\"\",", FILE)))), ""),
        ("lines_of_no_text.ipynb", Box::new(move || code(format!("[{}\"\"]", fill("[[]],", FILE)))), ""),
        ("escapes.ipynb", Box::new(move || code(format!("\"{}\"", fill("\\u0041", FILE)))), "bytes of code, more than"),
        (
            "outputs.ipynb",
            Box::new(move || {
                notebook("{}", &cell.replace("\"id\"", &format!("\"outputs\":[{}0],\"id\"", fill("{},", FILE))))
            }),
            "",
        ),
        ("names_of_members.ipynb", Box::new(move || notebook(&format!("{{\"{}\":0}}", fill("a", FILE)), cell)), ""),
        ("a_large_file.rs", Box::new(move || fill("//\n", 33 << 20)), "larger than 32 MiB"),
    ]
}

#[test]
fn no_file_costs_more_than_its_budget() {
    let place = tempfile::tempdir().unwrap();
    let mut faults = Vec::new();
    for (name, text, says) in files() {
        let file = place.path().join(name);
        // Made one by one, and gone before the program starts: a child begins with the memory of its parent.
        fs::write(&file, text()).unwrap();
        let Cost { status, error, cpu, memory } = read(&file);
        fs::remove_file(&file).unwrap();
        let first = error.lines().next().unwrap_or_default();
        println!("{name}: {:.2} s, {} MB: {}", cpu.as_secs_f64(), memory >> 20, first);
        let is_read = status.code() == Some(2) && error.contains("no assignment");
        let is_refused = status.code() == Some(4) && error.contains("\nhelp: ") && error.contains(says);
        // What costs too much may be refused wherever it is noticed.
        let may_be_read = says.is_empty() && (is_read || error.contains("reading it takes more than"));
        if !(may_be_read || is_refused && !says.is_empty()) {
            faults.push(format!("{name}: {status}: {error}"));
        }
        if cpu > Duration::from_secs(2) || memory > 300 << 20 || error.len() > 2000 {
            faults.push(format!("{name}: {cpu:?}, {} MB, {} bytes of text", memory >> 20, error.len()));
        }
    }
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn utf_16_is_within_the_budget_as_well() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("a.ipynb");
    let text = format!("\u{feff}{}", notebook(&format!("[{}0]", fill("[],", FILE / 2)), ""));
    fs::write(&file, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>()).unwrap();
    drop(text);
    let Cost { error, cpu, memory, .. } = read(&file);
    assert!(error.contains("no assignment"), "{error}");
    assert!(cpu < Duration::from_secs(2) && memory < 300 << 20, "{cpu:?}, {} MB", memory >> 20);
}

#[test]
fn what_can_be_read_can_be_graded_within_bounds() {
    let place = tempfile::tempdir().unwrap();
    let many = |line: &dyn Fn(usize) -> String| (0..4900).map(line).collect::<String>();
    let files = [
        ("imports.rs", many(&|i| format!("use a::{{b as c{i}}};\n"))),
        ("functions.rs", many(&|i| format!("fn f{i}() {{ f{}() }}\n", i + 1))),
        ("nested_use.rs", format!("use {};\n", nest("a::{x, ", "y", "}", CODE - 1000))),
        ("modules.rs", nest("mod a { ", "pub fn conv_forward() {}", " }", 12 * 10)),
    ];
    for (name, text) in files {
        let file = place.path().join(name);
        fs::write(&file, text + "pub fn zero_pad() {}\n").unwrap();
        let start = std::time::Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_grader"));
        let output = command.args(["grade", "--assignment", "conv_step_by_step"]).arg(&file).output().unwrap();
        let report = String::from_utf8(output.stdout).unwrap();
        println!("{name}: {:.1} s, {} bytes of report", start.elapsed().as_secs_f64(), report.len());
        assert!(output.status.success() && report.contains("0 of 100 points") && report.len() < 20_000, "{report}");
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
}
