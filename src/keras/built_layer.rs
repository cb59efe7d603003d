/*!
A layer that has been called, and its output tensor: each refers to the other.

Its settings are a [`Layer`]; [`Call`](super::Call) puts it into its place.
*/

use super::{config::Config, context::Context, layer::Layer, scope::Weight};
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
    pub class_name: &'static str,
    pub layer: Box<dyn Layer>,
    pub name: String,
    pub inputs: Vec<Tensor>,
    pub weights: Vec<Weight>,
    pub output: graph::Tensor,
    pub trainable: Cell<bool>,
    pub phase: Cell<Phase>,
}

impl BuiltLayer {
    /// Its name, unique in a model.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Keras' name of its class, such as `Conv2D`.
    pub fn class_name(&self) -> &'static str {
        self.0.class_name
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
        self.0.layer.config()
    }

    /// The layer that was called, if it is of the class `L`: `layer.config_as::<Conv2D>()`.
    pub fn config_as<L: Layer>(&self) -> Option<&L> {
        (&*self.0.layer as &dyn Any).downcast_ref()
    }

    /// The argument `training` that it was called with.
    pub(super) fn training_argument(&self) -> Option<bool> {
        self.0.layer.attributes().training
    }

    /// The settings of its file that are not implemented and would matter in training.
    pub(super) fn training_only(&self) -> Option<&str> {
        self.0.layer.attributes().training_only.as_deref()
    }

    /// Its output: the tensor that further layers are called on, such as the features below a new head.
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

    /// How many elements its weights hold.
    pub fn count_params(&self) -> usize {
        self.0.weights.iter().map(count).sum()
    }

    /// How many of them training updates.
    pub fn count_trainable_params(&self) -> usize {
        let trained = self.0.weights.iter().filter(|weight| weight.trainable && self.trainable());
        trained.map(count).sum()
    }

    /// Whether training updates its weights.
    pub fn trainable(&self) -> bool {
        self.0.trainable.get()
    }

    /// Freezes (`false`) or unfreezes the layer, from the next training step on.
    ///
    /// A frozen batch normalisation also stops collecting statistics and uses those that it has, as in TensorFlow 2.
    /// DIFFERENCE: Keras looks at this when a model is compiled, and before version 2.1.3 a frozen batch normalisation
    /// went on as before.
    pub fn set_trainable(&self, trainable: bool) {
        if self.0.trainable.replace(trainable) == trainable {
            return;
        }
        self.apply_trainable();
    }

    /// Tells the graph which weights are frozen, and when the layer acts as in training.
    pub(super) fn apply_trainable(&self) {
        let (graph, trainable) = (&self.0.context.graph, self.trainable());
        for weight in self.0.weights.iter().filter(|weight| weight.trainable) {
            graph.set_trainable(&weight.variable, trainable);
        }
        let phase = match self.training_argument() {
            _ if !trainable && self.0.weights.iter().any(|weight| !weight.trainable) => Phase::Inference,
            None => Phase::OfRun,
            Some(true) => Phase::Training,
            Some(false) => Phase::Inference,
        };
        if self.0.phase.replace(phase) != phase {
            graph.set_phase(&self.0.output, phase);
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

impl fmt::Debug for Placed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<{} ({})>", self.name, self.class_name)
    }
}

impl PartialEq for BuiltLayer {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
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
pub struct Tensor(pub(super) Rc<Placed>);

impl Tensor {
    /// Its shape; the batch size is unknown (`?`).
    pub fn shape(&self) -> Shape {
        self.0.output.shape()
    }

    /// The layer that returned it.
    pub fn layer(&self) -> BuiltLayer {
        BuiltLayer(self.0.clone())
    }

    /// The engine's tensor behind it.
    pub fn symbol(&self) -> &graph::Tensor {
        &self.0.output
    }
}

impl Tensor {
    /// What all layers of its network share.
    pub(super) fn context(&self) -> &Rc<Context> {
        &self.0.context
    }
}

impl fmt::Display for Tensor {
    /// As TensorFlow 1 prints it: `Tensor("conv1/BiasAdd:0", shape=(?, 32, 32, 64), dtype=float32)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tensor = &self.0.output;
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
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for Tensor {}
