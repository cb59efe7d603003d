/*!
Attacks on the sandbox by real processes, each with the end it must come to.

These tests know nothing of submissions or verdicts; those are in `submissions/`. The system calls are numbered as on
x86-64, so the file is for Linux on that architecture.
*/
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use grader::sandbox::{self, End, Job, Layers, Limits, Outcome};
use tempfile::TempDir;

const LIMITS: Limits = Limits {
    wall: Duration::from_secs(120),
    idle: Duration::from_secs(20),
    cpu: Duration::from_secs(20),
    memory: 512 << 20,
    output: 1 << 20,
    log: 16 << 10,
    processes: 1,
    file_size: 4 << 20,
};

/// The attacking program, compiled once for all tests.
fn attacker() -> &'static Path {
    static PROGRAM: OnceLock<(TempDir, PathBuf)> = OnceLock::new();
    let (_, program) = PROGRAM.get_or_init(|| {
        sandbox::use_helper(Path::new(env!("CARGO_BIN_EXE_grader")));
        let dir = TempDir::new().unwrap();
        let program = dir.path().join("attacker");
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/sandbox/attacker.rs");
        let rustc = Command::new("rustc").args(["--edition", "2024", "-o"]).arg(&program).arg(source).status().unwrap();
        assert!(rustc.success());
        (dir, program)
    });
    program
}

/// One attack, to be run under changed limits or fewer layers.
struct Attack {
    args: Vec<String>,
    limits: Limits,
    layers: Layers,
    input: Vec<u8>,
    keep: bool,
    work: TempDir,
}

fn attack(args: &[&str]) -> Attack {
    let work = TempDir::new().unwrap();
    let args = args.iter().map(|&arg| arg.into()).collect();
    Attack { args, limits: LIMITS, layers: Layers::ALL, input: Vec::new(), keep: false, work }
}

impl Attack {
    fn limits(mut self, change: impl FnOnce(&mut Limits)) -> Self {
        change(&mut self.limits);
        self
    }

    fn run(&self) -> Outcome {
        let job = Job {
            program: attacker(),
            args: self.args.iter().map(Into::into).collect(),
            env: vec![],
            read: vec![],
            execute: vec![],
            work_dir: self.work.path(),
            keep: self.keep,
            limits: self.limits,
            input: self.input.clone().into(),
        };
        let outcome = sandbox::run_with(&job, self.layers).unwrap();
        assert!(!outcome.log.contains("BREACH"), "{:?}: {}", self.args, outcome.log);
        outcome
    }

    #[track_caller]
    fn ends(&self, end: End) -> Outcome {
        let outcome = self.run();
        assert_eq!(outcome.end, end, "{:?}: {}\n{:?}", self.args, outcome.log, outcome.layers);
        outcome
    }
}

fn lines(outcome: &Outcome) -> Vec<&str> {
    outcome.log.lines().collect()
}

/// Whether a layer was active.
fn active(outcome: &Outcome, name: &str) -> bool {
    outcome.layers.iter().any(|layer| layer.contains(name) && !layer.starts_with("no "))
}

/// Every combination of layers in which the attack must be held: one of the two that hide files at least.
fn with_layers(hold: impl Fn(Layers)) {
    let all = attack(&["exit", "0"]).run();
    let there = (active(&all, "namespaces"), active(&all, "landlock"));
    for (namespaces, landlock) in [(true, true), (true, false), (false, true)] {
        if (namespaces && there.0) || (landlock && there.1) {
            hold(Layers { namespaces, landlock, seccomp: true });
        } else {
            println!("skipped, this system has only one of the two: namespaces {namespaces}, landlock {landlock}");
        }
    }
}

#[test]
fn honest_program_gets_input_and_gives_output() {
    let mut echo = attack(&["echo"]);
    echo.input = (0..900_000u32).map(|i| (i % 251) as u8).collect();
    let outcome = echo.ends(End::Exited(0));
    assert_eq!(outcome.log, "got 900000 bytes\n");
    assert!(outcome.output.iter().rev().eq(&echo.input));
    println!("{:?} after {:?}", outcome.layers, outcome.wall);
    assert_eq!(lines(&attack(&["threads"]).ends(End::Exited(0))), ["140"]);
}

#[test]
fn all_layers_are_named() {
    for layers in [Layers::ALL, Layers { namespaces: false, landlock: false, seccomp: false }] {
        let mut echo = attack(&["echo"]);
        echo.layers = layers;
        let outcome = echo.ends(End::Exited(0));
        for name in ["namespaces", "rlimits", "landlock", "seccomp"] {
            assert!(outcome.layers.iter().any(|layer| layer.contains(name)), "{name}: {:?}", outcome.layers);
        }
    }
}

#[test]
fn environment_is_empty_and_the_work_dir_is_the_current_one() {
    let environment = attack(&["environment"]);
    let outcome = environment.ends(End::Exited(0));
    assert_eq!(lines(&outcome)[0], "[]");
    assert_eq!(lines(&outcome)[1], format!("{:?}", environment.work.path()));
}

#[test]
fn work_dir_is_private_unless_it_is_kept() {
    for keep in [false, true] {
        let mut work = attack(&["work"]);
        work.keep = keep;
        std::fs::write(work.work.path().join("before"), "x").unwrap();
        let outcome = work.ends(End::Exited(0));
        let shared = keep || !active(&outcome, "namespaces");
        assert_eq!(outcome.log.contains("before"), shared);
        assert_eq!(work.work.path().join("d/f").exists(), shared);
    }
}

#[test]
fn ends_are_told_apart() {
    attack(&["exit", "0"]).ends(End::Exited(0));
    attack(&["exit", "42"]).ends(End::Exited(42));
    attack(&["abort"]).ends(End::Signalled(libc::SIGABRT));
    assert!(attack(&["panic"]).ends(End::Exited(101)).log.contains("a panic's own words"));
    let stack = attack(&["stack"]).run();
    assert!(matches!(stack.end, End::Signalled(libc::SIGSEGV | libc::SIGABRT)), "{stack:?}");
    attack(&["kill-self"]).ends(End::Signalled(libc::SIGKILL));
}

#[test]
fn time_is_limited() {
    for name in ["loop", "sleep", "ignore", "close-all"] {
        let before = Instant::now();
        attack(&[name]).limits(|l| l.wall = Duration::from_millis(300)).ends(End::TimedOut);
        assert!(before.elapsed() < Duration::from_secs(20), "{name}: {:?}", before.elapsed());
    }
    for name in ["cpu", "ignore"] {
        attack(&[name]).limits(|l| l.cpu = Duration::from_millis(500)).ends(End::TimedOut);
    }
}

#[test]
fn memory_is_limited() {
    attack(&["memory"]).ends(End::OutOfMemory);
    attack(&["memory-slowly"]).ends(End::OutOfMemory);
    attack(&["memory-mapped"]).ends(End::Exited(7));
    attack(&["family-memory"]).limits(|l| l.processes = 32).ends(End::OutOfMemory);
}

#[test]
fn disk_is_limited() {
    for keep in [false, true] {
        let mut disk = attack(&["disk"]);
        disk.keep = keep;
        let outcome = disk.run();
        let exact = !keep && active(&outcome, "namespaces");
        assert_eq!(outcome.end, if exact { End::Exited(7) } else { End::Signalled(libc::SIGXFSZ) });
        let used: u64 =
            std::fs::read_dir(disk.work.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum();
        // Without a file system of its own the directory is measured now and then: what is written between two looks comes on top.
        assert!(used <= if exact { 0 } else { 256 << 20 }, "{used} bytes");
    }
    attack(&["sparse"]).ends(End::Signalled(libc::SIGXFSZ));
}

#[test]
fn descriptors_and_floods_are_limited() {
    assert_eq!(lines(&attack(&["descriptors"]).ends(End::Exited(0))), ["251 descriptors"]);
    let flood = attack(&["flood-output"]).ends(End::OutputFlood);
    assert_eq!(flood.output.len(), LIMITS.output);
    let flood = attack(&["flood-log"]).ends(End::OutputFlood);
    assert!(flood.log.len() < LIMITS.log + 100);
    // Nothing that is written to any descriptor can pass for a report.
    attack(&["every-descriptor"]).ends(End::Exited(3));
}

#[test]
fn submissions_cannot_start_processes() {
    for name in ["fork", "vfork", "command"] {
        attack(&[name]).ends(End::Exited(0));
    }
    attack(&["fork-bomb"]).limits(|l| l.wall = Duration::from_millis(300)).ends(End::TimedOut);
    let bomb = attack(&["thread-bomb"]).run();
    assert!(matches!(bomb.end, End::Exited(101) | End::OutOfMemory | End::Signalled(_)), "{bomb:?}");
    attack(&["thread-bomb-quiet"]).limits(|l| l.wall = Duration::from_millis(300)).run();
}

#[test]
fn no_process_outlives_the_job() {
    for namespaces in [true, false] {
        let mut escape = attack(&["escape"]).limits(|l| l.processes = 16);
        escape.keep = true;
        escape.layers.namespaces = namespaces;
        escape.ends(End::Exited(0));
        let alive = || std::fs::read_to_string(escape.work.path().join("alive")).unwrap();
        let last = alive();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(alive(), last, "namespaces: {namespaces}");

        let before = Instant::now();
        for name in ["escape-and-loop", "fork-bomb"] {
            let mut family = attack(&[name]).limits(|l| (l.processes, l.wall) = (16, Duration::from_millis(300)));
            family.layers.namespaces = namespaces;
            let outcome = family.run();
            assert!(matches!(outcome.end, End::TimedOut | End::Signalled(libc::SIGKILL)), "{name}: {outcome:?}");
        }
        assert!(before.elapsed() < Duration::from_secs(20));
    }
    let left = Command::new("pgrep").arg("-f").arg(attacker()).output().map(|o| o.stdout).unwrap_or_default();
    // The other tests of this file run at the same time: whoever they run has the grader above it.
    for pid in String::from_utf8_lossy(&left).lines() {
        let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
        let parent = stat.rsplit(')').next().unwrap_or("").split_whitespace().nth(1).map(str::to_owned);
        assert_ne!(parent.as_deref(), Some("1"), "process {pid} has been left behind");
    }
}

/// Not a test of its own: the grader that the next one kills.
#[test]
#[ignore = "runs until it is killed"]
fn a_grader_that_is_killed() {
    let mut tick = attack(&["tick"]).limits(|l| l.wall = Duration::from_secs(30));
    tick.keep = true;
    tick.layers.namespaces = std::env::var_os("NAMESPACES").is_some();
    println!("{}", tick.work.path().display());
    tick.run();
}

#[test]
fn no_process_outlives_the_grader() {
    for namespaces in [true, false] {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.args(["--ignored", "--exact", "a_grader_that_is_killed", "--nocapture"]).stdout(Stdio::piped());
        if namespaces {
            command.env("NAMESPACES", "");
        }
        let mut grader = command.spawn().unwrap();
        let dir =
            BufReader::new(grader.stdout.take().unwrap()).lines().map(Result::unwrap).find(|l| l.starts_with('/'));
        let alive = Path::new(&dir.unwrap()).join("alive");
        let before = Instant::now();
        while !alive.exists() {
            assert!(before.elapsed() < Duration::from_secs(20), "the job does not start");
            std::thread::sleep(Duration::from_millis(5));
        }
        grader.kill().unwrap();
        grader.wait().unwrap();
        std::thread::sleep(Duration::from_millis(200));
        let last = std::fs::read(&alive).unwrap();
        std::thread::sleep(Duration::from_millis(100));
        assert_eq!(std::fs::read(&alive).unwrap(), last, "namespaces: {namespaces}");
        std::fs::remove_dir_all(alive.parent().unwrap()).unwrap();
    }
}

#[test]
fn files_of_the_system_are_out_of_reach() {
    let secret = TempDir::new().unwrap();
    let file = secret.path().join("secret");
    std::fs::write(&file, "the expected answers").unwrap();
    let file = file.to_str().unwrap();
    let home = std::env::var("HOME").unwrap();
    with_layers(|layers| {
        for path in ["/etc/passwd", "/etc/shadow", "/proc/self/environ", "/proc/1/maps", "/dev/mem", file] {
            for action in ["read", "write", "symlink"] {
                let mut read = attack(&[action, path]);
                read.layers = layers;
                read.ends(End::Exited(0));
            }
        }
        for path in ["/", &home, "/tmp", "/dev", "/proc", "/proc/self/fd", "/sys", "..", "/dev/shm"] {
            let mut list = attack(&["list", path]);
            list.layers = layers;
            // An empty world of its own may be looked at; it shows nothing but the way to what is listed.
            if layers.landlock {
                list.ends(End::Exited(0));
            }
        }
        for name in ["self-memory", "shared-memory", "shared-memory", "socket", "kill-parent", "kill-all"] {
            let mut other = attack(&[name]);
            other.layers = layers;
            other.ends(End::Exited(0));
        }
        let mut program = attack(&["write", attacker().to_str().unwrap()]);
        program.layers = layers;
        program.run();
    });
    assert_eq!(std::fs::read_to_string(file).unwrap(), "the expected answers");
    assert!(!Path::new("/dev/shm/left-by-a-submission").exists());
    attack(&["processes"]).ends(End::Exited(0));
}

#[test]
fn dangerous_calls_are_deadly() {
    // ptrace, process_vm_readv, io_uring_setup, keyctl, add_key, bpf, perf_event_open, userfaultfd, mount, unshare,
    // setns, memfd_create, execveat, personality, open_by_handle_at, pidfd_getfd, setuid, umount2
    for call in
        ["101", "310", "425", "250", "248", "321", "298", "323", "165", "272", "308", "319", "322", "135", "304"]
    {
        attack(&["call", call]).ends(End::Signalled(libc::SIGSYS));
    }
    attack(&["call-32"]).ends(End::Signalled(libc::SIGSYS));
    // x32: the same call with bit 30 set; clone3; msgget, shmget, semget; inotify, epoll, timerfd; seccomp, prctl
    // PR_SET_DUMPABLE; ioctl TIOCSTI; kill of process 1 and of the group; mknod, link, chmod.
    for call in [
        &["1073741863"][..],
        &["435"],
        &["68"],
        &["29", "0", "4096", "950"],
        &["64"],
        &["253"],
        &["213", "1"],
        &["283"],
        &["317", "0"],
        &["157", "4", "1"],
        &["16", "1", "21522"],
        &["62", "1", "9"],
        &["62", "0", "9"],
        &["133"],
        &["86"],
        &["90"],
        &["56", "1073741824"],
        &["56", "17"],
    ] {
        let args: Vec<&str> = ["call"].iter().chain(call).copied().collect();
        attack(&args).ends(End::Exited(0));
    }
    // A limit cannot be raised.
    assert_eq!(
        attack(&["raise"]).ends(End::Exited(0)).log.matches("18446744073709551615, 18446744073709551615").count(),
        {
            // Those that never had a limit: data segment, resident set, file locks, pending signals, real-time.
            attack(&["raise"])
                .run()
                .log
                .lines()
                .filter(|l| ["2", "5", "10", "11", "15"].iter().any(|n| l.starts_with(&format!("raised {n} "))))
                .count()
        }
    );
}

#[test]
fn many_jobs_at_once() {
    std::thread::scope(|scope| {
        for i in 0..8 {
            scope.spawn(move || {
                for _ in 0..8 {
                    let mut echo = attack(&["echo"]);
                    echo.input = vec![i; 100_000];
                    assert_eq!(echo.ends(End::Exited(0)).output, echo.input);
                }
            });
        }
    });
}

/// Not a test of its own: the grader whose descriptors and mounts the next one counts.
#[test]
#[ignore = "belongs to the test below"]
fn a_grader_that_counts() {
    let descriptors = || std::fs::read_dir("/proc/self/fd").unwrap().count();
    let mounts = || std::fs::read_to_string("/proc/self/mounts").unwrap();
    let children = || std::fs::read_to_string(format!("/proc/self/task/{}/children", std::process::id())).unwrap();
    attack(&["exit", "0"]).run();
    let before = (descriptors(), mounts(), children());
    for name in ["echo", "abort", "sleep", "flood-log", "memory", "close-all"] {
        attack(&[name]).limits(|l| l.wall = Duration::from_millis(200)).run();
    }
    assert_eq!((descriptors(), mounts(), children()), before);
    println!("nothing left");
}

#[test]
fn nothing_is_left_behind() {
    // In a process of its own, where no other test opens anything.
    let mut command = Command::new(std::env::current_exe().unwrap());
    let output = command.args(["--ignored", "--exact", "a_grader_that_counts", "--nocapture"]).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("nothing left"), "{text}{}", String::from_utf8_lossy(&output.stderr));
}
