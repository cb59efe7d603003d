/*!
What all calls of a layer share: its settings, its weights, and whether they are trained.

A call itself is a [`Node`](super::built_layer::Node).
*/

use super::{
    context::Context,
    inputs,
    layer::Layer,
    mismatch::Mismatch,
    scope::{Scope, Weight},
};
use crate::graph::{self, Phase, Shape};
use std::{
    any::Any,
    cell::{Cell, RefCell},
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
    Model(Rc<dyn Inner>),
}

/// What a layer needs of a model that it stands for.
pub(super) trait Inner: Any {
    /// The shapes of its own inputs.
    fn input_shapes(&self) -> Vec<Shape>;

    /// Adds what it computes of other inputs to the graph, with the same weights.
    fn apply(&self, inputs: &[&graph::Tensor]) -> Vec<graph::Tensor>;

    /// See [`Core::training_only`].
    fn training_only(&self) -> Option<String>;

    /// How many elements of its weights training updates.
    fn count_trainable_params(&self) -> usize;

    /// Freezes or unfreezes all of its layers.
    fn set_trainable(&self, trainable: bool);
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

    /// A layer whose weights exist.
    pub fn new(context: Rc<Context>, class_name: &'static str, kind: Kind, name: String, weights: Vec<Weight>) -> Self {
        let (trainable, n_calls) = (Cell::new(true), Cell::new(0));
        Core { context, class_name, kind, name, weights, trainable, n_calls, outputs: RefCell::default() }
    }

    /// Checks that it can be called on inputs of these shapes with the weights that it has.
    pub fn check_inputs(&self, shapes: &[Shape]) -> Result<(), Mismatch> {
        match &self.kind {
            Kind::Layer(layer) => {
                layer.check_inputs(shapes)?;
                let mut scope = Scope::measuring(&self.context, &self.name);
                layer.build(shapes, &mut scope);
                let mut pairs = self.weights.iter().zip(scope.into_measured());
                match pairs.find(|(weight, dims)| !weight.variable.shape().admits(dims)) {
                    None => Ok(()),
                    Some((weight, _)) => {
                        let shape = weight.variable.shape();
                        let expected = format!("inputs that fit its {} of shape {shape}", weight.name);
                        let help = "a layer that is called several times takes inputs of one shape";
                        Err(Mismatch::new(expected, inputs::list(shapes)).help(help))
                    }
                }
            }
            Kind::Model(network) => {
                let expected = network.input_shapes();
                let fits = |(expected, shape): (&Shape, &Shape)| expected.merge(shape).is_some();
                if expected.len() == shapes.len() && expected.iter().zip(shapes).all(fits) {
                    return Ok(());
                }
                let expected = format!("inputs of shape {}", inputs::list(&expected));
                Err(Mismatch::new(expected, inputs::list(shapes)))
            }
        }
    }

    /// The number of a call that begins now, counted from 0.
    pub fn next_call(&self) -> usize {
        self.n_calls.replace(self.n_calls.get() + 1)
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

    pub fn training_argument(&self) -> Option<bool> {
        match &self.kind {
            Kind::Layer(layer) => layer.attributes().training,
            Kind::Model(_) => None,
        }
    }

    /// The settings of its file that are not implemented and would matter in training.
    pub fn training_only(&self) -> Option<String> {
        match &self.kind {
            Kind::Layer(layer) => layer.attributes().training_only.clone(),
            Kind::Model(network) => network.training_only(),
        }
    }

    pub fn count_params(&self) -> usize {
        self.weights.iter().map(Weight::len).sum()
    }

    pub fn count_trainable_params(&self) -> usize {
        match &self.kind {
            Kind::Layer(_) if !self.trainable.get() => 0,
            Kind::Layer(_) => self.weights.iter().filter(|weight| weight.trainable).map(Weight::len).sum(),
            Kind::Model(network) => network.count_trainable_params(),
        }
    }

    pub fn set_trainable(&self, trainable: bool) {
        let before = self.trainable.replace(trainable);
        match &self.kind {
            Kind::Layer(_) if before != trainable => self.apply_trainable(),
            Kind::Layer(_) => {}
            Kind::Model(network) => network.set_trainable(trainable),
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

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} ({})>", self.name, self.class_name)
    }
}
