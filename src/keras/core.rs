/*!
What all calls of a layer share: its settings, its weights, and whether they are trained.

A call itself is a [`Node`](super::built_layer::Node).
*/

use super::{
    built_layer::{BuiltLayer, Node, Tensor},
    context::Context,
    inputs,
    layer::Layer,
    mismatch::Mismatch,
    network::Network,
    scope::{Scope, Weight},
};
use crate::graph::{self, Phase, Shape};
use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    fmt,
    rc::Rc,
};

/// A layer with its weights.
pub(super) struct Core {
    pub context: Rc<Context>,
    pub class_name: &'static str,
    pub kind: Kind,
    pub name: String,
    pub weights: Vec<Weight>,
    pub trainable: Cell<bool>,
    /// How many nodes there are.
    n_calls: Cell<usize>,
    /// What its calls compute, also those within a model that was called as a layer.
    outputs: RefCell<Vec<graph::Tensor>>,
}

/// What the layer computes.
pub(super) enum Kind {
    Layer(Box<dyn Layer>),
    /// A model that is called as a layer.
    Model(Rc<Network>),
}

impl Core {
    /// Builds a layer for inputs of these shapes.
    pub fn of_layer<L: Layer>(context: Rc<Context>, layer: L, shapes: &[Shape]) -> Result<Self, Mismatch> {
        layer.check_inputs(shapes)?;
        let name = layer.attributes().name.clone().unwrap_or_else(|| context.automatic_name(&L::prefix()));
        let mut scope = Scope::new(&context, &name);
        layer.build(shapes, &mut scope);
        let weights = scope.into_weights();
        let trainable = Cell::new(layer.attributes().trainable);
        let core = Core::new(context.clone(), L::class_name(), Kind::Layer(Box::new(layer)), name, weights);
        let core = Core { trainable, ..core };
        core.apply_trainable();
        Ok(core)
    }

    /// A model as a layer.
    pub fn of_model(network: Rc<Network>) -> Self {
        let mut seen = HashSet::new();
        let weights = network.layers.iter().flat_map(|layer| layer.weights().iter());
        let weights = weights.filter(|weight| seen.insert(weight.variable.id())).cloned().collect();
        let (context, name) = (network.context.clone(), network.name.clone());
        Core::new(context, network.class_name, Kind::Model(network), name, weights)
    }

    fn new(context: Rc<Context>, class_name: &'static str, kind: Kind, name: String, weights: Vec<Weight>) -> Self {
        let (trainable, n_calls) = (Cell::new(true), Cell::new(0));
        Core { context, class_name, kind, name, weights, trainable, n_calls, outputs: RefCell::default() }
    }

    /// Calls it on tensors of its own network.
    pub fn call(self: Rc<Self>, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, Mismatch> {
        require_network(&self.context, &inputs)?;
        let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
        match &self.kind {
            Kind::Layer(layer) => {
                layer.check_inputs(&shapes)?;
                let mut scope = Scope::measuring(&self.context, &self.name);
                layer.build(&shapes, &mut scope);
                let pairs = self.weights.iter().zip(scope.into_measured());
                if let Some((weight, _)) =
                    pairs.into_iter().find(|(weight, dims)| !weight.variable.shape().admits(dims))
                {
                    let expected = format!("inputs that fit its {} of shape {}", weight.name, weight.variable.shape());
                    return Err(Mismatch::new(expected, inputs::list(&shapes))
                        .help("a layer that is called several times takes inputs of one shape"));
                }
            }
            Kind::Model(network) => {
                let expected: Vec<Shape> = network.inputs.iter().map(Tensor::shape).collect();
                let fit =
                    expected.len() == shapes.len() && expected.iter().zip(&shapes).all(|(e, s)| e.merge(s).is_some());
                if !fit {
                    return Err(Mismatch::new(
                        format!("inputs of shape {}", inputs::list(&expected)),
                        inputs::list(&shapes),
                    ));
                }
            }
        }
        let symbols: Vec<&graph::Tensor> = inputs.iter().map(Tensor::symbol).collect();
        let outputs = self.apply(&symbols);
        let index = self.n_calls.replace(self.n_calls.get() + 1);
        let node = Rc::new(Node { core: self, index, inputs, outputs });
        Ok((0..node.outputs.len()).map(|index| Tensor { node: node.clone(), index }).collect())
    }

    /// Adds what it computes to the graph.
    ///
    /// # Panics
    /// If the layer contradicts itself: `forward` makes another shape than `output_shape` says.
    #[track_caller]
    pub fn apply(&self, inputs: &[&graph::Tensor]) -> Vec<graph::Tensor> {
        let layer = match &self.kind {
            Kind::Layer(layer) => layer,
            Kind::Model(network) => return network.apply(inputs),
        };
        let shapes: Vec<Shape> = inputs.iter().map(|input| input.shape()).collect();
        let scope = Scope::of_built(&self.context, &self.name, self.weights.clone());
        let (output, expected) = (layer.forward(&scope, inputs), layer.output_shape(&shapes));
        assert!(
            output.shape() == expected,
            "{}: output_shape says {expected} for inputs of shape {}, forward makes {}\nhelp: correct the one of the \
             two that is wrong",
            self.class_name,
            inputs::list(&shapes),
            output.shape()
        );
        self.outputs.borrow_mut().push(output.clone());
        if self.phase() != Phase::OfRun {
            self.context.graph.set_phase(&output, self.phase());
        }
        vec![output]
    }

    /// What its calls compute, in the order in which they were made.
    pub fn outputs(&self) -> Vec<graph::Tensor> {
        self.outputs.borrow().clone()
    }

    /// The layers of a model.
    pub fn layers(&self) -> &[BuiltLayer] {
        match &self.kind {
            Kind::Layer(_) => &[],
            Kind::Model(network) => &network.layers,
        }
    }

    pub fn training_argument(&self) -> Option<bool> {
        match &self.kind {
            Kind::Layer(layer) => layer.attributes().training,
            Kind::Model(_) => None,
        }
    }

    pub fn training_only(&self) -> Option<String> {
        match &self.kind {
            Kind::Layer(layer) => layer.attributes().training_only.clone(),
            Kind::Model(network) => network.layers.iter().find_map(BuiltLayer::training_only),
        }
    }

    pub fn count_params(&self) -> usize {
        self.weights.iter().map(Weight::len).sum()
    }

    pub fn count_trainable_params(&self) -> usize {
        match &self.kind {
            Kind::Layer(_) if !self.trainable.get() => 0,
            Kind::Layer(_) => self.weights.iter().filter(|weight| weight.trainable).map(Weight::len).sum(),
            Kind::Model(network) => network.layers.iter().map(BuiltLayer::count_trainable_params).sum(),
        }
    }

    pub fn set_trainable(&self, trainable: bool) {
        let before = self.trainable.replace(trainable);
        match &self.kind {
            Kind::Layer(_) if before != trainable => self.apply_trainable(),
            Kind::Layer(_) => {}
            Kind::Model(network) => network.layers.iter().for_each(|layer| layer.set_trainable(trainable)),
        }
    }

    /// Tells the graph which weights are frozen, and when the layer acts as in training.
    fn apply_trainable(&self) {
        let (graph, trainable) = (&self.context.graph, self.trainable.get());
        for weight in self.weights.iter().filter(|weight| weight.trainable) {
            graph.set_trainable(&weight.variable, trainable);
        }
        let has_statistics = self.weights.iter().any(|weight| !weight.trainable);
        if has_statistics {
            self.outputs.borrow().iter().for_each(|output| graph.set_phase(output, self.phase()));
        }
    }

    /// When it acts as in training: a layer with statistics of its own, only while it is trained.
    fn phase(&self) -> Phase {
        match self.training_argument() {
            _ if !self.trainable.get() && self.weights.iter().any(|weight| !weight.trainable) => Phase::Inference,
            None => Phase::OfRun,
            Some(true) => Phase::Training,
            Some(false) => Phase::Inference,
        }
    }
}

/// Requires tensors of one network.
pub(super) fn require_network(context: &Rc<Context>, inputs: &[Tensor]) -> Result<(), Mismatch> {
    match inputs.iter().find(|input| !Rc::ptr_eq(context, input.context())) {
        None => Ok(()),
        Some(other) => {
            let found = match inputs.iter().find(|input| Rc::ptr_eq(context, input.context())) {
                Some(first) => format!("{first} and {other}, which come from different networks"),
                None => format!("{other}, which comes from another network than the layer"),
            };
            let help = "create the second input with Input::new(shape).beside(&first)";
            Err(Mismatch::new("tensors of one network", found).help(help))
        }
    }
}

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} ({})>", self.name, self.class_name)
    }
}
