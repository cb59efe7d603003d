//! Writes ResNet-50 and what Keras saved for the tests as models of our own, each with inputs and predictions beside it,
//! for `tests/fixtures/keras_check.py`, in which the real Keras opens them.
//!
//! `cargo run --example save_models -- target/keras_check`

use cnn::{
    graded::residual_networks::resnet50,
    keras::{Model, load_model},
    numpy::RandomState,
};
use ndarray::Array4;
use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args().nth(1).ok_or("expected a folder to write to\nhelp: save_models target/keras_check")?;
    let folder = Path::new(&folder);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut resnet = resnet50((64, 64, 3), 6);
    resnet.compile("adam", "categorical_crossentropy", ["accuracy"]);
    write(folder, "resnet50", &resnet, 64)?;
    for name in ["keras2", "keras3", "keras2_sequential", "keras3_sequential"] {
        write(folder, name, &load_model(fixtures.join(format!("{name}.h5")))?, 8)?;
    }
    Ok(())
}

/// Writes `NAME.h5`, and `NAME.json` with `x` and `predictions`.
fn write(folder: &Path, name: &str, model: &Model, side: usize) -> Result<(), Box<dyn Error>> {
    let x: Array4<f32> = RandomState::new(1).randn((2, side, side, 3)).mapv(|x| x as f32);
    let predictions: Vec<f32> = model.predict(&x).into_iter().collect();
    model.save(folder.join(format!("{name}.h5")))?;
    let json = serde_json::json!({ "side": side, "x": x.iter().collect::<Vec<_>>(), "predictions": predictions });
    std::fs::write(folder.join(format!("{name}.json")), json.to_string())?;
    Ok(())
}
