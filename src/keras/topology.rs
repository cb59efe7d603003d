/*!
The order of a model's layers: by distance from the outputs, the farthest first, as Keras lists them.

From: `Container.__init__` of Keras 2. It decides the rows of the summary and the order of the weights.
*/

use super::{
    built_layer::{BuiltLayer, Node, Tensor},
    core::Core,
};
use std::{
    cmp::Reverse,
    collections::{HashMap, HashSet},
    rc::Rc,
};

/// The layers between inputs and outputs, and the calls of them.
pub(super) struct Topology {
    pub layers: Vec<BuiltLayer>,
    /// Each after those that it depends on.
    pub nodes: Vec<Rc<Node>>,
    /// Whether each layer is called once, has one input and no neighbour.
    pub is_sequence: bool,
}

type Id = *const Node;

/// Identifies a call.
pub(super) fn id(node: &Rc<Node>) -> Id {
    Rc::as_ptr(node)
}

/// Lists the layers.
///
/// # Panics
/// If an output depends on an input that is not given, or two layers share a name.
#[track_caller]
pub(super) fn topology(inputs: &[Tensor], outputs: &[Tensor]) -> Topology {
    // Every call after those it depends on, and the order in which the layers were first visited from the outputs.
    let mut visits = Visits { inputs, seen: HashSet::new(), met: HashMap::new(), finished: Vec::new() };
    for output in outputs {
        visits.visit(&output.node);
    }
    let Visits { seen, met, finished: nodes, .. } = visits;
    // A layer that is called several times counts where it is farthest from the outputs.
    let mut depths: HashMap<Id, usize> = HashMap::new();
    let mut of_layer: HashMap<*const Core, usize> = HashMap::new();
    for node in nodes.iter().rev() {
        let deepest = of_layer.entry(Rc::as_ptr(&node.core)).or_insert(0);
        *deepest = (*deepest).max(depths.get(&id(node)).copied().unwrap_or(0));
        let depth = *deepest;
        depths.insert(id(node), depth);
        for input in &node.inputs {
            let deepest = depths.entry(id(&input.node)).or_insert(0);
            *deepest = (*deepest).max(depth + 1);
        }
    }
    for input in inputs {
        assert!(seen.contains(&id(&input.node)), "Model: the output does not depend on the input {input}");
    }
    let mut layers: Vec<BuiltLayer> = Vec::new();
    let mut ordered: Vec<&Rc<Node>> = nodes.iter().collect();
    ordered.sort_by_key(|node| node.index);
    for node in ordered {
        let layer = BuiltLayer(node.clone());
        if !layers.contains(&layer) {
            layers.push(layer);
        }
    }
    let core = |layer: &BuiltLayer| Rc::as_ptr(&layer.0.core);
    layers.sort_by_key(|layer| (Reverse(of_layer[&core(layer)]), met[&core(layer)]));
    let mut names: Vec<&str> = layers.iter().map(BuiltLayer::name).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        panic!("Model: two layers have the name {}\nhelp: give every layer its own name", pair[0]);
    }
    let alone = layers.windows(2).all(|pair| of_layer[&core(&pair[0])] != of_layer[&core(&pair[1])]);
    let is_sequence = alone && nodes.len() == layers.len() && nodes.iter().all(|node| node.inputs.len() <= 1);
    Topology { layers, nodes, is_sequence }
}

struct Visits<'a> {
    inputs: &'a [Tensor],
    seen: HashSet<Id>,
    met: HashMap<*const Core, usize>,
    finished: Vec<Rc<Node>>,
}

impl Visits<'_> {
    #[track_caller]
    fn visit(&mut self, node: &Rc<Node>) {
        if !self.seen.insert(id(node)) {
            return;
        }
        let order = self.met.len();
        self.met.entry(Rc::as_ptr(&node.core)).or_insert(order);
        if node.inputs.is_empty() && !self.inputs.iter().any(|input| Rc::ptr_eq(&input.node, node)) {
            let tensor = Tensor { node: node.clone(), index: 0 };
            panic!("Model: the output depends on {tensor}, which is not among the inputs");
        }
        for input in &node.inputs {
            self.visit(&input.node);
        }
        self.finished.push(node.clone());
    }
}
