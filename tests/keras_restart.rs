//! Training that goes on after a restart: equal to the last bit to training that was never interrupted, in every format, and
//! also where the process was killed.

use cnn::{
    keras::{
        Adam, AdamW, Model, ModelCheckpoint, Optimizer, RMSprop, SGD, Verbose,
        layers::*,
        load_model,
        schedules::{CosineDecay, PiecewiseConstantDecay},
    },
    numpy::RandomState,
};
use ndarray::{Array1, Array2, Axis};
use std::{
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};

const EPOCHS: usize = 12;

fn examples() -> (Array2<f64>, Array1<usize>) {
    let mut rng = RandomState::new(3);
    let x = rng.randn((50, 4));
    let y = x.map_axis(Axis(1), |p| usize::from(p[0] * p[1] > 0.0) + usize::from(p[2] > 1.0));
    (x, y)
}

/// A network with everything that has a state: dropout, batch normalisation, an optimizer with averages.
fn model(optimizer: impl Into<Optimizer>) -> Model {
    let x_input = Input::new(4).call();
    let hidden = Dense::new(12).activation("relu").kernel_regularizer("l2").call(&x_input);
    let hidden = Dropout::new(0.3).call(BatchNormalization::new().call(&hidden));
    let mut model = Model::new(&x_input, Dense::new(3).activation("softmax").call(&hidden));
    model.compile(optimizer.into(), "sparse_categorical_crossentropy", ["accuracy"]);
    model
}

fn fit(model: &mut Model, epochs: usize, checkpoint: &Path) {
    let (x, y) = examples();
    let done = model.epochs();
    let fit = model.fit(&x, &y).epochs(epochs).initial_epoch(done).batch_size(8).validation_split(0.2);
    fit.callback(ModelCheckpoint::new(checkpoint.display().to_string())).verbose(Verbose::Silent).run();
}

#[test]
fn a_restart_changes_no_bit() {
    let dir = tempfile::tempdir().unwrap();
    let optimizers: [Optimizer; 6] = [
        Adam::new().learning_rate(0.01).global_clipnorm(0.5).into(),
        AdamW::new().learning_rate(CosineDecay::new(0.0, 80).warmup(0.02, 10)).into(),
        SGD::new().learning_rate(0.05).momentum(0.9).nesterov(true).clipnorm(1.0).into(),
        SGD::new().learning_rate(PiecewiseConstantDecay::new([20, 40], [0.1, 0.05, 0.01])).clipvalue(0.1).into(),
        RMSprop::new().learning_rate(0.003).into(),
        RMSprop::new().learning_rate(0.003).weight_decay(0.01).into(),
    ];
    for optimizer in optimizers {
        let mut undisturbed = model(optimizer.clone());
        fit(&mut undisturbed, EPOCHS, &dir.path().join("undisturbed.h5"));
        for name in ["checkpoint.h5", "checkpoint.keras"] {
            let path = dir.path().join(name);
            fit(&mut model(optimizer.clone()), 5, &path);
            let mut again = load_model(&path).unwrap();
            assert_eq!((again.epochs(), again.optimizer()), (5, Some(&optimizer)), "{name}");
            fit(&mut again, EPOCHS, &path);
            assert_eq!(again.get_weights(), undisturbed.get_weights(), "{name}, {optimizer:?}");
            assert_eq!(again.iterations(), undisturbed.iterations());
        }
    }
}

/// Names the file that the killed process trains into; without it, the test below does nothing.
const CHILD: &str = "CNN_TEST_RESTART_FILE";

/// Trains on from the file that the environment names, slowly enough to be killed.
#[test]
fn killed_process() {
    let Some(path) = std::env::var_os(CHILD) else { return };
    let path = Path::new(&path);
    let mut model = if path.exists() { load_model(path).unwrap() } else { model(Adam::new().learning_rate(0.01)) };
    fit(&mut model, EPOCHS, path);
}

#[test]
fn a_process_that_is_killed_at_any_moment_loses_at_most_the_epoch() {
    let dir = tempfile::tempdir().unwrap();
    let mut undisturbed = model(Adam::new().learning_rate(0.01));
    fit(&mut undisturbed, EPOCHS, &dir.path().join("undisturbed.h5"));
    let mut rng = RandomState::new(7);
    for name in ["killed.h5", "killed.keras"] {
        let path = dir.path().join(name);
        let mut killed = 0;
        for attempt in 0..200 {
            // The first moments differ by little: a process takes some milliseconds to start, and some to train.
            let mut child = Command::new(std::env::current_exe().unwrap())
                .args(["--exact", "keras_restart::killed_process", "--test-threads=1"])
                .env(CHILD, &path)
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            let pause = Duration::from_micros((rng.rand(1)[0] * 60_000.0) as u64);
            // Ten kills, and then the rest of the training.
            if killed < 10 {
                std::thread::sleep(pause);
                let is_running = child.try_wait().unwrap().is_none();
                child.kill().unwrap();
                child.wait().unwrap();
                killed += usize::from(is_running);
                if path.exists() {
                    let epochs = load_model(&path).unwrap().epochs();
                    assert!((1..=EPOCHS).contains(&epochs), "{name}: a whole file, attempt {attempt}");
                }
            } else {
                assert!(child.wait().unwrap().success());
                break;
            }
        }
        assert_eq!(killed, 10, "{name}: the process was killed while it ran");
        let again = load_model(&path).unwrap();
        assert_eq!(again.get_weights(), undisturbed.get_weights(), "{name}");
    }
}
