//! Trains the application network on SIGNS with the course's settings: 100 epochs, learning rate 0.009, mini-batches of
//! 64.
//!
//! Without `--seed` it is the assignment's `model`, in which all seeds are fixed. `--seed 1` draws other weights and other
//! mini-batches for the same network: how well it does depends strongly on both.
//!
//! `cargo run --release --example application_signs -- --seed 1`

use cnn::{
    datasets::{convert_to_one_hot, load_signs, random_mini_batches},
    graded::application::{compute_cost, create_placeholders, forward_propagation, model},
    tf::{self, Graph, Item, Parameters, Session},
};
use ndarray::{Array2, Array4, Axis};
use std::{error::Error, time::Instant};

const LEARNING_RATE: f32 = 0.009;
const NUM_EPOCHS: u32 = 100;
const MINIBATCH_SIZE: usize = 64;

/// Pictures and one-hot labels.
type Examples = (Array4<f32>, Array2<f32>);

fn main() -> Result<(), Box<dyn Error>> {
    let seed = seed()?;
    let data = load_signs()?;
    println!("{}", data.source);
    let normalized = |pictures: &Array4<u8>| pictures.mapv(|pixel| f32::from(pixel) / 255.0);
    let one_hot = |labels| convert_to_one_hot(labels, data.classes.len()).t().to_owned();
    let train = (normalized(&data.x_train), one_hot(&data.y_train));
    let test = (normalized(&data.x_test), one_hot(&data.y_test));
    let start = Instant::now();
    match seed {
        None => {
            drop(model(&train.0, &train.1, &test.0, &test.1, LEARNING_RATE, NUM_EPOCHS as usize, MINIBATCH_SIZE, true))
        }
        Some(seed) => seeded_model(&train, &test, seed),
    }
    println!("Time = {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// The assignment's training loop, with everything that is random drawn from `seed`.
fn seeded_model(train: &Examples, test: &Examples, seed: u32) {
    let graph = Graph::new();
    graph.set_random_seed(u64::from(seed));
    let (x, y) = create_placeholders(&graph, 64, 64, 3, train.1.len_of(Axis(1)));
    let xavier = || tf::contrib::layers::xavier_initializer(None);
    let parameters = Parameters::from([
        ("W1", tf::get_variable(&graph, "W1", &[4, 4, 3, 8], xavier())),
        ("W2", tf::get_variable(&graph, "W2", &[2, 2, 8, 16], xavier())),
    ]);
    let z3 = forward_propagation(&x, &parameters);
    let cost = compute_cost(&z3, &y);
    let optimizer = tf::train::AdamOptimizer::new(LEARNING_RATE).minimize(&cost);
    let init = tf::global_variables_initializer(&graph);
    let session = Session::new(&graph);
    session.run(&init, &[]);
    for epoch in 0..NUM_EPOCHS {
        for (minibatch_x, minibatch_y) in
            random_mini_batches(&train.0, &train.1, MINIBATCH_SIZE, seed * NUM_EPOCHS + epoch)
        {
            session.run(&optimizer, &[x.feed(&minibatch_x), y.feed(&minibatch_y)]);
        }
    }
    let correct_prediction = tf::equal(&tf::argmax(&z3, 1), &tf::argmax(&y, 1));
    let accuracy = tf::reduce_mean(&tf::cast(&correct_prediction, tf::float32));
    for (name, examples) in [("Train", train), ("Test", test)] {
        let accuracy = session.run(&accuracy, &[x.feed(&examples.0), y.feed(&examples.1)]).item();
        println!("{name} Accuracy: {accuracy}");
    }
}

/// The number after `--seed`, if it is given.
fn seed() -> Result<Option<u32>, Box<dyn Error>> {
    let mut args = std::env::args().skip_while(|arg| arg != "--seed");
    if args.next().is_none() {
        return Ok(None);
    }
    let value = args.next().ok_or("--seed: a number is missing")?;
    Ok(Some(value.parse().map_err(|_| format!("--seed: expected a number, got {value}"))?))
}
