/*!
`model_config`, the attribute that holds a network's layers and their connections as JSON: written in the form of
Keras 2, which Keras 3 reads as well, and read in the forms of both.

One layer of it is in [`layer`](super::layer).
*/

use super::{
    inbound::{self, history},
    layer::{self, Listed, text},
};
use crate::keras::{
    built_layer::{BuiltLayer, Tensor},
    config::Config,
    context::Context,
    mismatch::Mismatch,
    model::Model,
    registry::{ClassName, LayerRegistry},
};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

/// The model as Keras writes a functional one.
pub(super) fn write(model: &Model) -> Value {
    let layer = |layer: &BuiltLayer| {
        let arguments = layer.training_argument().map_or(json!({}), |training| json!({ "training": training }));
        let connections: Vec<Value> =
            layer.inputs().iter().map(|input| json!([input.layer().name(), 0, 0, arguments])).collect();
        let inbound_nodes = if connections.is_empty() { json!([]) } else { json!([connections]) };
        let (name, class_name) = (layer.name(), layer.class_name());
        json!({
            "class_name": class_name,
            "config": layer::config(layer),
            "name": name,
            "inbound_nodes": inbound_nodes,
        })
    };
    let ends = |tensors: &[Tensor]| tensors.iter().map(|tensor| json!([tensor.layer().name(), 0, 0])).collect();
    let (input_layers, output_layers): (Vec<Value>, Vec<Value>) = (ends(model.inputs()), ends(model.outputs()));
    let layers: Vec<Value> = model.layers().iter().map(layer).collect();
    json!({
        "class_name": "Functional",
        "config": {
            "name": model.get_name(),
            "trainable": true,
            "layers": layers,
            "input_layers": input_layers,
            "output_layers": output_layers,
        },
    })
}

/// The model that `model_config` describes, with new weights.
pub(super) fn read(model_config: &Value, is_keras_3: bool, registry: &LayerRegistry) -> Result<Model, Mismatch> {
    let class_name = text(model_config, "class_name").unwrap_or("nothing");
    let config = &model_config["config"];
    let (listed, ends) = match class_name {
        "Functional" | "Model" => {
            let layers = array(config, "layers")?.iter();
            let listed = layers.map(|layer| functional_layer(layer, is_keras_3)).collect::<Result<Vec<_>, _>>()?;
            (listed, (ends(config, "input_layers")?, ends(config, "output_layers")?))
        }
        "Sequential" => {
            let listed = sequence(config, is_keras_3)?;
            let ends = listed.first().zip(listed.last()).map(|(first, last)| (vec![first.name], vec![last.name]));
            (listed, ends.unwrap_or_default())
        }
        _ => return Err(Mismatch::new("a model_config of class Functional, Model or Sequential", class_name)),
    };
    check_connections(&listed, &ends.0, &ends.1)?;
    let built = build(&listed, registry)?;
    let tensors = |names: &[&str]| names.iter().map(|name| built[name].clone()).collect::<Vec<_>>();
    let model = Model::new(tensors(&ends.0), tensors(&ends.1));
    Ok(match text(config, "name") {
        Some(name) => model.name(name),
        None => model,
    })
}

/// Calls the layers, each as soon as those before it have been called.
fn build<'a>(listed: &[Listed<'a>], registry: &LayerRegistry) -> Result<HashMap<&'a str, Tensor>, Mismatch> {
    let context = Rc::new(Context::new(None));
    let mut built: HashMap<&str, Tensor> = HashMap::new();
    let mut waiting: Vec<&Listed<'_>> = listed.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for layer in waiting {
            let inputs: Option<Vec<Tensor>> = layer.call.inputs.iter().map(|name| built.get(name).cloned()).collect();
            let Some(inputs) = inputs else {
                later.push(layer);
                continue;
            };
            let placed = layer.place(registry, context.clone(), inputs);
            built.insert(layer.name, placed.map_err(|mismatch| layer.mismatch(mismatch))?);
            context.count_name(layer.name);
        }
        if later.len() == before {
            let names: Vec<&str> = later.iter().map(|layer| layer.name).collect();
            let found = format!("{} each depend on another one of them", names.join(", "));
            return Err(Mismatch::new("layers that can be put in order", found));
        }
        waiting = later;
    }
    Ok(built)
}

/// Requires unique names, connections that lead somewhere, and outputs that depend on all inputs and nothing else.
fn check_connections(listed: &[Listed<'_>], inputs: &[&str], outputs: &[&str]) -> Result<(), Mismatch> {
    let mut by_name: HashMap<&str, &Listed<'_>> = HashMap::new();
    for layer in listed {
        if by_name.insert(layer.name, layer).is_some() {
            return Err(Mismatch::new("a name of its own for every layer", format!("two layers {}", layer.name)));
        }
        if layer.call.inputs.is_empty() != layer.is_input() {
            let found = format!("{} connections", layer.call.inputs.len());
            return Err(layer.mismatch(Mismatch::new("connections, unless it is an input", found)));
        }
    }
    let mut reached: HashSet<&str> = HashSet::new();
    let mut next: Vec<&str> =
        outputs.iter().chain(inputs).chain(listed.iter().flat_map(|l| &l.call.inputs)).copied().collect();
    if let Some(name) = next.iter().find(|name| !by_name.contains_key(**name)) {
        return Err(Mismatch::new("connections among the layers of the model", format!("a connection to {name}")));
    }
    next.truncate(outputs.len());
    while let Some(name) = next.pop() {
        if reached.insert(name) {
            next.extend(&by_name[name].call.inputs);
        }
    }
    let is_input = |name: &&str| by_name[*name].is_input();
    let needed: HashSet<&str> = reached.iter().copied().filter(|name| is_input(name)).collect();
    let given: HashSet<&str> = inputs.iter().copied().collect();
    if outputs.is_empty() || needed != given || given.len() != inputs.len() {
        let names = |set: &HashSet<&str>| {
            let mut names: Vec<&str> = set.iter().copied().collect();
            names.sort_unstable();
            if names.is_empty() { "nothing".to_string() } else { names.join(", ") }
        };
        let expected = format!("outputs that depend on the inputs {}", names(&given));
        return Err(Mismatch::new(expected, format!("outputs that depend on {}", names(&needed))));
    }
    Ok(())
}

fn functional_layer(layer: &Value, is_keras_3: bool) -> Result<Listed<'_>, Mismatch> {
    let mut listed = layer::read(layer, is_keras_3)?;
    listed.call = inbound::read(array(layer, "inbound_nodes")?).map_err(|mismatch| listed.mismatch(mismatch))?;
    Ok(listed)
}

/// The inputs or outputs of the model: Keras 3 writes a single one without the list around it.
fn ends<'a>(config: &'a Value, key: &str) -> Result<Vec<&'a str>, Mismatch> {
    let list = array(config, key)?;
    if list.first().is_some_and(Value::is_string) {
        return Ok(vec![history(&config[key])?]);
    }
    list.iter().map(history).collect()
}

/// A plain sequence. Its input may have no layer of its own: then its shape is in the first layer, or, where the model
/// was first built when it was called, next to the list of layers.
fn sequence(config: &Value, is_keras_3: bool) -> Result<Vec<Listed<'_>>, Mismatch> {
    // Before Keras 2.2.3, `config` was the list of layers itself.
    let layers = config.as_array().or_else(|| config["layers"].as_array());
    let layers = layers.ok_or_else(|| Mismatch::new("model_config with a list of layers", "none"))?;
    let read = layers.iter().map(|layer| layer::read(layer, is_keras_3));
    let mut listed: Vec<Listed<'_>> = read.collect::<Result<_, _>>()?;
    for i in 1..listed.len() {
        listed[i].call.inputs = vec![listed[i - 1].name];
    }
    if let Some(first) = listed.first().filter(|first| !first.is_input()) {
        let shape = first.input_shape().or_else(|| config.get("build_input_shape").cloned()).unwrap_or_default();
        let input = Config::from_json(&json!({ "batch_input_shape": shape }), is_keras_3)?;
        let name = "input_1";
        if listed.iter().any(|layer| layer.name == name) {
            return Err(Mismatch::new("an InputLayer at the beginning", first.class.name));
        }
        listed[0].call.inputs = vec![name];
        let class = ClassName { name: "InputLayer", registered_name: None };
        listed.insert(0, Listed { name, class, config: input, call: inbound::Call::default() });
    }
    Ok(listed)
}

fn array<'a>(object: &'a Value, key: &str) -> Result<&'a Vec<Value>, Mismatch> {
    let found = || object.get(key).map_or("none".to_string(), Value::to_string);
    object.get(key).and_then(Value::as_array).ok_or_else(|| Mismatch::new(format!("a list `{key}`"), found()))
}
