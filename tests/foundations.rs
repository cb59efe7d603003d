/*!
The reference functions of assignment 5 against TensorFlow: sizes and paddings of every small axis, convolution along one
axis and along three, and the parameters that Keras counts.
*/

#![cfg(feature = "graded")]

use crate::fixtures;
use cnn::graded::foundations::*;
use cnn::prelude::*;
use ndarray::{Dimension, IntoDimension, IxDyn};
use serde_json::Value;

fn number(case: &Value, name: &str) -> usize {
    case[name].as_u64().unwrap_or_else(|| panic!("{name} in {case}")) as usize
}

#[test]
fn sizes_and_paddings_are_tensorflows() {
    let cases = fixtures::cases("foundations.json");
    let sizes: Vec<&Value> = cases.iter().filter(|case| case.get("n").is_some()).collect();
    assert_eq!(sizes.len(), 9 * 6 * 4);
    for case in sizes {
        let (n, f, stride) = (number(case, "n"), number(case, "f"), number(case, "stride"));
        let (before, after) = same_padding(n, f, stride);
        assert_eq!(
            (before, after),
            (number(case, "before"), number(case, "after")),
            "{n} entries, f = {f}, stride {stride}"
        );
        // What the definition says: with these zeros the output has ⌈n / stride⌉ entries.
        assert_eq!(output_size(n + before + after, f.min(n + before + after), 0, stride), number(case, "same_size"));
        for valid in case["valid"].as_array().unwrap() {
            let valid = fixtures::numbers(valid);
            assert_eq!(
                output_size(n, f, valid[0], stride),
                valid[1],
                "{n} entries, f = {f}, {} zeros, stride {stride}",
                valid[0]
            );
        }
    }
}

#[track_caller]
fn close<D: Dimension>(case: &Value, z: &Array<f64, D>) {
    assert_eq!(z.shape(), fixtures::numbers(&case["z_shape"]));
    let expected = ArrayD::from_shape_vec(IxDyn(z.shape()), fixtures::doubles(&case["z"])).unwrap();
    assert_close(z.clone().into_dyn(), expected, 1e-12, 1e-12);
}

#[test]
fn convolutions_are_tensorflows() {
    let cases = fixtures::cases("foundations.json");
    let mut axes = Vec::new();
    for case in cases.iter().filter(|case| case.get("z").is_some()) {
        let (seed, f, n_c) = (number(case, "seed"), number(case, "f"), number(case, "n_c"));
        let hparameters = ConvHparameters { stride: number(case, "stride"), pad: number(case, "pad") };
        let mut rng = RandomState::new(seed as u32);
        let shape = fixtures::numbers(&case["shape"]);
        axes.push(shape.len() - 2);
        if let [m, n, n_c_prev] = shape[..] {
            let (a_prev, w, b) = (rng.randn((m, n, n_c_prev)), rng.randn((f, n_c_prev, n_c)), rng.randn(n_c));
            close(case, &conv1d_forward(&a_prev, &w, &b, hparameters));
        } else {
            let shape: [usize; 5] = shape.try_into().unwrap();
            let a_prev = rng.randn(shape.into_dimension());
            let (w, b) = (rng.randn((f, f, f, shape[4], n_c)), rng.randn(n_c));
            close(case, &conv3d_forward(&a_prev, &w, &b, hparameters));
        }
    }
    assert_eq!(axes, [1, 1, 1, 1, 3, 3, 3, 3]);
}

#[test]
fn parameters_are_kerass() {
    let cases = fixtures::cases("foundations.json");
    let networks: Vec<&Value> = cases.iter().filter(|case| case.get("network").is_some()).collect();
    assert_eq!(networks.len(), 3);
    for case in networks {
        let input: [usize; 3] = fixtures::numbers(&case["input"]).try_into().unwrap();
        let layers = case["layers"].as_array().unwrap().iter().map(|layer| {
            let size = |i: usize| layer[i].as_u64().unwrap() as usize;
            match layer[0].as_str().unwrap() {
                "conv" => LayerHparameters::Conv { f: size(1), pad: size(2), stride: size(3), filters: size(4) },
                "pool" => LayerHparameters::Pool { f: size(1), stride: size(2) },
                _ => LayerHparameters::Dense { units: size(1) },
            }
        });
        let layers: Vec<LayerHparameters> = layers.collect();
        assert_eq!(count_parameters(input.into(), &layers), fixtures::numbers(&case["counts"]), "{}", case["network"]);
    }
}
