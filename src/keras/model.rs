/*!
A model: the layers between some inputs and some outputs, with their weights.

Compiling, training and saving are in files of their own.
*/

use super::{
    built_layer::{BuiltLayer, Tensor},
    compiled::Compiled,
    context::Context,
    tensors::Tensors,
    topology::{Topology, topology},
};
use crate::graph::Kernels;
use ndarray::ArrayD;
use std::{fmt, rc::Rc};

/// The layers between inputs and outputs.
///
/// It owns all that it needs and can be kept in a variable from one notebook cell to the next. Models of the same
/// tensors share their layers and weights: a new head on old features is a second model.
///
/// ```
/// use cnn::keras::{Model, layers::*};
/// let x_input = Input::new(4).call();
/// let hidden = Dense::new(8).activation("relu").name("features").call(&x_input);
/// let model = Model::new(&x_input, &Dense::new(2).call(&hidden));
/// let features = Model::new(&x_input, &model.layer("features").output());
/// assert_eq!(features.predict(&ndarray::Array2::<f32>::zeros((3, 4))).shape(), [3, 8]);
/// ```
pub struct Model {
    pub(super) context: Rc<Context>,
    pub(super) name: String,
    pub(super) inputs: Vec<Tensor>,
    pub(super) outputs: Vec<Tensor>,
    pub(super) layers: Vec<BuiltLayer>,
    pub(super) is_sequence: bool,
    pub(super) compiled: Option<Compiled>,
}

impl Model {
    /// The model that computes `outputs` from `inputs`; each is one tensor or several.
    ///
    /// # Panics
    /// If an output depends on another input, an input is none, or two layers share a name.
    #[track_caller]
    pub fn new(inputs: impl Tensors, outputs: impl Tensors) -> Self {
        let (inputs, outputs) = (inputs.list(), outputs.list());
        let Some(first) = outputs.first() else { panic!("Model: expected at least one output, got none") };
        if let Some(inner) = inputs.iter().find(|input| !input.0.inputs.is_empty()) {
            panic!("Model: expected an Input as input, got {inner}, the output of {}", inner.layer());
        }
        let topology = topology(&inputs, &outputs);
        let context = first.0.context.clone();
        let name = context.automatic_name("model");
        let Topology { layers, is_sequence } = topology;
        Model { context, name, inputs, outputs, layers, is_sequence, compiled: None }
    }

    /// Names the model.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Computes with other kernels: [`Kernels::Exact`] prints the documents' digits, [`Kernels::Fast`] is for training.
    ///
    /// It holds for all models of the same tensors.
    #[must_use]
    pub fn kernels(self, kernels: Kernels) -> Self {
        self.context.session.set_kernels(kernels);
        self
    }

    /// The model's name.
    pub fn get_name(&self) -> &str {
        &self.name
    }

    /// Its inputs.
    pub fn inputs(&self) -> &[Tensor] {
        &self.inputs
    }

    /// Its outputs.
    pub fn outputs(&self) -> &[Tensor] {
        &self.outputs
    }

    /// Its layers in Keras' order: the farther from the outputs, the earlier.
    pub fn layers(&self) -> &[BuiltLayer] {
        &self.layers
    }

    /// The layer of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn layer(&self, name: &str) -> BuiltLayer {
        let Some(found) = self.layers.iter().find(|layer| layer.name() == name) else {
            let names: Vec<&str> = self.layers.iter().map(BuiltLayer::name).collect();
            panic!("{}: there is no layer {name}\nhelp: the layers are {}", self.name, names.join(", "))
        };
        found.clone()
    }

    /// Freezes all layers before the one of this name, and unfreezes that one and all after it.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x_input = Input::new(4).call();
    /// let features = Dense::new(8).name("features").call(&x_input);
    /// let model = Model::new(&x_input, &Dense::new(2).name("head").call(&features));
    /// model.freeze_until("head");
    /// assert_eq!((model.count_params(), model.count_trainable_params()), (40 + 18, 18));
    /// ```
    ///
    /// # Panics
    /// If there is no such layer.
    #[track_caller]
    pub fn freeze_until(&self, name: &str) {
        let first = self.layer(name);
        let at = self.layers.iter().position(|layer| *layer == first).expect("found above");
        for (i, layer) in self.layers.iter().enumerate() {
            layer.set_trainable(i >= at);
        }
    }

    /// How many elements its weights hold.
    pub fn count_params(&self) -> usize {
        self.layers.iter().map(BuiltLayer::count_params).sum()
    }

    /// How many of them training updates.
    pub fn count_trainable_params(&self) -> usize {
        self.layers.iter().map(BuiltLayer::count_trainable_params).sum()
    }

    /// The values of all weights, layer by layer, each in the layer's own order: kernel, bias; gamma, beta, moving_mean,
    /// moving_variance.
    pub fn get_weights(&self) -> Vec<ArrayD<f32>> {
        self.layers.iter().flat_map(BuiltLayer::get_weights).collect()
    }

    /// Gives all weights new values, in the order of [`Model::get_weights`].
    ///
    /// # Panics
    /// If their number or a shape is wrong.
    #[track_caller]
    pub fn set_weights(&self, values: &[ArrayD<f32>]) {
        let n: usize = self.layers.iter().map(|layer| layer.weights().len()).sum();
        assert!(
            n == values.len(),
            "set_weights: {} has {n} weights, got {} arrays\nhelp: they are in the order of get_weights",
            self.name,
            values.len()
        );
        let mut rest = values;
        for layer in &self.layers {
            let (own, others) = rest.split_at(layer.weights().len());
            layer.set_weights(own);
            rest = others;
        }
    }

    /// The one input or output of a model that has one.
    #[track_caller]
    pub(super) fn only<'a>(&self, what: &str, tensors: &'a [Tensor]) -> &'a Tensor {
        let [tensor] = tensors else {
            let help = match what {
                "output" => "models of the same tensors share their weights: make one for each output",
                _ => "lay the inputs side by side in one array, and begin with a single Input",
            };
            panic!(
                "{}: training and prediction need a model with one {what}, this one has {}\nhelp: {help}",
                self.name,
                tensors.len()
            )
        };
        tensor
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Model {} of {} layers>", self.name, self.layers.len())
    }
}
