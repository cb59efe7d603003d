//! The digits that the course prints for its second assignment, and for the blocks of its third, from the exact kernels.

use cnn::{
    graph::{
        Graph, Item, Kernels, Session, Tensor, ops,
        philox::{Philox, glorot_limit},
    },
    numpy::RandomState,
    tf::{self, SAME, VALID},
};
use ndarray::{Array4, ArrayD, s};

/// The network of the assignment, up to the logits.
fn forward_propagation(x: &Tensor, w1: &Tensor, w2: &Tensor) -> Tensor {
    let z1 = tf::nn::conv2d(x, w1, [1, 1, 1, 1], SAME);
    let a1 = tf::nn::relu(&z1);
    let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
    let z2 = tf::nn::conv2d(&p1, w2, [1, 1, 1, 1], SAME);
    let a2 = tf::nn::relu(&z2);
    let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
    let f = tf::contrib::layers::flatten(&p2);
    tf::contrib::layers::fully_connected(&f, 6, None)
}

struct Network {
    graph: Graph,
    x: Tensor,
    y: Tensor,
    w1: Tensor,
    w2: Tensor,
    z3: Tensor,
}

fn network() -> Network {
    let graph = Graph::new();
    let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
    let y = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
    graph.set_random_seed(1);
    let w1 = tf::get_variable(&graph, "W1", &[4, 4, 3, 8], tf::contrib::layers::xavier_initializer(Some(0)));
    let w2 = tf::get_variable(&graph, "W2", &[2, 2, 8, 16], tf::contrib::layers::xavier_initializer(Some(0)));
    let z3 = forward_propagation(&x, &w1, &w2);
    Network { graph, x, y, w1, w2, z3 }
}

/// Compares results with printed ones, to the last bit.
#[track_caller]
fn assert_same(ours: &[f32], printed: &[f32]) {
    assert_eq!(ours, printed);
}

/// Whether NumPy prints `ours` as `printed`: the shortest digits that name it, but at most eight decimals, which do not
/// determine small numbers to the last bit.
fn prints_as(ours: f32, printed: f64) -> bool {
    ours == printed as f32 || (f64::from(ours) - printed).abs() <= 5e-9
}

#[track_caller]
fn assert_prints(ours: &[f32], printed: &[f64]) {
    for (ours, printed) in ours.iter().zip(printed) {
        assert!(prints_as(*ours, *printed), "{ours} is not {printed}");
    }
}

#[test]
fn weights() {
    let net = network();
    let session = Session::with_kernels(&net.graph, Kernels::Exact);
    session.run(&tf::global_variables_initializer(&net.graph), &[]);
    let (w1, w2) = session.run((&net.w1, &net.w2), &[]);
    let row = |w: ArrayD<f32>| w.slice(s![1, 1, 1, ..]).to_vec();
    let printed = [0.00131723, 0.1417614, -0.04434952, 0.09197326, 0.14984085, -0.03514394, -0.06847463, 0.05245192];
    assert_prints(&row(w1), &printed);
    let printed = [
        -0.08566415,
        0.17750949,
        0.11974221,
        0.16773748,
        -0.0830943,
        -0.08058,
        -0.00577033,
        -0.14643836,
        0.24162132,
        -0.05857408,
        -0.19055021,
        0.1345228,
        -0.22779644,
        -0.1601823,
        -0.16117483,
        -0.10286498,
    ];
    assert_prints(&row(w2), &printed);
}

#[test]
fn logits() {
    let net = network();
    assert_eq!(net.z3.to_string(), r#"Tensor("fully_connected/BiasAdd:0", shape=(?, 6), dtype=float32)"#);
    let session = Session::with_kernels(&net.graph, Kernels::Exact);
    session.run(&tf::global_variables_initializer(&net.graph), &[]);
    let mut rng = RandomState::new(1);
    let (x, y) = (rng.randn((2, 64, 64, 3)), rng.randn((2, 6)));
    let z3 = session.run(&net.z3, &[net.x.feed(&x), net.y.feed(&y)]);
    assert_eq!(z3.shape(), [2, 6]);
    assert_same(
        z3.as_slice().expect("standard layout"),
        &[
            -0.44670227,
            -1.5720876,
            -1.5304923,
            -2.3101304,
            -1.2910438,
            0.46852064, //
            -0.17601591,
            -1.5797201,
            -1.4737016,
            -2.616721,
            -1.0081065,
            0.5747785,
        ],
    );
}

#[test]
fn cost() {
    let net = network();
    let cost = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(&net.z3, &net.y));
    let session = Session::with_kernels(&net.graph, Kernels::Exact);
    session.run(&tf::global_variables_initializer(&net.graph), &[]);
    let mut rng = RandomState::new(1);
    let (x, y) = (rng.randn((4, 64, 64, 3)), rng.randn((4, 6)));
    assert_same(&[session.run(&cost, &[net.x.feed(&x), net.y.feed(&y)]).item()], &[2.9103398]);
}

#[test]
fn the_accuracy_is_the_second_mean() {
    let net = network();
    let cost = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(&net.z3, &net.y));
    tf::train::AdamOptimizer::new(0.009).minimize(&cost);
    let predict_op = tf::argmax(&net.z3, 1);
    let correct_prediction = tf::equal(&predict_op, &tf::argmax(&net.y, 1));
    let accuracy = tf::reduce_mean(&tf::cast(&correct_prediction, tf::float32));
    assert_eq!(accuracy.to_string(), r#"Tensor("Mean_1:0", shape=(), dtype=float32)"#);
    assert_eq!(predict_op.to_string(), r#"Tensor("ArgMax:0", shape=(?,), dtype=int64)"#);
    assert_eq!(correct_prediction.to_string(), r#"Tensor("Equal:0", shape=(?,), dtype=bool)"#);
}

/// A convolution with Glorot-uniform filters as Keras seeds them, and batch normalisation with its first statistics.
fn conv_bn(x: &Tensor, n_c: usize, f: usize, s: usize, padding: tf::Padding, name: &str) -> Tensor {
    let graph = x.graph();
    let shape = [f, f, x.shape().last().expect("channels are known"), n_c];
    let limit = glorot_limit(&shape);
    let uniform = move |shape: &[usize]| {
        Philox::new(tf::random_seed::DEFAULT_GRAPH_SEED, 0).uniform_between(0, shape.iter().product(), -limit, limit)
    };
    let w = graph.variable(&shape, uniform, name);
    let z = tf::nn::conv2d(x, &w, [1, s, s, 1], padding);
    let vector = |value: f32| graph.variable(&[n_c], cnn::graph::initializer::Constant(value), name);
    let (gamma, beta, mean, variance) = (vector(1.0), vector(0.0), vector(0.0), vector(1.0));
    let op = ops::BatchNorm {
        momentum: 0.99,
        epsilon: 1e-3,
        phase: cnn::graph::Phase::OfRun,
        moving_variance: ops::batch_norm::MovingVariance::Biased,
    };
    graph.add_stateful(op, &[&z, &gamma, &beta], &[&mean, &variance], name)
}

/// The course's input: `np.random.seed(1); X = np.random.randn(3, 4, 4, 6)`.
fn block_input() -> Array4<f64> {
    RandomState::new(1).randn((3, 4, 4, 6))
}

/// The row that the course prints, `out[0][1][1][0]` of a list of one array.
fn block_row(out: &ArrayD<f32>) -> Vec<f32> {
    out.slice(s![1, 1, 0, ..]).to_vec()
}

#[test]
fn identity_block() {
    let graph = Graph::new();
    let x = tf::placeholder(&graph, tf::float32, [3, 4, 4, 6]);
    let a = tf::nn::relu(&conv_bn(&x, 2, 1, 1, VALID, "a"));
    let a = tf::nn::relu(&conv_bn(&a, 4, 2, 1, SAME, "b"));
    let a = conv_bn(&a, 6, 1, 1, VALID, "c");
    let out = tf::nn::relu(&tf::add(&a, &x));
    let session = Session::with_kernels(&graph, Kernels::Exact);
    session.initialize();
    let out = session.run(&out, &[x.feed(&block_input())]);
    assert_prints(&block_row(&out), &[0.94822985, 0.0, 1.1610144, 2.747859, 0.0, 1.36677]);
}

#[test]
fn convolutional_block() {
    let graph = Graph::new();
    let x = tf::placeholder(&graph, tf::float32, [3, 4, 4, 6]);
    let a = tf::nn::relu(&conv_bn(&x, 2, 1, 2, VALID, "a"));
    let a = tf::nn::relu(&conv_bn(&a, 4, 2, 1, SAME, "b"));
    let a = conv_bn(&a, 6, 1, 1, VALID, "c");
    let shortcut = conv_bn(&x, 6, 1, 2, VALID, "shortcut");
    let out = tf::nn::relu(&tf::add(&a, &shortcut));
    let session = Session::with_kernels(&graph, Kernels::Exact);
    session.initialize();
    let out = session.run(&out, &[x.feed(&block_input())]);
    assert_prints(&block_row(&out), &[0.09018463, 1.2348977, 0.46822017, 0.0367176, 0.0, 0.65516603]);
}
