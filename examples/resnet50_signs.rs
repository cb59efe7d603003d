//! Trains ResNet-50 on SIGNS with the tuned recipe: Adam, 50 epochs in batches of 32, a tenth for validation, and a
//! learning rate that falls when the validation loss stops falling.
//!
//! `cargo run --release --example resnet50_signs -- --seed 0 --epochs 50`

use cnn::{
    datasets::{convert_to_one_hot, load_signs},
    graded::residual_networks::resnet50,
    keras::{Adam, ReduceLROnPlateau},
};
use std::{error::Error, time::Instant};

fn main() -> Result<(), Box<dyn Error>> {
    let (seed, epochs) = (option("--seed", 0)?, option("--epochs", 50)?);
    let data = load_signs()?;
    println!("{}", data.source);
    let normalized = |pictures: &ndarray::Array4<u8>| pictures.mapv(|pixel| f32::from(pixel) / 255.0);
    let (x_train, x_test) = (normalized(&data.x_train), normalized(&data.x_test));
    let one_hot = |labels| convert_to_one_hot(labels, data.classes.len()).t().to_owned();
    let (y_train, y_test) = (one_hot(&data.y_train), one_hot(&data.y_test));

    let mut model = resnet50((64, 64, 3), data.classes.len());
    model.compile(Adam::new().learning_rate(0.001), "categorical_crossentropy", ["accuracy"]);
    let start = Instant::now();
    let reduce_lr = ReduceLROnPlateau::new("val_loss").factor(0.2).patience(5).min_lr(1e-5).verbose(true);
    model
        .fit(&x_train, &y_train)
        .epochs(epochs as usize)
        .validation_split(0.1)
        .batch_size(32)
        .shuffle(seed)
        .callback(reduce_lr)
        .run();
    println!("Time = {:.0} s", start.elapsed().as_secs_f64());
    let preds = model.evaluate(&x_test, &y_test);
    println!("Loss = {}", preds[0]);
    println!("Test Accuracy = {}", preds[1]);
    Ok(())
}

/// The number after an option of the command line.
fn option(name: &str, default: u32) -> Result<u32, Box<dyn Error>> {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    Ok(args
        .next()
        .map_or(Ok(default), |value| value.parse().map_err(|_| format!("{name}: expected a number, got {value}")))?)
}
