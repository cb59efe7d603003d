//! Files of Keras as its versions and other programs have written them: each predicts what Keras predicts with it, and
//! trains as Keras trains it, or is refused with the reason. `fixtures/keras_variants.py` makes the files.

use cnn::keras::{Loss, Model, SGD, Verbose, layers::Conv2D, load_model, ops};
use hdf5::types::{FixedAscii, VarLenUnicode};
use ndarray::{Array4, array};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/keras_variants.json")).expect("valid JSON")
}

fn floats(value: &Value) -> Vec<f32> {
    let list = value.as_array().expect("a list");
    list.iter().map(|number| number.as_f64().expect("a number") as f32).collect()
}

/// The inputs of the fixtures.
fn pictures(fixture: &Value) -> Array4<f32> {
    Array4::from_shape_vec((3, 6, 6, 2), floats(&fixture["x"])).expect("three pictures")
}

#[track_caller]
fn assert_near<'a>(what: &str, ours: impl IntoIterator<Item = &'a f32>, theirs: &[f32]) {
    let ours: Vec<f32> = ours.into_iter().copied().collect();
    assert_eq!(ours.len(), theirs.len(), "{what}");
    for (ours, theirs) in ours.iter().zip(theirs) {
        assert!((ours - theirs).abs() <= 1e-5, "{what}: {ours}, Keras has {theirs}");
    }
}

fn variant(name: &str) -> PathBuf {
    fixtures().join("keras_variants").join(name)
}

/// The names of all files, which are those with a prediction.
fn names(fixture: &Value) -> Vec<String> {
    let predictions = fixture["predictions"].as_object().expect("predictions by file");
    let mut files: Vec<String> = std::fs::read_dir(variant("."))
        .expect("the folder of files")
        .map(|file| file.expect("a file").file_name().to_string_lossy().into_owned())
        .collect();
    files.sort();
    let mut names: Vec<String> = predictions.keys().cloned().collect();
    names.sort();
    assert_eq!(files, names);
    names
}

#[test]
fn each_predicts_what_keras_predicts() {
    let fixture = fixture();
    let x = pictures(&fixture);
    for name in names(&fixture) {
        let model = load_model(variant(&name)).unwrap_or_else(|error| panic!("{error}"));
        let expected = floats(&fixture["predictions"][&name]);
        // In Keras 2, `training=True` takes the statistics of the batch: another batch, another prediction.
        assert_near(&name, &model.predict(&x), &expected);
        let n = if name == "keras2_training_true.h5" { 3 } else { 1 };
        for i in (0..3).step_by(n) {
            let some = x.slice(ndarray::s![i..i + n, .., .., ..]);
            assert_near(&format!("{name} in batches of {n}"), &model.predict(&some), &expected[2 * i..2 * (i + n)]);
        }
        // Saved here and opened again, it is the same model.
        let dir = tempfile::tempdir().expect("a folder");
        model.save(dir.path().join(&name)).unwrap();
        assert_eq!(load_model(dir.path().join(&name)).unwrap().predict(&x), model.predict(&x), "{name}");
    }
}

#[test]
fn a_training_step_is_that_of_keras() {
    let fixture = fixture();
    let (x, y) = (pictures(&fixture), array![[1.0f32, 0.0], [0.0, 1.0], [0.0, 1.0]]);
    let trained = fixture["trained"].as_object().expect("weights by file");
    assert_eq!(trained.len(), 7);
    for (name, weights) in trained {
        let mut model = load_model(variant(name)).unwrap();
        model.compile(SGD::new().learning_rate(0.1), "categorical_crossentropy", ["accuracy"]);
        model.fit(&x, &y).batch_size(3).without_shuffling().verbose(Verbose::Silent).run();
        let expected = weights.as_array().expect("a list");
        assert_eq!(expected.len(), model.get_weights().len());
        for (i, (ours, theirs)) in model.get_weights().iter().zip(expected).enumerate() {
            assert_near(&format!("{name}, weight {i}"), ours, &floats(theirs));
        }
    }
}

#[test]
fn a_regularizer_is_part_of_the_loss() {
    for name in ["keras2_regularizer.h5", "keras3_regularizer.h5"] {
        let mut model = load_model(variant(name)).unwrap();
        model.compile("sgd", "categorical_crossentropy", ());
        let fixture = fixture();
        let (x, y) = (pictures(&fixture), array![[1.0f32, 0.0], [0.0, 1.0], [0.0, 1.0]]);
        let loss = model.evaluate(&x, &y)[0];
        let convolution = model.layer("conv");
        let Some(regularizer) = convolution.config_as::<Conv2D>().unwrap().affine.kernel_regularizer else {
            panic!("{name}: the layer conv has a regularizer")
        };
        let squares: f32 = convolution.get_weights()[0].iter().map(|w| w * w).sum();
        let mut without = Model::new(model.inputs(), model.outputs());
        without.compile("sgd", Loss::custom("none", |_, p| ops::scale(p, 0.0)), ());
        let penalty = without.evaluate(&x, &y)[0];
        assert!(
            (penalty - f64::from(regularizer.l2 * squares)).abs() < 1e-6 && penalty > 0.0 && loss > penalty,
            "{penalty}"
        );
        // The weights can be trained in layers without it.
        let weights = load_model(variant("keras2_training_none.h5")).unwrap();
        weights.load_weights(variant(name)).unwrap();
    }
}

/// A copy of the file of a plain model, whose model_config `change` has changed.
fn edited(dir: &Path, name: &str, change: impl Fn(&mut Value)) -> PathBuf {
    let path = dir.join("edited.h5");
    std::fs::copy(variant(name), &path).unwrap();
    let file = hdf5::File::open_rw(&path).unwrap();
    let attribute = file.attr("model_config").unwrap();
    let text: VarLenUnicode = attribute.read_scalar().unwrap();
    let mut config: Value = serde_json::from_str(&text).unwrap();
    let before = config.clone();
    change(&mut config);
    assert_ne!(config, before, "nothing has changed");
    attribute.write_scalar(&config.to_string().parse::<VarLenUnicode>().unwrap()).unwrap();
    path
}

/// The entry of the layer `name`.
fn layer<'a>(config: &'a mut Value, name: &str) -> &'a mut Value {
    let layers = config["config"]["layers"].as_array_mut().expect("a list of layers");
    layers.iter_mut().find(|layer| layer["config"]["name"] == name).expect("a layer of this name")
}

#[test]
fn what_would_be_computed_otherwise_is_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    for (base, is_keras_3) in [("keras2_training_none.h5", false), ("keras3_training_none.h5", true)] {
        let check = |change: &dyn Fn(&mut Value), parts: &[&str]| {
            let path = edited(dir.path(), base, change);
            let message = load_model(&path).expect_err(parts[0]).to_string();
            for part in parts.iter().chain(&["edited.h5", "help: "]) {
                assert!(message.contains(part), "`{part}` is missing in:\n{message}");
            }
        };
        let set = |layer_name: &str, setting: &str, value: Value| {
            let what = if layer_name == "x_input" { "layer x_input" } else { layer_name };
            let found = match setting {
                // TensorFlow's list of one axis.
                "axis" if value[1].is_null() => "axis = 1".to_owned(),
                "dtype" => value.as_str().unwrap_or("float").to_owned(),
                _ => format!("{setting} = {value}"),
            };
            check(&|config| layer(config, layer_name)["config"][setting] = value.clone(), &[what, setting, &found]);
        };
        set("conv", "groups", json!(2));
        set("conv", "dilation_rate", json!([0, 2]));
        set("conv", "data_format", json!("channels_first"));
        set("conv", "padding", json!("causal"));
        set("conv", "activation", json!("mish"));
        set("conv", "activation", json!({ "class_name": "LeakyReLU", "config": { "alpha": 0.1 } }));
        set("conv", "filters", json!(3.5));
        set("conv", "a_setting_of_another_version", json!(1));
        set("bn", "axis", json!([1]));
        set("bn", "axis", json!([1, 2]));
        set("bn", "center", json!(false));
        set("bn", "scale", json!(0));
        set("bn", "renorm", json!(true));
        set("bn", "virtual_batch_size", json!(2));
        set("out", "dtype", json!("mixed_float16"));
        set("out", "dtype", json!("float64"));
        set("x_input", "dtype", json!("uint8"));
        set("x_input", "sparse", json!(true));
        set("flat", "data_format", json!("channels_first"));
        // A class of somebody's own, which is called as one of Keras'.
        check(&|config| layer(config, "conv")["registered_name"] = json!("theirs>Conv2D"), &["layer conv", "theirs>"]);
        check(&|config| layer(config, "conv")["class_name"] = json!("theirs>Conv2D"), &["layer conv", "theirs>Conv2D"]);
        check(&|config| layer(config, "act")["class_name"] = json!("PReLU"), &["layer act (PReLU)", "one of "]);
        let call = |layer_name: &str, argument: &str, value: Value| {
            check(
                &|config| {
                    let node = &mut layer(config, layer_name)["inbound_nodes"][0];
                    let arguments = if is_keras_3 { &mut node["kwargs"] } else { &mut node[0][3] };
                    arguments[argument] = value.clone();
                },
                &[&format!("layer {layer_name}"), &format!("{argument} = {value}"), "call"],
            );
        };
        call("bn", "mask", json!(["act", 0, 0]));
        call("conv", "scale_by", json!(2));
        call("bn", "training", json!("sometimes"));
    }
}

#[test]
fn kernels_of_another_backend_are_refused() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("theano.h5");
    for backend in ["theano", "tensorflow", "jax"] {
        std::fs::copy(variant("keras2_training_none.h5"), &path).unwrap();
        let file = hdf5::File::open_rw(&path).unwrap();
        for group in [file.as_group().unwrap(), file.group("model_weights").unwrap()] {
            group.delete_attr("backend").unwrap();
            let text = FixedAscii::<16>::from_ascii(backend).unwrap();
            group.new_attr::<FixedAscii<16>>().create("backend").unwrap().write_scalar(&text).unwrap();
        }
        file.close().unwrap();
        let other = load_model(variant("tensorflow1.h5")).unwrap();
        let (model, weights) = (load_model(&path), other.load_weights(&path));
        if backend == "theano" {
            for message in [model.unwrap_err().to_string(), weights.unwrap_err().to_string()] {
                assert!(message.contains("layer conv (Conv2D)") && message.contains("theano"), "{message}");
            }
        } else {
            assert_eq!((model.is_ok(), weights.is_ok()), (true, true), "{backend}");
        }
    }
}

#[test]
fn settings_of_keras_1_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = edited(dir.path(), "keras2_training_none.h5", |config| {
        let out = &mut layer(config, "out")["config"];
        let units = out["units"].take();
        out["output_dim"] = units;
    });
    let message = load_model(&path).unwrap_err().to_string();
    for part in ["layer out (Dense)", "units", "no such setting", "help: "] {
        assert!(message.contains(part), "`{part}` is missing in:\n{message}");
    }
}

/// Whatever is done to one value of a file's `model_config`, the model computes the same, or is refused: a setting is
/// never passed over in silence.
#[test]
fn no_setting_is_passed_over() {
    let dir = tempfile::tempdir().unwrap();
    let fixture = fixture();
    let x = pictures(&fixture);
    for base in ["keras2_training_none.h5", "keras3_training_none.h5"] {
        let before = load_model(variant(base)).unwrap();
        let (prediction, summary) = (before.predict(&x), before.summary_text());
        let names = ["x_input", "conv", "bn", "act", "pool", "flat", "out"];
        for name in names {
            let values = [json!(7), json!(true), json!("text"), json!([1, 2]), json!({ "a": 1 }), json!(0.5)];
            for (i, value) in values.into_iter().enumerate() {
                let setting = format!("setting_{i}");
                let path = edited(dir.path(), base, |config| layer(config, name)["config"][&setting] = value.clone());
                let message = load_model(&path).expect_err(&setting).to_string();
                assert!(message.contains(&setting) && message.contains(name), "{message}");
            }
            // Python's None says nothing.
            let path = edited(dir.path(), base, |config| layer(config, name)["config"]["another"] = Value::Null);
            let model: Model = load_model(&path).unwrap();
            assert_eq!((model.predict(&x), model.summary_text()), (prediction.clone(), summary.clone()));
        }
    }
}

/// The files that users have sent, where they are at hand: in `shared/faults` beside the project, or in the folder that
/// `CNN_FAULTS` names.
#[test]
fn files_of_users_are_opened_for_batches_of_any_size() {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/faults");
    let faults = std::env::var_os("CNN_FAULTS").map_or(beside, PathBuf::from);
    for name in ["01/deferred_keras2.h5", "01/deferred_keras3.h5", "03/bn_v1.h5"] {
        let path = faults.join(name);
        if !path.exists() {
            println!("skipped: {} is not there", path.display());
            continue;
        }
        let mut model = load_model(&path).unwrap();
        for m in [1, 5, 8, 33] {
            assert_eq!(model.predict(&Array4::<f32>::ones((m, 8, 8, 3))).shape(), [m, 2]);
        }
        let y = ndarray::Array2::from_shape_fn((5, 2), |(i, class)| f32::from(u8::from(i % 2 == class)));
        model.compile("adam", "categorical_crossentropy", ["accuracy"]);
        model.fit(&Array4::<f32>::ones((5, 8, 8, 3)), &y).verbose(Verbose::Silent).run();
    }
}
