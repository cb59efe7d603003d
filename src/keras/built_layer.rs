/*!
A layer that has been called, and its output tensors.

What a layer is, its settings and weights, is a [`Core`]; each call of it makes a [`Node`], which refers to the core and
to the tensors that it was called on. [`Call`](super::Call) makes the first one.
*/

use super::{
    config::Config,
    context::Context,
    core::{Core, Kind},
    layer::Layer,
    scope::Weight,
};
use crate::graph::{self, Shape};
use ndarray::ArrayD;
use std::{any::Any, fmt, rc::Rc};

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
pub struct BuiltLayer(pub(super) Rc<Node>);

/// One call of a layer.
pub(super) struct Node {
    pub core: Rc<Core>,
    /// How many calls of the layer there were before.
    pub index: usize,
    pub inputs: Vec<Tensor>,
    pub outputs: Vec<graph::Tensor>,
}

impl BuiltLayer {
    /// Its name, unique in a model.
    pub fn name(&self) -> &str {
        &self.0.core.name
    }

    /// Keras' name of its class, such as `Conv2D`.
    pub fn class_name(&self) -> &'static str {
        self.0.core.class_name
    }

    /// Its settings by their Keras names.
    ///
    /// ```
    /// use cnn::keras::layers::*;
    /// let x = Input::new(100).call();
    /// let config = Dropout::new(0.5).call(&x).layer().config();
    /// assert_eq!(config.get::<f32>("rate").unwrap(), 0.5);
    /// ```
    pub fn config(&self) -> Config {
        match &self.0.core.kind {
            Kind::Layer(layer) => layer.config(),
            Kind::Model(_) => Config::new(),
        }
    }

    /// The layer that was called, if it is of the class `L`: `layer.config_as::<Conv2D>()`.
    pub fn config_as<L: Layer>(&self) -> Option<&L> {
        let Kind::Layer(layer) = &self.0.core.kind else { return None };
        (&**layer as &dyn Any).downcast_ref()
    }

    /// The argument `training` that it was called with.
    pub(super) fn training_argument(&self) -> Option<bool> {
        self.0.core.training_argument()
    }

    /// The settings of its file that are not implemented and would matter in training.
    pub(super) fn training_only(&self) -> Option<String> {
        self.0.core.training_only()
    }

    /// Its output: the tensor that further layers are called on, such as the features below a new head.
    ///
    /// Of a layer that was called several times, the output of the call that it was taken from: of the first one, where
    /// it comes from a model.
    pub fn output(&self) -> Tensor {
        Tensor { node: self.0.clone(), index: 0 }
    }

    /// The tensors that it was called on; none for an input.
    pub fn inputs(&self) -> &[Tensor] {
        &self.0.inputs
    }

    /// The shape of its output.
    pub fn output_shape(&self) -> Shape {
        self.0.outputs[0].shape()
    }

    /// Its weights: names and variables, in Keras' order.
    pub fn weights(&self) -> &[Weight] {
        &self.0.core.weights
    }

    /// How many elements its weights hold.
    pub fn count_params(&self) -> usize {
        self.0.core.count_params()
    }

    /// How many of them training updates.
    pub fn count_trainable_params(&self) -> usize {
        self.0.core.count_trainable_params()
    }

    /// Whether training updates its weights.
    pub fn trainable(&self) -> bool {
        self.0.core.trainable.get()
    }

    /// Freezes (`false`) or unfreezes the layer, from the next training step on; of a model that was called as a layer,
    /// all its layers.
    ///
    /// A frozen batch normalisation also stops collecting statistics and uses those that it has, as in TensorFlow 2.
    /// DIFFERENCE: Keras looks at this when a model is compiled, and before version 2.1.3 a frozen batch normalisation
    /// went on as before.
    pub fn set_trainable(&self, trainable: bool) {
        self.0.core.set_trainable(trainable);
    }

    /// Its weights' values.
    pub fn get_weights(&self) -> Vec<ArrayD<f32>> {
        let session = self.0.core.context.ready();
        self.0.core.weights.iter().map(|weight| session.value(&weight.variable)).collect()
    }

    /// Gives its weights new values.
    ///
    /// # Panics
    /// If their number or a shape is wrong.
    #[track_caller]
    pub fn set_weights(&self, values: &[ArrayD<f32>]) {
        let weights = &self.0.core.weights;
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
            self.0.core.context.session.assign(&weight.variable, values);
        }
    }
}

impl fmt::Display for BuiltLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.class_name())
    }
}

impl fmt::Debug for BuiltLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{self}>")
    }
}

impl PartialEq for BuiltLayer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0.core, &other.0.core)
    }
}

impl Eq for BuiltLayer {}

/// What a layer returned: a tensor that knows its shape and the layers that it came through. Cheap to clone.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// let y = Flatten::new().call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 12288)");
/// assert_eq!(y.layer().name(), "flatten_1");
/// ```
#[derive(Clone)]
pub struct Tensor {
    pub(super) node: Rc<Node>,
    /// Which output of the call it is.
    pub(super) index: usize,
}

impl Tensor {
    /// Its shape; the batch size is unknown (`?`).
    pub fn shape(&self) -> Shape {
        self.symbol().shape()
    }

    /// The layer that returned it.
    pub fn layer(&self) -> BuiltLayer {
        BuiltLayer(self.node.clone())
    }

    /// The engine's tensor behind it.
    pub fn symbol(&self) -> &graph::Tensor {
        &self.node.outputs[self.index]
    }

    /// What all layers of its network share.
    pub(super) fn context(&self) -> &Rc<Context> {
        &self.node.core.context
    }
}

impl fmt::Display for Tensor {
    /// As TensorFlow 1 prints it: `Tensor("conv1/BiasAdd:0", shape=(?, 32, 32, 64), dtype=float32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tensor = self.symbol();
        write!(f, "Tensor(\"{}:0\", shape={}, dtype={})", tensor.name(), tensor.shape(), tensor.dtype())
    }
}

impl fmt::Debug for Tensor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl PartialEq for Tensor {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.node, &other.node) && self.index == other.index
    }
}

impl Eq for Tensor {}
