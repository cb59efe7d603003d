/*! The fully connected layer. */

use super::shared::affine::{Affine, affine_methods};
use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};

/// y = activation(x kernel + bias).
///
/// Input: (m, features). Output: (m, units). Weights: kernel (features, units), bias (units).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(2048).call();
/// let y = Dense::new(6).activation("softmax").name("fc6").call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 6)");
/// assert_eq!(y.layer().count_params(), 2048 * 6 + 6);
/// ```
#[derive(Debug, Clone)]
pub struct Dense {
    /// The number of outputs for each example.
    pub units: usize,
    /// Bias, activation and initializers.
    pub affine: Affine,
    attributes: Attributes,
}

impl Dense {
    /// `units` outputs, no activation.
    pub fn new(units: usize) -> Self {
        Dense { units, affine: Affine::new(), attributes: Attributes::default() }
    }

    affine_methods!();
}

impl Layer for Dense {
    fn class_name() -> &'static str {
        "Dense"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let x = inputs::one(inputs)?;
        if self.units == 0 {
            return Err(Mismatch::new("at least one unit", "0"));
        }
        match x.dims() {
            [_, Some(_)] => Ok(()),
            _ => Err(Mismatch::new("one row per example, shape (m, features)", format!("shape {x}"))
                .help("call Flatten first")),
        }
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        self.affine.build(&[inputs[0].last().expect("features are known"), self.units], scope);
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        Shape::from([inputs[0].dim(0), Some(self.units)])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        self.affine.forward(scope, (ops::MatMul, "MatMul"), inputs[0])
    }

    fn config(&self) -> Config {
        self.affine.add_to(Config::new().set("units", self.units))
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        let (units, affine) = (config.positive("units")?, Affine::from_config(config)?);
        Ok(Dense { units, affine, attributes: Attributes::default() })
    }
}
