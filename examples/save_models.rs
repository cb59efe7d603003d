//! Writes ResNet-50 and what Keras saved for the tests as models of our own, each with inputs and predictions beside it,
//! for `tests/fixtures/keras_check.py`, in which the real Keras opens them.
//!
//! `cargo run --example save_models -- target/keras_check`

use cnn::{
    graded::residual_networks::resnet50,
    keras::{Model, load_model},
    numpy::RandomState,
};
use ndarray::ArrayD;
use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args().nth(1).ok_or("expected a folder to write to\nhelp: save_models target/keras_check")?;
    let folder = Path::new(&folder);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut resnet = resnet50((64, 64, 3), 6);
    resnet.compile("adam", "categorical_crossentropy", ["accuracy"]);
    write(folder, "resnet50", &resnet)?;
    for name in ["keras2", "keras3", "keras2_sequential", "keras3_sequential"] {
        write(folder, name, &load_model(fixtures.join(format!("{name}.h5")))?)?;
    }
    for name in ["keras2_deferred", "keras3_batch_size", "keras2_training_false", "tensorflow1", "float16"] {
        let mut model = load_model(fixtures.join(format!("keras_variants/{name}.h5")))?;
        model.compile("sgd", "categorical_crossentropy", ["accuracy"]);
        write(folder, name, &model)?;
    }
    Ok(())
}

/// Writes `NAME.h5`, and `NAME.json` with `x` and `predictions`.
fn write(folder: &Path, name: &str, model: &Model) -> Result<(), Box<dyn Error>> {
    let mut shape = vec![2];
    shape.extend(model.inputs()[0].shape().dims()[1..].iter().flatten());
    let x: ArrayD<f32> = RandomState::new(1).randn(&shape[..]).mapv(|x| x as f32);
    let predictions: Vec<f32> = model.predict(&x).into_iter().collect();
    model.save(folder.join(format!("{name}.h5")))?;
    let json = serde_json::json!({ "shape": shape, "x": x.iter().collect::<Vec<_>>(), "predictions": predictions });
    std::fs::write(folder.join(format!("{name}.json")), json.to_string())?;
    Ok(())
}
