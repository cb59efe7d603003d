//! The operations beside those of the course's networks against TensorFlow, forward and backward, with both sets of
//! kernels. The numbers are in `fixtures/tensorflow_operations.json`, made by the script beside it.

use crate::fixtures::tensors::{array, assert_near, list, number};
use cnn::graph::{
    Graph, Kernels, Padding, Session, Tensor,
    initializer::Constant,
    op::Op,
    ops::{
        self, BatchMatMul, Binary, Conv, ConvTranspose, DepthwiseConv, Gather, Interpolation, L2Normalize, LayerNorm,
        Pool, Pooling, Reduction, Resize, Slice, Transpose, Unary,
    },
};
use ndarray::ArrayD;
use serde_json::Value;

const KERNELS: [Kernels; 2] = [Kernels::Exact, Kernels::Fast { threads: 2 }];

/// The settings of a case.
struct Settings<'a>(&'a Value);

impl Settings<'_> {
    fn numbers(&self, name: &str) -> Vec<usize> {
        list(&self.0[name]).iter().map(number).collect()
    }

    fn number(&self, name: &str) -> usize {
        number(&self.0[name])
    }

    fn padding(&self) -> Padding {
        if self.0["padding"] == "SAME" { Padding::Same } else { Padding::Valid }
    }

    fn pool(&self, pooling: Pooling) -> Pool {
        Pool { pooling, window: self.numbers("window"), strides: self.numbers("strides"), padding: self.padding() }
    }
}

/// The operation of a case, applied to its inputs.
fn build(name: &str, settings: &Settings<'_>, graph: &Graph, inputs: &[Tensor]) -> Tensor {
    fn add(graph: &Graph, inputs: &[Tensor], op: impl Op) -> Tensor {
        graph.add(op, &inputs.iter().collect::<Vec<_>>(), "op")
    }
    match name {
        "conv" => {
            let conv = Conv::new(&settings.numbers("strides"), settings.padding());
            let conv = conv.dilations(&settings.numbers("dilations")).groups(settings.number("groups"));
            add(graph, inputs, conv)
        }
        "depthwise_conv" => {
            let conv = DepthwiseConv::new(&settings.numbers("strides"), settings.padding());
            add(graph, inputs, conv.dilations(&settings.numbers("dilations")))
        }
        "conv_transpose" => {
            let conv = ConvTranspose::new(&settings.numbers("strides"), settings.padding());
            let sizes = &settings.0["sizes"];
            add(graph, inputs, if sizes.is_null() { conv } else { conv.sizes(&settings.numbers("sizes")) })
        }
        "max_pool" => add(graph, inputs, settings.pool(Pooling::Max)),
        "average_pool" => add(graph, inputs, settings.pool(Pooling::Average)),
        "global_average_pool" => add(graph, inputs, ops::GlobalAveragePool),
        "global_max_pool" => add(graph, inputs, ops::GlobalMaxPool),
        "resize" => {
            let nearest = settings.0["method"] == "nearest";
            let interpolation = if nearest { Interpolation::Nearest } else { Interpolation::Bilinear };
            add(graph, inputs, Resize { n_h: settings.number("n_h"), n_w: settings.number("n_w"), interpolation })
        }
        "l2_normalize" => add(graph, inputs, L2Normalize { axis: settings.number("axis"), epsilon: 1e-12 }),
        "layer_norm" => add(graph, inputs, LayerNorm { epsilon: 1e-3 }),
        "dot" => add(graph, inputs, ops::Dot),
        "reduce_sum" | "reduce_mean" | "reduce_max" => {
            let reduction = match name {
                "reduce_sum" => Reduction::Sum,
                "reduce_mean" => Reduction::Mean,
                _ => Reduction::Max,
            };
            add(graph, inputs, ops::Reduce { reduction, axes: Some(settings.numbers("axes")) })
        }
        "gather" => {
            let indices = graph.constant(&array(&settings.0["indices"]), "indices");
            graph.add(Gather { axis: settings.number("axis") }, &[&inputs[0], &indices], "op")
        }
        "exp" => add(graph, inputs, Unary::Exp),
        "log" => add(graph, inputs, Unary::Log),
        "sqrt" => add(graph, inputs, Unary::Sqrt),
        "abs" => add(graph, inputs, Unary::Abs),
        "square" => add(graph, inputs, Unary::Square),
        "negative" => add(graph, inputs, Unary::Negative),
        "clip" => add(graph, inputs, Unary::Clip { low: -0.5, high: 0.75 }),
        "add" => add(graph, inputs, Binary::Add),
        "subtract" => add(graph, inputs, Binary::Subtract),
        "multiply" => add(graph, inputs, Binary::Multiply),
        "divide" => add(graph, inputs, Binary::Divide),
        "pow" => add(graph, inputs, Binary::Power),
        "maximum" => add(graph, inputs, Binary::Maximum),
        "minimum" => add(graph, inputs, Binary::Minimum),
        "squared_difference" => add(graph, inputs, Binary::SquaredDifference),
        "slice" => {
            let sizes = settings.numbers("sizes").into_iter().map(Some).collect();
            add(graph, inputs, Slice { begin: settings.numbers("begin"), sizes })
        }
        "transpose" => add(graph, inputs, Transpose { permutation: settings.numbers("permutation") }),
        "matmul" => {
            let flag = |name: &str| settings.0[name] == true;
            let op = BatchMatMul { transpose_a: flag("transpose_a"), transpose_b: flag("transpose_b") };
            add(graph, inputs, op)
        }
        other => panic!("no operation is called {other}"),
    }
}

#[test]
fn operations_agree_with_tensorflow() {
    let fixture: Value = serde_json::from_str(include_str!("fixtures/tensorflow_operations.json")).expect("valid JSON");
    for case in list(&fixture["cases"]) {
        for kernels in KERNELS {
            let name = case["op"].as_str().expect("a name");
            let what = format!("{name} {} {kernels:?}: ", case["settings"]);
            let graph = Graph::new();
            let values: Vec<ArrayD<f32>> = list(&case["inputs"]).iter().map(array).collect();
            let inputs: Vec<Tensor> =
                values.iter().map(|x| graph.variable(x.shape(), Constant(0.0), "input")).collect();
            let output = build(name, &Settings(&case["settings"]), &graph, &inputs);
            let weights = graph.constant(&array(&case["weights"]), "weights");
            let total = graph.add(ops::Multiply, &[&output, &weights], "total");
            let expected = case["gradients"].as_object().expect("gradients by input");
            let differentiated: Vec<&Tensor> =
                expected.keys().map(|i| &inputs[i.parse::<usize>().expect("a number")]).collect();
            let gradients = graph.gradients(&total, &differentiated);
            let session = Session::with_kernels(&graph, kernels);
            session.initialize();
            inputs.iter().zip(&values).for_each(|(tensor, value)| session.assign(tensor, value));
            let y = session.run(&output, &[]);
            assert_near(&format!("{what}output"), &y, &array(&case["output"]), 1e-5);
            for ((i, expected), gradient) in expected.iter().zip(session.run(&gradients, &[])) {
                assert_near(&format!("{what}gradient {i}"), &gradient, &array(expected), 1e-5);
            }
        }
    }
}
