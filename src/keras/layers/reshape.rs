/*! Another shape for the elements of each example. */

use crate::{
    graph::{self, Op, Shape, ops},
    keras::{
        config::{Config, unfit},
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        setting::whole,
    },
};
use ndarray::{Dimension, IntoDimension};

/// Gives each example another shape of as many elements, in the same order.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(64 * 8).call();
/// assert_eq!(Reshape::new((8, 8, 8)).call(&x).shape().to_string(), "(?, 8, 8, 8)");
/// ```
#[derive(Debug, Clone)]
pub struct Reshape {
    /// The shape of one example.
    pub target_shape: Vec<usize>,
    attributes: Attributes,
}

impl Reshape {
    /// This shape of one example.
    pub fn new(target_shape: impl IntoDimension) -> Self {
        let target_shape = target_shape.into_dimension().slice().to_vec();
        Reshape { target_shape, attributes: Attributes::default() }
    }

    fn op(&self) -> ops::Reshape {
        ops::Reshape { dims: [None].into_iter().chain(self.target_shape.iter().copied().map(Some)).collect() }
    }
}

impl Layer for Reshape {
    fn class_name() -> &'static str {
        "Reshape"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        let n = if x.rank() > 0 { Shape::from(&x.dims()[1..]).len() } else { None };
        let wanted: usize = self.target_shape.iter().product();
        if n == Some(wanted) && wanted > 0 {
            return Ok(());
        }
        let target = Shape::known(&self.target_shape);
        Err(Mismatch::new(format!("examples of {wanted} elements for shape {target}"), format!("shape {x}")))
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[&inputs[0]])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(self.op(), inputs, "Reshape")
    }

    fn config(&self) -> Config {
        Config::new().set("target_shape", self.target_shape.clone())
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        let value = config.value("target_shape");
        let dims = value.and_then(|value| value.as_array()?.iter().map(whole).collect::<Option<Vec<_>>>());
        let target_shape = dims.filter(|dims| dims.iter().all(|dim| (1..1 << 24).contains(dim)));
        let expected = "a list of whole numbers of at least 1";
        let target_shape = target_shape.ok_or_else(|| unfit("target_shape", expected, value))?;
        let target_shape = target_shape.into_iter().map(|dim| dim as usize).collect();
        Ok(Reshape { target_shape, attributes: Attributes::default() })
    }
}
