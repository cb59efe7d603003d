/*!
A layer in its place in a network: its name, its weights' values, the tensors on both sides.

Its configuration is a [`Layer`].
*/

use super::{
    Tensor,
    context::Context,
    layer::{Layer, Scope, Weight},
};
use crate::graph::{self, Phase, Shape};
use ndarray::ArrayD;
use std::{any::Any, cell::Cell, fmt, rc::Rc};

/// A layer that has been called. Cheap to clone: all clones are the same layer.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// let layer = Conv2D::new(4, (3, 3)).name("conv1").call(&x).layer();
/// assert_eq!(layer.name(), "conv1");
/// assert_eq!(layer.count_params(), 3 * 3 * 3 * 4 + 4);
/// ```
#[derive(Clone)]
pub struct BuiltLayer(pub(super) Rc<Placed>);

pub(super) struct Placed {
    pub context: Rc<Context>,
    pub config: Rc<dyn Layer>,
    pub name: String,
    pub inputs: Vec<Tensor>,
    pub weights: Vec<Weight>,
    pub output: graph::Tensor,
    pub trainable: Cell<bool>,
}

/// Puts a layer into the network.
#[track_caller]
pub(super) fn place(context: Rc<Context>, config: Rc<dyn Layer>, inputs: Vec<Tensor>) -> Tensor {
    let name = config.attributes().name.clone().unwrap_or_else(|| context.automatic_name(&config.prefix()));
    let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
    let mut scope = Scope { context: &context, name: &name, weights: Vec::new() };
    config.build(&shapes, &mut scope);
    let symbols: Vec<&graph::Tensor> = inputs.iter().map(Tensor::symbol).collect();
    let output = config.forward(&scope, &symbols);
    debug_assert_eq!(output.shape(), config.output_shape(&shapes), "{name}");
    let weights = scope.weights;
    let trainable = config.attributes().trainable;
    let placed = Placed { context, config, name, inputs, weights, output, trainable: Cell::new(true) };
    let layer = BuiltLayer(Rc::new(placed));
    layer.set_trainable(trainable);
    layer.output()
}

impl BuiltLayer {
    /// Its name, unique in a model.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Keras' name of its kind, such as `Conv2D`.
    pub fn class_name(&self) -> &'static str {
        self.0.config.class_name()
    }

    /// Its configuration.
    pub fn config(&self) -> &dyn Layer {
        &*self.0.config
    }

    /// Its configuration, if it is of the kind `L`: `layer.config_as::<Conv2D>()`.
    pub fn config_as<L: Layer>(&self) -> Option<&L> {
        (self.config() as &dyn Any).downcast_ref()
    }

    /// What it returned: a tensor to go on from, such as the features below a new head.
    pub fn output(&self) -> Tensor {
        Tensor(self.0.clone())
    }

    /// The tensors that it was called on; none for an input.
    pub fn inputs(&self) -> &[Tensor] {
        &self.0.inputs
    }

    /// The shape of its output.
    pub fn output_shape(&self) -> Shape {
        self.0.output.shape()
    }

    /// Its weights: names and variables, in Keras' order.
    pub fn weights(&self) -> &[Weight] {
        &self.0.weights
    }

    /// How many numbers its weights hold.
    pub fn count_params(&self) -> usize {
        self.0.weights.iter().map(count).sum()
    }

    /// How many of them training moves.
    pub fn count_trainable_params(&self) -> usize {
        let trained = self.0.weights.iter().filter(|weight| weight.trainable && self.trainable());
        trained.map(count).sum()
    }

    /// Whether training moves its weights.
    pub fn trainable(&self) -> bool {
        self.0.trainable.get()
    }

    /// Freezes (`false`) or thaws the layer, from the next training step on.
    ///
    /// A frozen batch normalisation also stops collecting statistics and uses those that it has, as in TensorFlow 2.
    /// DIFFERENCE: Keras looks at this when a model is compiled, and before version 2.1.3 a frozen batch normalisation
    /// went on as before.
    pub fn set_trainable(&self, trainable: bool) {
        if self.0.trainable.replace(trainable) == trainable {
            return;
        }
        let graph = &self.0.context.graph;
        for weight in self.0.weights.iter().filter(|weight| weight.trainable) {
            graph.set_trainable(&weight.variable, trainable);
        }
        if self.0.weights.iter().any(|weight| !weight.trainable) {
            graph.set_phase(&self.0.output, if trainable { Phase::OfRun } else { Phase::Inference });
        }
    }

    /// Its weights' values.
    pub fn get_weights(&self) -> Vec<ArrayD<f32>> {
        let session = self.0.context.ready();
        self.0.weights.iter().map(|weight| session.value(&weight.variable)).collect()
    }

    /// Gives its weights new values.
    ///
    /// # Panics
    /// If their number or a shape is wrong.
    #[track_caller]
    pub fn set_weights(&self, values: &[ArrayD<f32>]) {
        let weights = &self.0.weights;
        assert!(
            values.len() == weights.len(),
            "set_weights: {self} has {} weights ({}), got {} arrays",
            weights.len(),
            weights.iter().map(|weight| weight.name).collect::<Vec<_>>().join(", "),
            values.len()
        );
        for (weight, values) in weights.iter().zip(values) {
            let shape = weight.variable.shape();
            assert!(
                shape.admits(values.shape()),
                "set_weights: {} of {self} has shape {shape}, got an array of shape {:?}",
                weight.name,
                values.shape()
            );
            self.0.context.session.assign(&weight.variable, values);
        }
    }
}

fn count(weight: &Weight) -> usize {
    weight.variable.shape().len().expect("weights have known shapes")
}

impl fmt::Debug for BuiltLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{self}>")
    }
}

impl fmt::Debug for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} ({})>", self.name, self.config.class_name())
    }
}

impl PartialEq for BuiltLayer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for BuiltLayer {}
