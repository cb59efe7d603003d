/*!
The order of a model's layers: by distance from the outputs, the farthest first, as Keras lists them.

From: `Container.__init__` of Keras 2. It decides the rows of the summary and the order of the weights.
*/

use super::built_layer::{BuiltLayer, Placed, Tensor};
use std::{collections::HashMap, rc::Rc};

/// The layers between inputs and outputs, and how many there are at each depth.
pub(super) struct Topology {
    pub layers: Vec<BuiltLayer>,
    /// Whether each layer has one input and no neighbour.
    pub is_sequence: bool,
}

type Id = *const Placed;

fn id(tensor: &Tensor) -> Id {
    Rc::as_ptr(&tensor.0)
}

/// Lists the layers.
///
/// # Panics
/// If an output depends on an input that is not given, or two layers share a name.
#[track_caller]
pub(super) fn topology(inputs: &[Tensor], outputs: &[Tensor]) -> Topology {
    // Every layer after those it depends on, and the order in which they were first visited from the outputs.
    let mut finished: Vec<Tensor> = Vec::new();
    let mut met: HashMap<Id, usize> = HashMap::new();
    for output in outputs {
        visit(output, inputs, &mut met, &mut finished);
    }
    let mut depths: HashMap<Id, usize> = HashMap::new();
    for tensor in finished.iter().rev() {
        let depth = *depths.entry(id(tensor)).or_insert(0);
        for input in &tensor.0.inputs {
            let deepest = depths.entry(id(input)).or_insert(0);
            *deepest = (*deepest).max(depth + 1);
        }
    }
    for input in inputs {
        assert!(met.contains_key(&id(input)), "Model: the output does not depend on the input {input}");
    }
    let mut layers = finished;
    layers.sort_by_key(|tensor| (std::cmp::Reverse(depths[&id(tensor)]), met[&id(tensor)]));
    let mut names: Vec<&str> = layers.iter().map(|layer| layer.0.name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        panic!("Model: two layers have the name {}\nhelp: give every layer its own name", pair[0]);
    }
    let alone = layers.windows(2).all(|pair| depths[&id(&pair[0])] != depths[&id(&pair[1])]);
    let is_sequence = alone && layers.iter().all(|layer| layer.0.inputs.len() <= 1);
    Topology { layers: layers.iter().map(Tensor::layer).collect(), is_sequence }
}

fn visit(tensor: &Tensor, inputs: &[Tensor], met: &mut HashMap<Id, usize>, finished: &mut Vec<Tensor>) {
    if met.contains_key(&id(tensor)) {
        return;
    }
    met.insert(id(tensor), met.len());
    assert!(
        !tensor.0.inputs.is_empty() || inputs.contains(tensor),
        "Model: the output depends on {tensor}, which is not among the inputs"
    );
    for input in &tensor.0.inputs {
        visit(input, inputs, met, finished);
    }
    finished.push(tensor.clone());
}
