//! Trains ResNet-50 on SIGNS with the tuned recipe: Adam, 50 epochs in batches of 32, a tenth for validation, and a
//! learning rate that falls when the validation loss stops falling. With `--plain`, none of the pictures is set aside and
//! the learning rate stays where it is.
//!
//! `--save FILE` keeps the trained network, `--record FILE` writes a line of numbers after every epoch.
//!
//! `cargo run --release --example resnet50_signs -- --seed 0 --epochs 50`

use cnn::{
    datasets::{convert_to_one_hot, load_signs},
    graded::residual_networks::resnet50,
    keras::{Adam, ReduceLROnPlateau, callbacks::on_epoch_end},
};
use std::{error::Error, fs::File, io::Write, path::PathBuf, time::Instant};

/// What the command line says.
struct Settings {
    seed: u32,
    epochs: usize,
    plain: bool,
    save: Option<PathBuf>,
    record: Option<PathBuf>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let settings = settings()?;
    let mut record = settings.record.as_ref().map(File::create).transpose()?;
    let data = load_signs()?;
    println!("{}", data.source);
    let normalized = |pictures: &ndarray::Array4<u8>| pictures.mapv(|pixel| f32::from(pixel) / 255.0);
    let (x_train, x_test) = (normalized(&data.x_train), normalized(&data.x_test));
    let one_hot = |labels| convert_to_one_hot(labels, data.classes.len()).t().to_owned();
    let (y_train, y_test) = (one_hot(&data.y_train), one_hot(&data.y_test));

    let mut model = resnet50((64, 64, 3), data.classes.len());
    model.compile(Adam::new().learning_rate(0.001), "categorical_crossentropy", ["accuracy"]);
    let start = Instant::now();
    let mut fit = model.fit(&x_train, &y_train).epochs(settings.epochs).batch_size(32).shuffle(settings.seed);
    if !settings.plain {
        let reduce_lr = ReduceLROnPlateau::new("val_loss").factor(0.2).patience(5).min_lr(1e-5).verbose(true);
        fit = fit.validation_split(0.1).callback(reduce_lr);
    }
    fit.callback(on_epoch_end(|epoch, logs, _| {
        if let Some(file) = &mut record {
            let numbers: Vec<String> = logs.iter().map(|(name, value)| format!("{name},{value:.6}")).collect();
            if let Err(error) = writeln!(file, "epoch,{},{}", epoch + 1, numbers.join(",")) {
                eprintln!("--record: epoch {} could not be written: {error}", epoch + 1);
            }
        }
    }))
    .run();
    println!("Time = {:.0} s", start.elapsed().as_secs_f64());
    let preds = model.evaluate(&x_test, &y_test);
    println!("Loss = {}", preds[0]);
    println!("Test Accuracy = {}", preds[1]);
    if let Some(path) = &settings.save {
        model.save(path)?;
        println!("saved in {}", path.display());
    }
    Ok(())
}

fn settings() -> Result<Settings, Box<dyn Error>> {
    let mut settings = Settings { seed: 0, epochs: 50, plain: false, save: None, record: None };
    let mut args = std::env::args().skip(1);
    while let Some(name) = args.next() {
        if name == "--plain" {
            settings.plain = true;
            continue;
        }
        let value = args.next().ok_or_else(|| format!("{name}: expected a value after it"))?;
        let number = || value.parse::<u32>().map_err(|_| format!("{name}: expected a whole number, got {value}"));
        match name.as_str() {
            "--seed" => settings.seed = number()?,
            "--epochs" => settings.epochs = number()? as usize,
            "--save" => settings.save = Some(value.into()),
            "--record" => settings.record = Some(value.into()),
            _ => {
                let help = "help: there are --seed N, --epochs N, --plain, --save FILE and --record FILE";
                return Err(format!("unknown option {name}\n{help}").into());
            }
        }
    }
    Ok(settings)
}
