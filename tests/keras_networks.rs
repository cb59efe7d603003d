//! Sequences, shared layers, models within models, several inputs and outputs: against Keras' predictions, in training, and
//! on disk.

use cnn::{
    keras::{Adam, Loss, Losses, Model, SGD, Sequential, Verbose, layers::*, load_model, ops},
    numpy::RandomState,
};
use ndarray::{Array1, Array2, ArrayD, Axis, array, concatenate};
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

/// The two pictures of the fixtures, and what a version of Keras predicts.
fn case(version: &str) -> ([ArrayD<f32>; 2], [ArrayD<f32>; 2]) {
    let json: Value = serde_json::from_str(&std::fs::read_to_string(fixture("keras_nested.json")).unwrap()).unwrap();
    let array = |value: &Value, shape: &[usize]| ArrayD::from_shape_vec(shape, floats(value)).unwrap();
    let predictions = &json["predictions"][version];
    let x = ["left", "right"].map(|name| array(&json[name], &[3, 6, 6, 2]));
    (x, [array(&predictions[0], &[3, 1]), array(&predictions[1], &[3, 2])])
}

#[track_caller]
fn assert_predicts(model: &Model, version: &str) {
    let ([left, right], expected) = case(version);
    for (ours, expected) in model.predict_all([&left, &right]).iter().zip(&expected) {
        cnn::testing::assert_close(ours, expected, 1e-5, 1e-6);
    }
}

#[test]
fn nested_and_shared_layers_of_keras_predict_the_same_and_are_written_again() {
    let dir = tempfile::tempdir().unwrap();
    for version in ["keras2", "keras3"] {
        let model = load_model(fixture(&format!("{version}_nested.h5"))).unwrap();
        assert_predicts(&model, version);
        assert_eq!(model.layer("encoder").layers().len(), 5);
        let path = dir.path().join("again.h5");
        model.save(&path).unwrap();
        let again = load_model(&path).unwrap();
        assert_predicts(&again, version);
        assert_eq!(again.summary_text(), model.summary_text());
        assert_eq!(again.get_weights(), model.get_weights());
    }
}

#[test]
fn keras_3s_own_files_are_read_and_written() {
    let dir = tempfile::tempdir().unwrap();
    let model = load_model(fixture("keras3_nested.keras")).unwrap();
    assert_predicts(&model, "keras3");
    let (whole, weights) = (dir.path().join("again.keras"), dir.path().join("again.weights.h5"));
    model.save(&whole).unwrap();
    let again = load_model(&whole).unwrap();
    assert_predicts(&again, "keras3");
    assert_eq!(again.summary_text(), model.summary_text());
    // Weights alone, in both layouts.
    let other = load_model(fixture("keras2_nested.h5")).unwrap();
    for path in [&fixture("keras3_nested.weights.h5"), &weights] {
        let zeros: Vec<ArrayD<f32>> = other.get_weights().iter().map(|w| ArrayD::zeros(w.shape())).collect();
        other.set_weights(&zeros);
        model.save_weights(&weights).unwrap();
        other.load_weights(path).unwrap();
        assert_predicts(&other, "keras3");
    }
}

#[test]
fn a_layer_that_is_called_twice_has_the_sum_of_both_gradients() {
    let left = Input::new(3).call();
    let right = Input::new(3).beside(&left).call();
    let a = Dense::new(2).name("shared").call(&left);
    let b = a.layer().call(&right);
    let sum = Add::new().call([&a, &b]);
    let mut shared = Model::new([&left, &right], &sum);
    shared.compile("sgd", "mse", ());
    // The same as one layer of the sum of both inputs, with twice the bias.
    let (x, z) = (array![[1.0f32, 2.0, -1.0], [0.5, 0.0, 3.0]], array![[0.0f32, 1.0, 4.0], [2.0, -2.0, 1.0]]);
    let y = array![[1.0f32, -1.0], [0.0, 2.0]];
    let single_input = Input::new(3).call();
    let mut single = Model::new(&single_input, Dense::new(2).name("single").call(&single_input));
    single.compile("sgd", "mse", ());
    single.layers()[1].set_weights(&a.layer().get_weights());
    let (ours, expected) = (shared.gradients([&x, &z], &y), single.gradients(&(&x + &z), &y));
    assert_eq!(ours.len(), 2);
    cnn::testing::assert_close(&ours[0].2, &expected[0].2, 1e-5, 1e-6);
    cnn::testing::assert_close(&ours[1].2, &(&expected[1].2 * 2.0), 1e-5, 1e-6);
    assert_eq!(shared.count_params(), 3 * 2 + 2);
    let table = shared.summary_text();
    assert!(table.contains("shared[0][0]") && table.contains("shared[1][0]"), "{table}");
}

#[test]
fn a_siamese_network_learns_whether_two_points_are_on_the_same_side() {
    let mut rng = RandomState::new(1);
    let (a, b) = (rng.randn((200, 2)), rng.randn((200, 2)));
    let same: Array1<f32> =
        a.axis_iter(Axis(0)).zip(b.axis_iter(Axis(0))).map(|(a, b)| f32::from(u8::from(a[0] * b[0] > 0.0))).collect();
    let encoder = Sequential::new()
        .name("encoder")
        .layer(Dense::new(8).activation("tanh"))
        .layer(Dense::new(4).activation("tanh"));
    let left = Input::new(2).call();
    let right = Input::new(2).beside(&left).call();
    let both = Concatenate::new().call([&encoder.call(&left), &encoder.call(&right)]);
    let hidden = Dense::new(16).activation("tanh").call(&both);
    let mut model = Model::new([&left, &right], Dense::new(1).activation("sigmoid").call(&hidden));
    model.compile(Adam::new().learning_rate(0.02), "binary_crossentropy", ["accuracy"]);
    let history = model.fit([&a, &b], &same).epochs(60).verbose(Verbose::Silent).run();
    assert!(history["acc"][59] > 0.95, "{:?}", history["acc"].last());
    let dir = tempfile::tempdir().unwrap();
    model.save(dir.path().join("siamese.h5")).unwrap();
    let again = load_model(dir.path().join("siamese.h5")).unwrap();
    assert_eq!(again.predict([&a, &b]), model.predict([&a, &b]));
}

#[test]
fn several_outputs_have_losses_weights_and_metrics_of_their_own() {
    let x = array![[1.0f32], [2.0], [3.0]];
    let x_input = Input::new(1).call();
    let ones = |name: &str| Dense::new(1).kernel_initializer("ones").name(name);
    let (a, b) = (ones("a").call(&x_input), ones("b").call(&x_input));
    let mut model = Model::new(&x_input, [&a, &b]);
    let (y_a, y_b) = (array![1.0f32, 2.0, 5.0], array![0.0f32, 0.0, 0.0]);
    model.compile("sgd", Losses::new().weighted_output("b", "mae", 0.5).output("a", "mse"), ["mae"]);
    let (mse, mae) = (4.0f32 / 3.0, 2.0f32);
    let values = model.evaluate(&x, [&y_a, &y_b]);
    let expected = [mse + 0.5 * mae, mse, mae, 2.0 / 3.0, 2.0].map(f64::from);
    values.iter().zip(expected).for_each(|(ours, expected)| assert!((ours - expected).abs() < 1e-6, "{values:?}"));
    let history = model.fit(&x, [&y_a, &y_b]).epochs(2).verbose(Verbose::Silent).run();
    let names: Vec<&str> = history.names().collect();
    assert_eq!(names, ["loss", "a_loss", "b_loss", "a_mean_absolute_error", "b_mean_absolute_error"]);
    let dir = tempfile::tempdir().unwrap();
    model.save(dir.path().join("two.h5")).unwrap();
    let again = load_model(dir.path().join("two.h5")).unwrap();
    assert_eq!(again.evaluate(&x, [&y_a, &y_b]), model.evaluate(&x, [&y_a, &y_b]));
}

#[test]
fn a_training_step_of_the_programs_own_is_that_of_fit() {
    let mut rng = RandomState::new(2);
    let (x, y): (Array2<f32>, Array1<f32>) = (rng.randn((8, 3)).mapv(|x| x as f32), rng.randn(8).mapv(|y| y as f32));
    let model = || {
        let x_input = Input::new(3).call();
        let hidden = BatchNormalization::new().call(Dense::new(5).activation("tanh").call(&x_input));
        let mut model = Model::new(&x_input, Dense::new(1).call(&hidden));
        model.compile(Adam::new().learning_rate(0.01), "mse", ());
        model
    };
    let (mut fitted, stepped) = (model(), model());
    fitted.fit(&x, &y).epochs(5).batch_size(8).without_shuffling().verbose(Verbose::Silent).run();
    let tape = stepped.gradient_tape(|y_true, y_pred| ops::mean(&ops::squared_difference(&y_pred[0], &y_true[0])));
    for _ in 0..5 {
        let gradients = tape.gradients(&x, &y.clone().insert_axis(Axis(1)));
        assert_eq!(gradients.inputs[0].shape(), [8, 3]);
        stepped.apply_gradients(&gradients.weights);
    }
    assert_eq!(fitted.get_weights(), stepped.get_weights());
}

#[test]
fn the_gradient_with_respect_to_the_input_is_the_numerical_one() {
    let x_input = Input::new(3).call();
    let model = Model::new(&x_input, Dense::new(2).activation("tanh").call(&x_input));
    let x = array![[0.3f32, -0.2, 0.9]];
    let tape = model.gradient_tape(|_, y| ops::sum(&ops::square(&y[0])));
    let ours = &tape.gradients(&x, &Array2::<f32>::zeros((1, 1))).inputs[0];
    for i in 0..3 {
        let at = |step: f32| {
            let mut moved = x.clone();
            moved[[0, i]] += step;
            model.predict(&moved).mapv(|y| f64::from(y) * f64::from(y)).sum()
        };
        let numerical = (at(1e-2) - at(-1e-2)) / 2e-2;
        assert!((f64::from(ours[[0, i]]) - numerical).abs() < 1e-3, "{i}: {} is not {numerical}", ours[[0, i]]);
    }
}

#[test]
fn weights_of_examples_and_classes_are_those_of_repeated_examples() {
    let (x, y) = (array![[1.0f32, 0.5], [2.0, -1.0], [0.0, 1.0]], array![0usize, 1, 2]);
    let model = || {
        let x_input = Input::new(2).call();
        let mut model = Model::new(&x_input, Dense::new(3).activation("softmax").call(&x_input));
        model.compile(SGD::new().learning_rate(0.5).momentum(0.9), "sparse_categorical_crossentropy", ());
        model
    };
    let (mut weighted, mut classes, mut repeated) = (model(), model(), model());
    // The plain steps before and after share the velocity with the weighted one.
    for round in 0..3 {
        let plain = round != 1;
        let fit = |fit: cnn::keras::Fit<'_>| drop(fit.without_shuffling().verbose(Verbose::Silent).run());
        match plain {
            true => [&mut weighted, &mut classes, &mut repeated].into_iter().for_each(|model| fit(model.fit(&x, &y))),
            false => {
                fit(weighted.fit(&x, &y).sample_weight(&array![1.0f32, 2.0, 1.0]));
                fit(classes.fit(&x, &y).class_weight(&[(1, 2.0)]));
                let (x, y) = (concatenate![Axis(0), x, x.slice(ndarray::s![1..2, ..])], array![0usize, 1, 2, 1]);
                // The mean is over four examples where it was over three.
                repeated.set_learning_rate(0.5 * 4.0 / 3.0);
                fit(repeated.fit(&x, &y));
                repeated.set_learning_rate(0.5);
            }
        }
    }
    for (a, b) in weighted.get_weights().iter().zip(classes.get_weights()) {
        assert_eq!(*a, b);
    }
    for (a, b) in weighted.get_weights().iter().zip(&repeated.get_weights()) {
        cnn::testing::assert_close(a, b, 1e-4, 1e-5);
    }
}

#[test]
fn a_custom_loss_trains_as_the_one_it_is_written_after() {
    let (x, y) = (array![[1.0f32], [2.0], [3.0]], array![2.0f32, 4.0, 7.0]);
    let train = |loss: Loss| {
        let x_input = Input::new(1).call();
        let mut model = Model::new(&x_input, Dense::new(1).call(&x_input));
        model.compile("sgd", loss, ());
        model.fit(&x, &y).epochs(20).verbose(Verbose::Silent).run();
        model.get_weights()
    };
    let custom = Loss::custom("own", |y_true, y_pred| ops::square(&ops::subtract(y_pred, y_true)));
    let (ours, expected) = (train(custom), train(Loss::MeanSquaredError));
    ours.iter().zip(&expected).for_each(|(a, b)| cnn::testing::assert_close(a, b, 1e-5, 1e-6));
}
