//! Trains the application network on SIGNS with the course's settings: 100 epochs, learning rate 0.009, mini-batches of
//! 64.
//!
//! The assignment fixes the seeds of weights and mini-batches, so `--seed` shuffles the training photos first: the result
//! depends strongly on their order. Without it they stay as they are in the file.
//!
//! `cargo run --release --example application_signs -- --seed 1`

use cnn::{
    datasets::{convert_to_one_hot, load_signs},
    graded::application::model,
    numpy::RandomState,
};
use ndarray::Axis;
use std::{error::Error, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let mut data = load_signs()?;
    if let Some(seed) = seed()? {
        let order = RandomState::new(seed).permutation(data.x_train.dim().0);
        data.x_train = data.x_train.select(Axis(0), order.as_slice().expect("one dimension"));
        data.y_train = data.y_train.select(Axis(1), order.as_slice().expect("one dimension"));
    }
    println!("{}", data.source);
    let normalized = |pictures: &ndarray::Array4<u8>| pictures.mapv(|pixel| f32::from(pixel) / 255.0);
    let (x_train, x_test) = (normalized(&data.x_train), normalized(&data.x_test));
    let one_hot = |labels| convert_to_one_hot(labels, data.classes.len()).t().to_owned();
    let (y_train, y_test) = (one_hot(&data.y_train), one_hot(&data.y_test));
    let start = Instant::now();
    model(&x_train, &y_train, &x_test, &y_test, 0.009, 100, 64, true);
    println!("Time = {:.1} s", start.elapsed().as_secs_f64());
    Ok(())
}

/// The number behind `--seed`, if it is there.
fn seed() -> Result<Option<u32>, Box<dyn Error>> {
    let mut args = std::env::args().skip_while(|arg| arg != "--seed");
    if args.next().is_none() {
        return Ok(None);
    }
    let value = args.next().ok_or("--seed: a number is missing")?;
    Ok(Some(value.parse().map_err(|_| format!("--seed: expected a number, got {value}"))?))
}
