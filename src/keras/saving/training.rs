/*!
`training_config`, the attribute that holds optimizer, loss and metrics as JSON.

The state of the optimizer is not saved: after loading, its moving averages start from zero.
*/

use crate::keras::{
    losses::Loss,
    metrics::Metric,
    model::Model,
    optimizers::{Adam, Optimizer, RMSprop, SGD},
    setting::decimal,
};
use serde_json::{Value, json};

/// How the model was compiled, with the learning rate that it has now; None if it was not.
pub(super) fn write(model: &Model) -> Option<Value> {
    let (optimizer, loss) = (model.optimizer()?, model.loss()?);
    let learning_rate = decimal(model.learning_rate());
    let config = match optimizer {
        Optimizer::Adam(Adam { beta_1, beta_2, epsilon, .. }) => json!({
            "name": "Adam",
            "learning_rate": learning_rate,
            "beta_1": decimal(*beta_1),
            "beta_2": decimal(*beta_2),
            "epsilon": decimal(*epsilon),
            "amsgrad": false,
        }),
        Optimizer::SGD(SGD { momentum, nesterov, .. }) => json!({
            "name": "SGD",
            "learning_rate": learning_rate,
            "momentum": decimal(*momentum),
            "nesterov": nesterov,
        }),
        Optimizer::RMSprop(RMSprop { rho, epsilon, .. }) => json!({
            "name": "RMSprop",
            "learning_rate": learning_rate,
            "rho": decimal(*rho),
            "momentum": 0.0,
            "epsilon": decimal(*epsilon),
            "centered": false,
        }),
    };
    let metrics = model.metrics().iter().map(|metric| match metric {
        Metric::Accuracy => "accuracy",
        Metric::MeanSquaredError | Metric::MeanAbsoluteError => metric.name(),
    });
    Some(json!({
        "loss": loss.name(),
        "metrics": metrics.collect::<Vec<_>>(),
        "weighted_metrics": null,
        "loss_weights": null,
        "optimizer_config": { "class_name": optimizer.class_name(), "config": config },
    }))
}

/// What to compile a model with; None where one of the three is not known here.
pub(super) fn read(config: &Value) -> Option<(Optimizer, Loss, Vec<Metric>)> {
    let mut metrics = Vec::new();
    read_metrics(&config["metrics"], &mut metrics)?;
    Some((read_optimizer(&config["optimizer_config"])?, read_loss(&config["loss"])?, metrics))
}

fn read_optimizer(value: &Value) -> Option<Optimizer> {
    let config = &value["config"];
    let number = |key: &str, default: f32| match &config[key] {
        Value::Null => Some(default),
        value => value.as_f64().map(|x| x as f32),
    };
    // Keras before version 2.3 says `lr`. A schedule is an object, and not known here.
    let learning_rate = |default: f32| match &config["lr"] {
        Value::Null => number("learning_rate", default),
        value => value.as_f64().map(|x| x as f32),
    };
    // tf.keras 2.11 and later write `Custom>Adam`.
    let class_name = value["class_name"].as_str()?;
    match class_name.rsplit('>').next()? {
        "Adam" => {
            let Adam { learning_rate: default, beta_1, beta_2, epsilon } = Adam::new();
            let adam = Adam::new().learning_rate(learning_rate(default)?).beta_1(number("beta_1", beta_1)?);
            Some(adam.beta_2(number("beta_2", beta_2)?).epsilon(number("epsilon", epsilon)?).into())
        }
        "SGD" => {
            let SGD { learning_rate: default, momentum, nesterov } = SGD::new();
            let sgd = SGD::new().learning_rate(learning_rate(default)?).momentum(number("momentum", momentum)?);
            Some(sgd.nesterov(config["nesterov"].as_bool().unwrap_or(nesterov)).into())
        }
        "RMSprop" => {
            let RMSprop { learning_rate: default, rho, epsilon } = RMSprop::new();
            let rmsprop = RMSprop::new().learning_rate(learning_rate(default)?).rho(number("rho", rho)?);
            let plain = number("momentum", 0.0)? == 0.0 && config["centered"] != json!(true);
            plain.then_some(rmsprop.epsilon(number("epsilon", epsilon)?).into())
        }
        _ => None,
    }
}

fn read_loss(value: &Value) -> Option<Loss> {
    if let Value::String(name) = value {
        return Loss::try_from(name.as_str()).ok();
    }
    let config = &value["config"];
    if config["from_logits"] == json!(true) || config["label_smoothing"].as_f64().is_some_and(|x| x != 0.0) {
        return None;
    }
    match value["class_name"].as_str()? {
        "CategoricalCrossentropy" => Some(Loss::CategoricalCrossentropy),
        "SparseCategoricalCrossentropy" => Some(Loss::SparseCategoricalCrossentropy),
        "BinaryCrossentropy" => Some(Loss::BinaryCrossentropy),
        "MeanSquaredError" => Some(Loss::MeanSquaredError),
        _ => None,
    }
}

/// Names in Keras 2.0, names or objects, in lists within lists, in later ones.
fn read_metrics(value: &Value, metrics: &mut Vec<Metric>) -> Option<()> {
    match value {
        Value::Null => Some(()),
        Value::Array(list) => list.iter().try_for_each(|value| read_metrics(value, metrics)),
        Value::String(name) => {
            metrics.push(metric(name)?);
            Some(())
        }
        Value::Object(_) => {
            let known = |text: &Value| text.as_str().and_then(metric);
            let function = [&value["config"]["fn"], &value["config"]["name"], &value["class_name"]];
            metrics.push(function.into_iter().find_map(known)?);
            Some(())
        }
        _ => None,
    }
}

fn metric(name: &str) -> Option<Metric> {
    match name {
        "acc" | "accuracy" | "categorical_accuracy" | "sparse_categorical_accuracy" | "binary_accuracy" => {
            Some(Metric::Accuracy)
        }
        "mse" | "mean_squared_error" | "MeanSquaredError" => Some(Metric::MeanSquaredError),
        "mae" | "mean_absolute_error" | "MeanAbsoluteError" => Some(Metric::MeanAbsoluteError),
        _ => None,
    }
}
