//! An operation that is defined outside of the crate: its gradient is checked and a network is trained through it, with
//! both sets of kernels.

use crate::expect_panic::expect_panic;
use cnn::{
    graph::{
        DType, Graph, Kernels, Op, Session, Shape, Tensor,
        initializer::Constant,
        op::{Aliasing, Backward, Forward, Reads},
        ops,
        optimizers::Sgd,
    },
    numpy::RandomState,
};
use ndarray::{Array2, ArrayD, IxDyn};

const KERNELS: [Kernels; 3] = [Kernels::Exact, Kernels::Fast { threads: 1 }, Kernels::Fast { threads: 2 }];

/// y = max(x, 0)².
#[derive(Debug)]
struct SquaredRelu;

impl Op for SquaredRelu {
    fn kind(&self) -> &'static str {
        "SquaredRelu"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        run.map(|x| if x > 0.0 { x * x } else { 0.0 });
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    /// dx = 2 max(x, 0) dy.
    fn backward(&self, run: Backward<'_>) {
        let x = run.inputs[0];
        run.map_gradient(x, |x, dy| if x > 0.0 { 2.0 * x * dy } else { 0.0 });
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { gradient_in_place: true, ..Aliasing::default() }
    }
}

/// y[i, j] = w[j] x[i, j]: two inputs, with loops of its own and gradients for both.
#[derive(Debug)]
struct ScaleColumns;

impl Op for ScaleColumns {
    fn kind(&self) -> &'static str {
        "ScaleColumns"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (x, w) = (inputs[0], inputs[1]);
        assert!(w.rank() == 1 && x.last() == w.dim(0), "scale_columns: expected a scale per column of {x}, got {w}");
        x.clone()
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, w) = (run.inputs[0], run.inputs[1]);
        for (i, y) in run.output.iter_mut().enumerate() {
            *y = x[i] * w[i % w.len()];
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (x, w, dy) = (run.inputs[0], run.inputs[1], run.d_output);
        if let Some(d_x) = &mut run.d_inputs[0] {
            d_x.set(|i| w[i % w.len()] * dy[i]);
        }
        if let Some(d_w) = &mut run.d_inputs[1] {
            d_w.set(|j| (j..x.len()).step_by(w.len()).map(|i| x[i] * dy[i]).sum());
        }
    }
}

/// Two matrix products with the new operations in between, and their mean square distance from `y`.
struct Network {
    graph: Graph,
    x: Tensor,
    y: Tensor,
    variables: Vec<(Tensor, ArrayD<f32>)>,
    cost: Tensor,
}

fn network() -> Network {
    let graph = Graph::new();
    let mut rng = RandomState::new(4);
    let mut variables = Vec::new();
    let mut variable = |dims: &[usize], scale: f32| {
        let tensor = graph.variable(dims, Constant(0.0), "v");
        variables.push((tensor.clone(), rng.randn(IxDyn(dims)).mapv(|x| scale * x as f32)));
        tensor
    };
    let x = graph.placeholder([None, Some(5)], DType::Float32, "x");
    let y = graph.placeholder([None, Some(2)], DType::Float32, "y");
    let hidden = graph.add(ops::MatMul, &[&x, &variable(&[5, 7], 0.5)], "hidden");
    let hidden = graph.add(ops::BiasAdd, &[&hidden, &variable(&[7], 0.5)], "hidden_bias");
    let hidden = graph.add(SquaredRelu, &[&hidden], "squared_relu");
    let hidden = graph.add(ScaleColumns, &[&hidden, &variable(&[7], 1.0)], "scaled");
    let output = graph.add(ops::MatMul, &[&hidden, &variable(&[7, 2], 0.3)], "output");
    let square = graph.add(ops::Binary::SquaredDifference, &[&output, &y], "square");
    let cost = graph.add(ops::Reduce { reduction: ops::Reduction::Mean, axes: None }, &[&square], "cost");
    Network { graph, x, y, variables, cost }
}

impl Network {
    fn session(&self, kernels: Kernels) -> Session {
        let session = Session::with_kernels(&self.graph, kernels);
        session.initialize();
        self.variables.iter().for_each(|(tensor, values)| session.assign(tensor, values));
        session
    }
}

/// Inputs, and a rule to learn: the squares of two of them where these are positive.
fn examples() -> (Array2<f32>, Array2<f32>) {
    let x = RandomState::new(8).randn((64, 5)).mapv(|x| x as f32);
    let y = Array2::from_shape_fn((64, 2), |(i, j)| x[[i, j]].max(0.0).powi(2));
    (x, y)
}

#[test]
fn gradients_are_those_of_difference_quotients() {
    let network = network();
    let (x, y) = examples();
    let feeds = [network.x.feed(&x), network.y.feed(&y)];
    let tensors: Vec<&Tensor> = network.variables.iter().map(|(tensor, _)| tensor).collect();
    let gradients = network.graph.gradients(&network.cost, &tensors);
    let mut rng = RandomState::new(6);
    for kernels in KERNELS {
        let session = network.session(kernels);
        let gradients = session.run(&gradients, &feeds);
        for ((tensor, values), gradient) in network.variables.iter().zip(&gradients) {
            let direction = rng.randn(values.raw_dim()).mapv(|x| x as f32);
            let step = 1e-2;
            let cost = |sign: f32| {
                session.assign(tensor, &(values + &(&direction * (sign * step))));
                f64::from(session.run(&network.cost, &feeds).sum())
            };
            let quotient = (cost(1.0) - cost(-1.0)) / (2.0 * f64::from(step));
            session.assign(tensor, values);
            let slope: f64 = gradient.iter().zip(&direction).map(|(g, d)| f64::from(*g) * f64::from(*d)).sum();
            let error = (slope - quotient).abs();
            assert!(error <= 1e-2 * quotient.abs().max(0.1), "{tensor} {kernels:?}: {slope} is not {quotient}");
        }
    }
}

#[test]
fn a_network_learns_through_them() {
    let network = network();
    let (x, y) = examples();
    let feeds = [network.x.feed(&x), network.y.feed(&y)];
    let tensors: Vec<&Tensor> = network.variables.iter().map(|(tensor, _)| tensor).collect();
    let step = network.graph.minimize(&network.cost, &tensors, Sgd { learning_rate: 0.02 }, "step");
    let costs = KERNELS.map(|kernels| {
        let session = network.session(kernels);
        let costs = (0..200).map(|_| session.run_training((&step, &network.cost), &feeds).1.sum());
        costs.collect::<Vec<f32>>()
    });
    for costs in &costs {
        assert!(costs[199] < 0.2 * costs[0], "from {} to {}", costs[0], costs[199]);
    }
    assert_eq!(costs[1], costs[2], "the number of threads does not matter");
    assert!((costs[0][199] - costs[1][199]).abs() < 1e-2 * costs[0][0], "{} and {}", costs[0][199], costs[1][199]);
}

#[test]
fn inputs_and_state_are_counted() {
    let graph = Graph::new();
    let x = graph.placeholder([None, Some(5)], DType::Float32, "x");
    let w = graph.variable(&[5], Constant(1.0), "w");
    let refuses = |op: fn(&Graph, &Tensor, &Tensor), expected: &str| expect_panic(|| op(&graph, &x, &w), &[expected]);
    refuses(
        |graph, x, _| drop(graph.add(SquaredRelu, &[x, x], "y")),
        "expected 1 tensor as SquaredRelu takes, got 2\nhelp: ",
    );
    refuses(|graph, x, _| drop(graph.add(ops::Relu, &[x, x], "y")), "y: expected 1 tensor as Relu takes, got 2");
    refuses(
        |graph, x, _| drop(graph.add(ScaleColumns, &[x], "y")),
        "y: expected 2 tensors as ScaleColumns takes, got 1",
    );
    refuses(|graph, _, _| drop(graph.add(ops::Add, &[], "y")), "y: expected at least one tensor for Add, got none");
    refuses(
        |graph, x, w| drop(graph.add_stateful(ops::Relu, &[x], &[w], "y")),
        "y: expected 0 tensors of state, all variables, as Relu has, got [w: float32 (5,)]\nhelp: ",
    );
    refuses(
        |graph, x, w| drop(graph.minimize(w, &[x], Sgd { learning_rate: 0.1 }, "step")),
        "minimize: expected variables to update, got x: float32 (?, 5)",
    );
    refuses(|graph, x, _| graph.set_trainable(x, false), "set_trainable: expected a variable, got x: float32 (?, 5)");
}
