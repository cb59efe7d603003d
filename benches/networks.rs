/*!
Times whole networks on the engine: a training step and predictions of ResNet-50, an epoch of the application network.
`cargo bench --bench networks -- [threads] [repeats] [part of a name]`.

It does not load data: pictures and labels are made up, the arithmetic is that of the course.
*/

use cnn::graph::{
    DType, Graph, Kernels, Op, Operation, Padding, Phase, Session, Tensor,
    initializer::Constant,
    ops::{self, batch_norm::MovingVariance},
    optimizers::Adam,
};
use ndarray::{Array2, Array4};

mod clock;

/// A network under construction.
struct Network {
    graph: Graph,
    pictures: Tensor,
    labels: Tensor,
}

impl Network {
    fn new() -> Self {
        let graph = Graph::new();
        let pictures = graph.placeholder([None, Some(64), Some(64), Some(3)], DType::Float32, "X");
        let labels = graph.placeholder([None, Some(6)], DType::Float32, "Y");
        Network { graph, pictures, labels }
    }

    fn op(&self, op: impl Op, inputs: &[&Tensor]) -> Tensor {
        self.graph.add(op, inputs, "op")
    }

    /// Filters with He's scale, from a small generator of their own.
    fn weights(&self, shape: &[usize]) -> Tensor {
        let values = |shape: &[usize]| {
            let fan_in: usize = shape[..shape.len() - 1].iter().product();
            let scale = (6.0 / fan_in as f32).sqrt();
            numbers(shape.iter().product()).into_iter().map(|number| scale * number).collect()
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
        let mean = self.graph.untrained_variable(&[n_c], Constant(0.0), "moving_mean");
        let variance = self.graph.untrained_variable(&[n_c], Constant(1.0), "moving_variance");
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
        let x = self.op(ops::ZeroPadding2d { rows: (3, 3), columns: (3, 3) }, &[&self.pictures]);
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
        let mut x = self.pictures.clone();
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

/// Numbers in [-1, 1) that differ from each other.
fn numbers(len: usize) -> Vec<f32> {
    (0..len as u32).map(|i| (i.wrapping_mul(2654435761) >> 8) as f32 / (1 << 23) as f32 - 1.0).collect()
}

fn pictures(m: usize) -> Array4<f32> {
    Array4::from_shape_vec((m, 64, 64, 3), numbers(m * 64 * 64 * 3)).expect("as many numbers") / 2.0 + 0.5
}

fn labels(m: usize) -> Array2<f32> {
    Array2::from_shape_fn((m, 6), |(i, c)| if i * 7 % 6 == c { 1.0 } else { 0.0 })
}

/// Prints the shortest and the middle of several runs.
fn time(what: &str, n_threads: usize, repeats: usize, mut f: impl FnMut()) {
    if std::env::args().skip(1).any(|part| part.starts_with(char::is_alphabetic) && !what.contains(&part)) {
        return;
    }
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
    let kernels = Kernels::Fast { threads };
    println!("{threads} threads");

    let network = Network::new();
    let logits = network.resnet50();
    let (loss, step) = network.training(&logits);
    let session = Session::with_kernels(&network.graph, kernels);
    session.initialize();
    let (x, y) = (pictures(32), labels(32));
    let mut last = 0.0;
    time("ResNet-50, training step, batch 32", threads, repeats, || {
        let feeds = [network.pictures.feed(&x), network.labels.feed(&y)];
        last = session.run_training((&loss, &step), &feeds).0.sum();
    });
    println!("loss of the last step {last}, {:.2} GB held", session.memory() as f64 / 1e9);
    for m in [32, 1] {
        let x = pictures(m);
        time(&format!("ResNet-50, prediction, batch {m}"), threads, repeats, || {
            session.run(&logits, &[network.pictures.feed(&x)]);
        });
    }

    let network = Network::new();
    let (loss, step) = network.training(&network.application());
    let session = Session::with_kernels(&network.graph, kernels);
    session.initialize();
    let (x, y) = (pictures(64), labels(64));
    time("Application network, 17 batches of 64", threads, repeats, || {
        for _ in 0..17 {
            session.run_training((&loss, &step), &[network.pictures.feed(&x), network.labels.feed(&y)]);
        }
    });
}
