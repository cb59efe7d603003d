/*!
The reference functions of assignment 6: networks that compute what Keras' do with the same weights, and multiplications as
TensorFlow's profiler counts them.
*/

#![cfg(feature = "graded")]

use crate::fixtures;
use cnn::graded::classic_networks::*;
use cnn::keras::Model;
use cnn::keras::layers::Input;
use cnn::prelude::*;
use serde_json::Value;

fn number(case: &Value, name: &str) -> usize {
    case[name].as_u64().unwrap_or_else(|| panic!("{name} in {case}")) as usize
}

#[test]
fn multiplications_are_tensorflows() {
    let cases = fixtures::cases("classic_networks.json");
    let mut counted = 0;
    for case in cases.iter().filter(|case| case.get("cost").is_some()) {
        let [n_h, n_w, n_c] = fixtures::numbers(&case["input"]).try_into().unwrap();
        let (f, filters) = (number(case, "f"), number(case, "filters"));
        let costs = match case["cost"].as_str().unwrap() {
            "bottleneck" => bottleneck_cost((n_h, n_w, n_c), f, number(case, "bottleneck"), filters),
            _ => separable_cost((n_h, n_w, n_c), f, filters),
        };
        assert_eq!(costs, (number(case, "direct"), number(case, "other")), "{case}");
        counted += 1;
    }
    assert_eq!(counted, 6);
}

/// Draws images and the weights of the named layers as the fixture's script does, and compares the output.
#[track_caller]
fn computes_what_keras_does(case: &Value, model: &Model, prefix: &str) {
    let mut rng = RandomState::new(number(case, "seed") as u32);
    let shape: [usize; 4] = fixtures::numbers(&case["shape"]).try_into().unwrap();
    let x = rng.randn(shape).mapv(|v| v as f32);
    for name in case["weights"].as_array().unwrap() {
        let layer = model.layer(&name.as_str().unwrap().replacen("m_", prefix, 1));
        let drawn = layer.get_weights().into_iter().map(|w| rng.randn(w.shape()).mapv(|v| (0.2 * v) as f32));
        layer.set_weights(&drawn.collect::<Vec<_>>());
    }
    let y = model.predict(&x);
    assert_eq!(y.shape(), fixtures::numbers(&case["output_shape"]));
    assert_eq!(model.count_params(), number(case, "count_params"));
    for (ours, theirs) in y.iter().zip(fixtures::doubles(&case["output"])) {
        assert!((f64::from(*ours) - theirs).abs() < 1e-5, "{}: ours {ours}, Keras' {theirs}", case["network"]);
    }
}

#[test]
fn lenet5_is_kerass() {
    let cases = fixtures::cases("classic_networks.json");
    let cases: Vec<&Value> = cases.iter().filter(|case| case["network"] == "lenet5").collect();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let shape = fixtures::numbers(&case["shape"]);
        let model = lenet5((shape[1], shape[2], shape[3]), number(case, "classes"));
        computes_what_keras_does(case, &model, "m_");
    }
}

#[test]
fn inception_module_is_kerass() {
    let cases = fixtures::cases("classic_networks.json");
    let cases: Vec<&Value> = cases.iter().filter(|case| case["network"] == "inception").collect();
    assert_eq!(cases.len(), 2);
    for case in cases {
        let shape = fixtures::numbers(&case["shape"]);
        let x = Input::new((shape[1], shape[2], shape[3])).call();
        let filters = fixtures::numbers(&case["filters"]).try_into().unwrap();
        let model = Model::new(&x, inception_module(&x, filters, "inception_3a"));
        computes_what_keras_does(case, &model, "inception_3a_");
    }
}
