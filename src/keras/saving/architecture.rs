/*!
`model_config`, the attribute that holds a network's layers and their connections as JSON: written in the form of
Keras 2, which Keras 3 reads as well, and read in the forms of both.

The settings of each layer are in [`layers`](super::layers).
*/

use super::{
    layers,
    problem::{Problem, Result},
    settings::Settings,
};
use crate::keras::{BuiltLayer, Model, Tensor};
use serde_json::{Value, json};
use std::collections::{HashMap, HashSet};

/// The model as Keras writes a functional one.
///
/// # Errors
/// If a layer is of a kind of one's own.
pub(super) fn write(model: &Model) -> Result<Value> {
    let layer = |layer: &BuiltLayer| {
        let Some(config) = layers::config(layer) else {
            let help = "Keras could not open it; keep the weights alone, with save_weights";
            let known = format!("one of {}", layers::KNOWN);
            return Err(Problem::new(known, layer.class_name()).of_layer(layer.name(), layer.class_name()).help(help));
        };
        let connections: Vec<Value> =
            layer.inputs().iter().map(|input| json!([input.layer().name(), 0, 0, {}])).collect();
        let inbound_nodes = if connections.is_empty() { json!([]) } else { json!([connections]) };
        let (name, class_name) = (layer.name(), layer.class_name());
        Ok(json!({ "class_name": class_name, "config": config, "name": name, "inbound_nodes": inbound_nodes }))
    };
    let ends = |tensors: &[Tensor]| tensors.iter().map(|tensor| json!([tensor.layer().name(), 0, 0])).collect();
    let (input_layers, output_layers): (Vec<Value>, Vec<Value>) = (ends(model.inputs()), ends(model.outputs()));
    let layers: Vec<Value> = model.layers().iter().map(layer).collect::<Result<_>>()?;
    Ok(json!({
        "class_name": "Functional",
        "config": {
            "name": model.get_name(),
            "trainable": true,
            "layers": layers,
            "input_layers": input_layers,
            "output_layers": output_layers,
        },
    }))
}

/// A layer as the file lists it.
struct Listed<'a> {
    name: &'a str,
    class_name: &'a str,
    config: Settings<'a>,
    /// The names of the layers that it was called on.
    inputs: Vec<&'a str>,
}

/// The model that `model_config` describes, with weights as new.
pub(super) fn read(model_config: &Value) -> Result<Model> {
    let class_name = text(model_config, "class_name").unwrap_or("nothing");
    let (listed, ends, name) = match class_name {
        "Functional" | "Model" => {
            let config = &model_config["config"];
            let listed = array(config, "layers")?.iter().map(functional_layer).collect::<Result<Vec<_>>>()?;
            let ends = (ends(config, "input_layers")?, ends(config, "output_layers")?);
            (listed, ends, text(config, "name"))
        }
        "Sequential" => {
            // Before Keras 2.2.3, `config` was the list of layers itself.
            let config = &model_config["config"];
            let layers = if config.is_array() { config.as_array() } else { config["layers"].as_array() };
            let layers = layers.ok_or_else(|| Problem::new("model_config with a list of layers", "none"))?;
            let listed = sequence(layers)?;
            let ends = listed.first().zip(listed.last()).map(|(first, last)| (vec![first.name], vec![last.name]));
            (listed, ends.unwrap_or_default(), text(config, "name"))
        }
        _ => return Err(Problem::new("a model_config of class Functional, Model or Sequential", class_name)),
    };
    check_connections(&listed, &ends.0, &ends.1)?;
    let built = build(&listed)?;
    let tensors = |names: &[&str]| names.iter().map(|name| built[name].clone()).collect::<Vec<_>>();
    let (inputs, outputs) = (tensors(&ends.0), tensors(&ends.1));
    let model = Model::new(inputs, outputs);
    Ok(match name {
        Some(name) => model.name(name),
        None => model,
    })
}

/// Calls the layers, each as soon as those before it have been called.
fn build<'a>(listed: &[Listed<'a>]) -> Result<HashMap<&'a str, Tensor>> {
    let mut built: HashMap<&str, Tensor> = HashMap::new();
    let mut waiting: Vec<&Listed<'_>> = listed.iter().collect();
    while !waiting.is_empty() {
        let before = waiting.len();
        let mut later = Vec::new();
        for layer in waiting {
            let inputs: Option<Vec<Tensor>> = layer.inputs.iter().map(|name| built.get(name).cloned()).collect();
            let Some(inputs) = inputs else {
                later.push(layer);
                continue;
            };
            let beside = built.values().next().cloned();
            let tensor = layers::place((layer.name, layer.class_name), layer.config, &inputs, beside.as_ref())
                .map_err(|problem| problem.of_layer(layer.name, layer.class_name))?;
            tensor.0.context.count_name(layer.name);
            built.insert(layer.name, tensor);
        }
        if later.len() == before {
            let names: Vec<&str> = later.iter().map(|layer| layer.name).collect();
            let found = format!("{} each depend on another one of them", names.join(", "));
            return Err(Problem::new("layers that can be put in order", found));
        }
        waiting = later;
    }
    Ok(built)
}

/// Demands unique names, connections that lead somewhere, and outputs that depend on all inputs and nothing else.
fn check_connections(listed: &[Listed<'_>], inputs: &[&str], outputs: &[&str]) -> Result<()> {
    let mut by_name: HashMap<&str, &Listed<'_>> = HashMap::new();
    for layer in listed {
        if by_name.insert(layer.name, layer).is_some() {
            return Err(Problem::new("a name of its own for every layer", format!("two layers {}", layer.name)));
        }
        if layer.inputs.is_empty() != (layer.class_name == "InputLayer") {
            let found = format!("{} connections", layer.inputs.len());
            return Err(
                Problem::new("connections, unless it is an input", found).of_layer(layer.name, layer.class_name)
            );
        }
    }
    let mut reached: HashSet<&str> = HashSet::new();
    let mut next: Vec<&str> =
        outputs.iter().chain(inputs).chain(listed.iter().flat_map(|l| &l.inputs)).copied().collect();
    if let Some(name) = next.iter().find(|name| !by_name.contains_key(**name)) {
        return Err(Problem::new("connections among the layers of the model", format!("a connection to {name}")));
    }
    next.truncate(outputs.len());
    while let Some(name) = next.pop() {
        if reached.insert(name) {
            next.extend(&by_name[name].inputs);
        }
    }
    let is_input = |name: &&str| by_name[*name].class_name == "InputLayer";
    let needed: HashSet<&str> = reached.iter().copied().filter(|name| is_input(name)).collect();
    let given: HashSet<&str> = inputs.iter().copied().collect();
    if outputs.is_empty() || needed != given || given.len() != inputs.len() {
        let names = |set: &HashSet<&str>| {
            let mut names: Vec<&str> = set.iter().copied().collect();
            names.sort_unstable();
            if names.is_empty() { "nothing".to_string() } else { names.join(", ") }
        };
        let expected = format!("outputs that depend on the inputs {}", names(&given));
        return Err(Problem::new(expected, format!("outputs that depend on {}", names(&needed))));
    }
    Ok(())
}

fn functional_layer(layer: &Value) -> Result<Listed<'_>> {
    let mut listed = layer_of(layer)?;
    let nodes = array(layer, "inbound_nodes")?;
    let problem = |problem: Problem| problem.of_layer(listed.name, listed.class_name);
    listed.inputs = match nodes.as_slice() {
        [] => Vec::new(),
        [node] => connections(node).map_err(problem)?,
        _ => {
            let found = format!("{} places with common weights", nodes.len());
            let help = "a layer that is called several times is not known here; call a layer of its own at each place";
            return Err(problem(Problem::new("one place in the network", found).help(help)));
        }
    };
    Ok(listed)
}

fn layer_of(layer: &Value) -> Result<Listed<'_>> {
    let class_name = text(layer, "class_name").ok_or_else(|| Problem::new("the class of each layer", "none"))?;
    let name = text(layer, "name").or_else(|| text(&layer["config"], "name"));
    let name = name.filter(|name| !name.is_empty());
    let name = name.ok_or_else(|| Problem::new("the name of each layer", format!("a {class_name} without one")))?;
    let config = Settings::new(&layer["config"]).map_err(|problem| problem.of_layer(name, class_name))?;
    Ok(Listed { name, class_name, config, inputs: Vec::new() })
}

/// The layers that a layer was called on. Keras 2 writes `[[name, 0, 0, {}], …]`, Keras 3 an object with the arguments
/// of the call, in which tensors name the layers that they come from.
fn connections(node: &Value) -> Result<Vec<&str>> {
    match node {
        Value::Array(list) => list.iter().map(history).collect(),
        Value::Object(call) => {
            let mut inputs = Vec::new();
            collect_tensors(call.get("args").unwrap_or(&Value::Null), &mut inputs)?;
            let n = inputs.len();
            collect_tensors(call.get("kwargs").unwrap_or(&Value::Null), &mut inputs)?;
            if inputs.len() > n {
                return Err(Problem::new("tensors as positional arguments", format!("{} by name", inputs.len() - n)));
            }
            Ok(inputs)
        }
        _ => Err(Problem::new("inbound_nodes in the form of Keras 2 or 3", node.to_string())),
    }
}

fn collect_tensors<'a>(value: &'a Value, found: &mut Vec<&'a str>) -> Result<()> {
    match value {
        Value::Array(list) => list.iter().try_for_each(|value| collect_tensors(value, found)),
        Value::Object(object) if text(value, "class_name") == Some("__keras_tensor__") => {
            let config = object.get("config").unwrap_or(&Value::Null);
            found.push(history(&config["keras_history"])?);
            Ok(())
        }
        _ => Ok(()),
    }
}

/// `[name, 0, 0, …]`: the layer, which of its places, which of its outputs.
fn history(value: &Value) -> Result<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    match list {
        [Value::String(name), node, output, ..] if *node == json!(0) && *output == json!(0) => Ok(name),
        _ => Err(Problem::new("a connection [layer, 0, 0]", value.to_string())),
    }
}

/// The inputs or outputs of the model: Keras 3 writes a single one without the list around it.
fn ends<'a>(config: &'a Value, key: &str) -> Result<Vec<&'a str>> {
    let list = array(config, key)?;
    if list.first().is_some_and(Value::is_string) {
        return Ok(vec![history(&config[key])?]);
    }
    list.iter().map(history).collect()
}

/// A plain sequence, whose first layer may hold the shape of the input that has no layer of its own.
fn sequence(layers: &[Value]) -> Result<Vec<Listed<'_>>> {
    let mut listed: Vec<Listed<'_>> = layers.iter().map(layer_of).collect::<Result<_>>()?;
    for i in 1..listed.len() {
        listed[i].inputs = vec![listed[i - 1].name];
    }
    if let Some(first) = listed.first().filter(|first| first.class_name != "InputLayer") {
        let (name, class_name, config) = ("input_1", "InputLayer", first.config);
        if listed.iter().any(|layer| layer.name == name) {
            return Err(Problem::new("an InputLayer at the beginning", first.class_name));
        }
        listed[0].inputs = vec![name];
        listed.insert(0, Listed { name, class_name, config, inputs: Vec::new() });
    }
    Ok(listed)
}

fn text<'a>(object: &'a Value, key: &str) -> Option<&'a str> {
    object.get(key)?.as_str()
}

fn array<'a>(object: &'a Value, key: &str) -> Result<&'a Vec<Value>> {
    let found = || object.get(key).map_or("none".to_string(), Value::to_string);
    object.get(key).and_then(Value::as_array).ok_or_else(|| Problem::new(format!("a list `{key}`"), found()))
}
