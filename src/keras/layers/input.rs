/*! Where a network begins. */

use crate::{
    graph::{self, Shape},
    keras::{Attributes, Layer, Tensor, built_layer::place, context::Context, layer::Scope},
};
use ndarray::{Dimension, IntoDimension};
use std::rc::Rc;

/// An input of the network: the shape of one example. The number of examples is open.
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

attributes!(Input);

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

    /// Makes it one more input of the network that `tensor` belongs to. Automatic names go on counting there.
    pub fn beside(mut self, tensor: &Tensor) -> Self {
        self.context = Some(tensor.0.context.clone());
        self
    }

    /// Another seed for the whole network: every weight and every dropout, also one that has a seed of its own, begins
    /// with other numbers. It is what `tf.set_random_seed` sets.
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
        assert!(
            !self.shape.contains(&0) && self.batch_size != Some(0),
            "Input: expected dimensions of at least 1, got {}",
            self.output_shape(&[])
        );
        let context = self.context.clone().unwrap_or_else(|| Rc::new(Context::new(self.seed)));
        // The layer's configuration must not keep its own context alive.
        place(context, Rc::new(Input { context: None, ..self }), Vec::new())
    }
}

impl Layer for Input {
    fn class_name(&self) -> &'static str {
        "InputLayer"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn prefix(&self) -> String {
        "input".into()
    }

    fn output_shape(&self, _inputs: &[Shape]) -> Shape {
        let example = self.shape.iter().copied().map(Some);
        Shape::from([self.batch_size].into_iter().chain(example).collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, _inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.placeholder(self.output_shape(&[]))
    }
}
