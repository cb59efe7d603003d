/*!
`inbound_nodes`: the layers that a layer was called on, and what else it was called with.

Keras 2 writes `[[["conv1", 0, 0, {"training": false}]]]`, Keras 3 an object with the arguments of the call.
*/

use crate::keras::{mismatch::Mismatch, setting::Setting};
use serde_json::{Map, Value};

/// How a layer was called once.
#[derive(Debug, Default)]
pub(super) struct Call<'a> {
    /// What it was called on.
    pub inputs: Vec<Source<'a>>,
    /// The argument `training`, if it was given one that lasts.
    pub training: Option<bool>,
}

/// Where a tensor comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Source<'a> {
    /// The layer.
    pub layer: &'a str,
    /// Which of its calls, as the file counts them.
    pub call: usize,
    /// Which output of that call.
    pub output: usize,
}

/// The calls of a layer, from its `inbound_nodes`.
pub(super) fn read(nodes: &[Value]) -> Result<Vec<Call<'_>>, Mismatch> {
    nodes.iter().map(one).collect()
}

fn one(node: &Value) -> Result<Call<'_>, Mismatch> {
    match node {
        Value::Array(list) => keras_2(list),
        Value::Object(call) => keras_3(call),
        other => Err(Mismatch::new("inbound_nodes in the form of Keras 2 or 3", other.to_string())),
    }
}

/// `[name, 0, 0, …]`: the layer, which of its calls, which of its outputs.
pub(super) fn history(value: &Value) -> Result<Source<'_>, Mismatch> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    let source = match list {
        [Value::String(layer), call, output, ..] => {
            usize::from_json(call).zip(usize::from_json(output)).map(|(call, output)| Source { layer, call, output })
        }
        _ => None,
    };
    source.ok_or_else(|| Mismatch::new("a connection [layer, 0, 0]", value.to_string()))
}

fn keras_2(list: &[Value]) -> Result<Call<'_>, Mismatch> {
    let inputs = list.iter().map(history).collect::<Result<_, _>>()?;
    let mut training = None;
    for arguments in list.iter().filter_map(|connection| connection.get(3)?.as_object()) {
        require_known(arguments)?;
        training = training.or(flag(arguments.get("training")));
    }
    Ok(Call { inputs, training })
}

fn keras_3(call: &Map<String, Value>) -> Result<Call<'_>, Mismatch> {
    let mut inputs = Vec::new();
    collect_tensors(call.get("args").unwrap_or(&Value::Null), &mut inputs)?;
    if let Some(arguments) = call.get("kwargs").and_then(Value::as_object) {
        require_known(arguments)?;
    }
    // Keras 3 writes `training` and has every run decide it anew.
    Ok(Call { inputs, training: None })
}

/// Requires that no argument but `training` says anything.
fn require_known(arguments: &Map<String, Value>) -> Result<(), Mismatch> {
    let is_known = |name: &str, value: &Value| value.is_null() || name == "training" && flag(Some(value)).is_some();
    match arguments.iter().find(|(name, value)| !is_known(name, value)) {
        None => Ok(()),
        Some((name, value)) => {
            let help = "the file may be in order: this argument is not known here; call the layer without it";
            Err(Mismatch::new("a call with tensors, and with no argument but training", format!("{name} = {value}"))
                .help(help))
        }
    }
}

/// Python's True or False, which older versions also write as 1 or 0.
fn flag(value: Option<&Value>) -> Option<bool> {
    let value = value?;
    value.as_bool().or_else(|| value.as_u64().filter(|n| *n < 2).map(|n| n == 1))
}

/// Tensors in lists within lists.
fn collect_tensors<'a>(value: &'a Value, found: &mut Vec<Source<'a>>) -> Result<(), Mismatch> {
    match value {
        Value::Null => Ok(()),
        Value::Array(list) => list.iter().try_for_each(|value| collect_tensors(value, found)),
        Value::Object(object) if value["class_name"] == "__keras_tensor__" => {
            let config = object.get("config").unwrap_or(&Value::Null);
            found.push(history(&config["keras_history"])?);
            Ok(())
        }
        other => Err(Mismatch::new("a call with tensors alone", other.to_string())),
    }
}
