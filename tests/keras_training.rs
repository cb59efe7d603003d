//! Training through the Keras frontend: what `fit` reports, what validation sees, what callbacks do, what is frozen.

use cnn::{
    keras::{
        Adam, BuiltLayer, EarlyStopping, Kernels, Model, ModelCheckpoint, RMSprop, ReduceLROnPlateau, SGD, Tensor,
        Verbose,
        callbacks::{Mode, on_epoch_end},
        layers::*,
    },
    numpy::RandomState,
};
use ndarray::{Array1, Array2, Array4, ArrayD, Axis, array};

/// y = w x + b with w = 2, b = 1 from the start.
fn line() -> Model {
    let x_input = Input::new(1).call();
    let model = Model::new(&x_input, Dense::new(1).name("line").call(&x_input));
    model.layer("line").set_weights(&[array![[2.0f32]].into_dyn(), array![1.0f32].into_dyn()]);
    model
}

/// Pictures 8×8 with a bright square in one of four quarters, in noise; the quarter is the label.
fn quarters(m: usize, seed: u32) -> (Array4<f64>, Array1<usize>) {
    let mut rng = RandomState::new(seed);
    let mut x = rng.randn((m, 8, 8, 1)) * 0.5;
    let y = rng.randint(0, 4, m).mapv(|label| label as usize);
    for (i, label) in y.iter().enumerate() {
        let (top, left) = (label / 2 * 4, label % 2 * 4);
        x.slice_mut(ndarray::s![i, top..top + 4, left..left + 4, ..]).mapv_inplace(|pixel| pixel + 1.0);
    }
    (x, y)
}

fn small_network(x_input: &Tensor) -> Tensor {
    let x = ZeroPadding2D::new(1).call(x_input);
    let x = Conv2D::new(8, (3, 3)).name("conv").call(&x);
    let x = BatchNormalization::new().axis(3).name("bn").call(&x);
    let x_shortcut = Activation::new("relu").call(&x);
    let x = Conv2D::new(8, 3).padding(Padding::Same).activation("relu").name("conv2").call(&x_shortcut);
    let x = Add::new().call([&x, &x_shortcut]);
    let x = MaxPooling2D::new(2).call(&x);
    let pooled = [AveragePooling2D::new(2).call(&x), MaxPooling2D::new(2).call(&x)];
    let x = Concatenate::new().call(&pooled);
    let x = Flatten::new().call(&x);
    let x = Dropout::new(0.2).seed(3).call(&x);
    Dense::new(4).activation("softmax").name("fc").call(&x)
}

fn small_model() -> Model {
    let x_input = Input::new((8, 8, 1)).call();
    let output = small_network(&x_input);
    Model::new(&x_input, &output)
}

#[test]
fn a_small_network_learns() {
    let (x, y) = quarters(300, 1);
    let (x_test, y_test) = quarters(100, 2);
    let mut model = small_model();
    model.compile(Adam::new().learning_rate(0.01), "sparse_categorical_crossentropy", ["accuracy"]);
    let history = model.fit(&x, &y).epochs(6).batch_size(32).validation_split(0.1).verbose(Verbose::Silent).run();
    assert_eq!(history.names().collect::<Vec<_>>(), ["loss", "acc", "val_loss", "val_acc"]);
    assert_eq!(history.epochs(), 6);
    let preds = model.evaluate(&x_test, &y_test);
    assert!(preds[1] >= 0.95, "accuracy {}, losses {:?}", preds[1], &history["loss"]);
    let classes = model.predict(&x_test);
    let right = classes.axis_iter(Axis(0)).zip(&y_test).filter(|(row, y)| row.iter().all(|p| *p <= row[**y])).count();
    assert_eq!(right as f64 / 100.0, preds[1]);
}

#[test]
fn training_is_reproducible_and_independent_of_threads() {
    let (x, y) = quarters(70, 1);
    let train = |threads| {
        let mut model = small_model().kernels(Kernels::Fast { threads });
        model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
        model.fit(&x, &y).epochs(2).shuffle(7).verbose(Verbose::Silent).run();
        model.get_weights()
    };
    let one = train(1);
    assert_eq!(one, train(1));
    assert_eq!(one, train(2));
}

#[test]
fn exact_and_fast_kernels_train_alike() {
    let (x, y) = quarters(64, 1);
    let train = |kernels| {
        let mut model = small_model().kernels(kernels);
        model.compile(SGD::new().learning_rate(0.05), "sparse_categorical_crossentropy", ["accuracy"]);
        model.fit(&x, &y).epochs(2).verbose(Verbose::Silent).run()
    };
    let (exact, fast) = (train(Kernels::Exact), train(Kernels::default()));
    for (exact, fast) in exact["loss"].iter().zip(&fast["loss"]) {
        assert!((exact - fast).abs() < 1e-4 * exact, "{exact} {fast}");
    }
}

#[test]
fn validation_takes_the_last_examples_and_means_weigh_every_example() {
    let mut model = line();
    model.compile(SGD::new().learning_rate(0.0), "mse", ["mae"]);
    let x = Array2::from_shape_fn((25, 1), |(i, _)| i as f64);
    // The error of example i is i.
    let y = Array1::from_shape_fn(25, |i| 2.0 * i as f64 + 1.0 - i as f64);
    let history = model.fit(&x, &y).batch_size(8).validation_split(0.2).verbose(Verbose::Silent).run();
    let mean = |range: std::ops::Range<usize>, f: fn(f64) -> f64| {
        let n = range.len() as f64;
        range.map(|i| f(i as f64)).sum::<f64>() / n
    };
    // 20 examples in batches of 8, 8 and 4, whatever their order.
    assert!((history["loss"][0] - mean(0..20, |i| i * i)).abs() < 1e-4);
    assert!((history["mean_absolute_error"][0] - mean(0..20, |i| i)).abs() < 1e-6);
    assert!((history["val_loss"][0] - mean(20..25, |i| i * i)).abs() < 1e-4);
    assert!((history["val_mean_absolute_error"][0] - mean(20..25, |i| i)).abs() < 1e-6);
    let preds = model.evaluate_with(&x, &y).batch_size(7).verbose(Verbose::Silent).run();
    assert!((preds[0] - mean(0..25, |i| i * i)).abs() < 1e-4);
}

/// Trains for as many epochs as there are numbers, which stand for the validation loss; returns the history.
fn with_losses(losses: &[f64], callback: impl cnn::keras::Callback) -> cnn::keras::History {
    let mut model = line();
    model.compile(SGD::new().learning_rate(1.0), "mse", ["mae"]);
    let feed = on_epoch_end(|epoch, logs, _| logs.set("val_loss", losses[epoch]));
    // No gradient: the line is right.
    let (x, y) = (array![[0.0], [1.0]], array![1.0, 3.0]);
    let fit = model.fit(&x, &y).epochs(losses.len()).verbose(Verbose::Silent);
    fit.callback(feed).callback(callback).run()
}

#[test]
fn the_learning_rate_falls_on_a_plateau() {
    let losses = [1.0, 0.9, 0.9, 0.89995, 0.95, 0.9, 0.5, 0.6, 0.6, 0.6, 0.6, 0.6];
    let callback = ReduceLROnPlateau::new("val_loss").factor(0.5).patience(2).min_lr(0.2);
    let history = with_losses(&losses, callback);
    // Improvements smaller than 0.0001 do not count. Epochs 3, 5, 8 and 10 are the second ones in vain; `lr` is that of
    // the epoch, before it is changed; the last change is cut short by min_lr, and then there is none.
    let expected = [1.0, 1.0, 1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.25, 0.2, 0.2, 0.2];
    for (lr, expected) in history["lr"].iter().zip(expected) {
        assert!((lr - expected).abs() < 1e-7, "{:?}", &history["lr"]);
    }
}

#[test]
fn a_cooldown_waits_before_counting_again() {
    let callback = ReduceLROnPlateau::new("val_loss").factor(0.5).patience(1).cooldown(2);
    let history = with_losses(&[1.0; 8], callback);
    // Reduced after epoch 1; epochs 2 and 3 cool down, the second of them counts again.
    assert_eq!(history["lr"], [1.0, 1.0, 0.5, 0.5, 0.25, 0.25, 0.125, 0.125]);
}

#[test]
fn training_stops_early() {
    let mut callback = EarlyStopping::new("val_loss").patience(2);
    let history = with_losses(&[1.0, 0.5, 0.6, 0.4, 0.4, 0.45, 0.1], &mut callback);
    assert_eq!(history.epochs(), 6);
    assert_eq!(callback.stopped_epoch(), Some(5));
    // Upwards, if it is told so.
    let history = with_losses(&[1.0, 0.5, 0.6, 0.4], EarlyStopping::new("val_loss").mode(Mode::Max).patience(2));
    assert_eq!(history.epochs(), 3);
}

#[test]
fn the_best_weights_come_back() {
    let mut model = line();
    model.compile(SGD::new().learning_rate(0.1), "mse", ["mae"]);
    let (x, y) = (array![[0.0], [1.0]], array![5.0, 9.0]);
    let losses = [3.0, 1.0, 2.0, 2.0];
    let mut weights = Vec::new();
    model
        .fit(&x, &y)
        .epochs(4)
        .verbose(Verbose::Silent)
        .callback(on_epoch_end(|epoch, logs, training| {
            logs.set("val_loss", losses[epoch]);
            weights.push(training.model().get_weights());
        }))
        .callback(EarlyStopping::new("val_loss").patience(2).restore_best_weights(true))
        .run();
    assert_eq!(weights.len(), 4);
    assert_ne!(weights[1], weights[3]);
    assert_eq!(model.get_weights(), weights[1]);
}

#[test]
fn moving_statistics_follow_the_batches() {
    let x_input = Input::new(1).call();
    let output = BatchNormalization::new().name("bn").call(&x_input);
    let mut model = Model::new(&x_input, &output);
    model.compile(SGD::new().learning_rate(0.0), "mse", ["mae"]);
    let (x, y) = (array![[1.0f32], [2.0], [6.0], [3.0]], array![0.0f32, 0.0, 0.0, 0.0]);
    model.fit(&x, &y).verbose(Verbose::Silent).run();
    let weights = model.layer("bn").get_weights();
    // Mean 3, variance 14 / 4, as tf-keras 2.21 has it for rows (for images it divides by n − 1); momentum 0.99.
    assert!((weights[2][0] - 0.03).abs() < 1e-6);
    assert!((weights[3][0] - (0.99 + 0.01 * 14.0 / 4.0)).abs() < 1e-6);
    // Evaluation and prediction leave them alone and use them.
    let predicted = model.predict(&x);
    model.evaluate(&x, &y);
    assert_eq!(model.layer("bn").get_weights(), weights);
    let expected = (1.0 - weights[2][0]) / (weights[3][0] + 1e-3).sqrt();
    assert!((predicted[[0, 0]] - expected).abs() < 1e-5);
}

#[test]
fn frozen_layers_keep_their_weights_and_statistics() {
    let (x, y) = quarters(64, 1);
    let mut model = small_model();
    model.freeze_until("fc");
    let trainable = model.count_trainable_params();
    assert_eq!(trainable, 4 * 16 * 4 + 4);
    let before: Vec<Vec<ArrayD<f32>>> = model.layers().iter().map(BuiltLayer::get_weights).collect();
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
    model.fit(&x, &y).verbose(Verbose::Silent).run();
    for (layer, before) in model.layers().iter().zip(&before).filter(|(layer, _)| !layer.weights().is_empty()) {
        assert_eq!(layer.get_weights() == *before, layer.name() != "fc", "{layer}");
    }
    // Unfrozen, everything is updated.
    model.freeze_until("conv");
    model.fit(&x, &y).verbose(Verbose::Silent).run();
    assert_ne!(model.layer("conv").get_weights(), before[2]);
}

#[test]
fn a_new_head_stands_on_trained_features() {
    let base = small_model();
    let features = base.layer("flatten_1").output();
    let head = Dense::new(1).activation("sigmoid").name("head").call(&features);
    let model = Model::new(base.inputs(), &head).name("transfer");
    assert_eq!(model.layer("conv"), base.layer("conv"));
    assert_eq!(model.layers().last().map(BuiltLayer::name), Some("head"));
    let x = quarters(3, 1).0;
    assert_eq!(model.predict(&x).shape(), [3, 1]);
}

#[test]
fn losses_from_probabilities_agree_with_those_from_logits() {
    let (x, y) = quarters(16, 1);
    let one_hot = Array2::from_shape_fn((16, 4), |(i, class)| f32::from(u8::from(y[i] == class)));
    let gradients = |behind: bool, activation: &str, loss: &str, labels: &Array2<f32>| {
        let x_input = Input::new((8, 8, 1)).call();
        let flat = Flatten::new().call(&x_input);
        let output = Dense::new(labels.dim().1).activation(activation).name("fc").call(&flat);
        // A dropout of nothing hides the activation from the loss.
        let output = if behind { Dropout::new(0.0).call(&output) } else { output };
        let mut model = Model::new(&x_input, &output);
        model.compile("sgd", loss, ["accuracy"]);
        (model.evaluate(&x, labels), model.gradients(&x, labels))
    };
    let answers = one_hot.slice(ndarray::s![.., ..1]).to_owned();
    for (activation, loss, labels) in
        [("softmax", "categorical_crossentropy", &one_hot), ("sigmoid", "binary_crossentropy", &answers)]
    {
        let (fused, plain) = (gradients(false, activation, loss, labels), gradients(true, activation, loss, labels));
        assert!((fused.0[0] - plain.0[0]).abs() < 1e-5, "{loss}: {} {}", fused.0[0], plain.0[0]);
        for ((layer, weight, fused), (_, _, plain)) in fused.1.iter().zip(&plain.1) {
            let scale = fused.iter().fold(1e-6f32, |scale, x| scale.max(x.abs()));
            for (fused, plain) in fused.iter().zip(plain) {
                assert!((fused - plain).abs() < 1e-4 * scale, "{loss} {layer} {weight}: {fused} {plain}");
            }
        }
    }
}

#[test]
fn sparse_labels_are_one_hot_labels() {
    let (x, y) = quarters(40, 1);
    let one_hot = Array2::from_shape_fn((40, 4), |(i, class)| f32::from(u8::from(y[i] == class)));
    let mut model = small_model();
    model.compile("adam", "categorical_crossentropy", ["accuracy"]);
    let categorical = model.evaluate(&x, &one_hot);
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
    assert_eq!(model.evaluate(&x, &y), categorical);
}

#[test]
fn gradients_leave_the_model_alone() {
    let (x, y) = quarters(20, 1);
    let mut model = small_model();
    model.compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
    let before = model.get_weights();
    let gradients = model.gradients(&x, &y);
    assert_eq!(model.get_weights(), before);
    let names: Vec<_> = gradients.iter().map(|(layer, weight, _)| format!("{layer}/{weight}")).collect();
    let expected =
        ["conv/kernel", "conv/bias", "bn/gamma", "bn/beta", "conv2/kernel", "conv2/bias", "fc/kernel", "fc/bias"];
    assert_eq!(names, expected);
}

/// Two steps of an optimizer on w, with the loss (w − 0)² of an example x = 1 and w = 1 at the beginning, and half the
/// learning rate in the second step.
fn two_steps(optimizer: impl Into<cnn::keras::Optimizer>) -> f32 {
    let x_input = Input::new(1).call();
    let output = Dense::new(1).use_bias(false).name("w").call(&x_input);
    let mut model = Model::new(&x_input, &output);
    model.layer("w").set_weights(&[array![[1.0f32]].into_dyn()]);
    model.compile(optimizer, "mse", ["mae"]);
    let (x, y) = (array![[1.0f32]], array![0.0f32]);
    model.fit(&x, &y).verbose(Verbose::Silent).run();
    model.set_learning_rate(model.learning_rate() / 2.0);
    model.fit(&x, &y).verbose(Verbose::Silent).run();
    model.get_weights()[0][[0, 0]]
}

#[test]
fn optimizers_follow_keras_rules() {
    let near =
        |ours: f32, expected: f64| assert!((f64::from(ours) - expected).abs() < 1e-6, "{ours} is not {expected}");
    near(two_steps(SGD::new().learning_rate(0.1)), 0.8 - 0.05 * 1.6);
    // v = −0.2, w = 0.8; v = 0.9 v − 0.05 · 1.6 = −0.26.
    near(two_steps(SGD::new().learning_rate(0.1).momentum(0.9)), 0.8 - 0.26);
    // v = −0.2, w = 1 − 0.18 − 0.2 = 0.62; v = −0.18 − 0.062 = −0.242, w += 0.9 v − 0.062.
    near(two_steps(SGD::new().learning_rate(0.1).momentum(0.9).nesterov(true)), 0.62 - 0.9 * 0.242 - 0.062);
    let rmsprop = |g: f64, a: &mut f64, lr: f64| {
        *a = 0.9 * *a + 0.1 * g * g;
        lr * g / (a.sqrt() + 1e-7)
    };
    let mut a = 0.0;
    let w = 1.0 - rmsprop(2.0, &mut a, 0.1);
    near(two_steps(RMSprop::new().learning_rate(0.1)), w - rmsprop(2.0 * w, &mut a, 0.05));
    let (mut m, mut v) = (0.0, 0.0);
    let mut adam = |g: f64, t: i32, lr: f64| {
        m = 0.9 * m + 0.1 * g;
        v = 0.999 * v + 0.001 * g * g;
        lr * (1.0 - 0.999f64.powi(t)).sqrt() / (1.0 - 0.9f64.powi(t)) * m / (v.sqrt() + 1e-7)
    };
    let w = 1.0 - adam(2.0, 1, 0.1);
    near(two_steps(Adam::new().learning_rate(0.1)), w - adam(2.0 * w, 2, 0.05));
}

#[test]
#[should_panic(expected = "help: labels are rows; transpose them")]
fn labels_in_columns_are_refused() {
    let mut model = line();
    model.compile("sgd", "mse", ["mae"]);
    let _ = model.fit(&Array2::<f32>::zeros((4, 1)), &Array2::<f32>::zeros((1, 4)));
}

#[test]
#[should_panic(expected = "takes examples of shape (?, 8, 8, 1), got an array of shape [8, 8, 1]")]
fn a_single_picture_is_no_batch() {
    small_model().predict(&ndarray::Array3::<f32>::zeros((8, 8, 1)));
}

#[test]
#[should_panic(expected = "has not been compiled\nhelp: call model.compile")]
fn a_model_must_be_compiled() {
    line().evaluate(&Array2::<f32>::zeros((4, 1)), &Array1::<f32>::zeros(4));
}

#[test]
#[should_panic(expected = "there is no val_loss to monitor, there are loss, mean_absolute_error, lr")]
fn what_is_monitored_must_be_there() {
    let mut model = line();
    model.compile("sgd", "mse", ["mae"]);
    let (x, y) = (Array2::<f32>::zeros((4, 1)), Array1::<f32>::zeros(4));
    model.fit(&x, &y).callback(ReduceLROnPlateau::new("val_loss")).verbose(Verbose::Silent).run();
}

#[test]
#[should_panic(expected = "two layers have the name conv")]
fn names_are_unique() {
    let x_input = Input::new((8, 8, 1)).call();
    let x = Conv2D::new(1, 1).name("conv").call(&x_input);
    let x = Conv2D::new(1, 1).name("conv").call(&x);
    Model::new(&x_input, &x);
}

#[test]
#[should_panic(expected = "expected the axis of the channels, which is the last one (3)")]
fn batch_normalisation_is_over_channels() {
    BatchNormalization::new().axis(1).call(Input::new((8, 8, 1)).call());
}

#[test]
fn checkpoints_are_written_when_the_model_is_better() {
    let mut checkpoint = ModelCheckpoint::with("{epoch:02d}.h5", |_model: &Model, _path: &std::path::Path| {
        Ok::<(), std::convert::Infallible>(())
    })
    .save_best_only(true);
    with_losses(&[1.0, 1.0, 0.5, 0.7, 0.4], &mut checkpoint);
    assert_eq!(checkpoint.saved(), ["01.h5", "03.h5", "05.h5"].map(std::path::PathBuf::from));
    assert_eq!(checkpoint.failure(), None);
}
