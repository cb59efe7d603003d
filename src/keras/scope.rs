/*! A layer's place in the graph, where it creates its weights and operations. */

use super::{context::Context, initializers::Initializer, regularizers::Regularizer};
use crate::graph::{DType, Op, Shape, Tensor};

/// One weight of a layer.
#[derive(Debug, Clone)]
pub struct Weight {
    /// Its name within the layer, such as `kernel`.
    pub name: &'static str,
    /// The variable.
    pub variable: Tensor,
    /// Whether an optimizer may update it at all; moving statistics are not for optimizers.
    pub trainable: bool,
    /// Its penalty in the loss.
    pub regularizer: Option<Regularizer>,
}

/// Where a layer creates weights and operations, under its own name.
#[derive(Debug)]
pub struct Scope<'a> {
    context: &'a Context,
    name: &'a str,
    weights: Vec<Weight>,
    /// The shapes of the weights that a layer would create, where it is only asked for them.
    measured: Option<Vec<Vec<usize>>>,
}

impl Weight {
    /// How many elements it has.
    pub(super) fn len(&self) -> usize {
        self.variable.shape().len().expect("weights have known shapes")
    }
}

impl<'a> Scope<'a> {
    pub(super) fn new(context: &'a Context, name: &'a str) -> Self {
        Scope::of_built(context, name, Vec::new())
    }

    /// The place of a layer whose weights exist.
    pub(super) fn of_built(context: &'a Context, name: &'a str, weights: Vec<Weight>) -> Self {
        Scope { context, name, weights, measured: None }
    }

    /// A place where no weight is created, but its shape is noted.
    pub(super) fn measuring(context: &'a Context, name: &'a str) -> Self {
        Scope { measured: Some(Vec::new()), ..Scope::new(context, name) }
    }

    /// The shapes that were noted.
    pub(super) fn into_measured(self) -> Vec<Vec<usize>> {
        self.measured.unwrap_or_default()
    }

    /// The weights that `build` has created.
    pub(super) fn into_weights(self) -> Vec<Weight> {
        self.weights
    }

    /// The layer's name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// Creates a weight that training updates.
    pub fn add_weight(&mut self, name: &'static str, shape: &[usize], initializer: &Initializer) {
        if let Some(measured) = &mut self.measured {
            measured.push(shape.to_vec());
            return;
        }
        let initial = initializer.prepare(self.context);
        let variable = self.context.graph.variable(shape, initial, &format!("{}/{name}", self.name));
        self.weights.push(Weight { name, variable, trainable: true, regularizer: None });
    }

    /// Creates a weight that no optimizer updates, such as a moving average.
    pub fn add_non_trainable_weight(&mut self, name: &'static str, shape: &[usize], initializer: &Initializer) {
        if let Some(measured) = &mut self.measured {
            measured.push(shape.to_vec());
            return;
        }
        let initial = initializer.prepare(self.context);
        let variable = self.context.graph.non_trainable_variable(shape, initial, &format!("{}/{name}", self.name));
        self.weights.push(Weight { name, variable, trainable: false, regularizer: None });
    }

    /// Adds a penalty of a weight to the loss.
    pub fn regularize(&mut self, name: &str, regularizer: Option<Regularizer>) {
        if let Some(weight) = self.weights.iter_mut().find(|weight| weight.name == name) {
            weight.regularizer = regularizer;
        }
    }

    /// A weight that `build` has created.
    ///
    /// # Panics
    /// If there is none of this name.
    #[track_caller]
    pub fn weight(&self, name: &str) -> &Tensor {
        let weight = self.weights.iter().find(|weight| weight.name == name);
        &weight.unwrap_or_else(|| panic!("{}: build has created no weight {name}", self.name)).variable
    }

    /// An input of the network.
    pub fn placeholder(&self, shape: Shape) -> Tensor {
        self.context.graph.placeholder(shape, DType::Float32, self.name)
    }

    /// An operation, named after the layer.
    pub fn apply(&self, op: impl Op, inputs: &[&Tensor], name: &str) -> Tensor {
        self.context.graph.add(op, inputs, &format!("{}/{name}", self.name))
    }

    /// An operation that may change the weights `state` when it runs.
    pub fn apply_stateful(&self, op: impl Op, inputs: &[&Tensor], state: &[&Tensor], name: &str) -> Tensor {
        self.context.graph.add_stateful(op, inputs, state, &format!("{}/{name}", self.name))
    }

    /// The two seeds of a random operation with the given seed, if it has one.
    pub fn seeds(&self, seed: Option<u64>) -> (u64, u64) {
        self.context.seeds(seed)
    }
}
