//! Losses, metrics, schedules, limits of gradients, weight decay and regularizers against those of Keras 3.

use crate::fixtures::tensors::{array, list};
use cnn::keras::{
    Adam, AdamW, Loss, Metric, Model, Optimizer, Regularizer, SGD, Verbose,
    layers::*,
    losses::{BinaryCrossentropy, CategoricalCrossentropy},
    schedules::{CosineDecay, ExponentialDecay, PiecewiseConstantDecay, Schedule},
};
use cnn::testing::assert_close;
use ndarray::{Array1, Array2, ArrayD};
use serde_json::Value;

fn text(value: &Value) -> &str {
    value.as_str().expect("a text")
}

fn arrays(value: &Value) -> Vec<ArrayD<f32>> {
    list(value).iter().map(array).collect()
}

fn fixture() -> Value {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keras_objectives.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn loss(name: &str) -> Loss {
    let categorical = CategoricalCrossentropy::new;
    match name {
        "huber 0.5" => Loss::Huber { delta: 0.5 },
        "categorical smooth" => categorical().label_smoothing(0.2).into(),
        "categorical logits" => categorical().from_logits(true).into(),
        "categorical logits smooth" => categorical().from_logits(true).label_smoothing(0.1).into(),
        "binary smooth" => BinaryCrossentropy::new().label_smoothing(0.2).into(),
        "binary logits" => BinaryCrossentropy::new().from_logits(true).into(),
        name => Loss::try_from(name).unwrap(),
    }
}

/// A model that returns the rows of a matrix, which is its one weight, for the rows of the identity.
fn constant(p: &ArrayD<f32>) -> Model {
    let x_input = Input::new(p.shape()[0]).call();
    let model = Model::new(&x_input, Dense::new(p.shape()[1]).use_bias(false).name("p").call(&x_input));
    model.layer("p").set_weights(std::slice::from_ref(p));
    model
}

#[test]
fn losses_and_their_gradients() {
    for case in list(&fixture()["losses"]) {
        let (name, p, y) = (text(&case["loss"]), array(&case["p"]), array(&case["y"]));
        let mut model = constant(&p);
        model.compile(SGD::new().learning_rate(1.0), loss(name), ());
        let x = Array2::<f32>::eye(p.shape()[0]);
        let value = case["value"].as_f64().unwrap();
        let fit = model.fit(&x, &y).batch_size(p.shape()[0]).without_shuffling().verbose(Verbose::Silent);
        let history = match &case["weights"] {
            Value::Null => fit.run(),
            weights => fit.sample_weight(&array(weights).into_dimensionality::<ndarray::Ix1>().unwrap()).run(),
        };
        let ours = history["loss"][0];
        assert!((ours - value).abs() <= 1e-5 * value.abs(), "{name}: {ours}, Keras has {value}");
        // With learning rate 1, the step is the gradient.
        let step = &p - &model.get_weights()[0];
        assert_close(&step, array(&case["d_p"]), 1e-4, 2e-6);
    }
}

#[test]
fn metrics_over_two_batches() {
    for case in list(&fixture()["metrics"]) {
        let (name, p, y) = (text(&case["metric"]), array(&case["p"]), array(&case["y"]));
        let metric = match name {
            "top 2" => Metric::TopKCategoricalAccuracy { k: 2 },
            name => Metric::try_from(name).unwrap(),
        };
        let mut model = constant(&p);
        model.compile("sgd", "mse", [metric]);
        let x = Array2::<f32>::eye(p.shape()[0]);
        let ours = model.evaluate_with(&x, &y).batch_size(3).run()[1];
        let expected = case["value"].as_f64().unwrap();
        assert!((ours - expected).abs() < 1e-6, "{name}: {ours}, Keras has {expected}");
    }
}

#[test]
fn schedules() {
    let fixture = fixture();
    let steps: Vec<u64> = list(&fixture["steps"]).iter().map(|step| step.as_u64().unwrap()).collect();
    let schedules: [(&str, Schedule); 5] = [
        ("cosine", Schedule::CosineDecay(CosineDecay::new(0.1, 50).alpha(0.1))),
        ("cosine with warm-up", Schedule::CosineDecay(CosineDecay::new(0.01, 40).warmup(0.2, 10))),
        ("exponential", Schedule::ExponentialDecay(ExponentialDecay::new(0.1, 20, 0.7))),
        ("staircase", Schedule::ExponentialDecay(ExponentialDecay::new(0.1, 20, 0.7).staircase(true))),
        ("piecewise", Schedule::PiecewiseConstantDecay(PiecewiseConstantDecay::new([10, 25], [0.1, 0.05, 0.01]))),
    ];
    for (name, schedule) in schedules {
        for (step, expected) in steps.iter().zip(list(&fixture["schedules"][name])) {
            let (ours, expected) = (f64::from(schedule.at(*step)), expected.as_f64().unwrap());
            assert!((ours - expected).abs() <= 1e-6, "{name} at {step}: {ours}, Keras has {expected}");
        }
    }
}

fn optimizer(name: &str) -> Optimizer {
    let sgd = SGD::new().learning_rate(0.05);
    match name {
        "adamw" => AdamW::new().learning_rate(0.05).into(),
        "adamw 0.1" => AdamW::new().learning_rate(0.05).weight_decay(0.1).into(),
        "sgd decay" => sgd.momentum(0.9).weight_decay(0.1).into(),
        "sgd clipnorm" => sgd.clipnorm(0.5).into(),
        "sgd clipvalue" => sgd.clipvalue(0.2).into(),
        "sgd global_clipnorm" => sgd.global_clipnorm(0.6).into(),
        "adam global_clipnorm" => Adam::new().learning_rate(0.05).global_clipnorm(0.6).into(),
        "sgd cosine" => SGD::new().learning_rate(CosineDecay::new(0.2, 3)).into(),
        other => panic!("no optimizer is called {other}"),
    }
}

#[test]
fn optimizers_and_regularizers() {
    let fixture = &fixture()["training"];
    let (x, y, start) = (array(&fixture["x"]), array(&fixture["y"]), arrays(&fixture["start"]));
    for run in list(&fixture["runs"]) {
        let x_input = Input::new(3).call();
        let dense = match run["regularizer"].as_str() {
            None => Dense::new(2),
            Some("l1") => Dense::new(2).kernel_regularizer(Regularizer::l1(0.1)),
            Some(_) => Dense::new(2).kernel_regularizer(Regularizer::l2(0.1)),
        };
        let mut model = Model::new(&x_input, dense.call(&x_input));
        model.set_weights(&start);
        model.compile(optimizer(text(&run["optimizer"])), "mse", ());
        let fit = model.fit(&x, &y).epochs(4).batch_size(6).without_shuffling().verbose(Verbose::Silent);
        let losses = Array1::from(fit.run()["loss"].to_vec());
        let expected: Array1<f64> = list(&run["losses"]).iter().map(|loss| loss.as_f64().unwrap()).collect();
        assert_close(&losses, &expected, 1e-5, 1e-6);
        for (ours, expected) in model.get_weights().iter().zip(&arrays(&run["weights"])) {
            assert_close(ours, expected, 1e-4, 1e-5);
        }
    }
}
