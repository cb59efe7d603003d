//! Fused epilogues and in-place memory against the exact kernels, which fuse nothing: a small residual network with
//! every kind of epilogue, in training and in inference.

use cnn::{
    graph::{
        DType, Graph, Kernels, Padding, Phase, Session, Tensor,
        initializer::Constant,
        ops::{self, batch_norm::MovingVariance},
        optimizers::Momentum,
    },
    numpy::RandomState,
};
use ndarray::{Array2, Array4, ArrayD, IxDyn, s};

struct Network {
    graph: Graph,
    x: Tensor,
    y: Tensor,
    /// Outputs worth looking at: the last is the cost.
    outputs: Vec<Tensor>,
    variables: Vec<(Tensor, ArrayD<f32>)>,
}

struct Builder {
    graph: Graph,
    rng: RandomState,
    variables: Vec<(Tensor, ArrayD<f32>)>,
}

impl Builder {
    fn variable(&mut self, dims: &[usize], mean: f32, spread: f32) -> Tensor {
        let values = self.rng.randn(IxDyn(dims)).mapv(|x| mean + spread * x as f32);
        let tensor = self.graph.variable(dims, Constant(0.0), "v");
        self.variables.push((tensor.clone(), values));
        tensor
    }

    fn conv_bn(&mut self, x: &Tensor, n_c: usize, f: usize, stride: usize) -> Tensor {
        let n_c_prev = x.shape().last().expect("known");
        let conv = ops::Conv2d { strides: (stride, stride), padding: Padding::Same };
        let w = self.variable(&[f, f, n_c_prev, n_c], 0.0, 0.4);
        let b = self.variable(&[n_c], 0.0, 0.2);
        let (gamma, beta) = (self.variable(&[n_c], 1.0, 0.2), self.variable(&[n_c], 0.0, 0.2));
        let mean = self.graph.non_trainable_variable(&[n_c], Constant(0.1), "mean");
        let variance = self.graph.non_trainable_variable(&[n_c], Constant(1.3), "variance");
        let op = ops::BatchNorm {
            momentum: 0.9,
            epsilon: 1e-3,
            phase: Phase::OfRun,
            moving_variance: MovingVariance::Biased,
        };
        let z = self.graph.add(conv, &[x, &w], "conv");
        let z = self.graph.add(ops::BiasAdd, &[&z, &b], "bias");
        self.graph.add_stateful(op, &[&z, &gamma, &beta], &[&mean, &variance], "bn")
    }

    fn relu(&self, x: &Tensor) -> Tensor {
        self.graph.add(ops::Relu, &[x], "relu")
    }

    fn add(&self, a: &Tensor, b: &Tensor) -> Tensor {
        self.graph.add(ops::Add, &[a, b], "add")
    }
}

/// A stem, an identity block, a convolutional block with the shortcut last, one with it first, a block whose sum is
/// used twice, a dense layer with relu, logits.
fn network() -> Network {
    let graph = Graph::new();
    let mut b = Builder { graph: graph.clone(), rng: RandomState::new(5), variables: vec![] };
    let x = graph.placeholder([None, Some(9), Some(8), Some(3)], DType::Float32, "x");
    let stem = b.conv_bn(&x, 8, 3, 1);
    let stem = b.relu(&stem);
    let main = b.conv_bn(&stem, 5, 1, 1);
    let main = b.relu(&main);
    let main = b.conv_bn(&main, 8, 3, 1);
    let identity = b.relu(&b.add(&main, &stem));
    let main = b.conv_bn(&identity, 12, 3, 2);
    let shortcut = b.conv_bn(&identity, 12, 1, 2);
    let block = b.relu(&b.add(&main, &shortcut));
    let shortcut = b.conv_bn(&block, 7, 1, 1);
    let main = b.conv_bn(&block, 7, 3, 1);
    let sum = b.add(&shortcut, &main);
    let used_twice = b.add(&b.relu(&sum), &sum);
    let pooled = graph.add(ops::GlobalAveragePool, &[&used_twice], "pool");
    let (w, bias) = (b.variable(&[7, 10], 0.0, 0.5), b.variable(&[10], 0.1, 0.1));
    let dense = graph.add(ops::BiasAdd, &[&graph.add(ops::MatMul, &[&pooled, &w], "fc"), &bias], "bias");
    let dense = b.relu(&dense);
    let logits = graph.add(ops::MatMul, &[&dense, &b.variable(&[10, 4], 0.0, 0.5)], "logits");
    let y = graph.placeholder([None, Some(4)], DType::Float32, "y");
    let loss = graph.add(ops::SoftmaxCrossEntropy, &[&logits, &y], "loss");
    let cost = graph.add(ops::Reduce { reduction: ops::Reduction::Mean, axes: None }, &[&loss], "cost");
    Network { graph, x, y, outputs: vec![stem, identity, used_twice, logits, cost], variables: b.variables }
}

impl Network {
    fn session(&self, kernels: Kernels) -> Session {
        let session = Session::with_kernels(&self.graph, kernels);
        session.initialize();
        self.variables.iter().for_each(|(tensor, values)| session.assign(tensor, values));
        session
    }
}

fn batch() -> (Array4<f64>, Array2<f32>) {
    let labels = Array2::from_shape_fn((6, 4), |(i, c)| f32::from(u8::from(i % 4 == c)));
    (RandomState::new(2).randn((6, 9, 8, 3)), labels)
}

#[track_caller]
fn assert_near(what: &str, fast: &[ArrayD<f32>], exact: &[ArrayD<f32>], tolerance: f32) {
    assert_eq!(fast.len(), exact.len());
    for (i, (fast, exact)) in fast.iter().zip(exact).enumerate() {
        // A bias in front of a normalisation has no gradient but rounding.
        let scale = exact.iter().fold(1e-2f32, |scale, x| scale.max(x.abs()));
        let error = fast.iter().zip(exact).fold(0.0f32, |error, (a, b)| error.max((a - b).abs())) / scale;
        assert!(error <= tolerance, "{what} {i} differs by {error}");
    }
}

const FAST: Kernels = Kernels::Fast { threads: 2 };

#[test]
fn inference() {
    let network = network();
    let (x, y) = batch();
    let feeds = [network.x.feed(&x), network.y.feed(&y)];
    let exact = network.session(Kernels::Exact).run(&network.outputs, &feeds);
    let session = network.session(FAST);
    assert_near("output", &session.run(&network.outputs, &feeds), &exact, 1e-5);
    // Once more with nothing but the cost fetched: longer epilogues, and the folded filters of the first run.
    for _ in 0..2 {
        assert_near("cost", &[session.run(&network.outputs[4], &feeds)], &exact[4..], 1e-5);
    }
    // The same filters serve batches of any size.
    for m in [1, 3, 6] {
        let (x, y) = (x.slice(s![..m, .., .., ..]).to_owned(), y.slice(s![..m, ..]).to_owned());
        let feeds = [network.x.feed(&x), network.y.feed(&y)];
        let exact = network.session(Kernels::Exact).run(&network.outputs[4], &feeds);
        assert_near("cost of a part", &[session.run(&network.outputs[4], &feeds)], &[exact], 1e-5);
    }
    // New variables make the folded filters stale.
    let (w, values) = &network.variables[0];
    session.assign(w, &(values * 0.5));
    let other = network.session(Kernels::Exact);
    other.assign(w, &(values * 0.5));
    let (ours, theirs) = (session.run(&network.outputs[4], &feeds), other.run(&network.outputs[4], &feeds));
    assert_near("cost with other filters", &[ours], &[theirs], 1e-5);
}

#[test]
fn gradients() {
    let network = network();
    let (x, y) = batch();
    let feeds = [network.x.feed(&x), network.y.feed(&y)];
    let mut tensors: Vec<&Tensor> = network.variables.iter().map(|(tensor, _)| tensor).collect();
    tensors.extend(&network.outputs[..4]);
    let gradients = network.graph.gradients(&network.outputs[4], &tensors);
    for training in [false, true] {
        let run = |kernels, fetches: &Vec<Tensor>| {
            let session = network.session(kernels);
            if training { session.run_training(fetches, &feeds) } else { session.run(fetches, &feeds) }
        };
        let exact = run(Kernels::Exact, &gradients);
        assert_near("gradient", &run(FAST, &gradients), &exact, 1e-4);
        // With the variables' gradients alone, no value in between has to be materialised.
        let n = network.variables.len();
        assert_near("gradient of variable", &run(FAST, &gradients[..n].to_vec()), &exact[..n], 1e-4);
    }
}

#[test]
fn training() {
    let network = network();
    let (x, y) = batch();
    let feeds = [network.x.feed(&x), network.y.feed(&y)];
    let variables: Vec<&Tensor> = network.variables.iter().map(|(tensor, _)| tensor).collect();
    let momentum = Momentum { learning_rate: 0.01, momentum: 0.9, nesterov: false };
    let step = network.graph.minimize(&network.outputs[4], &variables, momentum, "step");
    let run = |kernels| {
        let session = network.session(kernels);
        let costs: Vec<_> = (0..5).map(|_| session.run_training((&step, &network.outputs[4]), &feeds).1).collect();
        let values: Vec<_> = network.graph.variables().iter().map(|variable| session.value(variable)).collect();
        (costs, values)
    };
    let (exact, fast) = (run(Kernels::Exact), run(FAST));
    assert!(exact.0[4].sum() < exact.0[0].sum(), "{:?}", exact.0);
    assert_near("cost", &fast.0, &exact.0, 1e-4);
    assert_near("variable", &fast.1, &exact.1, 1e-4);
    assert_eq!(fast, run(Kernels::Fast { threads: 1 }), "the number of threads does not matter");
}

/// A convolution of fed images, followed by a relu and max pooling with a large window, and a second convolution.
fn pooled(window: usize, padding: Padding) -> Network {
    let graph = Graph::new();
    let mut b = Builder { graph: graph.clone(), rng: RandomState::new(9), variables: vec![] };
    let x = graph.placeholder([None, Some(17), Some(22), Some(3)], DType::Float32, "x");
    let conv = ops::Conv2d { strides: (1, 1), padding };
    let between = graph.add(conv, &[&x, &b.variable(&[4, 4, 3, 8], 0.0, 0.4)], "conv");
    let pool = ops::MaxPool { window: (window, window), strides: (window, window), padding };
    let pooled = graph.add(pool, &[&b.relu(&between)], "pool");
    let second = graph.add(conv, &[&pooled, &b.variable(&[1, 1, 8, 5], 0.0, 0.4)], "conv");
    let flat = graph.add(ops::GlobalMaxPool, &[&second], "pool");
    let logits = graph.add(ops::MatMul, &[&flat, &b.variable(&[5, 4], 0.0, 0.5)], "logits");
    let y = graph.placeholder([None, Some(4)], DType::Float32, "y");
    let loss = graph.add(ops::SoftmaxCrossEntropy, &[&logits, &y], "loss");
    let cost = graph.add(ops::Reduce { reduction: ops::Reduction::Mean, axes: None }, &[&loss], "cost");
    Network { graph, x, y, outputs: vec![between, pooled, cost], variables: b.variables }
}

#[test]
fn convolutions_fused_with_the_max_pooling_after_them() {
    let (x, (_, y)) = (RandomState::new(3).randn((6, 17, 22, 3)), batch());
    for (window, padding) in [(8, Padding::Same), (5, Padding::Valid), (6, Padding::Same), (2, Padding::Same)] {
        let network = pooled(window, padding);
        let feeds = [network.x.feed(&x), network.y.feed(&y)];
        let [between, pooled, cost] = &network.outputs[..] else { unreachable!("three outputs") };
        let variables: Vec<&Tensor> = network.variables.iter().map(|(tensor, _)| tensor).collect();
        let of_variables = network.graph.gradients(cost, &variables);
        let of_all = network.graph.gradients(cost, &[variables[0], &network.x, between]);
        let run = |kernels, fetches: &Vec<Tensor>| network.session(kernels).run(fetches, &feeds);
        // What is fetched decides whether the convolution's output and the gradient of the images exist at all.
        for (what, fetches) in [
            ("cost", vec![cost.clone()]),
            ("pooled", vec![pooled.clone()]),
            ("between", vec![between.clone(), cost.clone()]),
            ("gradient", of_variables.clone()),
            ("gradient beside the images'", of_all),
        ] {
            let exact = run(Kernels::Exact, &fetches);
            assert_near(&format!("{what}, window {window}"), &run(FAST, &fetches), &exact, 1e-4);
        }
        let one = run(Kernels::Fast { threads: 1 }, &of_variables);
        assert_eq!(run(FAST, &of_variables), one, "the number of threads does not matter");
    }
}
