/*!
A model: the layers between some inputs and some outputs, with their weights.

Compiling, training and saving are in files of their own.
*/

use super::{
    built_layer::{BuiltLayer, Tensor},
    call::call_built,
    compiled::Compiled,
    core::Core,
    network::Network,
    tensors::Tensors,
};
use crate::graph::Kernels;
use ndarray::ArrayD;
use std::{cell::OnceCell, fmt, rc::Rc};

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
    pub(super) network: Rc<Network>,
    pub(super) compiled: Option<Compiled>,
    /// The model as a layer, once it has been called as one.
    as_layer: OnceCell<Rc<Core>>,
}

impl Model {
    /// The model that computes `outputs` from `inputs`; each is one tensor or several.
    ///
    /// # Panics
    /// If an output depends on another input, an input is none, or two layers share a name.
    #[track_caller]
    pub fn new(inputs: impl Tensors, outputs: impl Tensors) -> Self {
        Model::of(Network::new("Functional", None, inputs.list(), outputs.list()))
    }

    pub(super) fn of(network: Network) -> Self {
        Model { network: Rc::new(network), compiled: None, as_layer: OnceCell::new() }
    }

    /// Calls the model as a layer of another one: on other inputs, with the same weights.
    ///
    /// Each call shares them, so that two pictures pass through one network. The inputs belong to the same network as the
    /// model's own: they are made with [`Input::beside`](super::layers::Input::beside).
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let picture = Input::new((8, 8, 1)).call();
    /// let features = Dense::new(4).call(&Flatten::new().call(&picture));
    /// let encoder = Model::new(&picture, &features).name("encoder");
    /// let (left, right) = (Input::new((8, 8, 1)).beside(&picture).call(), Input::new((8, 8, 1)).beside(&picture).call());
    /// let both = Concatenate::new().call([&encoder.call(&left), &encoder.call(&right)]);
    /// let siamese = Model::new([&left, &right], &Dense::new(1).activation("sigmoid").call(&both));
    /// assert_eq!(siamese.count_params(), (64 * 4 + 4) + (8 + 1));
    /// ```
    ///
    /// # Panics
    /// If the inputs have another number or other shapes than the model's, belong to another network, or the model has
    /// several outputs: those are returned by [`Model::call_all`].
    #[track_caller]
    pub fn call(&self, inputs: impl Tensors) -> Tensor {
        self.only("output", self.outputs());
        self.call_all(inputs).remove(0)
    }

    /// As [`Model::call`], for a model with several outputs.
    ///
    /// # Panics
    /// As [`Model::call`].
    #[track_caller]
    pub fn call_all(&self, inputs: impl Tensors) -> Vec<Tensor> {
        call_built(self.as_layer(), inputs.list())
            .unwrap_or_else(|mismatch| panic!("{}: {mismatch}", self.network.name))
    }

    /// The model as a layer: one for all calls.
    pub(super) fn as_layer(&self) -> Rc<Core> {
        self.as_layer.get_or_init(|| Rc::new(self.network.clone().into_core())).clone()
    }

    /// Names the model.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        Rc::make_mut(&mut self.network).name = name.into();
        self.as_layer = OnceCell::new();
        self
    }

    /// Computes with other kernels: [`Kernels::Exact`] prints the documents' digits, [`Kernels::Fast`] is for training.
    ///
    /// It holds for all models of the same tensors.
    #[must_use]
    pub fn kernels(self, kernels: Kernels) -> Self {
        self.network.context.session.set_kernels(kernels);
        self
    }

    /// The model's name.
    pub fn get_name(&self) -> &str {
        &self.network.name
    }

    /// Its inputs.
    pub fn inputs(&self) -> &[Tensor] {
        &self.network.inputs
    }

    /// Its outputs.
    pub fn outputs(&self) -> &[Tensor] {
        &self.network.outputs
    }

    /// Its layers in Keras' order: the farther from the outputs, the earlier.
    pub fn layers(&self) -> &[BuiltLayer] {
        &self.network.layers
    }

    /// The layer of this name.
    ///
    /// # Panics
    /// If there is none.
    #[track_caller]
    pub fn layer(&self, name: &str) -> BuiltLayer {
        let Some(found) = self.layers().iter().find(|layer| layer.name() == name) else {
            let names: Vec<&str> = self.layers().iter().map(BuiltLayer::name).collect();
            panic!("{}: there is no layer {name}\nhelp: the layers are {}", self.network.name, names.join(", "))
        };
        found.clone()
    }

    /// The output of the layer of this name: the feature maps that it computes. A model from the inputs to it predicts
    /// them.
    ///
    /// Of a layer that is called several times, the output of the first call.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let x = Input::new((8, 8, 1)).call();
    /// let y = Conv2D::new(4, (3, 3)).name("conv1").call(&x);
    /// let model = Model::new(&x, &Dense::new(2).call(&Flatten::new().call(&y)));
    /// let features = Model::new(model.inputs(), &model.layer_output("conv1"));
    /// assert_eq!(features.predict(&ndarray::Array4::<f32>::zeros((1, 8, 8, 1))).shape(), [1, 6, 6, 4]);
    /// ```
    ///
    /// # Panics
    /// If there is no such layer.
    #[track_caller]
    pub fn layer_output(&self, name: &str) -> Tensor {
        self.layer(name).output()
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
        let at = self.layers().iter().position(|layer| *layer == first).expect("found above");
        for (i, layer) in self.layers().iter().enumerate() {
            layer.set_trainable(i >= at);
        }
    }

    /// How many elements its weights hold.
    pub fn count_params(&self) -> usize {
        self.layers().iter().map(BuiltLayer::count_params).sum()
    }

    /// How many of them training updates.
    pub fn count_trainable_params(&self) -> usize {
        self.layers().iter().map(BuiltLayer::count_trainable_params).sum()
    }

    /// The values of all weights, layer by layer, each in the layer's own order: kernel, bias; gamma, beta, moving_mean,
    /// moving_variance.
    pub fn get_weights(&self) -> Vec<ArrayD<f32>> {
        self.layers().iter().flat_map(BuiltLayer::get_weights).collect()
    }

    /// Gives all weights new values, in the order of [`Model::get_weights`].
    ///
    /// # Panics
    /// If their number or a shape is wrong.
    #[track_caller]
    pub fn set_weights(&self, values: &[ArrayD<f32>]) {
        let n: usize = self.layers().iter().map(|layer| layer.weights().len()).sum();
        assert!(
            n == values.len(),
            "set_weights: {} has {n} weights, got {} arrays\nhelp: they are in the order of get_weights",
            self.network.name,
            values.len()
        );
        let mut rest = values;
        for layer in self.layers() {
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
                "output" => "predict_all, call_all and fit take several outputs",
                _ => "models of the same tensors share their weights: make one for each",
            };
            panic!(
                "{}: expected a model with one {what}, this one has {}\nhelp: {help}",
                self.network.name,
                tensors.len()
            )
        };
        tensor
    }
}

impl fmt::Debug for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<Model {} of {} layers>", self.network.name, self.layers().len())
    }
}
