//! Models on disk: what Keras wrote is opened and predicts the same, what is written here is read again, and each kind
//! of damage is named.

use cnn::{
    keras::{Adam, Metric, Model, ModelCheckpoint, Optimizer, SGD, Tensor, Verbose, layers::*, load_model},
    numpy::RandomState,
};
use ndarray::{Array1, Array4, ArrayD, array};
use serde_json::Value;
use std::path::{Path, PathBuf};

fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

fn floats(value: &Value) -> Vec<f32> {
    match value {
        Value::Array(list) => list.iter().flat_map(floats).collect(),
        number => vec![number.as_f64().expect("a number") as f32],
    }
}

/// The inputs of the fixtures, and what Keras predicts for them with the model in `file`.
fn predictions(file: &str) -> (Array4<f32>, Vec<f32>) {
    let text = std::fs::read_to_string(fixture("keras_predictions.json")).unwrap();
    let json: Value = serde_json::from_str(&text).unwrap();
    (Array4::from_shape_vec((3, 8, 8, 3), floats(&json["x"])).unwrap(), floats(&json["predictions"][file]))
}

/// Tests that `model` predicts what Keras does with the model in `file`.
#[track_caller]
fn check_predictions(model: &Model, file: &str) {
    let (x, expected) = predictions(file);
    let ours = model.predict(&x);
    assert_eq!(ours.len(), expected.len());
    for (ours, expected) in ours.iter().zip(&expected) {
        assert!((ours - expected).abs() <= 1e-5, "{file}: {ours} is not {expected}");
    }
}

const FILES: [&str; 4] = ["keras2.h5", "keras3.h5", "keras2_sequential.h5", "keras3_sequential.h5"];

#[test]
fn models_of_keras_predict_the_same() {
    for file in FILES {
        check_predictions(&load_model(fixture(file)).unwrap(), file);
    }
}

#[test]
fn what_is_read_is_written_and_read_again() {
    let dir = tempfile::tempdir().unwrap();
    for file in FILES {
        let path = dir.path().join(file);
        let model = load_model(fixture(file)).unwrap();
        model.save(&path).unwrap();
        let again = load_model(&path).unwrap();
        check_predictions(&again, file);
        assert_eq!(again.summary_text(), model.summary_text());
        assert_eq!(again.get_weights(), model.get_weights());
        assert_eq!((again.optimizer(), again.loss()), (model.optimizer(), model.loss()));
        assert_eq!(again.metrics(), model.metrics());
        let left: Vec<_> = std::fs::read_dir(dir.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert_eq!(left, [file], "no temporary file stays behind");
        std::fs::remove_file(path).unwrap();
    }
}

#[test]
fn settings_names_and_compilation_come_along() {
    for file in ["keras2.h5", "keras3.h5"] {
        let model = load_model(fixture(file)).unwrap();
        assert_eq!(model.get_name(), "every_layer");
        assert_eq!(model.optimizer(), Some(&Optimizer::Adam(Adam::new().learning_rate(0.002))));
        assert_eq!(
            (model.loss().unwrap().name(), model.metrics()),
            ("categorical_crossentropy", &[Metric::Accuracy][..])
        );
        let (bn, frozen) = (model.layer("bn_conv1"), model.layer("bn_conv2"));
        let bn = bn.config_as::<BatchNormalization>().unwrap();
        assert_eq!((bn.momentum, bn.epsilon), (0.9, 0.002));
        assert!(model.layer("bn_conv1").trainable() && !frozen.trainable());
        let conv = model.layer("conv1");
        let conv = conv.config_as::<Conv2D>().unwrap();
        assert_eq!((conv.windows.size.pair(), conv.windows.strides.pair()), ((3, 2), (2, 1)));
        // Names that the file has taken are not given again.
        let pooled = MaxPooling2D::new(1).call(model.layer("conv2").output());
        assert_eq!(pooled.layer().name(), "max_pooling2d_2");
    }
    let model = load_model(fixture("keras2_sequential.h5")).unwrap();
    let sgd = SGD::new().learning_rate(0.05).momentum(0.9).nesterov(true);
    assert_eq!(model.optimizer(), Some(&Optimizer::SGD(sgd)));
}

#[test]
fn a_loaded_model_goes_on_training() {
    let mut model = load_model(fixture("keras3.h5")).unwrap();
    let (x, _) = predictions("keras3.h5");
    let y = array![[1.0f32, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    let before = model.evaluate(&x, &y)[0];
    model.set_learning_rate(0.02);
    model.fit(&x, &y).epochs(40).verbose(Verbose::Silent).run();
    let after = model.evaluate(&x, &y)[0];
    assert!(after < 0.8 * before, "{before} to {after}");
}

#[test]
fn weights_are_read_from_whole_models_and_from_files_of_weights() {
    let dir = tempfile::tempdir().unwrap();
    let weights = dir.path().join("new/weights.h5");
    let model = load_model(fixture("keras2.h5")).unwrap();
    model.save_weights(&weights).unwrap();
    let changed = || {
        let model = load_model(fixture("keras2.h5")).unwrap();
        let zeros: Vec<ArrayD<f32>> = model.get_weights().iter().map(|w| ArrayD::zeros(w.raw_dim())).collect();
        model.set_weights(&zeros);
        model
    };
    for file in [weights, fixture("keras2.h5"), fixture("keras3.h5")] {
        let model = changed();
        model.load_weights(file).unwrap();
        check_predictions(&model, "keras2.h5");
    }
}

fn dense(x: &Tensor, units: usize, name: &str) -> Tensor {
    Dense::new(units).name(name).call(x)
}

#[test]
fn weights_are_found_by_name_or_else_by_order() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.h5");
    let pair = |first: &str, second: &str| {
        let x_input = Input::new(2).call();
        Model::new(&x_input, dense(&dense(&x_input, 2, first), 2, second))
    };
    let ab = pair("a", "b");
    ab.save_weights(&path).unwrap();
    let ba = pair("b", "a");
    ba.load_weights(&path).unwrap();
    assert_eq!(ba.layer("a").get_weights(), ab.layer("a").get_weights());
    let cd = pair("c", "d");
    cd.load_weights(&path).unwrap();
    assert_eq!(cd.get_weights(), ab.get_weights());
    // Only those of the same name, when asked so.
    let ae = pair("e", "a");
    let e = ae.layer("e").get_weights();
    assert_eq!(ae.load_weights_by_name(&path).unwrap(), ["a"]);
    assert_eq!(ae.layer("a").get_weights(), ab.layer("a").get_weights());
    assert_eq!(ae.layer("e").get_weights(), e);
}

/// Pictures 8×8 whose first channel is bright, or not.
fn bright_or_dark(m: usize) -> (Array4<f64>, Array1<usize>) {
    let mut x = RandomState::new(5).randn((m, 8, 8, 3));
    let y = Array1::from_shape_fn(m, |i| i % 2);
    for (i, y) in y.iter().enumerate() {
        x.slice_mut(ndarray::s![i, .., .., 0]).mapv_inplace(|pixel| pixel + 2.0 * *y as f64 - 1.0);
    }
    (x, y)
}

#[test]
fn a_new_head_learns_on_frozen_features() {
    let base = load_model(fixture("keras2.h5")).unwrap();
    // Below the old head; everything up to there is frozen, moving averages too.
    let features = base.layer("dropout");
    base.layers().iter().for_each(|layer| layer.set_trainable(false));
    let head = Dense::new(2).activation("softmax").name("bright").call(features.output());
    let mut model = Model::new(base.inputs(), &head);
    assert_eq!(model.count_trainable_params(), model.layer("bright").count_params());
    let values = |model: &Model, name: &str| model.layer(name).get_weights();
    let names: Vec<String> = model.layers().iter().map(|layer| layer.name().to_owned()).collect();
    let before: Vec<_> = names.iter().map(|name| values(&model, name)).collect();
    let (x, y) = bright_or_dark(120);
    model.compile(Adam::new().learning_rate(0.01), "sparse_categorical_crossentropy", ["accuracy"]);
    let start = model.evaluate(&x, &y)[0];
    model.fit(&x, &y).epochs(30).verbose(Verbose::Silent).run();
    let [loss, accuracy] = model.evaluate(&x, &y)[..] else { panic!("loss and accuracy") };
    assert!(loss < 0.5 * start && accuracy > 0.85, "loss {start} to {loss}, accuracy {accuracy}");
    for (name, before) in names.iter().zip(before) {
        let moved = values(&model, name) != before;
        assert_eq!(moved, name == "bright", "{name}");
    }
    check_predictions(&base, "keras2.h5"); // the old model has its head, and its features are the same
    // What is frozen stays so on disk.
    let dir = tempfile::tempdir().unwrap();
    model.save(dir.path().join("tuned.h5")).unwrap();
    let again = load_model(dir.path().join("tuned.h5")).unwrap();
    assert_eq!(again.count_trainable_params(), model.count_trainable_params());
    assert_eq!(again.predict(&x), model.predict(&x));
    // The upper part is unfrozen: now training updates it as well.
    model.freeze_until("conv2");
    let (conv1, conv2) = (values(&model, "conv1"), values(&model, "conv2"));
    model.compile(Adam::new().learning_rate(0.001), "sparse_categorical_crossentropy", ["accuracy"]);
    model.fit(&x, &y).verbose(Verbose::Silent).run();
    assert!(values(&model, "conv1") == conv1 && values(&model, "conv2") != conv2);
}

#[test]
fn checkpoints_save_the_model_or_its_weights() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name).display().to_string();
    let mut model = load_model(fixture("keras2_sequential.h5")).unwrap();
    let (x, y) = bright_or_dark(40);
    let mut whole = ModelCheckpoint::new(path("model.{epoch:02d}.h5"));
    let mut weights = ModelCheckpoint::new(path("weights.h5")).save_weights_only(true);
    let fit = model.fit(&x, &y).epochs(2).verbose(Verbose::Silent);
    fit.callback(&mut whole).callback(&mut weights).run();
    assert_eq!(whole.saved(), [dir.path().join("model.01.h5"), dir.path().join("model.02.h5")]);
    assert_eq!((whole.failure(), weights.failure()), (None, None));
    let again = load_model(dir.path().join("model.02.h5")).unwrap();
    assert_eq!(again.get_weights(), model.get_weights());
    load_model(dir.path().join("weights.h5")).unwrap_err();
    again.load_weights(dir.path().join("weights.h5")).unwrap();
    assert_eq!(again.get_weights(), model.get_weights());
}

/// A copy of a fixture whose `model_config` has `from` replaced by `to`.
fn edited(dir: &Path, file: &str, from: &str, to: &str) -> PathBuf {
    let path = dir.join("edited.h5");
    std::fs::copy(fixture(file), &path).unwrap();
    let h5 = hdf5::File::open_rw(&path).unwrap();
    let attribute = h5.attr("model_config").unwrap();
    let text: hdf5::types::VarLenUnicode = attribute.read_scalar().unwrap();
    assert!(text.contains(from), "{from} is not in {text}");
    attribute.write_scalar(&text.replacen(from, to, 1).parse::<hdf5::types::VarLenUnicode>().unwrap()).unwrap();
    path
}

/// Tests that reading fails with a message that has all `parts`, the name of the file and a way out.
#[track_caller]
fn check_error(path: &Path, parts: &[&str]) {
    let message = load_model(path).expect_err("a damaged file").to_string();
    for part in parts.iter().chain(&[path.file_name().unwrap().to_str().unwrap(), "help: "]) {
        assert!(message.contains(part), "`{part}` is missing in:\n{message}");
    }
}

#[test]
fn files_that_are_no_models_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let path = |name: &str| dir.path().join(name);
    check_error(&path("missing.h5"), &["not found", "a model of Keras"]);
    std::fs::write(path("model.keras"), b"PK\x03\x04 a zip archive").unwrap();
    check_error(&path("model.keras"), &["a .keras file, a zip archive", "cannot be read", "help: write it again"]);
    check_error(dir.path(), &["found: a folder"]);
    std::fs::write(path("page.h5"), b"<!DOCTYPE html><html>").unwrap();
    check_error(&path("page.h5"), &["a web page"]);
    let whole = std::fs::read(fixture("keras2.h5")).unwrap();
    for part in [100, 4096, whole.len() / 2, whole.len() - 1] {
        std::fs::write(path("short.h5"), &whole[..part]).unwrap();
        check_error(&path("short.h5"), &["cannot be opened"]);
    }
    load_model(fixture("keras2.h5")).unwrap().save_weights(path("weights.h5")).unwrap();
    check_error(&path("weights.h5"), &["model_config", "layer_names", "model.load_weights(path)"]);
}

#[test]
fn settings_that_are_not_known_are_named_with_their_layer() {
    let dir = tempfile::tempdir().unwrap();
    let check = |from: &str, to: &str, parts: &[&str]| {
        check_error(&edited(dir.path(), "keras2.h5", from, to), parts);
    };
    check("\"Dropout\"", "\"SpatialDropout2D\"", &["layer dropout", "one of Activation, Add", "SpatialDropout2D"]);
    check(
        "\"tanh\"",
        "\"mish\"",
        &["layer conv2 (Conv2D)", "relu, sigmoid, tanh", "activation = \"mish\"", "not known here"],
    );
    check("\"axis\": [3]", "\"axis\": [1]", &["layer bn_conv1", "the last one (3)", "axis = 1"]);
    check("channels_last", "channels_first", &["layer zero_padding2d", "channels_last", "channels_first"]);
    check("[[2, 2], [1, 1]]", "[[2, 1], [1, 1]]", &["layer zero_padding2d", "opposite sides", "[[2,1],[1,1]]"]);
    check("\"rate\": 0.25", "\"rate\": 1.5", &["layer dropout", "rate = 1.5"]);
    check("\"filters\": 4", "\"filters\": 0", &["layer conv1", "filters = 0"]);
    check(
        "\"kernel_size\": [3, 2]",
        "\"kernel_size\": [30, 2]",
        &["layer conv1", "a window that fits into images of shape (?, 12, 10, 3)", "30 rows"],
    );
    check("[null, 8, 8, 3]", "[null, null, null, 3]", &["layer input_", "[null, n_h, n_w, n_c]", "give the Input"]);
    check(
        "\"units\": 5",
        "\"units\": 7",
        &["layer hidden (Dense)", "float32 of shape (32, 7)", "found: float32 of shape (32, 5)"],
    );
    check("\"name\": \"hidden\", \"inbound", "\"name\": \"fc\", \"inbound", &["two layers fc"]);
    check("[\"flatten\", 0, 0, {}]", "[\"flat\", 0, 0, {}]", &["a connection to flat"]);
    check("[\"flatten\", 0, 0, {}]", "[\"fc\", 0, 0, {}]", &["put in order", "fc"]);
    check(
        "[\"flatten\", 0, 0, {}]",
        "[\"add\", 0, 0, {}]",
        &["layer concatenate_1", "agree in all axes", "(?, 5, 9, 4)"],
    );
    check("\"output_layers\": [[\"fc\"", "\"output_layers\": [[\"fcc\"", &["a connection to fcc"]);
    check("{\"class_name\": \"Functional\"", "{\"class_name\": \"Subclassed\"", &["Functional", "Subclassed"]);
    check("{\"class_name\": \"Functional\"", "{\"class_name\" \"Functional\"", &["model_config", "JSON"]);
}

#[test]
fn weights_that_are_missing_are_named_and_nothing_changes() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("w.h5");
    let model = load_model(fixture("keras2.h5")).unwrap();
    let before = model.get_weights();
    let check = |damage: &dyn Fn(&hdf5::File), parts: &[&str]| {
        std::fs::copy(fixture("keras2.h5"), &path).unwrap();
        let file = hdf5::File::open_rw(&path).unwrap();
        damage(&file);
        file.close().unwrap();
        let message = model.load_weights(&path).expect_err("a damaged file").to_string();
        for part in parts.iter().chain(&["w.h5", "help: "]) {
            assert!(message.contains(part), "`{part}` is missing in:\n{message}");
        }
        assert_eq!(model.get_weights(), before);
    };
    check(&|file| file.unlink("model_weights/fc").unwrap(), &["a group /model_weights/fc", "groups activation, add"]);
    check(
        &|file| file.unlink("model_weights/fc/fc/bias:0").unwrap(),
        &["layer fc (Dense)", "bias, float32 of shape (3,)"],
    );
    let other_shape = |file: &hdf5::File| {
        file.unlink("model_weights/fc/fc/bias:0").unwrap();
        let bias = array![1.0f32, 2.0];
        file.new_dataset_builder().with_data(&bias).create("model_weights/fc/fc/bias:0").unwrap();
    };
    check(&other_shape, &["layer fc (Dense)", "bias, float32 of shape (3,)", "found: float32 of shape (2,)"]);
    let other_type = |file: &hdf5::File| {
        file.unlink("model_weights/fc/fc/bias:0").unwrap();
        let texts = ["a", "b", "c"].map(|text| text.parse::<hdf5::types::VarLenUnicode>().unwrap());
        file.new_dataset_builder().with_data(&texts).create("model_weights/fc/fc/bias:0").unwrap();
    };
    check(&other_type, &["layer fc (Dense)", "of shape (3,)", "found: unicode"]);
    let no_names = |file: &hdf5::File| file.group("model_weights").unwrap().delete_attr("layer_names").unwrap();
    check(&no_names, &["the attribute layer_names"]);
    let message = model.load_weights(fixture("keras2_sequential.h5")).expect_err("another model").to_string();
    assert!(message.contains("weights of 6 layers: conv1") && message.contains("those of 2: conv2d"), "{message}");
    assert!(message.contains("load_weights_by_name"), "{message}");
}
