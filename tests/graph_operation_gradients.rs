//! Gradients of the operations beside those of the course's networks: against differences over random shapes, the same
//! bits on any number of threads, and with respect to a picture that is trained through a frozen network.

use crate::graph_gradients::{Cases, check};
use cnn::graph::{
    DType, Graph, Item, Kernels, Op, Session, Tensor,
    initializer::Constant,
    ops::{
        self, BatchMatMul, Binary, Conv, ConvTranspose, DepthwiseConv, Dot, Gather, Interpolation, L2Normalize,
        LayerNorm, Pool, Pooling, Reduction, Resize, Slice, Transpose, Unary,
    },
    optimizers::Adam,
};
use ndarray::{ArrayD, array};

/// Sizes of one to three axes, each large enough for a window of 3 taps with the dilation 2.
fn sizes(cases: &mut Cases) -> Vec<usize> {
    let rank = cases.size(1, 3);
    (0..rank).map(|_| cases.size(5, 7)).collect()
}

fn draw(cases: &mut Cases, n: usize, low: usize, high: usize) -> Vec<usize> {
    (0..n).map(|_| cases.size(low, high)).collect()
}

#[test]
fn convolutions_over_any_axes() {
    let mut cases = Cases::new(21);
    for _ in 0..20 {
        let sizes = sizes(&mut cases);
        let rank = sizes.len();
        let (m, groups) = (cases.size(1, 2), cases.size(1, 3));
        let (n_c_prev, n_c) = (groups * cases.size(1, 3), groups * cases.size(1, 6));
        let f = draw(&mut cases, rank, 1, 3);
        let op = Conv::new(&draw(&mut cases, rank, 1, 3), cases.padding())
            .dilations(&draw(&mut cases, rank, 1, 2))
            .groups(groups);
        let x = cases.normal(&[&[m], &sizes[..], &[n_c_prev]].concat());
        let w = cases.normal(&[&f[..], &[n_c_prev / groups, n_c]].concat());
        check(&format!("{op:?} of {f:?}"), &mut cases, vec![x, w], 0.5, op);
    }
}

#[test]
fn depthwise_and_transposed_convolutions() {
    let mut cases = Cases::new(22);
    for _ in 0..12 {
        let sizes = sizes(&mut cases);
        let rank = sizes.len();
        let (m, n_c_prev, n_c) = (cases.size(1, 2), cases.size(1, 4), cases.size(1, 3));
        let (f, strides) = (draw(&mut cases, rank, 1, 3), draw(&mut cases, rank, 1, 3));
        let x = cases.normal(&[&[m], &sizes[..], &[n_c_prev]].concat());
        let op = DepthwiseConv::new(&strides, cases.padding()).dilations(&draw(&mut cases, rank, 1, 2));
        let w = cases.normal(&[&f[..], &[n_c_prev, n_c]].concat());
        check(&format!("{op:?} of {f:?}"), &mut cases, vec![x.clone(), w], 0.5, op);
        let op = ConvTranspose::new(&strides, cases.padding()).dilations(&draw(&mut cases, rank, 1, 2));
        let w = cases.normal(&[&f[..], &[n_c, n_c_prev]].concat());
        check(&format!("{op:?} of {f:?}"), &mut cases, vec![x, w], 0.5, op);
    }
}

#[test]
fn pools_over_any_axes() {
    let mut cases = Cases::new(23);
    for _ in 0..12 {
        let sizes = sizes(&mut cases);
        let rank = sizes.len();
        let dims = [&[cases.size(1, 2)], &sizes[..], &[cases.size(1, 4)]].concat();
        for pooling in [Pooling::Max, Pooling::Average] {
            let (window, strides) = (draw(&mut cases, rank, 1, 4), draw(&mut cases, rank, 1, 3));
            let op = Pool { pooling, window, strides, padding: cases.padding() };
            let x = cases.apart(&dims);
            check(&format!("{op:?} of {dims:?}"), &mut cases, vec![x], 0.01, op);
        }
        let x = cases.apart(&dims);
        check("global average pooling", &mut cases, vec![x.clone()], 0.5, ops::GlobalAveragePool);
        check("global max pooling", &mut cases, vec![x], 0.01, ops::GlobalMaxPool);
    }
}

#[test]
fn images_and_vectors() {
    let mut cases = Cases::new(24);
    for _ in 0..8 {
        let dims = draw(&mut cases, 4, 1, 5);
        let x = cases.normal(&dims);
        let (n_h, n_w) = (cases.size(1, 9), cases.size(1, 9));
        for interpolation in [Interpolation::Nearest, Interpolation::Bilinear] {
            check("resize", &mut cases, vec![x.clone()], 0.5, Resize { n_h, n_w, interpolation });
        }
        let axis = cases.size(0, 3);
        check("l2_normalize", &mut cases, vec![x.clone()], 1e-3, L2Normalize { axis, epsilon: 1e-12 });
        let row: Vec<usize> = vec![dims[2], dims[3] + 3];
        let x = cases.normal(&[dims[0], dims[1], row[0], row[1]]);
        let (gamma, beta) = (cases.normal(&row), cases.normal(&row));
        check("layer_norm", &mut cases, vec![x.clone(), gamma, beta], 1e-3, LayerNorm { epsilon: 1e-3 });
        let other = cases.normal(x.shape());
        check("dot", &mut cases, vec![x, other], 0.1, Dot);
    }
}

#[test]
fn elements_and_their_places() {
    let mut cases = Cases::new(25);
    for _ in 0..6 {
        let dims = draw(&mut cases, 3, 2, 5);
        let x = cases.apart(&dims);
        // Small enough a step that no element crosses a kink.
        for op in [Unary::Abs, Unary::Square, Unary::Negative, Unary::Clip { low: -0.52, high: 1.03 }] {
            check(&format!("{op:?}"), &mut cases, vec![x.clone()], 0.002, op);
        }
        let positive = x.mapv(|x| 0.5 + x.abs());
        for op in [Unary::Log, Unary::Sqrt] {
            check(&format!("{op:?}"), &mut cases, vec![positive.clone()], 0.01, op);
        }
        check("exp", &mut cases, vec![x.mapv(|x| 0.2 * x)], 0.01, Unary::Exp);
        let b = cases.normal(&[dims[1], 1]).mapv(|b| 0.7 + b.abs());
        for op in [Binary::Add, Binary::Subtract, Binary::Multiply, Binary::Divide, Binary::SquaredDifference] {
            check(&format!("{op:?}"), &mut cases, vec![x.clone(), b.clone()], 0.01, op);
        }
        check("pow", &mut cases, vec![positive.mapv(|x| 0.3 * x + 0.5), b], 0.003, Binary::Power);
        let axes = Some((0..3).filter(|_| cases.size(0, 1) == 1).collect::<Vec<_>>());
        for reduction in [Reduction::Sum, Reduction::Mean, Reduction::Max] {
            let op = ops::Reduce { reduction, axes: axes.clone() };
            check(&format!("{op:?} of {dims:?}"), &mut cases, vec![x.clone()], 0.01, op);
        }
        let begin: Vec<usize> = dims.iter().map(|n| cases.size(0, n - 1)).collect();
        let rest = dims.iter().zip(&begin).map(|(n, begin)| n - begin).collect::<Vec<_>>();
        let sizes = rest.iter().map(|n| Some(cases.size(1, *n))).collect();
        check("slice", &mut cases, vec![x.clone()], 0.5, Slice { begin, sizes });
        check("transpose", &mut cases, vec![x], 0.5, Transpose { permutation: vec![2, 0, 1] });
        let (m, k, n) = (cases.size(1, 5), cases.size(1, 5), cases.size(1, 5));
        let (a, b) = (cases.normal(&[2, 1, k, m]), cases.normal(&[3, n, k]));
        let op = BatchMatMul { transpose_a: true, transpose_b: true };
        check("matmul", &mut cases, vec![a, b], 0.1, op);
    }
}

#[test]
fn the_same_bits_on_any_number_of_threads() {
    fn run(n_threads: usize, op: impl Op, inputs: &[ArrayD<f32>]) -> Vec<Vec<u32>> {
        let graph = Graph::new();
        let tensors: Vec<Tensor> = inputs.iter().map(|x| graph.variable(x.shape(), Constant(0.0), "input")).collect();
        let references: Vec<&Tensor> = tensors.iter().collect();
        let y = graph.add(op, &references, "y");
        // Its gradient differs from element to element.
        let total = graph.add(Unary::Square, &[&y], "total");
        let mut fetches = graph.gradients(&total, &references);
        fetches.push(y);
        let session = Session::with_kernels(&graph, Kernels::Fast { threads: n_threads });
        session.initialize();
        tensors.iter().zip(inputs).for_each(|(tensor, x)| session.assign(tensor, x));
        session.run(&fetches, &[]).iter().map(|x| x.iter().map(|x| x.to_bits()).collect()).collect()
    }
    #[track_caller]
    fn same(inputs: Vec<ArrayD<f32>>, op: impl Op + Clone) {
        let one = run(1, op.clone(), &inputs);
        for n_threads in [2, 3] {
            assert!(one == run(n_threads, op.clone(), &inputs), "{n_threads} threads give other bits than one: {op:?}");
        }
    }
    let mut cases = Cases::new(26);
    let volumes = cases.normal(&[3, 9, 10, 11, 8]);
    let w = cases.normal(&[3, 3, 3, 8, 24]);
    let padding = cnn::graph::Padding::Same;
    same(vec![volumes.clone(), w], Conv::new(&[1, 2, 1], padding));
    let w = cases.normal(&[3, 2, 3, 4, 24]);
    same(vec![volumes.clone(), w], Conv::new(&[1, 1, 1], padding).dilations(&[2, 1, 2]).groups(2));
    let w = cases.normal(&[3, 3, 3, 8, 2]);
    same(vec![volumes.clone(), w], DepthwiseConv::new(&[1, 1, 1], padding));
    let w = cases.normal(&[3, 3, 3, 5, 8]);
    same(vec![volumes.clone(), w], ConvTranspose::new(&[2, 1, 2], padding));
    for pooling in [Pooling::Max, Pooling::Average] {
        same(vec![volumes.clone()], Pool { pooling, window: vec![2, 3, 3], strides: vec![2, 2, 1], padding });
    }
    let images = cases.normal(&[4, 40, 30, 24]);
    same(vec![images.clone()], Resize { n_h: 77, n_w: 61, interpolation: Interpolation::Bilinear });
    same(vec![images.clone()], L2Normalize { axis: 3, epsilon: 1e-12 });
    same(vec![images.clone(), cases.normal(&[24]), cases.normal(&[24])], LayerNorm { epsilon: 1e-3 });
    same(vec![images.clone(), images.clone()], Dot);
    same(vec![images.clone(), cases.normal(&[30, 1])], Binary::Maximum);
    same(vec![images.clone()], Unary::Exp);
    for axes in [vec![3], vec![1, 2], vec![0, 3]] {
        same(vec![images.clone()], ops::Reduce { reduction: Reduction::Mean, axes: Some(axes) });
    }
    same(vec![images.clone(), images], BatchMatMul { transpose_a: true, transpose_b: false });
}

/// An index that occurs twice gets both gradients.
#[test]
fn gathering_adds_the_gradients_of_one_entry() {
    let graph = Graph::new();
    let x = graph.variable(&[3, 2], Constant(1.0), "x");
    let indices = graph.placeholder([None], DType::Int64, "indices");
    let y = graph.add(Gather { axis: 0 }, &[&x, &indices], "y");
    let gradient = graph.gradients(&y, &[&x]).remove(0);
    let session = Session::new(&graph);
    session.initialize();
    let gradient = session.run(&gradient, &[indices.feed(&array![2, 0, 2])]);
    assert_eq!(gradient, array![[1.0f32, 1.0], [0.0, 0.0], [2.0, 2.0]].into_dyn());
}

#[test]
#[should_panic(expected = "gather: expected indices from 0 to 2, got 3")]
fn gathering_refuses_an_index_beyond_the_end() {
    let graph = Graph::new();
    let x = graph.variable(&[3, 2], Constant(1.0), "x");
    let indices = graph.constant(&array![3.0f32], "indices");
    let y = graph.add(Gather { axis: 0 }, &[&x, &indices], "y");
    let session = Session::new(&graph);
    session.initialize();
    session.run(&y, &[]);
}

/// Neural style: a picture is a variable, the network's filters are frozen, and the loss compares the Gram matrices of
/// its features with those of another picture.
#[test]
fn a_picture_is_trained_through_a_frozen_network() {
    let mut cases = Cases::new(27);
    let filters = cases.normal(&[3, 3, 3, 6]);
    let (first, style) = (cases.normal(&[1, 8, 8, 3]), cases.normal(&[1, 8, 8, 3]));
    for kernels in [Kernels::Exact, Kernels::Fast { threads: 2 }] {
        let graph = Graph::new();
        let picture = graph.variable(first.shape(), Constant(0.0), "picture");
        let fed = graph.placeholder([1, 8, 8, 3], DType::Float32, "fed");
        let w = graph.variable(filters.shape(), Constant(0.0), "w");
        graph.set_trainable(&w, false);
        let gram = |x: &Tensor| {
            let conv = ops::Conv2d { strides: (1, 1), padding: cnn::graph::Padding::Same };
            let a = graph.add(ops::Relu, &[&graph.add(conv, &[x, &w], "conv")], "relu");
            let rows = graph.add(ops::Reshape { dims: vec![Some(64), Some(6)] }, &[&a], "rows");
            graph.add(BatchMatMul { transpose_a: true, transpose_b: false }, &[&rows, &rows], "gram")
        };
        let difference = graph.add(Binary::SquaredDifference, &[&gram(&picture), &gram(&fed)], "difference");
        let loss = graph.add(ops::Reduce { reduction: Reduction::Mean, axes: None }, &[&difference], "loss");
        let step = graph.minimize(&loss, &[&picture], Adam::new(0.05), "step");
        let gradients = graph.gradients(&loss, &[&picture, &fed]);
        let session = Session::with_kernels(&graph, kernels);
        session.initialize();
        session.assign(&picture, &first);
        session.assign(&w, &filters);
        let feeds = [fed.feed(&style)];
        let before = session.run(&loss, &feeds).item();
        // The loss is symmetric, so with equal pictures both gradients vanish, and here neither does.
        let largest = |x: &ArrayD<f32>| x.iter().fold(0.0f32, |largest, x| largest.max(x.abs()));
        let at_start = session.run(&gradients, &feeds);
        assert!(at_start.iter().all(|gradient| gradient.shape() == [1, 8, 8, 3] && largest(gradient) > 0.0));
        // The gradient of the placeholder is that of its own differences.
        let moved = |by: f32| {
            let mut moved = style.clone();
            moved[[0, 3, 4, 1]] += by;
            session.run(&loss, &[fed.feed(&moved)]).item()
        };
        let numerical = (moved(0.01) - moved(-0.01)) / 0.02;
        let ours = at_start[1][[0, 3, 4, 1]];
        assert!((ours - numerical).abs() < 2e-2 * numerical.abs().max(1.0), "{ours} is not {numerical}");
        (0..100).for_each(|_| session.run(&step, &feeds));
        let after = session.run(&loss, &feeds).item();
        assert!(after < 0.05 * before, "{kernels:?}: the loss went from {before} to {after}");
        assert_eq!(session.value(&w), filters, "the network is frozen");
        let same = session.run(&gradients, &[fed.feed(&session.value(&picture))]);
        assert!(same.iter().all(|gradient| largest(gradient) == 0.0), "equal pictures have no style loss");
    }
}
