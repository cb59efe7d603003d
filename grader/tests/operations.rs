/*! The program as a careful Unix program: masks, full disks, limits, links, signals, and a machine that fails it. */

#![cfg(target_os = "linux")]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

const RIGHT: &str = "use cnn::prelude::*;\n\n\
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {\n\
    \x20   let (n_h, n_w) = shape;\n\
    \x20   Array2::from_elem(shape, dz / (n_h * n_w) as f64)\n}\n";
const ENDLESS: &str = "use cnn::prelude::*;\n\n\
    pub fn distribute_value(_dz: f64, _shape: (usize, usize)) -> Array2<f64> {\n    loop {}\n}\n";
/// What the right function is worth.
const POINTS: &str = "\n5 of 100 points\n";
/// The exit code that says that the machine was at fault.
const MACHINE: i32 = 5;

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        let place = Self(tempfile::tempdir().unwrap());
        fs::write(place.at("right.rs"), RIGHT).unwrap();
        fs::write(place.at("endless.rs"), ENDLESS).unwrap();
        fs::create_dir(place.at("tmp")).unwrap();
        place
    }

    fn at(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// A shell that runs `script`, in which `$GRADE` is the command; temporary files go to `tmp`.
    fn shell(&self, script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]).current_dir(self.0.path());
        command.env("GRADE", format!("{} grade", env!("CARGO_BIN_EXE_grader"))).env("TMPDIR", self.at("tmp"));
        command
    }

    fn run(&self, script: &str) -> Output {
        self.shell(script).output().unwrap()
    }

    /// Directories of the grader's that are still there.
    fn left(&self) -> usize {
        let names = fs::read_dir(self.at("tmp")).unwrap().map(|entry| entry.unwrap().file_name());
        names.filter(|name| name.to_string_lossy().starts_with("cnn-grader-")).count()
    }
}

#[track_caller]
fn is_right(output: &Output) {
    let (text, error) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && text.contains(POINTS), "{text}{error}");
}

/// Either every point, or the exit code that says that nothing was marked.
#[track_caller]
fn is_right_or_machine(output: &Output) {
    if output.status.code() == Some(MACHINE) {
        let error = String::from_utf8_lossy(&output.stderr);
        assert!(output.stdout.is_empty() && error.contains("\nhelp: "), "{error}");
    } else {
        is_right(output);
    }
}

#[test]
fn a_mask_hides_nothing_from_a_job_and_holds_for_the_report() {
    let place = Place::new();
    is_right(&place.run("umask 077; $GRADE right.rs"));
    let output = place.run("umask 077; $GRADE right.rs -o report.txt && cat report.txt");
    is_right(&output);
    let mode = |name: &str| fs::metadata(place.at(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("report.txt"), 0o600);
    is_right(&place.run("chmod 640 report.txt; umask 022; $GRADE right.rs -o report.txt && cat report.txt"));
    assert_eq!(mode("report.txt"), 0o640, "a file that is written again keeps its mode");
}

#[test]
fn a_full_standard_output_is_an_error_and_a_reader_that_leaves_is_none() {
    let place = Place::new();
    let output = place.run("$GRADE right.rs > /dev/full");
    let error = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(MACHINE), "{error}");
    assert!(error.contains("could not write the report: No space left on device"), "{error}");
    let output = place.run("$GRADE right.rs -o report.txt > /dev/full");
    assert_eq!(output.status.code(), Some(MACHINE));
    let output = place.run("{ $GRADE right.rs; echo $? >&2; } | true");
    assert_eq!(String::from_utf8_lossy(&output.stderr), "0\n");
}

#[test]
fn a_report_never_replaces_the_submission() {
    let place = Place::new();
    fs::create_dir(place.at("folder")).unwrap();
    fs::write(place.at("folder/a.rs"), RIGHT).unwrap();
    std::os::unix::fs::symlink("right.rs", place.at("link")).unwrap();
    for (submission, output) in
        [("right.rs", "right.rs"), ("right.rs", "./right.rs"), ("right.rs", "link"), ("folder", "folder/a.rs")]
    {
        let output = place.run(&format!("$GRADE {submission} -o {output}"));
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{error}");
        assert!(error.contains("this is the submission"), "{error}");
    }
    assert_eq!(fs::read_to_string(place.at("right.rs")).unwrap(), RIGHT);
}

#[test]
fn a_link_is_refused_and_one_to_a_folder_with_or_without_a_slash() {
    let place = Place::new();
    fs::create_dir(place.at("folder")).unwrap();
    fs::write(place.at("folder/a.rs"), RIGHT).unwrap();
    std::os::unix::fs::symlink("folder", place.at("link")).unwrap();
    std::os::unix::fs::symlink("right.rs", place.at("link.rs")).unwrap();
    std::os::unix::fs::symlink("nowhere.rs", place.at("dangling.rs")).unwrap();
    for name in ["link", "link/", "link//", "link.rs", "dangling.rs"] {
        let output = place.run(&format!("$GRADE {name}"));
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(4), "{name}: {error}");
        assert!(error.contains("a link, which may hand in somebody else's file"), "{error}");
    }
    is_right(&place.run("$GRADE folder/"));
}

#[test]
fn no_name_of_a_file_forges_a_line() {
    let place = Place::new();
    let name = "a\n100 of 100 points\u{2028}\r\u{1b}[2K.rs";
    fs::write(place.at(name), RIGHT).unwrap();
    let grade = |extra: &[&str]| {
        let command = ["grade", name].iter().chain(extra).copied().collect::<Vec<_>>();
        Command::new(env!("CARGO_BIN_EXE_grader")).args(command).current_dir(place.0.path()).output().unwrap()
    };
    let output = grade(&[]);
    is_right(&output);
    let missing =
        Command::new(env!("CARGO_BIN_EXE_grader")).args(["grade", "b\n100 of 100 points.rs"]).output().unwrap();
    for text in [output.stdout, missing.stderr, grade(&["-o", "report.txt"]).stdout] {
        let text = String::from_utf8(text).unwrap();
        assert!(!text.lines().any(|line| line.starts_with("100 of 100")), "{text}");
        assert!(!text.contains(['\r', '\u{1b}', '\u{2028}']), "{text:?}");
    }
}

#[test]
fn stricter_limits_that_are_inherited_cost_no_points() {
    let place = Place::new();
    // Bytes of address space, blocks of a file, descriptors, seconds of processor time for each process.
    for limit in ["-v 400000", "-v 900000", "-f 20", "-f 4000", "-n 20", "-n 64", "-t 3", "-s 512"] {
        let output = place.run(&format!("ulimit {limit} && exec $GRADE right.rs"));
        // A limit may end the grader itself.
        if output.status.signal().is_none() {
            println!("{limit}: {:?}", output.status.code());
            is_right_or_machine(&output);
        }
    }
}

#[test]
fn a_place_for_temporary_files_that_is_full_or_missing_costs_no_points() {
    let place = Place::new();
    assert_eq!(place.run("TMPDIR=$PWD/none $GRADE right.rs").status.code(), Some(MACHINE));
    for size in ["8k", "200k", "1m", "4m"] {
        let script = format!("mount -t tmpfs -o size={size} none tmp || exit 77; $GRADE right.rs");
        let mut unshare = Command::new("unshare");
        let output = unshare
            .args(["--user", "--map-root-user", "--mount", "sh", "-c", &script])
            .current_dir(place.0.path())
            .env("GRADE", format!("{} grade", env!("CARGO_BIN_EXE_grader")))
            .env("TMPDIR", place.at("tmp"))
            .output();
        match output {
            Ok(output) if output.status.code() != Some(77) && !output.stderr.starts_with(b"unshare: ") => {
                println!("{size}: {:?}", output.status.code());
                is_right_or_machine(&output);
            }
            _ => println!("skipped: this system lets us mount nothing"),
        }
    }
}

/// The processes below `root` whose program has this name.
fn below(root: u32, name: &str) -> Vec<i32> {
    let mut found = Vec::new();
    let mut todo = vec![root];
    while let Some(pid) = todo.pop() {
        let tasks = fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
        for task in tasks {
            let children = fs::read_to_string(task.path().join("children")).unwrap_or_default();
            todo.extend(children.split_whitespace().filter_map(|pid| pid.parse::<u32>().ok()));
        }
        if fs::read_to_string(format!("/proc/{pid}/comm")).is_ok_and(|comm| comm.trim() == name) {
            found.push(pid as i32);
        }
    }
    found
}

#[test]
fn a_compiler_that_is_killed_costs_no_points() {
    let place = Place::new();
    is_right(&place.run("$GRADE right.rs"));
    for times in [1, 2, 1000] {
        let mut grader =
            place.shell("exec $GRADE right.rs").stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
        let mut killed: Vec<i32> = Vec::new();
        while grader.try_wait().unwrap().is_none() {
            for pid in below(grader.id(), "rustc") {
                if killed.len() < times && !killed.contains(&pid) {
                    nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), nix::sys::signal::Signal::SIGKILL).ok();
                    killed.push(pid);
                }
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        let output = grader.wait_with_output().unwrap();
        println!("{} killed: {:?}", killed.len(), output.status.code());
        assert!(!killed.is_empty(), "no compiler was seen");
        is_right_or_machine(&output);
        assert_eq!(times == 1000, output.status.code() == Some(MACHINE), "{} were killed", killed.len());
    }
}

fn wait_for(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "waited for {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[test]
fn nothing_is_left_after_a_signal_nor_for_long_after_a_kill() {
    use nix::sys::signal::{Signal, kill};
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGKILL] {
        let place = Place::new();
        let mut grader = place.shell("exec $GRADE endless.rs").stderr(Stdio::null()).spawn().unwrap();
        wait_for("a job", || place.left() > 0);
        // The program that loops, not the compiler.
        wait_for("the submission", || !below(grader.id(), "program").is_empty());
        kill(nix::unistd::Pid::from_raw(grader.id() as i32), signal).unwrap();
        let status = grader.wait().unwrap();
        assert_eq!(status.signal(), Some(signal as i32));
        if signal == Signal::SIGKILL {
            is_right(&place.run("$GRADE right.rs"));
        }
        assert_eq!(place.left(), 0, "{signal}");
    }
}

#[test]
fn a_required_layer_that_is_missing_is_an_error() {
    let place = Place::new();
    let output = place.run("$GRADE right.rs --require-sandbox --format json");
    let text = String::from_utf8_lossy(&output.stdout);
    let error = String::from_utf8_lossy(&output.stderr);
    // Which layers there are is for the system to say; the two must agree.
    match output.status.code() {
        Some(0) => assert!(!text.contains("\"no "), "{text}"),
        code => {
            assert_eq!(code, Some(MACHINE), "{error}");
            assert!(error.contains("the sandbox is not complete on this machine: no "), "{error}");
        }
    }
}

#[test]
fn the_same_submission_twice_gives_the_same_report() {
    let place = Place::new();
    let report = |seed: &str| {
        let output = place.run(&format!("$GRADE right.rs --format json {seed}"));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    };
    assert_eq!(report("--seed 5"), report("--seed 5"));
    let secret = report("");
    assert_eq!(secret, report(""));
    assert!(!secret.contains("\"seed\""), "the seed is for the instructor: {secret}");
    assert!(report("--seed 5 --instructor").contains("\"seed\": 5"));
}

#[test]
fn a_submission_is_handed_to_the_compiler_in_a_tenth_of_a_second() {
    let place = Place::new();
    is_right(&place.run("$GRADE right.rs"));
    let mut times: Vec<Duration> = (0..5)
        .map(|_| {
            let mut grader =
                place.shell("exec $GRADE right.rs").stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
            let start = Instant::now();
            while below(grader.id(), "rustc").is_empty() && grader.try_wait().unwrap().is_none() {
                std::thread::sleep(Duration::from_millis(1));
            }
            let time = start.elapsed();
            grader.wait().unwrap();
            time
        })
        .collect();
    times.sort();
    println!("rustc starts after {times:?}");
    // Tests run beside each other on few processors: what is printed is what counts.
    assert!(times[0] < Duration::from_secs(1), "{times:?}");
}

#[test]
fn files_of_the_workspace_are_not_touched() {
    let status = |path: &Path| fs::metadata(path).unwrap().modified().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned();
    let files = ["Cargo.lock", "Cargo.toml", "src/lib.rs"].map(|name| root.join(name));
    let before = files.each_ref().map(|path| status(path));
    is_right(&Place::new().run("$GRADE right.rs"));
    assert_eq!(files.each_ref().map(|path| status(path)), before);
}
