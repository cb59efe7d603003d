//! What the Keras tutorial says of batch sizes, dropout and early stopping, measured over several seeds.
//!
//! The faces are those of the Happy House, or those that the program draws. A seed shuffles the training faces; the
//! weights begin with the same numbers each time. Every run is asked about the 150 test faces once, at its end.
//!
//! `cargo run --release --example happy_house -- --seeds 5`

use cnn::{
    datasets::load_happy_house,
    images,
    keras::{Adam, EarlyStopping, Model, ReduceLROnPlateau, Verbose, layers::*},
};
use ndarray::{Array2, Array4, Axis, s};
use std::error::Error;

/// Faces and labels, shape (m, 1).
type Examples = (Array4<f32>, Array2<f32>);

fn main() -> Result<(), Box<dyn Error>> {
    let seeds = option("--seeds", 5)?;
    let data = load_happy_house()?;
    println!("{}", data.source);
    let labels = |y: &ndarray::Array1<usize>| y.mapv(|y| y as f32).insert_axis(Axis(1));
    let train = (images::normalize(&data.x_train), labels(&data.y_train));
    let test = (images::normalize(&data.x_test), labels(&data.y_test));

    for (batch_size, epochs) in [(16, 5), (64, 5), (64, 19)] {
        let steps = epochs * train.0.dim().0.div_ceil(batch_size);
        report(&format!("{batch_size} in a batch, {epochs} epochs, {steps} steps"), seeds, |seed| {
            let mut model = happy_model(0.0);
            let fit = model.fit(&train.0, &train.1).epochs(epochs).batch_size(batch_size).shuffle(seed);
            fit.verbose(Verbose::Silent).run();
            model.evaluate(&test.0, &test.1)
        });
    }
    let few = part(&train, 0, 200);
    for rate in [0.0, 0.3, 0.6] {
        report(&format!("200 faces, 10 epochs, dropout {rate}"), seeds, |seed| {
            let mut model = happy_model(rate);
            let fit = model.fit(&few.0, &few.1).epochs(10).batch_size(16).shuffle(seed);
            fit.verbose(Verbose::Silent).run();
            model.evaluate(&test.0, &test.1)
        });
    }
    let watched = part(&train, 450, 600);
    for faces in [200, 450] {
        let learned = part(&train, 0, faces);
        report(&format!("{faces} faces, stopped early, 150 watched"), seeds, |seed| {
            let mut model = happy_model(0.3);
            let stopping = EarlyStopping::new("val_loss").min_delta(0.002).patience(5).restore_best_weights(true);
            let fit = model.fit(&learned.0, &learned.1).epochs(100).batch_size(16).shuffle(seed);
            fit.validation_data(&watched.0, &watched.1)
                .callback(ReduceLROnPlateau::new("val_loss").factor(0.3).patience(2))
                .callback(stopping)
                .verbose(Verbose::Silent)
                .run();
            model.evaluate(&test.0, &test.1)
        });
    }
    Ok(())
}

/// One line: accuracy and loss on the test faces for every seed, and their medians.
fn report(name: &str, seeds: u32, run: impl Fn(u32) -> Vec<f64>) {
    let preds: Vec<Vec<f64>> = (0..seeds).map(run).collect();
    let column = |i: usize| -> Vec<f64> { preds.iter().map(|preds| preds[i]).collect() };
    let all: Vec<String> = column(1).iter().map(|accuracy| format!("{accuracy:.3}")).collect();
    println!(
        "{name:<40} accuracy {}: median {:.3}; median loss {:.3}",
        all.join(" "),
        median(column(1)),
        median(column(0))
    );
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    if n == 0 { f64::NAN } else { (values[(n - 1) / 2] + values[n / 2]) / 2.0 }
}

/// The examples `from..to`.
fn part(examples: &Examples, from: usize, to: usize) -> Examples {
    (examples.0.slice(s![from..to, .., .., ..]).to_owned(), examples.1.slice(s![from..to, ..]).to_owned())
}

/// The tutorial's network, with dropout before its last layer if the rate is not 0.
fn happy_model(rate: f32) -> Model {
    let x_input = Input::new((64, 64, 3)).call();
    let x = ZeroPadding2D::new((3, 3)).call(&x_input);
    let x = Conv2D::new(32, (7, 7)).name("conv0").call(&x);
    let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
    let x = Activation::new("relu").call(&x);
    let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x);
    let x = if rate > 0.0 { Dropout::new(rate).seed(1).call(&x) } else { x };
    let x = Dense::new(1).activation("sigmoid").name("fc").call(Flatten::new().call(&x));
    let mut model = Model::new(&x_input, &x);
    model.compile(Adam::new().learning_rate(0.001), "binary_crossentropy", ["accuracy"]);
    model
}

/// The number behind an option of the command line.
fn option(name: &str, default: u32) -> Result<u32, Box<dyn Error>> {
    let mut args = std::env::args().skip_while(|arg| arg != name).skip(1);
    Ok(args
        .next()
        .map_or(Ok(default), |value| value.parse().map_err(|_| format!("{name}: expected a number, got {value}")))?)
}
