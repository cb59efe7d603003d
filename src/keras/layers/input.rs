/*! The input of a network. */

use crate::{
    graph::{self, Shape},
    keras::{
        built_layer::Tensor,
        call::place,
        config::Config,
        context::Context,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        setting::{Setting, positive, whole},
    },
};
use ndarray::{Dimension, IntoDimension, IxDyn};
use serde_json::{Value, json};
use std::rc::Rc;

/// An input of the network: the shape of one example. The batch size is unknown until the model runs.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// assert_eq!(x.to_string(), r#"Tensor("input_1:0", shape=(?, 64, 64, 3), dtype=float32)"#);
/// ```
#[derive(Debug, Clone)]
pub struct Input {
    /// The shape of one example.
    pub shape: Vec<usize>,
    /// How many examples there are, if that is fixed.
    pub batch_size: Option<usize>,
    context: Option<Rc<Context>>,
    seed: Option<u64>,
    attributes: Attributes,
}

impl Input {
    /// The input of a new network.
    pub fn new(shape: impl IntoDimension) -> Self {
        let shape = shape.into_dimension().slice().to_vec();
        Input { shape, batch_size: None, context: None, seed: None, attributes: Attributes::default() }
    }

    /// Fixes the number of examples.
    pub fn batch_size(mut self, n: usize) -> Self {
        self.batch_size = Some(n);
        self
    }

    /// Makes it a further input of the network that `tensor` belongs to. Automatic names continue the counts of that network.
    pub fn beside(mut self, tensor: &Tensor) -> Self {
        self.context = Some(tensor.context().clone());
        self
    }

    /// The seed of the whole network: it changes the initial values of every weight and the masks of every dropout, also of
    /// those with a seed of their own. It is what `tf.set_random_seed` sets.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = Some(seed);
        self
    }

    /// The tensor that the first layers are called on.
    ///
    /// # Panics
    /// If a dimension is 0.
    #[track_caller]
    pub fn call(self) -> Tensor {
        let context = self.context.clone().unwrap_or_else(|| Rc::new(Context::new(self.seed)));
        // A reference from the layer to its own context would keep both alive.
        match place(context, Input { context: None, ..self }, Vec::new()) {
            Ok(tensor) => tensor,
            Err(mismatch) => panic!("Input: {mismatch}"),
        }
    }
}

impl Layer for Input {
    fn class_name() -> &'static str {
        "InputLayer"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn prefix() -> String {
        "input".into()
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        if !inputs.is_empty() {
            return Err(Mismatch::new("no tensor", inputs.len().to_string()));
        }
        if self.shape.contains(&0) || self.batch_size == Some(0) {
            return Err(Mismatch::new("dimensions of at least 1", self.output_shape(&[]).to_string()));
        }
        Ok(())
    }

    fn output_shape(&self, _inputs: &[Shape]) -> Shape {
        let example = self.shape.iter().copied().map(Some);
        Shape::from([self.batch_size].into_iter().chain(example).collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, _inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.placeholder(self.output_shape(&[]))
    }

    fn config(&self) -> Config {
        Config::new().set("batch_input_shape", self.output_shape(&[])).set("sparse", false).set("ragged", false)
    }

    /// `batch_input_shape` in Keras 2, `batch_shape` in Keras 3.
    ///
    /// The batch size is left unknown: Keras saves that of the batch that a model was built with, and accepts any other.
    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        for name in ["sparse", "ragged", "optional"] {
            config.only(name, false)?;
        }
        let name = if config.value("batch_input_shape").is_some() { "batch_input_shape" } else { "batch_shape" };
        let shape = config.get::<Shape>(name).map_err(|mismatch| mismatch.help(WHOLE_SHAPE))?;
        let example: Vec<usize> = shape.dims()[1..].iter().copied().flatten().collect();
        Ok(Input::new(IxDyn(&example)))
    }
}

const WHOLE_SHAPE: &str =
    "the batch size may be unknown, the shape of an example may not: give the Input a whole shape";

/// The shape of a batch, of which only the first axis may be unknown.
impl Setting for Shape {
    const EXPECTED: &'static str = "[null, n_h, n_w, n_c]";

    fn to_json(&self) -> Value {
        json!(self.dims())
    }

    fn from_json(value: &Value) -> Option<Self> {
        let (batch, example) = value.as_array()?.split_first()?;
        let batch = if batch.is_null() { None } else { Some(whole(batch)? as usize) };
        let example = example.iter().map(|dim| positive(dim).map(Some)).collect::<Option<Vec<_>>>()?;
        Some(Shape::from([vec![batch], example].concat()))
    }
}
