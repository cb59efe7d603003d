/*!
What a training run needs in order to go on as if it had not been interrupted, and Keras' files have no place for: the
generator that shuffles, the order of the examples, the epoch, the positions of random operations in their streams.

It is a data set of JSON text at the root of the file, which Keras does not look at.
*/

use crate::{
    graph::Tensor,
    keras::{built_layer::BuiltLayer, model::Model},
    numpy::RandomState,
};
use hdf5::types::VarLenUnicode;
use serde_json::{Map, Value, json};

const NAME: &str = "training_state";

/// Writes the state, if the model was compiled.
pub(super) fn write(file: &hdf5::Group, model: &Model) -> hdf5::Result<()> {
    let Some(compiled) = &model.compiled else { return Ok(()) };
    let (words, position, gauss) = compiled.shuffle.borrow().get_state();
    let session = &model.network.context.session;
    let positions: Map<String, Value> = random_tensors(model)
        .into_iter()
        .map(|(name, tensor)| (name, session.random_position(&tensor)))
        .filter(|(_, position)| *position > 0)
        .map(|(name, position)| (name, json!(position)))
        .collect();
    let state = json!({
        "iterations": compiled.iterations.get(),
        "epochs": compiled.epochs.get(),
        "order": *compiled.order.borrow(),
        "shuffle": { "words": words, "position": position, "gauss": gauss.map(f64::to_bits) },
        "random_positions": positions,
    });
    let text: VarLenUnicode = state.to_string().parse().map_err(|e| hdf5::Error::from(format!("{e}")))?;
    file.new_dataset::<VarLenUnicode>().create(NAME)?.write_scalar(&text)
}

/// Reads the state, if the file has one that fits the model.
pub(super) fn read(file: &hdf5::Group, model: &Model) {
    let Some(compiled) = &model.compiled else { return };
    let text = file.dataset(NAME).and_then(|dataset| dataset.read_scalar::<VarLenUnicode>());
    let Some(state) = text.ok().and_then(|text| serde_json::from_str::<Value>(text.as_str()).ok()) else { return };
    let whole = |value: &Value| value.as_u64();
    let list = |value: &Value| value.as_array()?.iter().map(whole).collect::<Option<Vec<u64>>>();
    let shuffle = &state["shuffle"];
    let words = list(&shuffle["words"]).unwrap_or_default().into_iter().map(|word| word as u32).collect::<Vec<_>>();
    let gauss = shuffle["gauss"].as_u64().map(f64::from_bits);
    let position = shuffle["position"].as_u64().unwrap_or(0) as usize;
    if let Some(generator) = RandomState::from_state(&words, position, gauss) {
        *compiled.shuffle.borrow_mut() = generator;
    }
    compiled.iterations.set(whole(&state["iterations"]).unwrap_or(0));
    compiled.epochs.set(whole(&state["epochs"]).unwrap_or(0) as usize);
    let order: Vec<usize> = list(&state["order"]).unwrap_or_default().into_iter().map(|i| i as usize).collect();
    if order.iter().all(|i| *i < order.len()) {
        *compiled.order.borrow_mut() = order;
    }
    for (name, tensor) in random_tensors(model) {
        if let Some(position) = state["random_positions"][&name].as_u64() {
            model.network.context.session.set_random_position(&tensor, position);
        }
    }
}

/// What the layers of the model compute, each with a name that is the same in every model of the same layers.
fn random_tensors(model: &Model) -> Vec<(String, Tensor)> {
    fn list(layers: &[BuiltLayer], path: &str, found: &mut Vec<(String, Tensor)>) {
        for layer in layers {
            let path = format!("{path}/{}", layer.name());
            let outputs = layer.0.core.outputs();
            found.extend(outputs.into_iter().enumerate().map(|(i, output)| (format!("{path}[{i}]"), output)));
            list(layer.layers(), &path, found);
        }
    }
    let mut found = Vec::new();
    list(model.layers(), "", &mut found);
    found
}
