/*!
Times whole networks on the engine: a training step and predictions of ResNet-50, an epoch of the application network.
`cargo bench --bench networks -- [threads] [repeats] [part of a name]`.

It does not load data: images and labels are synthetic, the arithmetic is that of the course. As `networks serve
THREADS` it runs the benchmark that each line of its standard input names; `networks compare` runs it in interleaved
rounds with TensorFlow (`PYTHON` is a Python that has it), burn and candle (`PEERS` is the folder of their programs, see
`benches/peers`).
*/

use cnn::graph::{
    DType, Graph, Kernels, Op, Operation, Padding, Phase, Session, Tensor,
    initializer::Constant,
    ops::{self, batch_norm::MovingVariance},
    optimizers::Adam,
};
use ndarray::{Array2, Array4};
use std::{collections::HashMap, hint::black_box, time::Instant};

mod clock;
mod compare;

/// A network under construction.
struct Network {
    graph: Graph,
    images: Tensor,
    labels: Tensor,
}

impl Network {
    fn new() -> Self {
        let graph = Graph::new();
        let images = graph.placeholder([None, Some(64), Some(64), Some(3)], DType::Float32, "X");
        let labels = graph.placeholder([None, Some(6)], DType::Float32, "Y");
        Network { graph, images, labels }
    }

    fn op(&self, op: impl Op, inputs: &[&Tensor]) -> Tensor {
        self.graph.add(op, inputs, "op")
    }

    /// Filters with He's scale, from a small deterministic generator.
    fn weights(&self, shape: &[usize]) -> Tensor {
        let values = |shape: &[usize]| {
            let fan_in: usize = shape[..shape.len() - 1].iter().product();
            let scale = (6.0 / fan_in as f32).sqrt();
            elements(shape.iter().product()).into_iter().map(|x| scale * x).collect()
        };
        self.graph.variable(shape, values, "W")
    }

    fn conv(&self, x: &Tensor, f: usize, n_c: usize, stride: usize, padding: Padding) -> Tensor {
        let n_c_prev = x.shape().last().expect("a known number of channels");
        let w = self.weights(&[f, f, n_c_prev, n_c]);
        self.op(ops::Conv2d { strides: (stride, stride), padding }, &[x, &w])
    }

    fn biased(&self, x: &Tensor) -> Tensor {
        let n = x.shape().last().expect("a known number of channels");
        self.op(ops::BiasAdd, &[x, &self.graph.variable(&[n], Constant(0.0), "b")])
    }

    fn batch_norm(&self, x: &Tensor) -> Tensor {
        let n_c = x.shape().last().expect("a known number of channels");
        let gamma = self.graph.variable(&[n_c], Constant(1.0), "gamma");
        let beta = self.graph.variable(&[n_c], Constant(0.0), "beta");
        let mean = self.graph.non_trainable_variable(&[n_c], Constant(0.0), "moving_mean");
        let variance = self.graph.non_trainable_variable(&[n_c], Constant(1.0), "moving_variance");
        let op = ops::BatchNorm {
            momentum: 0.99,
            epsilon: 1e-3,
            phase: Phase::OfRun,
            moving_variance: MovingVariance::Biased,
        };
        self.graph.add_stateful(op, &[x, &gamma, &beta], &[&mean, &variance], "bn")
    }

    fn dense(&self, x: &Tensor, n: usize) -> Tensor {
        let flat = self.op(ops::Reshape::flatten(&x.shape()), &[x]);
        let n_prev = flat.shape().last().expect("a known number of features");
        self.biased(&self.op(ops::MatMul, &[&flat, &self.weights(&[n_prev, n])]))
    }

    /// Three convolutions around a shortcut, which has a convolution of its own if `stride` is given.
    fn block(&self, x: &Tensor, f: usize, stride: Option<usize>) -> Tensor {
        let conv = |x: &Tensor, f: usize, n_c: usize, stride: usize, padding: Padding| {
            self.batch_norm(&self.biased(&self.conv(x, f, n_c, stride, padding)))
        };
        let relu = |x: &Tensor| self.op(ops::Relu, &[x]);
        let a = relu(&conv(x, 1, f, stride.unwrap_or(1), Padding::Valid));
        let b = relu(&conv(&a, 3, f, 1, Padding::Same));
        let c = conv(&b, 1, 4 * f, 1, Padding::Valid);
        let shortcut = match stride {
            Some(stride) => conv(x, 1, 4 * f, stride, Padding::Valid),
            None => x.clone(),
        };
        relu(&self.op(ops::Add, &[&c, &shortcut]))
    }

    fn resnet50(&self) -> Tensor {
        let x = self.op(ops::ZeroPadding2d { rows: (3, 3), columns: (3, 3) }, &[&self.images]);
        let x = self.batch_norm(&self.biased(&self.conv(&x, 7, 64, 2, Padding::Valid)));
        let x = self.op(ops::Relu, &[&x]);
        let mut x = self.op(ops::MaxPool { window: (3, 3), strides: (2, 2), padding: Padding::Valid }, &[&x]);
        for (f, stride, n_identity) in [(64, 1, 2), (128, 2, 3), (256, 2, 5), (512, 2, 2)] {
            x = self.block(&x, f, Some(stride));
            for _ in 0..n_identity {
                x = self.block(&x, f, None);
            }
        }
        let x = self.op(ops::AveragePool { window: (2, 2), strides: (2, 2), padding: Padding::Valid }, &[&x]);
        self.dense(&x, 6)
    }

    fn application(&self) -> Tensor {
        let mut x = self.images.clone();
        for (f, n_c, pool) in [(4, 8, 8), (2, 16, 4)] {
            x = self.op(ops::Relu, &[&self.conv(&x, f, n_c, 1, Padding::Same)]);
            x = self.op(ops::MaxPool { window: (pool, pool), strides: (pool, pool), padding: Padding::Same }, &[&x]);
        }
        self.dense(&x, 6)
    }

    /// The mean cross-entropy of the logits, and a step of Adam.
    fn training(&self, logits: &Tensor) -> (Tensor, Operation) {
        let losses = self.op(ops::SoftmaxCrossEntropy, &[logits, &self.labels]);
        let loss = self.op(ops::Reduce { reduction: ops::Reduction::Mean, axes: None }, &[&losses]);
        let variables = self.graph.trainable_variables();
        let step = self.graph.minimize(&loss, &variables.iter().collect::<Vec<_>>(), Adam::new(1e-3), "Adam");
        (loss, step)
    }
}

/// Distinct elements in [-1, 1).
fn elements(len: usize) -> Vec<f32> {
    (0..len as u32).map(|i| (i.wrapping_mul(2654435761) >> 8) as f32 / (1 << 23) as f32 - 1.0).collect()
}

fn images(m: usize) -> Array4<f32> {
    Array4::from_shape_vec((m, 64, 64, 3), elements(m * 64 * 64 * 3)).expect("as many elements") / 2.0 + 0.5
}

fn labels(m: usize) -> Array2<f32> {
    Array2::from_shape_fn((m, 6), |(i, c)| if i * 7 % 6 == c { 1.0 } else { 0.0 })
}

/// Prints the shortest and the median of several runs.
fn time(what: &str, n_threads: usize, repeats: usize, name: &str) {
    if std::env::args().skip(1).any(|part| part.starts_with(char::is_alphabetic) && !what.contains(&part)) {
        return;
    }
    let mut f = benchmark(name, n_threads);
    f();
    let mut times: Vec<f64> = (0..repeats)
        .map(|_| {
            let start = clock::seconds(n_threads);
            f();
            1e3 * (clock::seconds(n_threads) - start)
        })
        .collect();
    times.sort_by(f64::total_cmp);
    println!("{what:<40} shortest {:9.2} ms, median {:9.2} ms", times[0], times[repeats / 2]);
}

fn main() {
    let mut arguments = std::env::args().filter_map(|argument| argument.parse::<usize>().ok());
    let (threads, repeats) = (arguments.next().unwrap_or(2), arguments.next().unwrap_or(10));
    match std::env::args().nth(1).as_deref() {
        Some("serve") => return serve(threads),
        Some("compare") => return compare::run(threads).unwrap_or_else(|error| panic!("compare: {error}")),
        _ => {}
    }
    println!("{threads} threads");
    time("ResNet-50, training step, batch 32", threads, repeats, "train");
    time("ResNet-50, prediction, batch 32", threads, repeats, "predict32");
    time("ResNet-50, prediction, batch 1", threads, repeats, "predict1");
    time("Application network, an epoch", threads, repeats, "application");
}

/// The benchmark of this name: one call is one step, one prediction, or one epoch on 1,080 images.
fn benchmark(name: &str, threads: usize) -> Box<dyn FnMut()> {
    let network = Network::new();
    let kernels = Kernels::Fast { threads };
    match name {
        "train" => {
            let (loss, step) = network.training(&network.resnet50());
            let session = started(&network, kernels);
            let (x, y) = (images(32), labels(32));
            Box::new(move || {
                let feeds = [network.images.feed(&x), network.labels.feed(&y)];
                let loss = session.run_training((&loss, &step), &feeds).0.sum();
                assert!(loss.is_finite(), "the loss is {loss}");
            })
        }
        "predict32" | "predict1" => {
            let logits = network.resnet50();
            let session = started(&network, kernels);
            let x = images(if name == "predict1" { 1 } else { 32 });
            Box::new(move || {
                black_box(session.run(&logits, &[network.images.feed(&x)]));
            })
        }
        "application" => {
            let (loss, step) = network.training(&network.application());
            let session = started(&network, kernels);
            // 1,080 = 16 * 64 + 56.
            let batches: Vec<_> = [64; 16].into_iter().chain([56]).map(|m| (images(m), labels(m))).collect();
            Box::new(move || {
                for (x, y) in &batches {
                    session.run_training((&loss, &step), &[network.images.feed(x), network.labels.feed(y)]);
                }
            })
        }
        _ => panic!("networks: expected train, predict32, predict1 or application, got {name}"),
    }
}

fn started(network: &Network, kernels: Kernels) -> Session {
    let session = Session::with_kernels(&network.graph, kernels);
    session.initialize();
    session
}

/// Answers each line `NAME N` with the seconds of N calls of that benchmark, and `memory` with the peak memory of the
/// process in bytes.
fn serve(threads: usize) {
    let mut benchmarks: HashMap<String, Box<dyn FnMut()>> = HashMap::new();
    println!("cnn {}", env!("CARGO_PKG_VERSION"));
    for line in std::io::stdin().lines() {
        let line = line.expect("a line of text");
        let Some((name, n)) = line.split_once(' ') else {
            println!("{}", peak_memory());
            continue;
        };
        let call = benchmarks.entry(name.to_owned()).or_insert_with(|| benchmark(name, threads));
        let seconds = |_| {
            let start = Instant::now();
            call();
            format!("{:.9}", start.elapsed().as_secs_f64())
        };
        let n: usize = n.parse().expect("NAME N");
        println!("{}", (0..n).map(seconds).collect::<Vec<_>>().join("\t"));
    }
}

/// In bytes; 0 where the system does not report it.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).map_or(0, |kib| 1024 * kib)
}
