/*!
Compares the engine with other frameworks in interleaved rounds: each runs in a process of its own that waits while the
others compute, so that other load on the machine affects all of them alike.

Frameworks that are not installed are skipped. If the environment variable `BENCH_TABLE` names a file, a tab-separated
line is appended to it for each result: benchmark, our result, framework, its result, ratio (ours / theirs).
*/

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A benchmark: its title, its name in the protocol, calls per round, rounds, and the factor from seconds per call to
/// the printed unit.
struct Benchmark {
    title: &'static str,
    name: &'static str,
    calls: usize,
    rounds: usize,
    factor: f64,
    unit: &'static str,
}

const BENCHMARKS: [Benchmark; 4] = [
    Benchmark {
        title: "ResNet-50, training step, batch 32",
        name: "train",
        calls: 2,
        rounds: 9,
        factor: 1e3,
        unit: "ms",
    },
    Benchmark {
        title: "ResNet-50, prediction, batch 32",
        name: "predict32",
        calls: 3,
        rounds: 9,
        factor: 1e3,
        unit: "ms",
    },
    Benchmark {
        title: "ResNet-50, prediction, batch 1",
        name: "predict1",
        calls: 10,
        rounds: 9,
        factor: 1e3,
        unit: "ms",
    },
    Benchmark {
        title: "application network, 100 epochs on 1,080 images (one epoch, times 100)",
        name: "application",
        calls: 1,
        rounds: 15,
        factor: 100.0,
        unit: "s",
    },
];
/// Frameworks for which only the training step is benchmarked; a step takes seconds.
const SLOW_PEERS: [&str; 2] = ["burn", "candle"];
const SLOW_ROUNDS: usize = 3;

/// A process that runs a benchmark for each line that it receives, and answers with a line.
struct Runner {
    title: String,
    child: Child,
    requests: ChildStdin,
    responses: BufReader<ChildStdout>,
}

impl Runner {
    /// Starts a program and reads its first line, the framework's name and version.
    fn start(command: &mut Command) -> io::Result<Runner> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let requests = child.stdin.take().expect("piped");
        let responses = BufReader::new(child.stdout.take().expect("piped"));
        let mut runner = Runner { title: String::new(), child, requests, responses };
        runner.title = runner.read()?;
        Ok(runner)
    }

    fn read(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.responses.read_line(&mut line)? {
            0 => {
                Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} exited before it responded", self.title)))
            }
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn request(&mut self, request: &str) -> io::Result<Vec<f64>> {
        writeln!(self.requests, "{request}")?;
        self.requests.flush()?;
        let response = self.read()?;
        let seconds = response.split('\t').map(str::parse).collect::<Result<Vec<f64>, _>>();
        seconds.map_err(|_| io::Error::other(format!("{}: expected numbers, got {response:?}", self.title)))
    }

    /// The seconds of `calls` calls, after one warm-up call, which is not counted: the process that ran before has
    /// evicted this one's data from the caches.
    fn round(&mut self, benchmark: &Benchmark, calls: usize) -> io::Result<Vec<f64>> {
        Ok(self.request(&format!("{} {}", benchmark.name, calls + 1))?.split_off(1))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // The process may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Runs every benchmark on the engine and on the installed frameworks, and prints the results.
pub fn run(threads: usize) -> io::Result<()> {
    println!("{threads} threads each; medians of all calls");
    for benchmark in &BENCHMARKS {
        compare(benchmark, threads)?;
    }
    Ok(())
}

fn compare(benchmark: &Benchmark, threads: usize) -> io::Result<()> {
    let mut ours = Runner::start(Command::new(std::env::current_exe()?).args(["serve", &threads.to_string()]))?;
    let mut peers: Vec<Runner> = ["TensorFlow", "burn", "candle"]
        .into_iter()
        .filter(|name| benchmark.name == "train" || !SLOW_PEERS.contains(name))
        .filter_map(|name| peer(name, threads))
        .collect();
    let request = format!("{} 1", benchmark.name);
    // The first call builds the network and is not counted.
    let mut our_times = Vec::new();
    ours.request(&request)?;
    peers.retain_mut(|peer| {
        let first = peer.request(&request);
        first.inspect_err(|error| eprintln!("bench: {}: skipped: {error}", peer.title)).is_ok()
    });
    let mut peer_times = vec![Vec::new(); peers.len()];
    for round in 0..benchmark.rounds {
        our_times.extend(ours.round(benchmark, benchmark.calls)?);
        for (peer, times) in peers.iter_mut().zip(&mut peer_times) {
            let is_slow = SLOW_PEERS.iter().any(|name| peer.title.starts_with(name));
            if !is_slow {
                times.extend(peer.round(benchmark, benchmark.calls)?);
            } else if round < SLOW_ROUNDS {
                times.extend(peer.round(benchmark, 1)?);
            }
        }
    }
    let our_time = benchmark.factor * median(our_times);
    if peers.is_empty() {
        row(benchmark.title, our_time, benchmark.unit, None)?;
    }
    for (peer, times) in peers.iter().zip(peer_times) {
        row(benchmark.title, our_time, benchmark.unit, Some((&peer.title, benchmark.factor * median(times))))?;
    }
    if benchmark.name == "train" {
        let our_memory = ours.request("memory")?[0] / 1e9;
        let title = "ResNet-50, training, peak memory";
        if peers.is_empty() {
            row(title, our_memory, "GB", None)?;
        }
        for peer in &mut peers {
            let memory = peer.request("memory")?[0] / 1e9;
            row(title, our_memory, "GB", Some((&peer.title, memory)))?;
        }
    }
    Ok(())
}

/// Starts a framework's process, if it is installed: TensorFlow in the Python that `PYTHON` names, the others from the
/// directory `PEERS`.
fn peer(name: &str, threads: usize) -> Option<Runner> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = if name == "TensorFlow" {
        let mut command = Command::new(std::env::var_os("PYTHON")?);
        command.arg(root.join("benches/networks_tensorflow.py")).arg(threads.to_string());
        // A Python without TensorFlow prints a traceback; the message below replaces it.
        command.stderr(Stdio::null());
        command
    } else {
        let program = Path::new(&std::env::var_os("PEERS")?).join(name);
        program.exists().then(|| Command::new(program))?
    };
    let runner = Runner::start(command.env("RAYON_NUM_THREADS", threads.to_string()));
    runner.inspect_err(|_| eprintln!("bench: {name} does not start, skipped")).ok()
}

fn row(title: &str, ours: f64, unit: &str, peer: Option<(&str, f64)>) -> io::Result<()> {
    let number = |x: f64| if x < 10.0 { format!("{x:.2} {unit}") } else { format!("{x:.1} {unit}") };
    let (peer, theirs, ratio) = match peer {
        Some((peer, theirs)) => (peer, number(theirs), format!("{:.2}", ours / theirs)),
        None => ("-", "-".to_owned(), "-".to_owned()),
    };
    let ours = number(ours);
    println!("{title}: {ours}, {peer}: {theirs}, ratio {ratio}");
    io::stdout().flush()?;
    if let Some(path) = std::env::var_os("BENCH_TABLE") {
        let mut table = OpenOptions::new().create(true).append(true).open(path)?;
        writeln!(table, "{title}\t{ours}\t{peer}\t{theirs}\t{ratio}")?;
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
