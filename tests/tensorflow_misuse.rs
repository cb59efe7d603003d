//! Wrong calls of the TensorFlow frontend: each is refused with what was expected, what came, and what to do next.

use crate::expect_panic::expect_panic;
use cnn::{
    datasets::{convert_to_one_hot, random_mini_batches},
    tf::{self, Graph, Operation, Session, Tensor},
};
use ndarray::{Array2, array, s};

/// A linear classifier of two features into three classes.
struct Linear {
    graph: Graph,
    x: Tensor,
    y: Tensor,
    w: Tensor,
    z: Tensor,
    cost: Tensor,
    step: Operation,
}

fn linear() -> Linear {
    let graph = Graph::new();
    let x = tf::placeholder(&graph, tf::float32, [None, Some(2)]);
    let y = tf::placeholder(&graph, tf::float32, [None, Some(3)]);
    let w = tf::get_variable(&graph, "W", &[2, 3], tf::zeros_initializer());
    let z = tf::matmul(&x, &w);
    let cost = tf::reduce_mean(&tf::nn::softmax_cross_entropy_with_logits(&z, &y));
    let step = tf::train::AdamOptimizer::new(0.01).minimize(&cost);
    Linear { graph, x, y, w, z, cost, step }
}

#[test]
fn variables_need_their_first_values() {
    let Linear { graph, x, y, w, z, step, .. } = linear();
    let session = Session::new(&graph);
    let (images, labels) = (Array2::<f32>::ones((10, 2)), Array2::<f32>::zeros((10, 3)));
    let expected = ["'W:0'", "has no value yet\nhelp: run the initializer first"];
    expect_panic(|| session.run(&z, &[x.feed(&images)]), &expected);
    expect_panic(|| session.run(&step, &[x.feed(&images), y.feed(&labels)]), &expected);
    expect_panic(|| session.value(&w), &expected);
}

#[test]
fn feeds_fit_their_placeholders() {
    let Linear { graph, x, y, z, cost, .. } = linear();
    let session = Session::new(&graph);
    session.run(&tf::global_variables_initializer(&graph), &[]);
    let (images, labels) = (Array2::<f32>::ones((10, 2)), Array2::<f32>::zeros((10, 3)));
    expect_panic(
        || session.run(&cost, &[x.feed(&images)]),
        &["Placeholder_1:0", "needs a value, only Placeholder was fed\nhelp: add it to the feeds"],
    );
    expect_panic(|| session.run(&cost, &[]), &["needs a value, nothing was fed"]);
    expect_panic(
        || session.run(&cost, &[y.feed(&images), x.feed(&labels)]),
        &["Placeholder:0", "takes arrays of shape (?, 2), got one of shape (10, 3)", "taken for each other?"],
    );
    expect_panic(
        || session.run(&cost, &[x.feed(&images), y.feed(&labels.t())]),
        &["takes arrays of shape (?, 3), got one of shape (3, 10)\nhelp: the array is transposed"],
    );
    expect_panic(
        || session.run(&z, &[x.feed(&images.slice(s![0, ..]))]),
        &["got one of shape (2,)\nhelp: a single example"],
    );
    expect_panic(|| session.run(&z, &[x.feed(&images), x.feed(&images)]), &["Placeholder:0", "it is fed twice"]);
    expect_panic(
        || session.run(&cost, &[x.feed(&images), y.feed(&labels.slice(s![..9, ..]))]),
        &["expected tensors of one shape, got (10, 3) and (9, 3)"],
    );
}

#[test]
fn a_session_runs_its_own_graph() {
    let (old, new) = (linear(), linear());
    let session = Session::new(&old.graph);
    let images = Array2::<f32>::ones((10, 2));
    let expected = ["Placeholder:0", "belongs to another graph than the session\nhelp: "];
    expect_panic(|| session.run(&old.z, &[new.x.feed(&images)]), &expected);
    expect_panic(|| session.run(&new.x, &[new.x.feed(&images)]), &expected);
    expect_panic(|| tf::matmul(&old.x, &new.w), &["belongs to another graph\nhelp: "]);
    let again = || tf::get_variable(&old.graph, "W", &[2, 3], tf::zeros_initializer());
    expect_panic(again, &["the variable W already exists in this graph\nhelp: "]);
}

#[test]
fn only_what_has_a_gradient_can_be_minimized() {
    let Linear { graph, y, z, .. } = linear();
    let right = tf::equal(&tf::argmax(&z, 1), &tf::argmax(&y, 1));
    let accuracy = tf::reduce_mean(&tf::cast(&right, tf::float32));
    let optimizer = tf::train::GradientDescentOptimizer::new(0.1);
    expect_panic(
        || optimizer.minimize(&accuracy),
        &["minimize: ", "reaches none\nhelp: argmax and equal have no gradient"],
    );
    let constant = tf::constant(&graph, &array![1.0f32]);
    expect_panic(|| optimizer.minimize(&constant), &["the gradient of Tensor(\"Const", "reaches none"]);
}

#[test]
fn arguments_are_named_as_in_tensorflow() {
    let Linear { x, z, .. } = linear();
    expect_panic(|| tf::nn::dropout(&x, 0.0, None), &["expected a keep_prob in (0, 1], got 0\nhelp: "]);
    expect_panic(|| tf::argmax(&z, 2), &["argmax: there is no axis 2 in shape (?, 3)"]);
    let graph = Graph::new();
    let images = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(8), Some(3)]);
    let w = tf::get_variable(&graph, "W", &[4, 4, 3, 8], tf::zeros_initializer());
    expect_panic(
        || tf::nn::conv2d(&images, &w, [2, 2, 2, 2], tf::SAME),
        &["expected strides of the form [1, rows, columns, 1]"],
    );
    expect_panic(|| tf::contrib::layers::fully_connected(&images, 6, None), &["got shape (?, 8, 8, 3)\nhelp: flatten"]);
}

#[test]
fn labels_and_batches_are_checked_before_they_are_fed() {
    let (x, y) = (Array2::<f32>::zeros((10, 2)), Array2::<f32>::zeros((3, 10)));
    expect_panic(|| convert_to_one_hot(&array![1, 6], 6), &["expected labels below 6", "got 6 at position 1\nhelp: "]);
    expect_panic(
        || random_mini_batches(&x, &y, 4, 0),
        &["expected as many rows in y as in x, got shapes [3, 10] and [10, 2]\nhelp: labels are in rows"],
    );
}

#[test]
fn one_hot_takes_whole_numbers() {
    let graph = Graph::new();
    let real = tf::placeholder(&graph, tf::float32, [None]);
    expect_panic(
        || tf::one_hot(&real, 3),
        &["one_hot: expected indices of type int64, got Tensor(", "tf::cast(&x, tf::int64)"],
    );
    let whole = tf::cast(&real, tf::int64);
    expect_panic(|| tf::one_hot(&whole, 0), &["one_hot: expected a depth of at least 1, got 0"]);
    let rows = tf::one_hot(&whole, 2);
    let out = Session::new(&graph).run(&rows, &[real.feed(&array![[1.0f32, -1.0, 2.0, 0.0]].row(0))]);
    assert_eq!(out, array![[0.0f32, 1.0], [0.0, 0.0], [0.0, 0.0], [1.0, 0.0]].into_dyn());
}
