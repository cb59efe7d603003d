/*!
The inputs that the functions of "Convolutional networks: application" are called with.

Inputs only; the harness turns them into graphs and sessions. The networks are small: a few pixels tell the mistakes
apart as well as whole pictures do.
*/

use cnn::prelude::*;
use harness::Cases;

pub fn create_placeholders(cases: &mut Cases) {
    cases.visible("the notebook's example", (64_usize, 64_usize, 3_usize, 6_usize));

    let (n_h0, n_w0) = (cases.between(20, 29), cases.between(30, 39));
    cases.hidden("wider than high", (n_h0, n_w0, 3_usize, 6_usize));
    let (n_c0, n_y) = (cases.between(4, 5), cases.between(7, 12));
    cases.hidden("many channels, many classes", (16_usize, 16_usize, n_c0, n_y));
    cases.hidden("gray pictures, two classes", (28_usize, 28_usize, 1_usize, 2_usize));
}

pub fn initialize_parameters(cases: &mut Cases) {
    cases.visible("the notebook's example", 0_usize);

    // With a seed of their own, the filters do not depend on what the graph holds before.
    let before = cases.between(1, 5);
    cases.hidden("a graph that has placeholders", before);
    let before = cases.between(6, 20);
    cases.hidden("a graph that has many placeholders", before);
}

/// Numbers in single precision, as the engine takes them.
fn singles<D: cnn::ndarray::Dimension>(numbers: Array<f64, D>) -> Array<f32, D> {
    numbers.mapv(|number| number as f32)
}

pub fn forward_propagation(cases: &mut Cases) {
    let mut random = np::RandomState::new(1);
    let pictures = singles(random.randn((2, 64, 64, 3)));
    let filters = (singles(random.randn((4, 4, 3, 8)) * 0.1), singles(random.randn((2, 2, 8, 16)) * 0.2));
    cases.visible("two pictures of 64 x 64", (pictures, filters.0, filters.1, 1_usize));

    // Bright pictures and filters that answer with one sign each: without a relu, the largest response of a window is
    // negative for every second filter.
    let signs = |n| Array1::from_shape_fn(n, |c| if c % 2 == 0 { 0.1 } else { -0.1 });
    let width = cases.between(35, 63);
    for (name, m, n_h, n_w, n_1, n_2) in [
        ("filters that answer with one sign", 2, 24, 16, 8, 16),
        ("one small picture", 1, 32, 32, 8, 16),
        ("wider than high, with edges that the pools do not divide", 2, 24, width, 8, 16),
        ("other numbers of filters", 3, 33, 32, 3, 5),
    ] {
        let pictures = singles(cases.randn((m, n_h, n_w, 3)).mapv(f64::abs));
        let w1 = singles(cases.randn((4, 4, 3, n_1)) * 0.02 + signs(n_1));
        let filters = (w1, singles(cases.randn((2, 2, n_1, n_2)) * 0.3));
        let seed = cases.between(1, 1_000_000);
        cases.hidden(name, (pictures, filters.0, filters.1, seed));
    }
}

/// One-hot labels of `m` examples, drawn.
fn labels(random: &mut np::RandomState, m: usize) -> Array2<f32> {
    let classes = random.randint(0, 6, m);
    Array2::from_shape_fn((m, 6), |(i, class)| f32::from(u8::from(classes[i] == class as i64)))
}

pub fn compute_cost(cases: &mut Cases) {
    let mut random = np::RandomState::new(1);
    let z3 = singles(random.randn((4, 6)));
    let y = labels(&mut random, 4);
    cases.visible("four examples", (z3, y));

    for (name, m, scale) in [("one example", 1, 1.0), ("many examples", 37, 1.0), ("large logits", 5, 60.0)] {
        let z3 = singles(cases.randn((m, 6)) * scale);
        let y = labels(cases.random(), m);
        cases.hidden(name, (z3, y));
    }
}

/// Pictures of so many rows and columns, and labels that have something to do with them: the classes are brighter or
/// darker.
fn pictures(random: &mut np::RandomState, m: usize, (n_h, n_w): (usize, usize)) -> (Array4<f32>, Array2<f32>) {
    let y = labels(random, m);
    let mut x = singles(random.random_sample((m, n_h, n_w, 3)));
    for (mut picture, label) in x.outer_iter_mut().zip(y.outer_iter()) {
        let class = label.iter().position(|one| *one == 1.0).unwrap_or(0);
        picture.mapv_inplace(|pixel| 0.5 * pixel + 0.1 * class as f32);
    }
    (x, y)
}

pub fn model(cases: &mut Cases) {
    let mut random = np::RandomState::new(1);
    let (x_train, y_train) = pictures(&mut random, 20, (16, 16));
    let (x_test, y_test) = pictures(&mut random, 10, (16, 16));
    let inputs = (x_train, y_train, x_test, y_test, 0.009_f32, 3_usize, 8_usize);
    cases.visible("twenty pictures, three epochs", inputs).weight(2);

    for (name, m, learning_rate, num_epochs, minibatch_size) in [
        ("another learning rate", 16, 0.002, 2, 8),
        ("a short last batch", 21, 0.02, 3, 5),
        ("one batch with all pictures", 12, 0.009, 4, 64),
    ] {
        let inputs = training(cases.random(), m, (16, 16), learning_rate, num_epochs, minibatch_size);
        cases.hidden(name, inputs);
    }
    let inputs = training(cases.random(), 6, (16, 16), 0.009, 0, 4);
    cases.hidden("no epoch at all", inputs).trivial();
    // Height and width are two numbers, also where the placeholders are created.
    let n_w = cases.between(20, 28);
    let inputs = training(cases.random(), 10, (16, n_w), 0.009, 2, 5);
    cases.hidden("wider than high", inputs);
}

/// Pictures to train and to test with, and how to train.
type Training = (Array4<f32>, Array2<f32>, Array4<f32>, Array2<f32>, f32, usize, usize);

fn training(
    random: &mut np::RandomState,
    m: usize,
    size: (usize, usize),
    rate: f32,
    num_epochs: usize,
    minibatch_size: usize,
) -> Training {
    let (x_train, y_train) = pictures(random, m, size);
    let (x_test, y_test) = pictures(random, 9, size);
    (x_train, y_train, x_test, y_test, rate, num_epochs, minibatch_size)
}
