/*! Measures how many submissions of a class are graded in a second, and what memory the grader itself takes meanwhile. */

#[allow(dead_code, reason = "a test asks more of it")]
#[path = "../tests/class/mod.rs"]
mod class;
#[allow(dead_code, reason = "a test makes more choices")]
#[path = "../tests/generated/random.rs"]
mod random;

use std::path::Path;
use std::sync::Mutex;
use std::time::Instant;

use class::Kind;
use course::Root;
use grader::grade::Grader;
use grader::gradebook::batch::{Event, Settings, run};
use grader::gradebook::shard::Shard;

/// `CLASS=2000` in the environment says how many instead.
const USUAL: usize = 200;

fn main() {
    grader::become_helper();
    let benched = std::env::args().any(|argument| argument == "--bench");
    let count = std::env::var("CLASS").ok().and_then(|text| text.parse().ok()).unwrap_or(USUAL);
    let count = if benched { count } else { 5 };
    let root = Root::find(Path::new(".")).unwrap_or_else(|error| panic!("{error}"));
    let grader = Grader::open(&root).unwrap_or_else(|error| panic!("{error}"));
    grader.prepare(|_| {}).unwrap_or_else(|error| panic!("{error}"));
    let alone = [Kind::Right, Kind::OneMistake, Kind::TwoMistakes, Kind::DoesNotCompile];
    let mixed = [Kind::Right, Kind::OneMistake, Kind::TwoMistakes, Kind::DoesNotCompile, Kind::Hostile];
    for (what, count, kinds) in [
        ("submissions that end by themselves", count * 4 / 5, &alone[..]),
        ("with a fifth that hang or attack", count, &mixed[..]),
    ] {
        let folder = tempfile::tempdir().unwrap();
        class::write(&root, &folder.path().join("class"), count, 1, kinds);
        let settings = Settings {
            folder: folder.path().join("class"),
            out: folder.path().join("grades"),
            assignment: None,
            jobs: None,
            resume: false,
            pattern: None,
            seed: Some(1),
            shard: Shard::WHOLE,
            require_sandbox: false,
            functions: Vec::new(),
        };
        let memory = Mutex::new(Vec::new());
        let start = Instant::now();
        let summary = run(&grader, &settings, &|event| {
            if let (Event::Done { .. }, Some(now)) = (event, resident()) {
                memory.lock().unwrap().push(now);
            }
        });
        let summary = summary.unwrap_or_else(|error| panic!("{error}"));
        assert_eq!((summary.found, summary.left), (count, 0));
        let seconds = start.elapsed().as_secs_f64();
        println!("{what}: {count} in {seconds:.1} s, {:.2} a second", count as f64 / seconds);
        let memory = memory.into_inner().unwrap();
        if let (Some(quarter), Some(last)) = (memory.get(memory.len() / 4), memory.last()) {
            println!("the grader's own memory: {quarter} MiB after a quarter of them, {last} MiB at the end");
        }
    }
}

/// MiB of memory of this process.
fn resident() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kilobytes| kilobytes >> 10)
}
