//! Training with examples that change at random: each batch gets its own seed, and nothing else of training changes.

use crate::expect_panic::expect_panic;
use cnn::{
    images::Augment,
    keras::{Model, Verbose, layers::*},
    numpy::RandomState,
};
use ndarray::{Array, Array1, Array2, Array4, Dimension, s};
use std::sync::Mutex;

const M: usize = 10;

fn examples() -> (Array4<f32>, Array1<f32>) {
    let mut rng = RandomState::new(5);
    (rng.random_sample((M, 6, 5, 3)).mapv(|v| v as f32), rng.random_sample(M).mapv(|v| v as f32))
}

fn model() -> Model {
    let x_input = Input::new((6, 5, 3)).seed(3).call();
    let mut model = Model::new(&x_input, Dense::new(1).call(Flatten::new().call(&x_input)));
    model.compile("adam", "mse", ());
    model
}

#[test]
fn every_batch_has_a_seed_of_its_own_and_its_number_gives_it() {
    let ((x, y), mut fitted, seeds) = (examples(), model(), Mutex::new(Vec::new()));
    let change = |x: &Array4<f32>, seed| {
        seeds.lock().unwrap().push((seed, x.dim().0));
        x.clone()
    };
    fitted.fit(&x, &y).epochs(2).batch_size(4).augment(7, change).verbose(Verbose::Silent).run();
    assert_eq!(*seeds.lock().unwrap(), [(7, 4), (8, 4), (9, 2), (10, 4), (11, 4), (12, 2)]);
}

#[test]
fn the_weights_are_those_of_training_on_the_changed_examples_to_the_last_bit() {
    let (x, y) = examples();
    let augment = Augment::new().flip().shift(0.2).rotate(20.0).crop(0.2).rgb_shift(0.1);
    let (mut beside, mut before) = (model(), model());
    let silent = Verbose::Silent;
    let change = |x: &Array4<f32>, seed| augment.apply(x, seed);
    beside.fit(&x, &y).epochs(3).batch_size(4).without_shuffling().augment(7, change).verbose(silent).run();
    let mut seed = 7;
    for _ in 0..3 {
        for start in (0..M).step_by(4) {
            let rows = start..(start + 4).min(M);
            let batch = augment.apply(&x.slice(s![rows.clone(), .., .., ..]).to_owned(), seed);
            before.fit(&batch, &y.slice(s![rows]).to_owned()).without_shuffling().verbose(silent).run();
            seed += 1;
        }
    }
    assert_eq!(beside.get_weights(), before.get_weights());
    let mut without = model();
    without.fit(&x, &y).epochs(3).batch_size(4).without_shuffling().verbose(silent).run();
    assert_ne!(beside.get_weights(), without.get_weights());
}

#[test]
fn a_function_of_another_shape_or_one_that_panics_ends_training_with_its_message() {
    fn run<D: Dimension>(change: impl Fn(&Array<f32, D>, u32) -> Array<f32, D> + Sync) {
        let ((x, y), mut model) = (examples(), model());
        model.fit(&x, &y).batch_size(4).augment(0, change).verbose(Verbose::Silent).run();
    }
    expect_panic(|| run(|x: &Array2<f32>, _| x.clone()), &["expected a function of arrays of 4 axes", "takes 2"]);
    expect_panic(
        || run(|x: &Array4<f32>, _| x.slice(s![.., 1.., .., ..]).to_owned()),
        &["augment: expected changed examples of the same shape, [4, 6, 5, 3], got [4, 5, 5, 3]"],
    );
    expect_panic(
        || run(|x: &Array4<f32>, seed| if seed == 2 { panic!("no such picture") } else { x.clone() }),
        &["no such picture"],
    );
}
