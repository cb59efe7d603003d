//! `KERAS.md`, the table of what there is of Keras: made of the registry and of the names that are parsed, and compared with
//! the file.

use cnn::keras::{Initializer, LayerRegistry, Loss, Metric, Optimizer, Regularizer, activations::Function};
use serde_json::Value;
use std::fmt::Write;

/// Whether there is something of this name.
fn is_there(kind: &str, name: &str) -> bool {
    // As Keras' own functions name what a class is called.
    let snake = snake_case(name);
    match kind {
        "layers" => LayerRegistry::new().class_names().any(|own| own == name),
        "losses" => Loss::try_from(snake.as_str()).is_ok(),
        "metrics" => {
            let without_kind = ["categorical_accuracy", "binary_accuracy", "sparse_categorical_accuracy"];
            without_kind.contains(&snake.as_str()) || Metric::try_from(snake.as_str()).is_ok()
        }
        "optimizers" => Optimizer::try_from(name).is_ok(),
        "schedules" => ["CosineDecay", "ExponentialDecay", "PiecewiseConstantDecay"].contains(&name),
        "callbacks" => {
            ["CSVLogger", "EarlyStopping", "History", "ModelCheckpoint", "ReduceLROnPlateau"].contains(&name)
        }
        "initializers" => name == "Constant" || Initializer::try_from(snake.as_str()).is_ok(),
        "regularizers" => Regularizer::try_from(name).is_ok(),
        "activations" => Function::try_from(name).is_ok(),
        _ => panic!("keras_names.json has a kind {kind}"),
    }
}

/// `KLDivergence` becomes `kl_divergence`, `AUC` `auc`.
fn snake_case(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let mut snake = String::new();
    for (i, letter) in letters.iter().enumerate() {
        let begins = i > 0 && letter.is_uppercase();
        let after_small = i > 0 && letters[i - 1].is_lowercase();
        let before_small = letters.get(i + 1).is_some_and(|next| next.is_lowercase());
        if begins && (after_small || before_small) {
            snake.push('_');
        }
        snake.extend(letter.to_lowercase());
    }
    snake
}

fn table() -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/keras_names.json");
    let names: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let mut text = String::from(
        "# What there is of Keras\n\nEvery name of Keras 3.15, and whether `cnn::keras` has it. Made by \
         `tests/keras_names.rs` from the registry of layers and the names that are parsed; do not edit it.\n",
    );
    let kinds = ["layers", "losses", "metrics", "optimizers", "schedules", "callbacks", "initializers", "regularizers"];
    for kind in kinds.into_iter().chain(["activations"]) {
        let list: Vec<&str> = names[kind].as_array().unwrap().iter().map(|name| name.as_str().unwrap()).collect();
        let n = list.iter().filter(|name| is_there(kind, name)).count();
        writeln!(text, "\n## {kind}: {n} of {}\n\n| name | |\n| --- | --- |", list.len()).unwrap();
        for name in list {
            writeln!(text, "| `{name}` | {} |", if is_there(kind, name) { "yes" } else { "no" }).unwrap();
        }
    }
    text
}

#[test]
fn the_table_says_what_there_is() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/KERAS.md");
    let table = table();
    if std::env::var_os("CNN_WRITE_TABLES").is_some() {
        std::fs::write(path, &table).unwrap();
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert!(
        written == table,
        "KERAS.md is not what the registry says\nhelp: CNN_WRITE_TABLES=1 cargo test --test cnn keras_names"
    );
    for (kind, name) in
        [("layers", "LeakyReLU"), ("losses", "KLDivergence"), ("metrics", "AUC"), ("optimizers", "AdamW")]
    {
        assert!(is_there(kind, name), "{name}");
    }
    assert!(!is_there("layers", "LSTM") && !is_there("optimizers", "Lion"));
}
