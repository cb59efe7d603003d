//! Trains the application network on SIGNS with the course's settings: 100 epochs, learning rate 0.009, mini-batches of
//! 64.
//!
//! `cargo run --release --example application_signs`

use cnn::{
    datasets::{convert_to_one_hot, load_signs},
    graded::application::model,
};
use std::{error::Error, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let data = load_signs()?;
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
