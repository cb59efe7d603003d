/*! The sum of several tensors: where a shortcut meets the main path. */

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

/// Adds tensors of one shape.
///
/// ```
/// use cnn::keras::layers::*;
/// let input = Input::new((4, 4, 8)).call();
/// let change = Conv2D::new(8, (1, 1)).call(&input);
/// let output = Add::new().call([&input, &change]);
/// assert_eq!(output.shape().to_string(), "(?, 4, 4, 8)");
/// ```
#[derive(Debug, Clone)]
pub struct Add {
    attributes: Attributes,
}

impl Add {
    /// The sum of the tensors that it is called on.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        Add { attributes: Attributes::default() }
    }
}

impl Layer for Add {
    fn class_name() -> &'static str {
        "Add"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let (first, others) = inputs::several(inputs)?.split_first().expect("two or more");
        match others.iter().find(|other| first.merge(other).is_none()) {
            None => Ok(()),
            Some(other) => Err(Mismatch::new("tensors of one shape", format!("{first} and {other}")).help(
                "a Conv2D on the shortcut, with as many filters and the same strides as the main path has, gives it the \
                 same shape",
            )),
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        ops::Add.output_shape(&inputs.iter().collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(ops::Add, inputs, "add")
    }

    fn config(&self) -> Config {
        Config::new()
    }

    fn from_config(_config: &Config) -> Result<Self, Mismatch> {
        Ok(Add::new())
    }
}
