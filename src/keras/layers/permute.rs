/*! The axes of each example in another order. */

use crate::{
    graph::{self, Op, Shape, ops},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};
use ndarray::{Dimension, IntoDimension};

/// Gives the axes of each example another order: axis i of the output is axis `dims[i]` of the input, counted from 1.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((28, 32, 3)).call();
/// assert_eq!(Permute::new((3, 1, 2)).call(&x).shape().to_string(), "(?, 3, 28, 32)");
/// ```
#[derive(Debug, Clone)]
pub struct Permute {
    /// The axes of the input in the order of the output, counted from 1.
    pub dims: Vec<usize>,
    attributes: Attributes,
}

impl Permute {
    /// This order of the axes, each once, counted from 1; axis 0 counts examples and stays.
    pub fn new(dims: impl IntoDimension) -> Self {
        Permute { dims: dims.into_dimension().slice().to_vec(), attributes: Attributes::default() }
    }

    fn op(&self) -> ops::Transpose {
        ops::Transpose { permutation: [0].into_iter().chain(self.dims.iter().copied()).collect() }
    }
}

impl Layer for Permute {
    fn class_name() -> &'static str {
        "Permute"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        let mut sorted = self.dims.clone();
        sorted.sort_unstable();
        if sorted.iter().copied().eq(1..x.rank()) {
            return Ok(());
        }
        let expected = format!("each axis of shape {x} but the first once, counted from 1");
        Err(Mismatch::new(expected, format!("dims = {:?}", self.dims)))
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[&inputs[0]])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(self.op(), inputs, "transpose")
    }

    fn config(&self) -> Config {
        Config::new().set("dims", self.dims.clone())
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(Permute { dims: config.get("dims")?, attributes: Attributes::default() })
    }
}
