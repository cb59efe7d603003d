/*!
The engine and its peers take turns: each in a process of its own that waits while the others compute, so that what else
the machine does hits them alike.

It computes nothing itself, and goes on without a peer that is not there. With `BENCH_TABLE`, it adds what it found to
that file, a line for each figure: what, ours, the peer, the peer's, the ratio, with tabs between.
*/

use std::fs::OpenOptions;
use std::io::{self, BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// A figure: what it is called, in words and in the conversation, how many calls make a turn, how often everyone has a
/// turn, and what the seconds of a call are multiplied with for print.
struct Figure {
    what: &'static str,
    name: &'static str,
    calls: usize,
    turns: usize,
    factor: f64,
    unit: &'static str,
}

const FIGURES: [Figure; 4] = [
    Figure { what: "ResNet-50, training step, batch 32", name: "train", calls: 2, turns: 9, factor: 1e3, unit: "ms" },
    Figure { what: "ResNet-50, prediction, batch 32", name: "predict32", calls: 3, turns: 9, factor: 1e3, unit: "ms" },
    Figure { what: "ResNet-50, prediction, batch 1", name: "predict1", calls: 10, turns: 9, factor: 1e3, unit: "ms" },
    Figure {
        what: "application network, 100 epochs on 1,080 pictures (100 times an epoch)",
        name: "application",
        calls: 1,
        turns: 15,
        factor: 100.0,
        unit: "s",
    },
];
/// Peers that only train, and take some seconds for a step.
const SLOW_PEERS: [&str; 2] = ["burn", "candle"];
const SLOW_TURNS: usize = 3;

/// Someone who computes when asked.
struct Runner {
    title: String,
    child: Child,
    questions: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Runner {
    /// Starts a program and reads its title.
    fn start(command: &mut Command) -> io::Result<Runner> {
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let questions = child.stdin.take().expect("piped");
        let answers = BufReader::new(child.stdout.take().expect("piped"));
        let mut runner = Runner { title: String::new(), child, questions, answers };
        runner.title = runner.read()?;
        Ok(runner)
    }

    fn read(&mut self) -> io::Result<String> {
        let mut line = String::new();
        match self.answers.read_line(&mut line)? {
            0 => Err(io::Error::new(io::ErrorKind::UnexpectedEof, format!("{} ended before its answer", self.title))),
            _ => Ok(line.trim_end().to_owned()),
        }
    }

    fn ask(&mut self, question: &str) -> io::Result<Vec<f64>> {
        writeln!(self.questions, "{question}")?;
        self.questions.flush()?;
        let answer = self.read()?;
        let numbers = answer.split('\t').map(str::parse).collect::<Result<Vec<f64>, _>>();
        numbers.map_err(|_| io::Error::other(format!("{}: expected numbers, got {answer:?}", self.title)))
    }

    /// The seconds of so many calls. One more goes before them and is not counted: it finds the caches full of the
    /// numbers of whoever computed last, which tells nothing of a training or a series of predictions.
    fn turn(&mut self, figure: &Figure, calls: usize) -> io::Result<Vec<f64>> {
        Ok(self.ask(&format!("{} {}", figure.name, calls + 1))?.split_off(1))
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Prints every figure beside those of the peers that are there.
pub fn run(threads: usize) -> io::Result<()> {
    println!("{threads} threads each; medians of turns");
    for figure in &FIGURES {
        race(figure, threads)?;
    }
    Ok(())
}

fn race(figure: &Figure, threads: usize) -> io::Result<()> {
    let mut ours = Runner::start(Command::new(std::env::current_exe()?).args(["serve", &threads.to_string()]))?;
    let mut peers: Vec<Runner> = ["TensorFlow", "burn", "candle"]
        .into_iter()
        .filter(|name| figure.name == "train" || !SLOW_PEERS.contains(name))
        .filter_map(|name| peer(name, threads))
        .collect();
    let question = |calls: usize| format!("{} {calls}", figure.name);
    // The first call builds the network and is not counted.
    let mut our_times = Vec::new();
    ours.ask(&question(2))?;
    peers.retain_mut(|peer| {
        let first = peer.ask(&question(1));
        first.inspect_err(|error| eprintln!("bench: {} is left out: {error}", peer.title)).is_ok()
    });
    let mut peer_times = vec![Vec::new(); peers.len()];
    for turn in 0..figure.turns {
        our_times.extend(ours.turn(figure, figure.calls)?);
        for (peer, times) in peers.iter_mut().zip(&mut peer_times) {
            let is_slow = SLOW_PEERS.iter().any(|name| peer.title.starts_with(name));
            if !is_slow {
                times.extend(peer.turn(figure, figure.calls)?);
            } else if turn < SLOW_TURNS {
                times.extend(peer.turn(figure, 1)?);
            }
        }
    }
    let our_time = figure.factor * median(our_times);
    if peers.is_empty() {
        row(figure.what, our_time, figure.unit, None)?;
    }
    for (peer, times) in peers.iter().zip(peer_times) {
        row(figure.what, our_time, figure.unit, Some((&peer.title, figure.factor * median(times))))?;
    }
    if figure.name == "train" {
        let our_memory = ours.ask("memory")?[0] / 1e9;
        let what = "ResNet-50, training, most memory held";
        if peers.is_empty() {
            row(what, our_memory, "GB", None)?;
        }
        for peer in &mut peers {
            let memory = peer.ask("memory")?[0] / 1e9;
            row(what, our_memory, "GB", Some((&peer.title, memory)))?;
        }
    }
    Ok(())
}

/// Starts a peer, if it is there.
fn peer(name: &str, threads: usize) -> Option<Runner> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut command = if name == "TensorFlow" {
        let mut command = Command::new(std::env::var_os("PYTHON")?);
        command.arg(root.join("benches/networks_tensorflow.py")).arg(threads.to_string());
        // A Python without TensorFlow says so at length; that it is left out is said below.
        command.stderr(Stdio::null());
        command
    } else {
        let program = Path::new(&std::env::var_os("PEERS")?).join(name);
        program.exists().then(|| Command::new(program))?
    };
    let runner = Runner::start(command.env("RAYON_NUM_THREADS", threads.to_string()));
    runner.inspect_err(|_| eprintln!("bench: {name} does not start and is left out")).ok()
}

fn row(what: &str, ours: f64, unit: &str, peer: Option<(&str, f64)>) -> io::Result<()> {
    let number = |x: f64| if x < 10.0 { format!("{x:.2} {unit}") } else { format!("{x:.1} {unit}") };
    let (title, theirs, ratio) = match peer {
        Some((title, theirs)) => (title, number(theirs), format!("{:.2}", ours / theirs)),
        None => ("-", "-".to_owned(), "-".to_owned()),
    };
    let ours = number(ours);
    println!("{what}: {ours}, {title}: {theirs}, ratio {ratio}");
    io::stdout().flush()?;
    if let Some(path) = std::env::var_os("BENCH_TABLE") {
        let mut table = OpenOptions::new().create(true).append(true).open(path)?;
        writeln!(table, "{what}\t{ours}\t{title}\t{theirs}\t{ratio}")?;
    }
    Ok(())
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}
