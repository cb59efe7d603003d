//! Wrong calls of the Keras frontend: each is refused before anything is computed, with what was expected, what came,
//! and what to do next.

use crate::expect_panic::expect_panic;
use cnn::{
    datasets::convert_to_one_hot,
    keras::{
        Adam, EarlyStopping, Fit, History, Loss, Losses, Metric, Model, Optimizer, ReduceLROnPlateau, Tensor, Verbose,
        layers::*,
    },
};
use ndarray::{Array1, Array2, Array4, array};

/// From two features to `units` numbers, compiled with `loss`.
fn model(units: usize, activation: &str, loss: &str) -> Model {
    let x_input = Input::new(2).call();
    let mut model = Model::new(&x_input, Dense::new(units).activation(activation).call(&x_input));
    model.compile("adam", loss, ["accuracy"]);
    model
}

fn sparse() -> Model {
    model(3, "softmax", "sparse_categorical_crossentropy")
}

/// Ten examples, and a class from 0 to 2 for each.
fn examples() -> (Array2<f32>, Array1<usize>) {
    (Array2::ones((10, 2)), Array1::from_shape_fn(10, |i| i % 3))
}

fn quietly(fit: Fit<'_>) -> History {
    fit.verbose(Verbose::Silent).run()
}

#[test]
fn batches_need_a_size() {
    let (x, y) = examples();
    let help = "expected a batch size of at least 1, got 0";
    expect_panic(|| quietly(sparse().fit(&x, &y).batch_size(0)), &["batch_size: ", help]);
    expect_panic(|| sparse().predict_with(&x).batch_size(0).run(), &["batch_size: ", help]);
    expect_panic(|| sparse().evaluate_with(&x, &y).batch_size(0).run(), &["batch_size: ", help]);
}

#[test]
fn training_and_judging_need_examples() {
    let (x, y) = examples();
    let (none, no_labels) = (Array2::<f32>::zeros((0, 2)), Array1::<usize>::zeros(0));
    let expected = "expected at least one example, got an array of shape [0, 2]\nhelp: ";
    expect_panic(|| quietly(sparse().fit(&none, &no_labels)), &["fit: ", expected]);
    expect_panic(|| quietly(sparse().fit(&x, &y).validation_data(&none, &no_labels)), &["validation_data: ", expected]);
    expect_panic(|| sparse().evaluate(&none, &no_labels), &["evaluate: ", expected]);
    expect_panic(|| sparse().gradients(&none, &no_labels), &["gradients: ", expected]);
    expect_panic(|| sparse().predict(&ndarray::arr0(1.0)), &["predict: ", "got a single number\nhelp: "]);
    assert_eq!(sparse().predict(&none).shape(), [0, 3]);
}

#[test]
fn a_split_leaves_examples_to_train_on() {
    let (x, y) = examples();
    let share = "validation_split: expected a share in [0, 1), got ";
    expect_panic(|| quietly(sparse().fit(&x, &y).validation_split(1.0)), &[share, "help: "]);
    expect_panic(|| quietly(sparse().fit(&x, &y).validation_split(-0.1)), &[share]);
    expect_panic(|| quietly(sparse().fit(&x, &y).validation_split(f64::NAN)), &[share]);
    expect_panic(|| quietly(sparse().fit(&x, &y).validation_split(0.95)), &["0.95 of 10 leaves none\nhelp: "]);
    let history = quietly(sparse().fit(&x, &y).validation_split(0.0));
    assert_eq!(history.get("val_loss"), None);
}

#[test]
fn labels_have_the_encoding_of_the_loss() {
    let (x, y) = examples();
    let one_hot = convert_to_one_hot(&y, 3).t().to_owned();
    let categorical = |units| model(units, "softmax", "categorical_crossentropy");
    expect_panic(
        || sparse().fit(&x, &one_hot).epochs(1).run(),
        &["takes one class index per example, shape (m,), got labels of shape [10, 3]\nhelp: ", "categorical"],
    );
    for labels in [y.clone().into_dyn(), y.clone().insert_axis(ndarray::Axis(1)).into_dyn()] {
        expect_panic(
            || categorical(3).evaluate(&x, &labels),
            &["expected labels of shape (?, 3)", "compile with sparse_"],
        );
    }
    expect_panic(|| categorical(4).evaluate(&x, &one_hot), &["expected labels of shape (?, 4)", "one unit for each"]);
    expect_panic(|| categorical(3).evaluate(&x, &one_hot.t()), &["help: labels are rows; transpose them"]);
    expect_panic(|| model(3, "linear", "mse").evaluate(&x, &y), &["expected labels of shape (?, 3)", "Dense::new(1)"]);
    expect_panic(
        || model(2, "softmax", "sparse_categorical_crossentropy").evaluate(&x, &y),
        &["evaluate: expected class indices from 0 to 1", "got 2 for example 2\nhelp: count classes from 0"],
    );
    expect_panic(|| sparse().evaluate(&x, &y.mapv(|y| y as i64 - 1)), &["from 0 to 2", "got -1 for example 0"]);
    expect_panic(|| sparse().evaluate(&x, &y.mapv(|y| y as f64 / 2.0)), &["got 0.5 for example 1"]);
    expect_panic(
        || model(1, "sigmoid", "binary_crossentropy").evaluate(&x, &y),
        &["binary_crossentropy takes labels from 0 to 1, got 2 for example 2\nhelp: ", "sparse_categorical"],
    );
    expect_panic(
        || categorical(3).evaluate(&x, &(&one_hot * 255.0)),
        &["labels from 0 to 1, got 255 for example 0\nhelp: datasets::convert_to_one_hot"],
    );
    // Whole numbers of any type are class indices.
    assert!(sparse().evaluate(&array![[0.0f32, 1.0]], &array![2]).iter().all(|value| value.is_finite()));
}

#[test]
fn a_nan_is_found_before_a_relu_hides_it() {
    let (mut x, y) = examples();
    let one_hot = convert_to_one_hot(&y, 3).t().to_owned();
    let mut labels = one_hot.clone();
    labels[[4, 1]] = f32::NAN;
    let categorical = || model(3, "softmax", "categorical_crossentropy");
    expect_panic(|| categorical().evaluate(&x, &labels), &["takes labels from 0 to 1, got NaN for example 4"]);
    expect_panic(|| model(3, "linear", "mse").evaluate(&x, &labels), &["takes finite labels, got NaN for example 4"]);
    x[[7, 1]] = f32::NAN;
    let expected = "expected finite numbers, got NaN in example 7\nhelp: ";
    expect_panic(|| quietly(categorical().fit(&x, &one_hot)), &["fit: ", expected]);
    expect_panic(|| categorical().predict(&x), &["predict: ", expected]);
    x[[7, 1]] = f32::INFINITY;
    expect_panic(|| categorical().predict(&x), &["got inf in example 7"]);
}

#[test]
fn names_that_are_not_known_are_answered_with_those_that_are() {
    let compile = |optimizer, loss, metric| sparse().compile(optimizer, loss, [metric]);
    let loss = "sparse_categorical_crossentropy";
    expect_panic(
        || compile("adam", "categorical", "acc"),
        &["no loss \"categorical\"\nhelp: ", "categorical_crossentropy"],
    );
    expect_panic(
        || compile("adam", loss, "precison"),
        &["no metric \"precison\"\nhelp: the metrics are accuracy, mse"],
    );
    expect_panic(|| compile("adamx", loss, "acc"), &["no optimizer \"adamx\"\nhelp: ", "adam, adamw, sgd and rmsprop"]);
    assert!(Loss::try_from("mse").is_ok() && Metric::try_from("mse").is_ok() && Optimizer::try_from("SGD").is_ok());
    expect_panic(|| Dense::new(8).activation("sofmax"), &["no activation \"sofmax\"\nhelp: "]);
    expect_panic(|| MaxPooling2D::new(2).padding("full"), &["no padding \"full\"\nhelp: "]);
    expect_panic(|| Activation::new("sofmax"), &["no activation \"sofmax\"\nhelp: ", "softmax"]);
    expect_panic(|| Conv2D::new(8, 3).padding("full"), &["no padding \"full\"\nhelp: the paddings are same and valid"]);
    expect_panic(
        || Dense::new(8).kernel_initializer("he_norml"),
        &["no initializer \"he_norml\"\nhelp: ", "he_uniform"],
    );
    expect_panic(|| sparse().layer("fc"), &["there is no layer fc\nhelp: the layers are input_1, dense_1"]);
    let (x, y) = examples();
    let history = quietly(sparse().fit(&x, &y));
    expect_panic(|| history["accuracy"].len(), &["there is no accuracy\nhelp: there are loss, acc"]);
    let history = quietly(sparse().fit(&x, &y).epochs(0));
    expect_panic(|| history["loss"].len(), &["there is no loss\nhelp: no epoch was run"]);
    let stopping = || EarlyStopping::new("val_accuracy");
    expect_panic(
        || quietly(sparse().fit(&x, &y).validation_split(0.2).callback(stopping())),
        &["there is no val_accuracy to monitor", "help: the accuracy is called acc and val_acc"],
    );
    expect_panic(
        || quietly(sparse().fit(&x, &y).callback(ReduceLROnPlateau::new("val_loss"))),
        &["help: set validation_split or validation_data"],
    );
}

#[test]
fn a_loss_needs_an_output_that_it_can_judge() {
    let expected = ["compile: ", "needs an output of shape (?, classes)", "got (?, 1)\nhelp: for a yes or no"];
    expect_panic(|| model(1, "softmax", "categorical_crossentropy"), &expected);
    expect_panic(|| model(1, "sigmoid", "sparse_categorical_crossentropy"), &expected);
    let x_input = Input::new((8, 8, 3)).call();
    let mut images = Model::new(&x_input, Activation::new("softmax").call(&x_input));
    expect_panic(
        || images.compile("adam", "categorical_crossentropy", ["accuracy"]),
        &["got (?, 8, 8, 3)\nhelp: end the model in Flatten"],
    );
    let heads = [Dense::new(2).call(x_row()), Dense::new(2).call(x_row())];
    expect_panic(|| Model::new(heads[0].layer().inputs(), &heads), &["which is not among the inputs"]);
    let x_input = x_row();
    let heads = [Dense::new(2).call(&x_input), Dense::new(2).call(&x_input)];
    let mut two = Model::new(&x_input, &heads);
    expect_panic(|| two.compile("adam", ["mse"; 3], ()), &["a loss for each of the 2 outputs", "got 3"]);
    let of_another = Losses::new().output("dense_9", "mse").output("dense_2", "mse");
    expect_panic(
        || two.compile("adam", of_another, ()),
        &["losses of the outputs dense_1, dense_2, got one of dense_9"],
    );
    two.compile("adam", "mse", ());
    let x = array![[1.0f32, 2.0]];
    expect_panic(|| two.fit(&x, &x).run(), &["labels for each of the 2 outputs, got 1\nhelp: as in [&y1, &y2]"]);
    expect_panic(|| two.predict(&x), &["one output, this one has 2\nhelp: ", "predict_all"]);
}

fn x_row() -> Tensor {
    Input::new(2).call()
}

#[test]
fn without_metrics_only_the_loss_is_reported() {
    let (x, y) = examples();
    let mut model = sparse();
    model.compile(Adam::new(), "sparse_categorical_crossentropy", Metric::NONE);
    assert_eq!(quietly(model.fit(&x, &y)).names().collect::<Vec<_>>(), ["loss"]);
    assert_eq!(model.evaluate(&x, &y).len(), 1);
}

#[test]
fn layers_say_which_inputs_they_take() {
    let x = Input::new((8, 8, 3)).call();
    expect_panic(|| Conv2D::new(0, 3).call(&x), &["Conv2D: expected at least one filter, got 0"]);
    expect_panic(|| Dense::new(0).call(x_row()), &["Dense: expected at least one unit, got 0"]);
    expect_panic(|| Input::new((0, 8, 3)).call(), &["Input: expected dimensions of at least 1, got (?, 0, 8, 3)"]);
    expect_panic(
        || Conv2D::new(3, 0).call(&x),
        &["Conv2D: expected a window of at least 1 row and 1 column, got (0, 0)"],
    );
    expect_panic(
        || Conv2D::new(3, 3).strides((1, 0)).call(&x),
        &["Conv2D: expected strides of at least", "got (1, 0)"],
    );
    expect_panic(|| MaxPooling2D::new(0).call(&x), &["MaxPooling2D: expected a window of at least"]);
    expect_panic(
        || Conv2D::new(3, (1, 9)).name("conv1").call(&x),
        &[
            "Conv2D conv1: expected a window that fits into images of shape (?, 8, 8, 3), got 1 rows and 9 columns\nhelp: ",
        ],
    );
    expect_panic(|| AveragePooling2D::new(9).call(&x), &["AveragePooling2D: expected a window that fits"]);
    assert_eq!(MaxPooling2D::new(9).padding("same").call(&x).shape().to_string(), "(?, 1, 1, 3)");
    expect_panic(
        || Dense::new(6).name("fc").call(&x),
        &["Dense fc: expected one row per example", "help: call Flatten first"],
    );
    let wider = Conv2D::new(4, 1).call(&x);
    expect_panic(
        || Add::new().call([&wider, &x]),
        &["Add: expected tensors of one shape, got (?, 8, 8, 4) and (?, 8, 8, 3)\nhelp: a Conv2D on the shortcut"],
    );
    expect_panic(|| Add::new().call(&x), &["Add: expected at least two tensors, got 1\nhelp: "]);
    expect_panic(|| Concatenate::new().axis(4).call([&x, &wider]), &["expected an axis from 1 to 3", "got 4\nhelp: "]);
    expect_panic(
        || Conv2D::new(2, 2).call([&x, &x]),
        &["Conv2D: expected one tensor, got 2\nhelp: Add and Concatenate"],
    );
    expect_panic(|| Add::new().call([&x, &Input::new((8, 8, 3)).call()]), &["different networks\nhelp: "]);
}

#[test]
fn pictures_come_in_batches() {
    let x_input = Input::new((8, 8, 3)).call();
    let model = Model::new(&x_input, GlobalAveragePooling2D::new().call(&x_input));
    let picture = Array4::<f32>::zeros((1, 8, 8, 3)).index_axis_move(ndarray::Axis(0), 0);
    expect_panic(|| model.predict(&picture), &["got an array of shape [8, 8, 3]\nhelp: ", "insert_axis(Axis(0))"]);
}
