/*!
The compiler inside the sandbox: that it works there, and that nothing it can be made to do gets out.

The programs that attack at run time are in `sandbox.rs`.
*/
#![cfg(target_os = "linux")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use grader::sandbox::{self, End, Job, Limits, Outcome};
use tempfile::TempDir;

const LIMITS: Limits = Limits {
    wall: Duration::from_secs(120),
    idle: Duration::from_secs(20),
    cpu: Duration::from_secs(20),
    memory: 2 << 30,
    output: 0,
    log: 64 << 10,
    processes: 32,
    file_size: 256 << 20,
};

/// The directory of the toolchain and its `rustc`, which is not the shim that picks one.
fn toolchain() -> &'static (PathBuf, PathBuf) {
    static TOOLCHAIN: OnceLock<(PathBuf, PathBuf)> = OnceLock::new();
    TOOLCHAIN.get_or_init(|| {
        sandbox::use_helper(Path::new(env!("CARGO_BIN_EXE_grader")));
        let printed = Command::new("rustc").args(["--print", "sysroot"]).output().unwrap().stdout;
        let root = PathBuf::from(String::from_utf8(printed).unwrap().trim());
        let rustc = root.join("bin/rustc");
        (root, rustc)
    })
}

/// Compiles a source text in the sandbox, with further arguments and further readable paths.
fn compile_in(work: &Path, source: &str, args: &[&str], read: &[&Path], limits: Limits) -> Outcome {
    let (root, rustc) = toolchain();
    std::fs::write(work.join("main.rs"), source).unwrap();
    let mut execute = sandbox::system_programs();
    execute.push(root.clone());
    let job = Job {
        program: rustc,
        args: ["--edition", "2024", "main.rs"].iter().chain(args).map(Into::into).collect(),
        env: vec![("PATH".into(), "/usr/bin:/bin".into()), ("TMPDIR".into(), work.into())],
        read: read.iter().map(|path| path.to_path_buf()).collect(),
        execute,
        work_dir: work,
        keep: true,
        limits,
        input: vec![].into(),
    };
    sandbox::run(&job).unwrap()
}

fn compile(source: &str) -> Outcome {
    let work = TempDir::new().unwrap();
    compile_in(work.path(), source, &["--emit=metadata"], &[], LIMITS)
}

#[test]
fn compiles_against_a_library_and_links() {
    let (library, work) = (TempDir::new().unwrap(), TempDir::new().unwrap());
    let outcome =
        compile_in(library.path(), "pub fn six() -> u32 { 6 }", &["--crate-type=lib", "--crate-name=six"], &[], LIMITS);
    assert_eq!(outcome.end, End::Exited(0), "{outcome:?}");
    let rlib = format!("six={}", library.path().join("libsix.rlib").display());
    let source = r#"fn main() { println!("{}", six::six() * 7); }"#;
    let outcome = compile_in(work.path(), source, &["--extern", &rlib], &[library.path()], LIMITS);
    assert_eq!((outcome.end, outcome.log.as_str()), (End::Exited(0), ""), "{outcome:?}");

    let run = Job {
        program: &work.path().join("main"),
        args: vec![],
        env: vec![],
        read: vec![],
        execute: vec![],
        work_dir: work.path(),
        keep: false,
        limits: Limits { processes: 1, ..LIMITS },
        input: vec![].into(),
    };
    let outcome = sandbox::run(&run).unwrap();
    assert_eq!((outcome.end, outcome.log.as_str()), (End::Exited(0), "42\n"));
}

#[test]
fn errors_of_the_compiler_are_readable() {
    let outcome = compile("fn main() { let x: u8 = \"eight\"; }");
    assert_eq!(outcome.end, End::Exited(1));
    assert!(outcome.log.contains("expected `u8`, found `&str`"), "{}", outcome.log);
}

#[test]
fn no_file_and_no_variable_can_be_compiled_in() {
    let secret = TempDir::new().unwrap();
    let file = secret.path().join("secret.rs");
    std::fs::write(&file, "pub const ANSWERS: &str = \"the expected answers\";").unwrap();
    let file = file.display();
    for source in [
        r#"const _: &str = include_str!("/etc/passwd"); fn main() {}"#.to_owned(),
        r#"const _: &[u8] = include_bytes!("/etc/hostname"); fn main() {}"#.into(),
        r#"const _: &[u8] = include_bytes!("/proc/self/environ"); fn main() {}"#.into(),
        r#"const _: &[u8] = include_bytes!("../../../../../../etc/passwd"); fn main() {}"#.into(),
        format!(r#"const _: &str = include_str!("{file}"); fn main() {{}}"#),
        format!(r#"#[path = "{file}"] mod secret; fn main() {{}}"#),
        r#"const _: &str = env!("HOME"); fn main() {}"#.into(),
        r#"const _: &str = env!("CARGO_MANIFEST_DIR"); fn main() {}"#.into(),
        r#"#![feature(rustc_private)] extern crate rustc_driver; fn main() {}"#.into(),
    ] {
        let outcome = compile(&source);
        assert_eq!(outcome.end, End::Exited(1), "{source}: {}", outcome.log);
        assert!(!outcome.log.contains("expected answers"), "{}", outcome.log);
    }
    // One variable is told to the compiler itself: its search path.
    assert_eq!(compile(r#"const _: () = assert!(option_env!("USER").is_none()); fn main() {}"#).end, End::Exited(0));
}

#[test]
fn bombs_of_the_compiler_are_held() {
    let short = Limits { wall: Duration::from_secs(4), memory: 1 << 30, ..LIMITS };
    let bombs = [
        ("endless constant", "#![allow(long_running_const_eval)] const N: u64 = { let mut n = 0u64; loop { n = n.wrapping_add(1); if n == u64::MAX { break } } n }; fn main() { println!(\"{N}\") }".to_owned()),
        ("huge constant", "static A: [u64; 1 << 40] = [1; 1 << 40]; fn main() { println!(\"{}\", A[3]) }".into()),
        ("macros", "macro_rules! m { ($($t:tt)*) => { m!($($t)* $($t)*); m!($($t)* $($t)*); } } m!(x); fn main() {}".into()),
        ("types", {
            let nested: String = (1..28).map(|i| format!("type T{i} = (T{}, T{0});", i - 1)).collect();
            format!("type T0 = (u8, u8); {nested} fn main() {{ println!(\"{{}}\", std::any::type_name::<T27>().len()) }}")
        }),
        ("recursive traits", "trait A { fn f(n: u32); } impl<T> A for Option<T> { fn f(n: u32) { if n > 0 { <Option<Option<T>> as A>::f(n - 1); <Option<(T, T)> as A>::f(n - 1) } } } fn main() { <Option<u8> as A>::f(9) }".into()),
        ("nesting", format!("fn main() {{ let _ = {}1{}; }}", "(".repeat(200_000), ")".repeat(200_000))),
        ("flood of errors", format!("fn main() {{ {} }}", "let x: u8 = \"no\"; ".repeat(60_000))),
    ];
    for (name, source) in bombs {
        let work = TempDir::new().unwrap();
        let before = Instant::now();
        let outcome = compile_in(work.path(), &source, &["-O"], &[], short);
        println!("{name}: {:?} after {:?}, {} bytes of log", outcome.end, before.elapsed(), outcome.log.len());
        assert_ne!(outcome.end, End::Exited(0), "{name}");
        assert!(outcome.log.len() <= short.log + 100);
        assert!(before.elapsed() < Duration::from_secs(20), "{name}: {:?}", before.elapsed());
    }
}
