//! How low the training error of plain and of residual networks gets, by their number of layers.
//!
//! The pictures are SIGNS, or those that the program draws. All networks begin with a convolution of 5x5, stride 4, and
//! end with the mean of each map and a dense layer. Between them are pairs of 3x3 convolutions with 16 filters, each with
//! batch normalization; the residual networks add a shortcut around every pair.
//!
//! `cargo run --release --example depth -- --epochs 10 --seeds 2`

use cnn::{
    datasets::load_signs,
    images,
    keras::{Adam, Model, Padding, Tensor, Verbose, layers::*},
};
use std::error::Error;

/// Layers with weights: the first convolution, two for each pair, and the dense one.
const DEPTHS: [usize; 5] = [4, 10, 20, 32, 50];

fn main() -> Result<(), Box<dyn Error>> {
    let (epochs, seeds) = (option("--epochs", 10)?, option("--seeds", 2)?);
    let data = load_signs()?;
    println!("{}", data.source);
    let x = images::normalize(&data.x_train);
    println!("layers  kind      seed  training loss  training error");
    for depth in DEPTHS {
        for (kind, shortcut) in [("plain", false), ("residual", true)] {
            for seed in 0..seeds {
                let mut model = network((depth - 2) / 2, shortcut, data.classes.len());
                model.compile(Adam::new().learning_rate(0.001), "sparse_categorical_crossentropy", ["accuracy"]);
                let fit = model.fit(&x, &data.y_train).epochs(epochs as usize).batch_size(32).shuffle(seed);
                let history = fit.verbose(Verbose::Silent).run();
                let last = |name: &str| history[name].last().copied().unwrap_or(f64::NAN);
                println!("{depth:>6}  {kind:<8}  {seed:>4}  {:>13.4}  {:>14.4}", last("loss"), 1.0 - last("acc"));
            }
        }
    }
    Ok(())
}

fn network(pairs: usize, shortcut: bool, classes: usize) -> Model {
    let conv = |x: &Tensor, side: usize, stride: usize| {
        let z = Conv2D::new(16, side).strides(stride).padding(Padding::Same).call(x);
        BatchNormalization::new().axis(3).call(&z)
    };
    let relu = |x: &Tensor| Activation::new("relu").call(x);
    let x_input = Input::new((64, 64, 3)).call();
    let mut x = relu(&conv(&x_input, 5, 4)); // (m, 16, 16, 16)
    for _ in 0..pairs {
        let z = conv(&relu(&conv(&x, 3, 1)), 3, 1);
        x = relu(&if shortcut { Add::new().call([&z, &x]) } else { z });
    }
    let x = GlobalAveragePooling2D::new().call(&x); // (m, 16)
    Model::new(&x_input, Dense::new(classes).activation("softmax").call(&x))
}

/// The number behind an option of the command line.
fn option(name: &str, default: u32) -> Result<u32, Box<dyn Error>> {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    Ok(args
        .next()
        .map_or(Ok(default), |value| value.parse().map_err(|_| format!("{name}: expected a number, got {value}")))?)
}
