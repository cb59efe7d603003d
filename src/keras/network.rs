/*!
The layers between some inputs and some outputs: what a model consists of, and what it computes when it is called as a
layer.

Training is not here; see [`Model`](super::Model).
*/

use super::{
    built_layer::{BuiltLayer, Node, Tensor},
    context::Context,
    topology::{Topology, id, topology},
};
use crate::graph;
use std::{collections::HashMap, rc::Rc};

/// A network of layers.
#[derive(Clone)]
pub(super) struct Network {
    pub context: Rc<Context>,
    /// `Functional` or `Sequential`.
    pub class_name: &'static str,
    pub name: String,
    pub inputs: Vec<Tensor>,
    pub outputs: Vec<Tensor>,
    /// In Keras' order.
    pub layers: Vec<BuiltLayer>,
    /// The calls that it consists of, each after those that it depends on.
    pub nodes: Vec<Rc<Node>>,
    /// Whether each layer has one input and no neighbour.
    pub is_sequence: bool,
}

impl Network {
    /// # Panics
    /// If an output depends on another input, an input is none, or two layers share a name.
    #[track_caller]
    pub fn new(class_name: &'static str, name: Option<String>, inputs: Vec<Tensor>, outputs: Vec<Tensor>) -> Self {
        let Some(first) = outputs.first() else { panic!("Model: expected at least one output, got none") };
        if let Some(inner) = inputs.iter().find(|input| !input.node.inputs.is_empty()) {
            panic!("Model: expected an Input as input, got {inner}, the output of {}", inner.layer());
        }
        let Topology { layers, nodes, is_sequence } = topology(&inputs, &outputs);
        let context = first.context().clone();
        let prefix = if class_name == "Sequential" { "sequential" } else { "model" };
        let name = name.unwrap_or_else(|| context.automatic_name(prefix));
        Network { context, class_name, name, inputs, outputs, layers, nodes, is_sequence }
    }

    /// Adds what it computes of other inputs to the graph, with the same weights.
    #[track_caller]
    pub fn apply(&self, inputs: &[&graph::Tensor]) -> Vec<graph::Tensor> {
        let mut computed: HashMap<_, Vec<graph::Tensor>> = HashMap::new();
        for (own, given) in self.inputs.iter().zip(inputs) {
            computed.insert(id(&own.node), vec![(*given).clone()]);
        }
        for node in &self.nodes {
            if !node.inputs.is_empty() {
                let inputs: Vec<&graph::Tensor> =
                    node.inputs.iter().map(|input| &computed[&id(&input.node)][input.index]).collect();
                let outputs = node.core.apply(&inputs);
                computed.insert(id(node), outputs);
            }
        }
        self.outputs.iter().map(|output| computed[&id(&output.node)][output.index].clone()).collect()
    }

    /// Which of the calls of its layer a tensor comes from, counted among those that belong to the network, and which of
    /// the outputs of that call it is: `[1][0]` in a summary.
    ///
    /// As in Keras, what a model computes of its own inputs counts as its call 0.
    pub fn place(&self, tensor: &Tensor) -> (usize, usize) {
        let of_layer = self.nodes.iter().filter(|node| Rc::ptr_eq(&node.core, &tensor.node.core));
        let before = of_layer.filter(|node| node.index < tensor.node.index).count();
        (before + usize::from(!tensor.layer().layers().is_empty()), tensor.index)
    }

    /// The calls of a layer that belong to the network, in order.
    pub fn calls<'a>(&'a self, layer: &'a BuiltLayer) -> impl Iterator<Item = &'a Rc<Node>> {
        let mut calls: Vec<_> = self.nodes.iter().filter(|node| Rc::ptr_eq(&node.core, &layer.0.core)).collect();
        calls.sort_by_key(|node| node.index);
        calls.into_iter()
    }
}
