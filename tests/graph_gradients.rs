//! Every operation's gradient against differences of its own output, over random shapes, strides, paddings and batch
//! sizes, with both sets of kernels; and that the fast kernels give the same bits on any number of threads.

use cnn::{
    graph::{
        DType, Graph, Kernels, Op, Padding, Phase, Session, Shape, Tensor,
        initializer::Constant,
        ops::{self, batch_norm::MovingVariance},
    },
    numpy::RandomState,
};
use ndarray::{ArrayD, IxDyn};

/// A random generator with a seed of its own for each test.
pub(crate) struct Cases {
    rng: RandomState,
}

impl Cases {
    pub(crate) fn new(seed: u32) -> Self {
        Cases { rng: RandomState::new(seed) }
    }

    /// An integer from `low` to `high`, both included.
    pub(crate) fn size(&mut self, low: usize, high: usize) -> usize {
        self.rng.randint(low as i64, high as i64 + 1, 1)[0] as usize
    }

    pub(crate) fn padding(&mut self) -> Padding {
        if self.size(0, 1) == 0 { Padding::Same } else { Padding::Valid }
    }

    pub(crate) fn normal(&mut self, dims: &[usize]) -> ArrayD<f32> {
        self.rng.randn(IxDyn(dims)).mapv(|x| x as f32)
    }

    /// Numbers no two of which are near each other and none of which is near zero, in random order: away from the kinks
    /// of relu and max.
    pub(crate) fn apart(&mut self, dims: &[usize]) -> ArrayD<f32> {
        let n: usize = dims.iter().product();
        let order = self.rng.permutation(n);
        ArrayD::from_shape_fn(IxDyn(dims), |_| 0.0)
            .into_iter()
            .zip(order)
            .map(|(_, i)| (i as f32 - n as f32 / 2.0 + 0.5) * 0.1)
            .collect::<ndarray::Array1<f32>>()
            .into_shape_with_order(IxDyn(dims))
            .expect("as many numbers")
    }
}

const KERNELS: [Kernels; 2] = [Kernels::Exact, Kernels::Fast { threads: 2 }];

/// One operation with the values of its inputs.
struct Check<'a> {
    inputs: Vec<ArrayD<f32>>,
    /// Inputs that gradients are checked for.
    differentiate: Vec<usize>,
    build: &'a dyn Fn(&Graph, &[Tensor]) -> Tensor,
    /// The step of the differences: large for linear operations, where only rounding errs.
    step: f64,
    training: bool,
}

impl Check<'_> {
    /// Compares ⟨gradient, direction⟩ with the difference quotient along random directions.
    #[track_caller]
    fn run(&self, what: &str, cases: &mut Cases) {
        for kernels in KERNELS {
            let graph = Graph::new();
            let inputs: Vec<Tensor> =
                self.inputs.iter().map(|x| graph.variable(x.shape(), Constant(0.0), "input")).collect();
            let output = (self.build)(&graph, &inputs);
            let session = Session::with_kernels(&graph, kernels);
            session.initialize();
            let set = |values: &[ArrayD<f32>]| inputs.iter().zip(values).for_each(|(t, x)| session.assign(t, x));
            set(&self.inputs);
            let run = || if self.training { session.run_training(&output, &[]) } else { session.run(&output, &[]) };
            let weights = cases.normal(run().shape());
            let value = || -> f64 { run().iter().zip(&weights).map(|(y, w)| f64::from(*y) * f64::from(*w)).sum() };
            let constant = graph.constant(&weights, "weights");
            let product = graph.add(ops::Multiply, &[&output, &constant], "product");
            let differentiated: Vec<&Tensor> = self.differentiate.iter().map(|i| &inputs[*i]).collect();
            let gradients = graph.gradients(&product, &differentiated);
            let gradients =
                if self.training { session.run_training(&gradients, &[]) } else { session.run(&gradients, &[]) };
            for (gradient, i) in gradients.iter().zip(&self.differentiate) {
                for _ in 0..3 {
                    let direction = cases.normal(gradient.shape());
                    let moved = |step: f64| {
                        let mut values = self.inputs.clone();
                        values[*i].zip_mut_with(&direction, |x, d| *x += (step * f64::from(*d)) as f32);
                        set(&values);
                        value()
                    };
                    let numerical = (moved(self.step) - moved(-self.step)) / (2.0 * self.step);
                    set(&self.inputs);
                    let terms = || gradient.iter().zip(&direction).map(|(g, d)| f64::from(*g) * f64::from(*d));
                    let analytical: f64 = terms().sum();
                    let scale = terms().map(|term| term * term).sum::<f64>().sqrt().max(1e-2);
                    assert!(
                        (analytical - numerical).abs() <= 4e-3 * scale,
                        "{what}, input {i}, {kernels:?}: the gradient says {analytical}, the difference {numerical}"
                    );
                }
            }
        }
    }
}

/// Checks one operation on all its inputs.
#[track_caller]
pub(crate) fn check(what: &str, cases: &mut Cases, inputs: Vec<ArrayD<f32>>, step: f64, op: impl Op + Clone) {
    let build = |graph: &Graph, inputs: &[Tensor]| graph.add(op.clone(), &inputs.iter().collect::<Vec<_>>(), "op");
    let differentiate = (0..inputs.len()).filter(|i| op.differentiable(*i)).collect();
    Check { inputs, differentiate, build: &build, step, training: false }.run(what, cases);
}

#[test]
fn convolutions() {
    let mut cases = Cases::new(1);
    for _ in 0..25 {
        let (m, n_h, n_w) = (cases.size(1, 3), cases.size(4, 9), cases.size(4, 9));
        let (n_c_prev, n_c) = (cases.size(1, 5), cases.size(1, 18));
        let (f_h, f_w) = (cases.size(1, 4), cases.size(1, 4));
        let op = ops::Conv2d { strides: (cases.size(1, 3), cases.size(1, 3)), padding: cases.padding() };
        let inputs = vec![cases.normal(&[m, n_h, n_w, n_c_prev]), cases.normal(&[f_h, f_w, n_c_prev, n_c])];
        check(&format!("{op:?} of {:?}", inputs[1].shape()), &mut cases, inputs, 0.5, op);
    }
}

#[test]
fn dense_layers() {
    let mut cases = Cases::new(2);
    for _ in 0..10 {
        let (m, k, n) = (cases.size(1, 6), cases.size(1, 20), cases.size(1, 20));
        let (x, w, b) = (cases.normal(&[m, k]), cases.normal(&[k, n]), cases.normal(&[n]));
        check("matmul", &mut cases, vec![x.clone(), w], 0.5, ops::MatMul);
        let x = cases.normal(&[m, n]);
        check("bias_add", &mut cases, vec![x, b.clone()], 0.5, ops::BiasAdd);
        let image = cases.normal(&[m, 2, 3, n]);
        check("bias_add of images", &mut cases, vec![image, b], 0.5, ops::BiasAdd);
    }
}

#[test]
fn pools() {
    let mut cases = Cases::new(3);
    for _ in 0..20 {
        let dims = [cases.size(1, 3), cases.size(4, 8), cases.size(4, 8), cases.size(1, 5)];
        let (window, strides) = ((cases.size(1, 4), cases.size(1, 4)), (cases.size(1, 3), cases.size(1, 3)));
        let padding = cases.padding();
        let x = cases.apart(&dims);
        let max = ops::MaxPool { window, strides, padding };
        check(&format!("{max:?}"), &mut cases, vec![x.clone()], 1e-3, max);
        let average = ops::AveragePool { window, strides, padding };
        check(&format!("{average:?}"), &mut cases, vec![x.clone()], 0.5, average);
        check("global average", &mut cases, vec![x.clone()], 0.5, ops::GlobalAveragePool);
        check("global max", &mut cases, vec![x], 1e-3, ops::GlobalMaxPool);
    }
}

#[test]
fn paddings_and_shapes() {
    let mut cases = Cases::new(4);
    for _ in 0..10 {
        let dims = [cases.size(1, 3), cases.size(1, 5), cases.size(1, 5), cases.size(1, 4)];
        let x = cases.normal(&dims);
        let padding = ops::ZeroPadding2d {
            rows: (cases.size(0, 3), cases.size(0, 3)),
            columns: (cases.size(0, 3), cases.size(0, 3)),
        };
        check(&format!("{padding:?}"), &mut cases, vec![x.clone()], 0.5, padding);
        check("flatten", &mut cases, vec![x.clone()], 0.5, ops::Reshape::flatten(&Shape::known(&dims)));
        let axis = cases.size(0, 3);
        let mut other = dims;
        other[axis] = cases.size(1, 4);
        let y = cases.normal(&other);
        check("concat", &mut cases, vec![x.clone(), y, x], 0.5, ops::Concat { axis });
    }
}

#[test]
fn activations() {
    let mut cases = Cases::new(5);
    for _ in 0..5 {
        let dims = [cases.size(1, 4), cases.size(2, 9)];
        let x = cases.normal(&dims);
        let apart = cases.apart(&dims);
        check("relu", &mut cases, vec![apart], 1e-3, ops::Relu);
        check("sigmoid", &mut cases, vec![x.clone()], 1e-2, ops::Sigmoid);
        check("tanh", &mut cases, vec![x.clone()], 1e-2, ops::Tanh);
        check("softmax", &mut cases, vec![x.clone()], 1e-2, ops::Softmax);
        let labels = cases.rng.rand(IxDyn(&dims)).mapv(|x| x as f32);
        // The gradient assumes rows that sum to one, as TensorFlow's does.
        let sums = labels.sum_axis(ndarray::Axis(1)).insert_axis(ndarray::Axis(1));
        let distribution = &labels / &sums;
        check("softmax cross-entropy", &mut cases, vec![x.clone(), distribution], 1e-2, ops::SoftmaxCrossEntropy);
        check("sigmoid cross-entropy", &mut cases, vec![x, labels], 1e-2, ops::SigmoidCrossEntropy);
    }
}

#[test]
fn sums_and_products() {
    let mut cases = Cases::new(6);
    for _ in 0..5 {
        let dims = [cases.size(1, 4), cases.size(1, 5), cases.size(1, 3)];
        let (a, b, c) = (cases.normal(&dims), cases.normal(&dims), cases.normal(&dims));
        let scalar = cases.normal(&[]);
        check("add", &mut cases, vec![a.clone(), b.clone(), c], 0.5, ops::Add);
        check("multiply", &mut cases, vec![a.clone(), b], 1e-2, ops::Multiply);
        check("multiply by a number", &mut cases, vec![a.clone(), scalar], 1e-2, ops::Multiply);
        check("cast", &mut cases, vec![a.clone()], 0.5, ops::Cast { to: DType::Float32 });
        for reduction in [ops::Reduction::Sum, ops::Reduction::Mean] {
            for axes in [None, Some(vec![0]), Some(vec![1]), Some(vec![2]), Some(vec![0, 2]), Some(vec![1, 2])] {
                check("reduce", &mut cases, vec![a.clone()], 0.5, ops::Reduce { reduction, axes });
            }
        }
    }
}

#[test]
fn batch_normalisation() {
    let mut cases = Cases::new(7);
    for training in [false, true] {
        for _ in 0..8 {
            let n_c = cases.size(1, 9);
            let dims = [cases.size(2, 4), cases.size(2, 5), cases.size(2, 5), n_c];
            let inputs = vec![cases.normal(&dims), cases.normal(&[n_c]), cases.normal(&[n_c])];
            let build = |graph: &Graph, inputs: &[Tensor]| batch_norm(graph, inputs, Phase::OfRun);
            let check = Check { inputs, differentiate: vec![0, 1, 2], build: &build, step: 1e-2, training };
            check.run("batch normalisation", &mut cases);
        }
    }
}

fn batch_norm(graph: &Graph, inputs: &[Tensor], phase: Phase) -> Tensor {
    let n_c = inputs[1].shape().last().expect("known");
    let mean = graph.non_trainable_variable(&[n_c], Constant(0.3), "mean");
    let variance = graph.non_trainable_variable(&[n_c], Constant(2.0), "variance");
    let op = ops::BatchNorm { momentum: 0.9, epsilon: 1e-3, phase, moving_variance: MovingVariance::Biased };
    graph.add_stateful(op, &inputs.iter().collect::<Vec<_>>(), &[&mean, &variance], "bn")
}

/// Shortcuts, shared inputs and shared weights: gradients that meet must be added, and none overwritten too early.
#[test]
fn gradients_that_meet() {
    let mut cases = Cases::new(8);
    let (x, w) = (cases.normal(&[2, 4, 4, 3]), cases.normal(&[3, 3, 3, 3]));
    let conv = ops::Conv2d { strides: (1, 1), padding: Padding::Same };
    type Build = fn(&Graph, &Tensor, &Tensor, ops::Conv2d) -> Tensor;
    let builds: [(&str, Build); 7] = [
        ("x + x", |g, x, _, _| g.add(ops::Add, &[x, x], "y")),
        ("x x", |g, x, _, _| g.add(ops::Multiply, &[x, x], "y")),
        ("x + tanh x", |g, x, _, _| {
            let t = g.add(ops::Tanh, &[x], "t");
            g.add(ops::Add, &[x, &t], "y")
        }),
        ("tanh(x) + tanh(tanh(x)) + x", |g, x, _, _| {
            let t = g.add(ops::Tanh, &[x], "t");
            let u = g.add(ops::Tanh, &[&t], "u");
            g.add(ops::Add, &[&t, &u, x], "y")
        }),
        ("a residual block", |g, x, w, conv| {
            let a = g.add(ops::Tanh, &[&g.add(conv, &[x, w], "z")], "a");
            let b = g.add(conv, &[&a, w], "b");
            let sum = g.add(ops::Add, &[&b, x], "sum");
            g.add(ops::Tanh, &[&sum], "y")
        }),
        ("two residual blocks with one filter", |g, x, w, conv| {
            let block = |x: &Tensor| {
                let a = g.add(ops::Sigmoid, &[&g.add(conv, &[x, w], "z")], "a");
                g.add(ops::Add, &[x, &g.add(conv, &[&a, w], "b")], "sum")
            };
            block(&block(x))
        }),
        ("reshape, add and concat", |g, x, _, _| {
            let flat = g.add(ops::Reshape { dims: vec![None, Some(48)] }, &[x], "flat");
            let t = g.add(ops::Tanh, &[&flat], "t");
            let sum = g.add(ops::Add, &[&flat, &t], "sum");
            g.add(ops::Concat { axis: 1 }, &[&sum, &flat, &t], "y")
        }),
    ];
    for (what, build) in builds {
        let build = |graph: &Graph, inputs: &[Tensor]| build(graph, &inputs[0], &inputs[1], conv);
        let needs_w = what.contains("block");
        let differentiate = if needs_w { vec![0, 1] } else { vec![0] };
        let inputs = vec![&x * 0.3, &w * 0.3];
        Check { inputs, differentiate, build: &build, step: 1e-2, training: false }.run(what, &mut cases);
    }
}

/// A small residual network in training, run on one, two and three threads: losses and all gradients agree to the bit.
#[test]
fn the_number_of_threads_does_not_matter() {
    let run = |threads: usize| {
        let mut cases = Cases::new(9);
        let graph = Graph::new();
        let x = graph.placeholder([None, Some(16), Some(16), Some(3)], DType::Float32, "x");
        let mut variables = Vec::new();
        let mut variable = |dims: &[usize], scale: f32| {
            let values = cases.normal(dims) * scale;
            let tensor = graph.variable(dims, Constant(0.0), "v");
            variables.push((tensor.clone(), values));
            tensor
        };
        let same = ops::Conv2d { strides: (1, 1), padding: Padding::Same };
        let mut a = graph.add(same, &[&x, &variable(&[3, 3, 3, 24], 0.3)], "conv");
        for _ in 0..2 {
            let z = graph.add(same, &[&a, &variable(&[3, 3, 24, 24], 0.1)], "conv");
            let z = graph.add(ops::BiasAdd, &[&z, &variable(&[24], 0.1)], "bias");
            let z = batch_norm(&graph, &[z, variable(&[24], 1.0), variable(&[24], 1.0)], Phase::OfRun);
            let sum = graph.add(ops::Add, &[&z, &a], "add");
            a = graph.add(ops::Relu, &[&sum], "relu");
        }
        let pool = ops::MaxPool { window: (2, 2), strides: (2, 2), padding: Padding::Valid };
        let flat = graph.add(ops::GlobalAveragePool, &[&graph.add(pool, &[&a], "pool")], "global");
        let logits = graph.add(ops::MatMul, &[&flat, &variable(&[24, 6], 0.3)], "fc");
        let y = graph.placeholder([None, Some(6)], DType::Float32, "y");
        let loss = graph.add(ops::SoftmaxCrossEntropy, &[&logits, &y], "loss");
        let cost = graph.add(ops::Reduce { reduction: ops::Reduction::Mean, axes: None }, &[&loss], "cost");
        let tensors: Vec<&Tensor> = variables.iter().map(|(tensor, _)| tensor).collect();
        let mut fetches = graph.gradients(&cost, &tensors);
        fetches.push(cost);
        let session = Session::with_kernels(&graph, Kernels::Fast { threads });
        session.initialize();
        variables.iter().for_each(|(tensor, values)| session.assign(tensor, values));
        let images = cases.normal(&[8, 16, 16, 3]);
        let labels = ndarray::Array2::from_shape_fn((8, 6), |(i, c)| f32::from(u8::from(i % 6 == c)));
        session.run_training(&fetches, &[x.feed(&images), y.feed(&labels)])
    };
    let one = run(1);
    assert!(one.iter().all(|gradient| gradient.iter().any(|x| *x != 0.0)));
    assert_eq!(one, run(2));
    assert_eq!(one, run(3));
}
