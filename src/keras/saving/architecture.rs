/*!
`model_config`, the attribute that holds a network's layers and their connections as JSON: written in the form of
Keras 2, which Keras 3 reads as well, and read in the forms of both.

One layer of it is in [`layer`](super::layer).
*/

use super::{
    inbound::{self, Call, Source, history},
    layer::{self, Listed, text},
};
use crate::keras::{
    built_layer::{BuiltLayer, Tensor},
    call::call_built,
    config::Config,
    context::Context,
    mismatch::Mismatch,
    model::Model,
    network::Network,
    registry::{ClassName, LayerRegistry},
};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, HashSet},
    rc::Rc,
};

/// The model as Keras 2 writes it, or Keras 3.
pub(super) fn write(network: &Network, is_keras_3: bool) -> Value {
    let config = |layer: &BuiltLayer| match layer.network() {
        Some(inner) => write(inner, is_keras_3)["config"].take(),
        None => layer_config(layer, is_keras_3),
    };
    let entry = |layer: &BuiltLayer| {
        let module = match layer.class_name() {
            "Functional" => "keras.src.models.functional",
            "Sequential" => "keras",
            _ => "keras.layers",
        };
        let mut entry = json!({ "class_name": layer.class_name(), "config": config(layer) });
        if is_keras_3 {
            entry["module"] = json!(module);
            entry["registered_name"] = Value::Null;
        }
        entry
    };
    if network.class_name == "Sequential" {
        let layers: Vec<Value> = network.layers.iter().map(entry).collect();
        let config = json!({ "name": network.name, "layers": layers });
        let mut model = json!({ "class_name": "Sequential", "config": config });
        if is_keras_3 {
            model["module"] = json!("keras");
            model["registered_name"] = Value::Null;
        }
        return model;
    }
    // Keras 3 counts the calls of a model from 0 where it connects layers, and from 1 where it lists the outputs.
    let source = |tensor: &Tensor, is_output: bool| {
        let (call, output) = network.place(tensor);
        let layer = tensor.layer();
        let from_zero = is_keras_3 && (!is_output || layer.class_name() == "Sequential");
        let call = call - usize::from(from_zero && !layer.layers().is_empty());
        (layer.name().to_owned(), call, output)
    };
    let layer = |layer: &BuiltLayer| {
        let arguments = layer.training_argument().map_or(json!({}), |training| json!({ "training": training }));
        let connection = |input: &Tensor| {
            let (name, call, output) = source(input, false);
            json!([name, call, output, arguments])
        };
        let calls = network.calls(layer).filter(|call| !call.inputs.is_empty());
        let inbound_nodes: Vec<Value> =
            calls.map(|call| json!(call.inputs.iter().map(connection).collect::<Vec<_>>())).collect();
        let mut entry = entry(layer);
        entry["name"] = json!(layer.name());
        entry["inbound_nodes"] = json!(inbound_nodes);
        entry
    };
    let ends =
        |tensors: &[Tensor]| -> Vec<Value> { tensors.iter().map(|tensor| json!(source(tensor, true))).collect() };
    let mut model = json!({
        "class_name": "Functional",
        "config": {
            "name": network.name,
            "trainable": true,
            "layers": network.layers.iter().map(layer).collect::<Vec<_>>(),
            "input_layers": ends(&network.inputs),
            "output_layers": ends(&network.outputs),
        },
    });
    if is_keras_3 {
        model["module"] = json!("keras.src.models.functional");
        model["registered_name"] = json!("Functional");
    }
    model
}

/// The settings of a layer; Keras 3 has another name for the shape of an input.
fn layer_config(layer: &BuiltLayer, is_keras_3: bool) -> Value {
    let mut config = layer::config(layer);
    if is_keras_3 && let Some(shape) = config.as_object_mut().and_then(|object| object.remove("batch_input_shape")) {
        config["batch_shape"] = shape;
    }
    config
}

/// The model that `model_config` describes, with new weights.
pub(super) fn read(model_config: &Value, is_keras_3: bool, registry: &LayerRegistry) -> Result<Model, Mismatch> {
    let class_name = text(model_config, "class_name").unwrap_or("nothing");
    let reader = Reader { is_keras_3, registry, context: Rc::new(Context::new(None)) };
    Ok(Model::of(reader.network(class_name, &model_config["config"])?))
}

/// What reading a network needs.
struct Reader<'r> {
    is_keras_3: bool,
    registry: &'r LayerRegistry,
    context: Rc<Context>,
}

/// A layer that has been made, and the outputs of its calls so far.
struct Made {
    layer: BuiltLayer,
    outputs: Vec<Vec<Tensor>>,
}

impl Reader<'_> {
    /// The network of this class with these settings.
    fn network(&self, class_name: &str, config: &Value) -> Result<Network, Mismatch> {
        let (listed, (inputs, outputs), class_name) = match class_name {
            "Functional" | "Model" => {
                let layers = array(config, "layers")?.iter();
                let listed =
                    layers.map(|layer| functional_layer(layer, self.is_keras_3)).collect::<Result<Vec<_>, _>>()?;
                (listed, (ends(config, "input_layers")?, ends(config, "output_layers")?), "Functional")
            }
            "Sequential" => {
                let listed = sequence(config, self.is_keras_3)?;
                let ends = listed.first().zip(listed.last()).map(|(first, last)| {
                    let output = Source { layer: last.name, call: self.first_output(last), output: 0 };
                    (vec![Source { layer: first.name, call: 0, output: 0 }], vec![output])
                });
                (listed, ends.unwrap_or_default(), "Sequential")
            }
            _ => return Err(Mismatch::new("a model_config of class Functional, Model or Sequential", class_name)),
        };
        check_connections(&listed, &inputs, &outputs)?;
        let made = self.build(&listed)?;
        let tensors = |ends: &[Source<'_>], is_output: bool| {
            let tensor = |end: &Source<'_>| self.tensor(&made, &listed, *end, is_output).ok_or_else(|| no_call(*end));
            ends.iter().map(tensor).collect::<Result<Vec<_>, _>>()
        };
        let name = text(config, "name").map(str::to_owned);
        Ok(Network::new(class_name, name, tensors(&inputs, false)?, tensors(&outputs, true)?))
    }

    /// How a file counts the first call of a layer: what a model computes of its own inputs comes before it.
    fn first_call(&self, layer: &Listed<'_>) -> usize {
        usize::from(layer.is_model() && !self.is_keras_3)
    }

    /// The same, where the outputs are listed.
    fn first_output(&self, layer: &Listed<'_>) -> usize {
        let is_sequence = layer.class.name == "Sequential";
        if self.is_keras_3 { usize::from(layer.is_model() && !is_sequence) } else { self.first_call(layer) }
    }

    /// The tensor that a connection means, if its layer has been called as often by now.
    ///
    /// Keras 3 counts the calls of a model from 0 where it connects layers, and from 1 where it lists the outputs.
    fn tensor(
        &self,
        made: &HashMap<&str, Made>,
        listed: &[Listed<'_>],
        source: Source<'_>,
        is_output: bool,
    ) -> Option<Tensor> {
        let layer = listed.iter().find(|layer| layer.name == source.layer)?;
        let first = if is_output { self.first_output(layer) } else { self.first_call(layer) };
        made.get(source.layer)?.outputs.get(source.call.checked_sub(first)?)?.get(source.output).cloned()
    }

    /// Calls the layers, each as soon as those before it have been called.
    fn build<'a>(&self, listed: &[Listed<'a>]) -> Result<HashMap<&'a str, Made>, Mismatch> {
        let mut made: HashMap<&str, Made> = HashMap::new();
        let mut waiting: Vec<(&Listed<'a>, usize)> = Vec::new();
        for layer in listed {
            waiting.extend((0..layer.calls.len().max(1)).map(|call| (layer, call)));
        }
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut later = Vec::new();
            for (layer, index) in waiting {
                let sources = layer.calls.get(index).map_or(&[][..], |call| &call.inputs);
                let inputs: Option<Vec<Tensor>> =
                    sources.iter().map(|source| self.tensor(&made, listed, *source, false)).collect();
                let is_next = made.get(layer.name).map_or(0, |made| made.outputs.len()) == index;
                let Some(inputs) = inputs.filter(|_| is_next) else {
                    later.push((layer, index));
                    continue;
                };
                let outputs = self.call(layer, made.get(layer.name), inputs).map_err(|e| layer.mismatch(e))?;
                let own = made.entry(layer.name);
                own.or_insert_with(|| Made { layer: outputs[0].layer(), outputs: Vec::new() }).outputs.push(outputs);
                self.context.count_name(layer.name);
            }
            if later.len() == before {
                let mut names: Vec<&str> = later.iter().map(|(layer, _)| layer.name).collect();
                names.dedup();
                let found = format!("{} each depend on another one of them", names.join(", "));
                return Err(Mismatch::new("layers that can be put in order", found));
            }
            waiting = later;
        }
        Ok(made)
    }

    /// Makes a layer, unless it is made, and calls it.
    fn call(&self, layer: &Listed<'_>, made: Option<&Made>, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, Mismatch> {
        if let Some(made) = made {
            return call_built(made.layer.0.core.clone(), inputs);
        }
        if layer.is_model() {
            let network = self.network(layer.class.name, layer.json)?;
            let network = Network { name: layer.name.to_owned(), ..network };
            return call_built(Rc::new(Rc::new(network).into_core()), inputs);
        }
        Ok(vec![layer.place(self.registry, self.context.clone(), inputs)?])
    }
}

fn no_call(source: Source<'_>) -> Mismatch {
    let Source { layer, call, output } = source;
    Mismatch::new("connections to calls that the file lists", format!("[{layer}, {call}, {output}]"))
}

/// Requires unique names, connections that lead somewhere, and outputs that depend on all inputs and nothing else.
fn check_connections(listed: &[Listed<'_>], inputs: &[Source<'_>], outputs: &[Source<'_>]) -> Result<(), Mismatch> {
    let mut by_name: HashMap<&str, &Listed<'_>> = HashMap::new();
    for layer in listed {
        if by_name.insert(layer.name, layer).is_some() {
            return Err(Mismatch::new("a name of its own for every layer", format!("two layers {}", layer.name)));
        }
        let empty = layer.calls.iter().any(|call| call.inputs.is_empty());
        if (layer.calls.is_empty() || empty) != layer.is_input() {
            let n: usize = layer.calls.iter().map(|call| call.inputs.len()).sum();
            return Err(layer.mismatch(Mismatch::new("connections, unless it is an input", format!("{n} connections"))));
        }
        let differs = |call: &Call<'_>| call.training != layer.calls[0].training;
        if layer.calls.iter().any(differs) {
            let expected = "one argument training for all calls of a layer";
            return Err(layer.mismatch(Mismatch::new(expected, "several").help(ONE_ARGUMENT)));
        }
    }
    let mut reached: HashSet<&str> = HashSet::new();
    let connections = listed.iter().flat_map(|layer| layer.calls.iter().flat_map(|call| &call.inputs));
    let all = outputs.iter().chain(inputs).chain(connections).map(|source| source.layer);
    let mut next: Vec<&str> = all.collect();
    if let Some(name) = next.iter().find(|name| !by_name.contains_key(**name)) {
        return Err(Mismatch::new("connections among the layers of the model", format!("a connection to {name}")));
    }
    next.truncate(outputs.len());
    while let Some(name) = next.pop() {
        if reached.insert(name) {
            next.extend(by_name[name].calls.iter().flat_map(|call| &call.inputs).map(|source| source.layer));
        }
    }
    let is_input = |name: &&str| by_name[*name].is_input();
    let needed: HashSet<&str> = reached.iter().copied().filter(|name| is_input(name)).collect();
    let given: HashSet<&str> = inputs.iter().map(|source| source.layer).collect();
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

const ONE_ARGUMENT: &str = "the file may be in order: layer(x, training=…) with different values is not known here";

fn functional_layer(layer: &Value, is_keras_3: bool) -> Result<Listed<'_>, Mismatch> {
    let mut listed = layer::read(layer, is_keras_3)?;
    listed.calls = inbound::read(array(layer, "inbound_nodes")?).map_err(|mismatch| listed.mismatch(mismatch))?;
    Ok(listed)
}

/// The inputs or outputs of the model: Keras 3 writes a single one without the list around it.
fn ends<'a>(config: &'a Value, key: &str) -> Result<Vec<Source<'a>>, Mismatch> {
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
        let before = &listed[i - 1];
        let call = usize::from(before.is_model() && !is_keras_3);
        let inputs = vec![Source { layer: before.name, call, output: 0 }];
        listed[i].calls = vec![Call { inputs, training: None }];
    }
    if let Some(first) = listed.first().filter(|first| !first.is_input()) {
        let shape = first.input_shape().or_else(|| config.get("build_input_shape").cloned()).unwrap_or_default();
        let input = Config::from_json(&json!({ "batch_input_shape": shape }), is_keras_3)?;
        let name = "input_1";
        if listed.iter().any(|layer| layer.name == name) {
            return Err(Mismatch::new("an InputLayer at the beginning", first.class.name));
        }
        listed[0].calls = vec![Call { inputs: vec![Source { layer: name, call: 0, output: 0 }], training: None }];
        let class = ClassName { name: "InputLayer", registered_name: None };
        listed.insert(0, Listed { name, class, config: input, calls: Vec::new(), json: &Value::Null });
    }
    Ok(listed)
}

fn array<'a>(object: &'a Value, key: &str) -> Result<&'a Vec<Value>, Mismatch> {
    let found = || object.get(key).map_or("none".to_string(), Value::to_string);
    object.get(key).and_then(Value::as_array).ok_or_else(|| Mismatch::new(format!("a list `{key}`"), found()))
}
