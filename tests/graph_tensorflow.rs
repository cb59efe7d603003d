//! The engine against TensorFlow: every operation forward and backward, moving statistics, random streams, optimizers,
//! and ten training steps of the application network. The numbers are in `fixtures/tensorflow.json`, made by the script
//! beside it.

use crate::fixtures::tensors::{array, assert_near, list, number};
use cnn::{
    graph::{
        Graph, Item, Kernels, Padding, Phase, Session, Shape, Tensor,
        initializer::Constant,
        op::Op,
        ops::{self, Reduction, batch_norm::MovingVariance},
        optimizers::{Adam, Momentum, Optimizer, RmsProp, Sgd},
        philox::Philox,
    },
    numpy::RandomState,
    tf::{self, SAME},
};
use ndarray::{Array2, ArrayD, IxDyn};
use serde_json::Value;

const KERNELS: [Kernels; 2] = [Kernels::Exact, Kernels::Fast { threads: 2 }];

/// Adds a training step that moves a variable against a loss.
type Minimize = Box<dyn Fn(&Graph, &Tensor, &Tensor) -> tf::Operation>;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/tensorflow.json")).expect("valid JSON")
}

fn pair(value: &Value) -> (usize, usize) {
    (number(&value[0]), number(&value[1]))
}

/// The operation of a case, applied to its inputs.
fn build(case: &Value, graph: &Graph, inputs: &[Tensor]) -> Tensor {
    let settings = &case["settings"];
    let size = |value: &Value| if value.is_array() { pair(value) } else { (number(value), number(value)) };
    let (strides, window) = (|| size(&settings["strides"]), || size(&settings["window"]));
    let numbers = |name: &str| settings[name].as_array().map(|list| list.iter().map(number).collect::<Vec<_>>());
    let padding = || if settings["padding"] == "SAME" { Padding::Same } else { Padding::Valid };
    fn add(graph: &Graph, inputs: &[Tensor], op: impl Op) -> Tensor {
        graph.add(op, &inputs.iter().collect::<Vec<_>>(), "op")
    }
    let reduce = |reduction| ops::Reduce { reduction, axes: numbers("axes") };
    match case["op"].as_str().expect("a name") {
        "conv2d" => add(graph, inputs, ops::Conv2d { strides: strides(), padding: padding() }),
        "bias_add" => add(graph, inputs, ops::BiasAdd),
        "matmul" => add(graph, inputs, ops::MatMul),
        "zero_padding" => {
            let op = ops::ZeroPadding2d { rows: pair(&settings["rows"]), columns: pair(&settings["columns"]) };
            add(graph, inputs, op)
        }
        "max_pool" => add(graph, inputs, ops::MaxPool { window: window(), strides: strides(), padding: padding() }),
        "average_pool" => {
            add(graph, inputs, ops::AveragePool { window: window(), strides: strides(), padding: padding() })
        }
        "global_average_pool" => add(graph, inputs, ops::GlobalAveragePool),
        "global_max_pool" => add(graph, inputs, ops::GlobalMaxPool),
        "relu" => add(graph, inputs, ops::Relu),
        "sigmoid" => add(graph, inputs, ops::Sigmoid),
        "tanh" => add(graph, inputs, ops::Tanh),
        "softmax" => add(graph, inputs, ops::Softmax),
        "add" => add(graph, inputs, ops::Add),
        "multiply" => add(graph, inputs, ops::Multiply),
        "concat" => add(graph, inputs, ops::Concat { axis: number(&settings["axis"]) }),
        "reduce_mean" => add(graph, inputs, reduce(Reduction::Mean)),
        "reduce_sum" => add(graph, inputs, reduce(Reduction::Sum)),
        "reshape" => {
            let dims = numbers("dims").expect("a shape").into_iter().map(Some).collect();
            add(graph, inputs, ops::Reshape { dims })
        }
        "argmax" => add(graph, inputs, ops::ArgMax { axis: number(&settings["axis"]) }),
        "equal" => {
            let equal = add(graph, inputs, ops::Equal);
            graph.add(ops::Cast { to: tf::float32 }, &[&equal], "cast")
        }
        "softmax_cross_entropy" => add(graph, inputs, ops::SoftmaxCrossEntropy),
        "sigmoid_cross_entropy" => add(graph, inputs, ops::SigmoidCrossEntropy),
        "batch_norm" => {
            let phase = if settings["training"] == true { Phase::Training } else { Phase::Inference };
            let state = ["mean", "variance"].map(|name| {
                let values = array(&settings[name]);
                let elements = values.iter().copied().collect::<Vec<_>>();
                graph.non_trainable_variable(values.shape(), move |_: &[usize]| elements.clone(), name)
            });
            let op = ops::BatchNorm { momentum: 0.9, epsilon: 1e-3, phase, moving_variance: MovingVariance::default() };
            graph.add_stateful(op, &inputs.iter().collect::<Vec<_>>(), &state.iter().collect::<Vec<_>>(), "op")
        }
        other => panic!("no operation is called {other}"),
    }
}

#[test]
fn operations() {
    let fixture = fixture();
    for (at, case) in list(&fixture["cases"]).iter().enumerate() {
        for kernels in KERNELS {
            let what = format!("case {at}, {} {} {kernels:?}: ", case["op"], case["settings"]["padding"]);
            let graph = Graph::new();
            let values: Vec<ArrayD<f32>> = list(&case["inputs"]).iter().map(array).collect();
            let inputs: Vec<Tensor> =
                values.iter().map(|x| graph.variable(x.shape(), Constant(0.0), "input")).collect();
            let output = build(case, &graph, &inputs);
            let weights = graph.constant(&array(&case["weights"]), "weights");
            let total = graph.add(ops::Multiply, &[&output, &weights], "total");
            let expected = case["gradients"].as_object().expect("gradients by input");
            let differentiated: Vec<&Tensor> =
                expected.keys().map(|i| &inputs[i.parse::<usize>().expect("a number")]).collect();
            let gradients = graph.gradients(&total, &differentiated);
            let session = Session::with_kernels(&graph, kernels);
            session.initialize();
            inputs.iter().zip(&values).for_each(|(tensor, value)| session.assign(tensor, value));
            let output = session.run(&output, &[]);
            assert_near(&format!("{what}output"), &output, &array(&case["output"]), 1e-5);
            for ((i, expected), gradient) in expected.iter().zip(session.run(&gradients, &[])) {
                assert_near(&format!("{what}gradient {i}"), &gradient, &array(expected), 1e-5);
            }
        }
    }
}

/// Which class is predicted, the first one where several are equal; and where two arrays agree.
#[test]
fn decisions() {
    let fixture = fixture();
    for case in list(&fixture["decisions"]) {
        for kernels in KERNELS {
            let graph = Graph::new();
            let inputs: Vec<Tensor> =
                list(&case["inputs"]).iter().map(|x| graph.constant(&array(x), "input")).collect();
            let output = build(case, &graph, &inputs);
            let ours = Session::with_kernels(&graph, kernels).run(&output, &[]);
            assert_eq!(ours, array(&case["output"]), "{} {} {kernels:?}", case["op"], case["settings"]);
        }
    }
}

#[test]
fn moving_statistics() {
    let fixture = &fixture()["moving"];
    for kernels in KERNELS {
        for (name, moving_variance) in [("biased", MovingVariance::Biased), ("unbiased", MovingVariance::Unbiased)] {
            let graph = Graph::new();
            let x = graph.placeholder([None, Some(3), Some(2), Some(3)], tf::float32, "x");
            let vector = |value| graph.non_trainable_variable(&[3], Constant(value), "vector");
            let (gamma, beta, mean, variance) = (vector(1.0), vector(0.0), vector(0.0), vector(1.0));
            let op = ops::BatchNorm { momentum: 0.9, epsilon: 1e-3, phase: Phase::OfRun, moving_variance };
            let y = graph.add_stateful(op, &[&x, &gamma, &beta], &[&mean, &variance], "y");
            let session = Session::with_kernels(&graph, kernels);
            session.initialize();
            for step in list(&fixture["steps"]) {
                session.run(&y, &[x.feed(&array(step))]); // does not update the statistics
                session.run_training(&y, &[x.feed(&array(step))]);
            }
            let expected = &fixture[name];
            assert_near(&format!("{name} mean"), &session.value(&mean), &array(&expected[0]), 1e-6);
            assert_near(&format!("{name} variance"), &session.value(&variance), &array(&expected[1]), 1e-6);
        }
    }
}

#[test]
fn random_streams() {
    for case in list(&fixture()["random"]) {
        let seeds = (case["seeds"][0].as_u64().expect("a seed"), case["seeds"][1].as_u64().expect("a seed"));
        let stream = Philox::new(seeds.0, seeds.1);
        for (run, expected) in list(&case["runs"]).iter().enumerate() {
            // A second run of the same operation starts 256 blocks later for each of the 7 elements of the first.
            let ours = stream.uniform(run as u64 * 7 * 256, 7);
            assert_eq!(ours, array(expected).into_raw_vec_and_offset().0, "seeds {seeds:?}, run {run}");
        }
    }
}

#[test]
fn dropout() {
    let fixture = &fixture()["dropout"];
    let graph = Graph::new();
    let x = graph.variable(&[5, 4], Constant(1.0), "x");
    let op = ops::Dropout { rate: 0.3, seeds: (3, 11), phase: Phase::OfRun };
    let y = graph.add(op, &[&x], "y");
    let gradient = graph.gradients(&y, &[&x]);
    let session = Session::new(&graph);
    session.initialize();
    for run in list(&fixture["runs"]) {
        let (y, gradient) = session.run_training((&y, &gradient), &[]);
        assert_near("dropout", &y, &array(run), 1e-6);
        assert_eq!(gradient[0], y, "the gradient passes where the number passed");
    }
    assert_eq!(session.run(&y, &[]), session.value(&x), "after training nothing is dropped");
}

#[test]
fn optimizers() {
    let fixture = &fixture()["optimizers"];
    let gradients: Vec<ArrayD<f32>> = list(&fixture["gradients"]).iter().map(array).collect();
    for rule in list(&fixture["rules"]) {
        let name = rule["name"].as_str().expect("a name");
        let momentum = |nesterov| Momentum { learning_rate: 0.1, momentum: 0.9, nesterov };
        let session = |optimizer: Minimize| {
            for kernels in KERNELS {
                let graph = Graph::new();
                let g = graph.placeholder([6], tf::float32, "g");
                let w = graph.variable(&[6], Constant(0.0), "w");
                let loss = graph.add(ops::Multiply, &[&w, &g], "loss");
                let step = optimizer(&graph, &loss, &w);
                let session = Session::with_kernels(&graph, kernels);
                session.initialize();
                session.assign(&w, &array(&fixture["start"]));
                for (t, (gradient, expected)) in gradients.iter().zip(list(&rule["values"])).enumerate() {
                    session.run(&step, &[g.feed(gradient)]);
                    assert_near(&format!("{name}, step {t}"), &session.value(&w), &array(expected), 2e-7);
                }
            }
        };
        fn with(optimizer: impl Optimizer + Copy + 'static) -> Minimize {
            Box::new(move |graph, loss, w| graph.minimize(loss, &[w], optimizer, "step"))
        }
        session(match name {
            "sgd" => with(Sgd { learning_rate: 0.1 }),
            "momentum" => with(momentum(false)),
            "nesterov" => with(momentum(true)),
            "rmsprop" => with(RmsProp { momentum: 0.5, ..RmsProp::new(0.1) }),
            "adam" => with(Adam::new(0.1)),
            other => panic!("no optimizer is called {other}"),
        });
    }
}

/// Ten steps of the course's network from the same weights: costs and all variables.
#[test]
fn the_application_network_trains_alike() {
    let fixture = &fixture()["application"];
    let images = RandomState::new(1).randn((12, 64, 64, 3));
    let labels = Array2::from_shape_fn((12, 6), |(i, c)| f32::from(u8::from(i % 6 == c)));
    for kernels in KERNELS {
        let graph = Graph::new();
        let x = tf::placeholder(&graph, tf::float32, [None, Some(64), Some(64), Some(3)]);
        let y = tf::placeholder(&graph, tf::float32, [None, Some(6)]);
        graph.set_random_seed(1);
        let xavier = || tf::contrib::layers::xavier_initializer(Some(0));
        let w1 = tf::get_variable(&graph, "W1", &[4, 4, 3, 8], xavier());
        let w2 = tf::get_variable(&graph, "W2", &[2, 2, 8, 16], xavier());
        let a1 = tf::nn::relu(&tf::nn::conv2d(&x, &w1, [1, 1, 1, 1], SAME));
        let p1 = tf::nn::max_pool(&a1, [1, 8, 8, 1], [1, 8, 8, 1], SAME);
        let a2 = tf::nn::relu(&tf::nn::conv2d(&p1, &w2, [1, 1, 1, 1], SAME));
        let p2 = tf::nn::max_pool(&a2, [1, 4, 4, 1], [1, 4, 4, 1], SAME);
        let z3 = tf::contrib::layers::fully_connected(&tf::contrib::layers::flatten(&p2), 6, None);
        let cost = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(&z3, &y));
        let step = tf::train::AdamOptimizer::new(0.009).minimize(&cost);
        let session = Session::with_kernels(&graph, kernels);
        session.run(&tf::global_variables_initializer(&graph), &[]);
        let feeds = [x.feed(&images), y.feed(&labels)];
        let costs: Vec<f32> = (0..10).map(|_| session.run((&step, &cost), &feeds).1.item()).collect();
        let costs = ArrayD::from_shape_vec(IxDyn(&[10]), costs).expect("ten costs");
        assert_near(&format!("{kernels:?} costs"), &costs, &array(&fixture["costs"]), 1e-5);
        let variables = tf::trainable_variables(&graph);
        assert_eq!(variables.len(), 4);
        for (variable, expected) in variables.iter().zip(list(&fixture["variables"])) {
            assert_near(&format!("{kernels:?} {variable}"), &session.value(variable), &array(expected), 1e-5);
        }
    }
}

#[test]
fn shapes_are_known_before_anything_runs() {
    let graph = Graph::new();
    let x = tf::placeholder(&graph, tf::float32, [None, Some(5), Some(5), Some(2)]);
    let w = graph.variable(&[3, 3, 2, 4], Constant(0.0), "w");
    let y = tf::nn::conv2d(&x, &w, [1, 2, 2, 1], SAME);
    assert_eq!(y.shape(), Shape::from([None, Some(3), Some(3), Some(4)]));
    assert_eq!(tf::contrib::layers::flatten(&y).shape(), Shape::from([None, Some(36)]));
    assert_eq!(tf::argmax(&tf::contrib::layers::flatten(&y), 1).shape().rank(), 1);
}
