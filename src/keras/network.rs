/*!
The layers between some inputs and some outputs: what a model consists of, and what it computes when it is called as a
layer.

Training is not here; see [`Model`](super::Model).
*/

use super::{
    built_layer::{BuiltLayer, Node, Tensor},
    context::Context,
    core::{Core, Inner, Kind},
    topology::{Topology, id, topology},
};
use crate::graph::{self, Shape};
use std::{
    any::Any,
    collections::{HashMap, HashSet},
    rc::Rc,
};

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

    /// The model as a layer.
    pub fn into_core(self: Rc<Self>) -> Core {
        let mut seen = HashSet::new();
        let weights = self.layers.iter().flat_map(|layer| layer.weights().iter());
        let weights = weights.filter(|weight| seen.insert(weight.variable.id())).cloned().collect();
        let (context, class_name, name) = (self.context.clone(), self.class_name, self.name.clone());
        Core::new(context, class_name, Kind::Model(self), name, weights)
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

impl Inner for Network {
    fn input_shapes(&self) -> Vec<Shape> {
        self.inputs.iter().map(Tensor::shape).collect()
    }

    #[track_caller]
    fn apply(&self, inputs: &[&graph::Tensor]) -> Vec<graph::Tensor> {
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

    fn training_only(&self) -> Option<String> {
        self.layers.iter().find_map(BuiltLayer::training_only)
    }

    fn count_trainable_params(&self) -> usize {
        self.layers.iter().map(BuiltLayer::count_trainable_params).sum()
    }

    fn set_trainable(&self, trainable: bool) {
        self.layers.iter().for_each(|layer| layer.set_trainable(trainable));
    }
}

impl BuiltLayer {
    /// The network of a model that was called as a layer.
    pub(super) fn network(&self) -> Option<&Network> {
        match &self.0.core.kind {
            Kind::Layer(_) => None,
            Kind::Model(network) => (&**network as &dyn Any).downcast_ref(),
        }
    }

    /// The layers of a model that was called as a layer; of any other layer, none.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x = Input::new(4).call();
    /// let base = Model::new(&x, &Dense::new(2).name("features").call(&x));
    /// let y = base.call(&Input::new(4).beside(&x).call());
    /// assert_eq!(y.layer().layers()[1].name(), "features");
    /// ```
    pub fn layers(&self) -> &[BuiltLayer] {
        self.network().map_or(&[], |network| &network.layers)
    }
}
