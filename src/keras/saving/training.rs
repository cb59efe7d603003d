/*!
`training_config`, the attribute that holds optimizer, losses and metrics as JSON.

What the optimizer remembers is in [`optimizer`](super::optimizer).
*/

use crate::keras::{
    built_layer::BuiltLayer,
    losses::{BinaryCrossentropy, CategoricalCrossentropy, Loss, SparseCategoricalCrossentropy},
    metrics::Metric,
    model::Model,
    optimizers::{
        Adam, AdamW, Common, LearningRate, Optimizer, RMSprop, SGD, Schedule,
        schedules::{CosineDecay, ExponentialDecay, PiecewiseConstantDecay},
    },
    setting::decimal,
};
use serde_json::{Map, Value, json};

/// What a model is compiled with.
pub(super) struct Parts {
    pub optimizer: Optimizer,
    /// The loss of each output with its weight, or one for all of them.
    pub losses: Vec<(Loss, f32)>,
    /// The metrics of each output, or those of all of them.
    pub metrics: Vec<Vec<Metric>>,
}

/// Compiles the model as its file says, if all of that is known here.
pub(super) fn compile(model: &mut Model, config: &Value) {
    let layers: Vec<BuiltLayer> = model.outputs().iter().map(|output| output.layer()).collect();
    let names: Vec<&str> = layers.iter().map(BuiltLayer::name).collect();
    let Some(Parts { optimizer, losses, metrics }) = read(config, &names) else { return };
    let fit = losses.iter().zip(model.outputs()).all(|((loss, _), output)| loss.misfit(&output.shape()).is_none());
    if fit && model.layers().iter().all(|layer| layer.training_only().is_none()) {
        model.compile_parts(optimizer, losses, metrics);
    }
}

/// How the model was compiled, with the learning rate that it has now; None if it was not, or if a loss or a metric is the
/// program's own, which a file cannot hold.
pub(super) fn write(model: &Model) -> Option<Value> {
    let compiled = model.compiled.as_ref()?;
    let losses = compiled.losses.iter().map(|(loss, _)| write_loss(loss)).collect::<Option<Vec<_>>>()?;
    let weights: Vec<f64> = compiled.losses.iter().map(|(_, weight)| decimal(*weight)).collect();
    let names = |list: &Vec<Metric>| list.iter().map(write_metric).collect::<Option<Vec<_>>>();
    let metrics = compiled.metrics.iter().map(names).collect::<Option<Vec<_>>>()?;
    let is_single = losses.len() == 1;
    Some(json!({
        "loss": if is_single { losses[0].clone() } else { json!(losses) },
        "metrics": if is_single { json!(metrics[0]) } else { json!(metrics) },
        "weighted_metrics": null,
        "loss_weights": if weights.iter().all(|weight| *weight == 1.0) { Value::Null } else { json!(weights) },
        "optimizer_config": write_optimizer(&compiled.optimizer, model.learning_rate()),
    }))
}

/// An optimizer with this learning rate, as Keras writes it.
pub(super) fn write_optimizer(optimizer: &Optimizer, learning_rate: f32) -> Value {
    let common = optimizer.common();
    let learning_rate = common.schedule.as_ref().map_or(json!(decimal(learning_rate)), write_schedule);
    let adam = |name: &str, beta_1: f32, beta_2: f32, epsilon: f32| {
        json!({
            "name": name,
            "learning_rate": learning_rate,
            "beta_1": decimal(beta_1),
            "beta_2": decimal(beta_2),
            "epsilon": decimal(epsilon),
            "amsgrad": false,
        })
    };
    let mut config = match optimizer {
        Optimizer::Adam(Adam { beta_1, beta_2, epsilon, .. }) => adam("Adam", *beta_1, *beta_2, *epsilon),
        Optimizer::AdamW(AdamW { beta_1, beta_2, epsilon, .. }) => adam("AdamW", *beta_1, *beta_2, *epsilon),
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
    let clipping = common.clipping;
    let limits =
        [("clipvalue", clipping.value), ("clipnorm", clipping.norm), ("global_clipnorm", clipping.global_norm)];
    for (name, limit) in limits {
        if let Some(limit) = limit {
            config[name] = json!(decimal(limit));
        }
    }
    if common.weight_decay != 0.0 {
        config["weight_decay"] = json!(decimal(common.weight_decay));
    }
    json!({ "class_name": optimizer.class_name(), "config": config })
}

fn write_schedule(schedule: &Schedule) -> Value {
    let (class_name, config) = match schedule {
        Schedule::CosineDecay(CosineDecay { initial_learning_rate, decay_steps, alpha, warmup }) => {
            let (target, steps) = warmup.map_or((Value::Null, 0), |(target, steps)| (json!(decimal(target)), steps));
            let config = json!({
                "initial_learning_rate": decimal(*initial_learning_rate),
                "decay_steps": decay_steps,
                "alpha": decimal(*alpha),
                "name": "CosineDecay",
                "warmup_target": target,
                "warmup_steps": steps,
            });
            ("CosineDecay", config)
        }
        Schedule::ExponentialDecay(ExponentialDecay { initial_learning_rate, decay_steps, decay_rate, staircase }) => {
            let config = json!({
                "initial_learning_rate": decimal(*initial_learning_rate),
                "decay_steps": decay_steps,
                "decay_rate": decimal(*decay_rate),
                "staircase": staircase,
                "name": "ExponentialDecay",
            });
            ("ExponentialDecay", config)
        }
        Schedule::PiecewiseConstantDecay(PiecewiseConstantDecay { boundaries, values }) => {
            let values: Vec<f64> = values.iter().map(|value| decimal(*value)).collect();
            let config = json!({ "boundaries": boundaries, "values": values, "name": "PiecewiseConstant" });
            ("PiecewiseConstantDecay", config)
        }
    };
    json!({
        "module": "keras.optimizers.schedules",
        "class_name": class_name,
        "config": config,
        "registered_name": null,
    })
}

fn write_loss(loss: &Loss) -> Option<Value> {
    let object = |class_name: &str, config: Value| json!({ "module": "keras.losses", "class_name": class_name, "config": config, "registered_name": null });
    let name = loss.name();
    Some(match loss {
        Loss::CategoricalCrossentropy(CategoricalCrossentropy { from_logits, label_smoothing })
            if *from_logits || *label_smoothing != 0.0 =>
        {
            let config =
                json!({ "name": name, "from_logits": from_logits, "label_smoothing": decimal(*label_smoothing) });
            object("CategoricalCrossentropy", config)
        }
        Loss::SparseCategoricalCrossentropy(SparseCategoricalCrossentropy { from_logits: true }) => {
            object("SparseCategoricalCrossentropy", json!({ "name": name, "from_logits": true }))
        }
        Loss::BinaryCrossentropy(BinaryCrossentropy { from_logits, label_smoothing })
            if *from_logits || *label_smoothing != 0.0 =>
        {
            let config =
                json!({ "name": name, "from_logits": from_logits, "label_smoothing": decimal(*label_smoothing) });
            object("BinaryCrossentropy", config)
        }
        Loss::Huber { delta } if *delta != 1.0 => object("Huber", json!({ "name": name, "delta": decimal(*delta) })),
        Loss::Custom(_) => return None,
        _ => json!(name),
    })
}

fn write_metric(metric: &Metric) -> Option<Value> {
    Some(match metric {
        Metric::Accuracy => json!("accuracy"),
        Metric::Auc => json!("AUC"),
        Metric::Precision => json!("Precision"),
        Metric::Recall => json!("Recall"),
        Metric::TopKCategoricalAccuracy { k } => json!({
            "module": "keras.metrics",
            "class_name": "TopKCategoricalAccuracy",
            "config": { "name": metric.name(), "k": k },
            "registered_name": null,
        }),
        Metric::MeanSquaredError | Metric::MeanAbsoluteError => json!(metric.name()),
        Metric::Custom(_) => return None,
    })
}

/// What to compile a model with these outputs with; None where something is not known here.
pub(super) fn read(config: &Value, outputs: &[&str]) -> Option<Parts> {
    // The key of a model of Keras 3 in its own format is `optimizer`.
    let optimizer =
        if config["optimizer_config"].is_null() { &config["optimizer"] } else { &config["optimizer_config"] };
    let losses = per_output(&config["loss"], outputs);
    let weights = per_output(&config["loss_weights"], outputs);
    let weight = |i: usize| match weights.get(i).filter(|weight| !weight.is_null()) {
        None => Some(1.0),
        Some(weight) => weight.as_f64().map(|weight| weight as f32),
    };
    let losses = losses.iter().enumerate().map(|(i, loss)| Some((read_loss(loss)?, weight(i)?)));
    let losses: Vec<(Loss, f32)> = losses.collect::<Option<_>>()?;
    let own = config["metrics"].as_array().filter(|list| {
        outputs.len() > 1 && list.len() == outputs.len() && list.iter().all(|own| own.is_array() || own.is_null())
    });
    let list = |value: &Value| {
        let mut metrics = Vec::new();
        read_metrics(value, &mut metrics)?;
        Some(metrics)
    };
    let metrics = match (own, &config["metrics"]) {
        (Some(own), _) => own.iter().map(list).collect::<Option<Vec<_>>>()?,
        (None, Value::Object(of)) if !of.contains_key("class_name") => {
            outputs.iter().map(|name| list(of.get(*name).unwrap_or(&Value::Null))).collect::<Option<Vec<_>>>()?
        }
        (None, all) => vec![list(all)?; outputs.len()],
    };
    Some(Parts { optimizer: read_optimizer(optimizer)?, losses, metrics })
}

/// A setting for each output: a list, an object by their names, or one value for all.
fn per_output<'a>(value: &'a Value, outputs: &[&str]) -> Vec<&'a Value> {
    match value {
        Value::Array(list) if list.len() == outputs.len() => list.iter().collect(),
        Value::Object(of) if !of.contains_key("class_name") => {
            outputs.iter().map(|name| of.get(*name).unwrap_or(&Value::Null)).collect()
        }
        one => vec![one; outputs.len()],
    }
}

fn read_optimizer(value: &Value) -> Option<Optimizer> {
    let config = &value["config"];
    let number = |key: &str, default: f32| match &config[key] {
        Value::Null => Some(default),
        value => value.as_f64().map(|x| x as f32),
    };
    // Keras before version 2.3 says `lr`.
    let learning_rate = |default: f32| match (&config["lr"], &config["learning_rate"]) {
        (Value::Null, schedule @ Value::Object(_)) => read_schedule(schedule),
        (Value::Null, _) => number("learning_rate", default).map(LearningRate::from),
        (value, _) => value.as_f64().map(|x| LearningRate::from(x as f32)),
    };
    let limit = |key: &str| config[key].as_f64().map(|x| x as f32);
    let common = |mut common: Common| {
        (common.clipping.value, common.clipping.norm) = (limit("clipvalue"), limit("clipnorm"));
        common.clipping.global_norm = limit("global_clipnorm");
        common.weight_decay = limit("weight_decay").unwrap_or(0.0);
        common
    };
    // tf.keras 2.11 and later write `Custom>Adam`.
    let class_name = value["class_name"].as_str()?;
    if config["amsgrad"] == json!(true) || config["use_ema"] == json!(true) {
        return None;
    }
    match class_name.rsplit('>').next()? {
        "Adam" => {
            let Adam { learning_rate: default, beta_1, beta_2, epsilon, .. } = Adam::new();
            let adam = Adam::new().learning_rate(learning_rate(default)?).beta_1(number("beta_1", beta_1)?);
            let adam = adam.beta_2(number("beta_2", beta_2)?).epsilon(number("epsilon", epsilon)?);
            Some(Adam { common: common(adam.common.clone()), ..adam }.into())
        }
        "AdamW" => {
            let AdamW { learning_rate: default, beta_1, beta_2, epsilon, .. } = AdamW::new();
            let adam = AdamW::new().learning_rate(learning_rate(default)?).beta_1(number("beta_1", beta_1)?);
            let adam = adam.beta_2(number("beta_2", beta_2)?).epsilon(number("epsilon", epsilon)?);
            Some(AdamW { common: common(adam.common.clone()), ..adam }.into())
        }
        "SGD" => {
            let SGD { learning_rate: default, momentum, nesterov, .. } = SGD::new();
            let sgd = SGD::new().learning_rate(learning_rate(default)?).momentum(number("momentum", momentum)?);
            let sgd = sgd.nesterov(config["nesterov"].as_bool().unwrap_or(nesterov));
            Some(SGD { common: common(sgd.common.clone()), ..sgd }.into())
        }
        "RMSprop" => {
            let RMSprop { learning_rate: default, rho, epsilon, .. } = RMSprop::new();
            let rmsprop = RMSprop::new().learning_rate(learning_rate(default)?).rho(number("rho", rho)?);
            let rmsprop = rmsprop.epsilon(number("epsilon", epsilon)?);
            let plain = number("momentum", 0.0)? == 0.0 && config["centered"] != json!(true);
            plain.then_some(RMSprop { common: common(rmsprop.common.clone()), ..rmsprop }.into())
        }
        _ => None,
    }
}

fn read_schedule(value: &Value) -> Option<LearningRate> {
    let config = value["config"].as_object()?;
    let number = |key: &str| config.get(key)?.as_f64().map(|x| x as f32);
    let whole = |key: &str| config.get(key)?.as_f64().map(|x| x as u64);
    match value["class_name"].as_str()? {
        "CosineDecay" => {
            let schedule = CosineDecay::new(number("initial_learning_rate")?, whole("decay_steps")?);
            let schedule = schedule.alpha(number("alpha").unwrap_or(0.0));
            Some(match number("warmup_target") {
                Some(target) => schedule.warmup(target, whole("warmup_steps")?).into(),
                None => schedule.into(),
            })
        }
        "ExponentialDecay" => {
            let (initial, steps, rate) =
                (number("initial_learning_rate")?, whole("decay_steps")?, number("decay_rate")?);
            let staircase = config.get("staircase").and_then(Value::as_bool).unwrap_or(false);
            Some(ExponentialDecay::new(initial, steps, rate).staircase(staircase).into())
        }
        "PiecewiseConstantDecay" => {
            let numbers =
                |key: &str| config.get(key)?.as_array()?.iter().map(Value::as_f64).collect::<Option<Vec<_>>>();
            let boundaries: Vec<u64> = numbers("boundaries")?.into_iter().map(|x| x as u64).collect();
            let values: Vec<f32> = numbers("values")?.into_iter().map(|x| x as f32).collect();
            (values.len() == boundaries.len() + 1).then(|| PiecewiseConstantDecay::new(boundaries, values).into())
        }
        _ => None,
    }
}

fn read_loss(value: &Value) -> Option<Loss> {
    if let Value::String(name) = value {
        return Loss::try_from(name.as_str()).ok();
    }
    let empty = Map::new();
    let config = value["config"].as_object().unwrap_or(&empty);
    let number = |key: &str| config.get(key).and_then(Value::as_f64).map(|x| x as f32);
    let from_logits = config.get("from_logits").and_then(Value::as_bool).unwrap_or(false);
    let label_smoothing = number("label_smoothing").unwrap_or(0.0);
    let default_axis = |axis: i64| config.get("axis").and_then(Value::as_i64).is_none_or(|own| own == axis);
    match value["class_name"].as_str()? {
        _ if !default_axis(-1) => None,
        "CategoricalCrossentropy" => Some(CategoricalCrossentropy { from_logits, label_smoothing }.into()),
        "SparseCategoricalCrossentropy" if config.get("ignore_class").is_none_or(Value::is_null) => {
            Some(SparseCategoricalCrossentropy { from_logits }.into())
        }
        "BinaryCrossentropy" => Some(BinaryCrossentropy { from_logits, label_smoothing }.into()),
        "MeanSquaredError" => Some(Loss::MeanSquaredError),
        "MeanAbsoluteError" => Some(Loss::MeanAbsoluteError),
        "Huber" => Some(Loss::Huber { delta: number("delta").unwrap_or(1.0) }),
        "KLDivergence" => Some(Loss::KLDivergence),
        "CosineSimilarity" => Some(Loss::CosineSimilarity),
        // Keras 3 writes the name of a loss as a function.
        "function" => Loss::try_from(value["config"].as_str()?).ok(),
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
            let config = &value["config"];
            let known = |text: &Value| text.as_str().and_then(metric);
            let function = [&config["fn"], &config["name"], &value["class_name"]];
            metrics.push(match value["class_name"].as_str() {
                Some("TopKCategoricalAccuracy" | "SparseTopKCategoricalAccuracy") => {
                    Metric::TopKCategoricalAccuracy { k: config["k"].as_u64()? as usize }
                }
                Some("Precision" | "Recall") if !is_plain(&config["thresholds"]) => return None,
                _ => function.into_iter().find_map(known)?,
            });
            Some(())
        }
        _ => None,
    }
}

/// Whether the only threshold is one half.
fn is_plain(thresholds: &Value) -> bool {
    let of_list = thresholds.as_array().filter(|list| list.len() == 1).map(|list| &list[0]);
    thresholds.is_null() || of_list.unwrap_or(thresholds).as_f64() == Some(0.5)
}

fn metric(name: &str) -> Option<Metric> {
    match name {
        "categorical_accuracy" | "sparse_categorical_accuracy" | "binary_accuracy" => Some(Metric::Accuracy),
        "MeanSquaredError" => Some(Metric::MeanSquaredError),
        "MeanAbsoluteError" => Some(Metric::MeanAbsoluteError),
        _ => Metric::try_from(name).ok(),
    }
}
