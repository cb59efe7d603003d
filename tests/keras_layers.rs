//! Layers, losses and optimizers of the Keras frontend against Keras itself: every layer forward and backward, with both sets
//! of kernels, and whole training runs with what they leave in weights and moving statistics. The numbers are in
//! `fixtures/keras_layers.json`, made by the script beside it.

use crate::fixtures::tensors::{array, assert_near, list};
use cnn::{
    graph::{Session, ops},
    keras::{
        Adam, Config, Kernels, LayerRegistry, Model, Optimizer, RMSprop, SGD, Tensor, Verbose, layers::*, load_model,
    },
};
use ndarray::{Array2, ArrayD, IxDyn};
use serde_json::Value;

const KERNELS: [Kernels; 2] = [Kernels::Exact, Kernels::Fast { threads: 2 }];

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/keras_layers.json")).expect("valid JSON")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("expected a text, got {value}"))
}

fn arrays(value: &Value) -> Vec<ArrayD<f32>> {
    list(value).iter().map(array).collect()
}

#[track_caller]
fn assert_all_near(what: &str, ours: &[ArrayD<f32>], theirs: &[ArrayD<f32>], tolerance: f32) {
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (i, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
        assert_near(&format!("{what} {i}"), ours, theirs, tolerance);
    }
}

/// The layer of a case, called on its inputs: made from Keras' arguments, as from a file.
fn call(case: &Value, x: &[Tensor]) -> Tensor {
    let config = Config::parse(&case["settings"].to_string()).expect("settings");
    LayerRegistry::new().call(text(&case["layer"]), &config, x).unwrap_or_else(|mismatch| panic!("{case}: {mismatch}"))
}

#[test]
fn layers() {
    let fixture = fixture();
    for case in list(&fixture["layers"]) {
        for kernels in KERNELS {
            let what = format!("{} {} {kernels:?}", text(&case["layer"]), case["settings"]);
            let values = arrays(&case["inputs"]);
            let first = Input::new(IxDyn(&values[0].shape()[1..])).call();
            let rest = values[1..].iter().map(|x| Input::new(IxDyn(&x.shape()[1..])).beside(&first).call());
            let inputs: Vec<Tensor> = std::iter::once(first.clone()).chain(rest).collect();
            let output = call(case, &inputs);
            let layer = output.layer();
            let weights: Vec<_> = layer.weights().iter().map(|weight| &weight.variable).collect();
            let trained = layer.weights().iter().filter(|weight| weight.trainable).map(|weight| &weight.variable);
            let symbols: Vec<_> = inputs.iter().map(Tensor::symbol).chain(trained).collect();

            let graph = output.symbol().graph();
            let factors = array(&case["factors"]);
            let total = graph.add(ops::Multiply, &[output.symbol(), &graph.constant(&factors, "factors")], "total");
            let gradients = graph.gradients(&total, &symbols);
            let session = Session::with_kernels(graph, kernels);
            session.initialize();
            let start = arrays(&case["weights"]);
            assert_eq!(weights.len(), start.len(), "{what}");
            weights.iter().zip(&start).for_each(|(weight, value)| session.assign(weight, value));

            let feeds: Vec<_> = inputs.iter().zip(&values).map(|(x, value)| x.symbol().feed(value)).collect();
            let fetches = (output.symbol(), &gradients);
            let (y, gradients) = if case["training"] == true {
                session.run_training(fetches, &feeds)
            } else {
                session.run(fetches, &feeds)
            };
            assert_near(&format!("{what} output"), &y, &array(&case["output"]), 1e-5);
            let (d_inputs, d_weights) = gradients.split_at(inputs.len());
            assert_all_near(&format!("{what} gradient of input"), d_inputs, &arrays(&case["d_inputs"]), 1e-5);
            assert_all_near(&format!("{what} gradient of weight"), d_weights, &arrays(&case["d_weights"]), 1e-5);
            let after: Vec<_> = weights.iter().map(|weight| session.value(weight)).collect();
            assert_all_near(&format!("{what} weight after"), &after, &arrays(&case["weights_after"]), 1e-6);
        }
    }
}

/// Every case is saved as a model in both formats and opened again: the same settings, weights and predictions.
#[test]
fn every_layer_is_saved_and_opened() {
    let (fixture, dir) = (fixture(), tempfile::tempdir().expect("a folder"));
    for case in list(&fixture["layers"]) {
        let what = format!("{} {}", text(&case["layer"]), case["settings"]);
        let values = arrays(&case["inputs"]);
        let first = Input::new(IxDyn(&values[0].shape()[1..])).call();
        let rest = values[1..].iter().map(|x| Input::new(IxDyn(&x.shape()[1..])).beside(&first).call());
        let inputs: Vec<Tensor> = std::iter::once(first.clone()).chain(rest).collect();
        let output = call(case, &inputs);
        let model = Model::new(&inputs, &output);
        model.set_weights(&arrays(&case["weights"]));
        let expected = model.predict_all(values.iter().collect::<Vec<_>>());
        for format in ["h5", "keras"] {
            let path = dir.path().join(format!("layer.{format}"));
            model.save(&path).unwrap_or_else(|error| panic!("{what}: {error}"));
            let again = load_model(&path).unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(again.get_weights(), model.get_weights(), "{what}");
            assert_eq!(again.predict_all(values.iter().collect::<Vec<_>>()), expected, "{what}");
            let config = |model: &Model| format!("{:?}", model.layer(output.layer().name()).config());
            assert_eq!(config(&again), config(&model), "{what}");
        }
    }
}

/// Every layer there is has a case, but the input, and every file of the folder is a layer of the registry.
#[test]
fn no_layer_is_forgotten() {
    let fixture = fixture();
    let tested: Vec<&str> = list(&fixture["layers"]).iter().map(|case| text(&case["layer"])).collect();
    let registry = LayerRegistry::new();
    let mut known: Vec<String> = vec!["mod".into(), "shared".into()];
    for name in registry.class_names() {
        assert!(tested.contains(&name) || name == "InputLayer", "{name} has no case in keras_layers_fixtures.py");
        known.push(if name == "InputLayer" { "input".into() } else { name.to_lowercase() });
    }
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/keras/layers");
    for file in std::fs::read_dir(folder).expect("the layers' folder") {
        let file = file.expect("a file").path();
        let name = file.file_stem().expect("a name").to_string_lossy().replace('_', "");
        assert!(known.contains(&name), "{} is not in layers! of layers/mod.rs", file.display());
    }
}

/// Losses and their gradients, through the activation in front of them and, where a dropout of nothing hides it, from
/// what it returned. The logits are the weights of a layer whose examples are the rows of the identity.
#[test]
fn losses() {
    let fixture = fixture();
    for case in list(&fixture["losses"]) {
        let (name, activation) = (text(&case["loss"]), text(&case["activation"]));
        let (z, y) = (array(&case["z"]), array(&case["y"]));
        for hidden in [false, true] {
            let what = format!("{name} of {activation}, hidden: {hidden}");
            let m = z.shape()[0];
            let x_input = Input::new(m).call();
            let logits = Dense::new(z.shape()[1]).use_bias(false).name("logits").call(&x_input);
            let output = Activation::new(activation).call(&logits);
            let output = if hidden { Dropout::new(0.0).call(&output) } else { output };
            let mut model = Model::new(&x_input, &output);
            model.layer("logits").set_weights(std::slice::from_ref(&z));
            model.compile(SGD::new(), name, ["accuracy"]);
            let x = Array2::<f32>::eye(m);
            let (value, expected) = (model.evaluate(&x, &y)[0], case["value"].as_f64().expect("a number"));
            assert!((value - expected).abs() <= 1e-5 * expected.abs(), "{what}: {value}, Keras has {expected}");
            assert_near(&format!("{what}, gradient"), &model.gradients(&x, &y)[0].2, &array(&case["d_z"]), 1e-5);
        }
    }
}

/// The network of the training runs, in which every kind of layer stands.
fn network() -> Model {
    let x_input = Input::new((8, 8, 3)).call();
    let x = ZeroPadding2D::new((2, 1)).call(&x_input);
    let x = Conv2D::new(6, (3, 2)).strides((2, 1)).use_bias(false).name("conv1").call(&x);
    let x = BatchNormalization::new().axis(3).momentum(0.9).name("bn1").call(&x);
    let x_shortcut = Activation::new("relu").call(&x);
    let x = Conv2D::new(6, 3).padding(Padding::Same).activation("tanh").name("conv2").call(&x_shortcut);
    let x = BatchNormalization::new().momentum(0.8).epsilon(0.01).name("bn2").call(&x);
    let x = Add::new().call([&x, &x_shortcut]);
    let x = Concatenate::new().call([MaxPooling2D::new(2).call(&x), AveragePooling2D::new(2).call(&x)]);
    let flat = Flatten::new().call(&x);
    let pooled = [GlobalAveragePooling2D::new().call(&x), GlobalMaxPooling2D::new().call(&x)];
    let x = Concatenate::new().call([&flat, &pooled[0], &pooled[1]]);
    let x = Dense::new(5).activation("sigmoid").name("hidden").call(&x);
    Model::new(&x_input, Dense::new(3).activation("softmax").name("fc").call(&x))
}

fn optimizer(name: &str) -> Optimizer {
    match name {
        "SGD" => SGD::new().learning_rate(0.1).into(),
        "SGD with momentum" => SGD::new().learning_rate(0.05).momentum(0.9).into(),
        "SGD with Nesterov's momentum" => SGD::new().learning_rate(0.05).momentum(0.9).nesterov(true).into(),
        "RMSprop" => RMSprop::new().learning_rate(0.01).into(),
        "Adam" => Adam::new().learning_rate(0.01).into(),
        other => panic!("no optimizer is called {other}"),
    }
}

/// Five steps with each optimizer, the last two with half the learning rate: the losses, all weights and moving
/// statistics afterwards, and what the trained network predicts with them.
#[test]
fn training_runs() {
    let fixture = &fixture()["training"];
    let (x, y, start) = (array(&fixture["x"]), array(&fixture["y"]), arrays(&fixture["start"]));
    for run in list(&fixture["runs"]) {
        for kernels in KERNELS {
            let name = text(&run["optimizer"]);
            let what = format!("{name} {kernels:?}");
            let mut model = network().kernels(kernels);
            model.set_weights(&start);
            model.compile(optimizer(name), "categorical_crossentropy", ["accuracy"]);
            let learning_rate = model.learning_rate();
            let step = |step: usize| {
                model.set_learning_rate(if step < 3 { learning_rate } else { learning_rate / 2.0 });
                model.fit(&x, &y).batch_size(x.shape()[0]).verbose(Verbose::Silent).run()["loss"][0] as f32
            };
            let losses: Vec<f32> = (0..5).map(step).collect();
            let losses = ArrayD::from_shape_vec(IxDyn(&[5]), losses).expect("five losses");
            assert_near(&format!("{what}, losses"), &losses, &array(&run["losses"]), 1e-5);
            assert_all_near(&format!("{what}, weight"), &model.get_weights(), &arrays(&run["weights"]), 1e-5);
            let predictions = model.predict(&x).into_dyn();
            assert_near(&format!("{what}, predictions"), &predictions, &array(&run["predictions"]), 1e-5);
        }
    }
}
