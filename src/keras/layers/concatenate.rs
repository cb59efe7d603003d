/*! Concatenation of tensors. */

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

/// Concatenates tensors along one axis; their shapes agree in all others.
///
/// The last axis, unless another one is set.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// let y = Conv2D::new(5, (1, 1)).call(&x);
/// assert_eq!(Concatenate::new().call([&x, &y]).shape().to_string(), "(?, 8, 8, 8)");
/// ```
#[derive(Debug, Clone)]
pub struct Concatenate {
    /// The axis along which they are concatenated; negative numbers count from the end.
    pub axis: isize,
    attributes: Attributes,
}

impl Concatenate {
    /// Along the last axis: the channels of images.
    #[expect(clippy::new_without_default, reason = "a layer is made with new")]
    pub fn new() -> Self {
        Concatenate { axis: -1, attributes: Attributes::default() }
    }

    /// Along this axis; negative numbers count from the end.
    pub fn axis(mut self, axis: isize) -> Self {
        self.axis = axis;
        self
    }

    /// The axis, counted from 0; None if the tensors have no such axis, or it counts examples.
    fn axis_of(&self, rank: usize) -> Option<usize> {
        let axis = if self.axis < 0 { self.axis + rank as isize } else { self.axis };
        usize::try_from(axis).ok().filter(|axis| (1..rank).contains(axis))
    }

    fn op(&self, rank: usize) -> ops::Concat {
        ops::Concat { axis: self.axis_of(rank).expect("checked when the layer was called") }
    }
}

impl Layer for Concatenate {
    fn class_name() -> &'static str {
        "Concatenate"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let first = inputs::several(inputs)?.first().expect("two or more");
        let Some(axis) = self.axis_of(first.rank()) else {
            let expected = format!("an axis from 1 to {} of tensors of shape {first}", first.rank() as isize - 1);
            let help = "axis 0 counts examples; negative numbers count from the end";
            return Err(Mismatch::new(expected, self.axis.to_string()).help(help));
        };
        let without = |shape: &Shape| {
            let dims = shape.dims().iter().enumerate().filter(|(i, _)| *i != axis);
            Shape::from(dims.map(|(_, dim)| *dim).collect::<Vec<_>>())
        };
        let agree = |other: &Shape| other.rank() == first.rank() && without(first).merge(&without(other)).is_some();
        if inputs.iter().all(agree) && inputs.iter().all(|x| x.dim(axis).is_some()) {
            Ok(())
        } else {
            let expected = format!("tensors that agree in all axes but {}", self.axis);
            Err(Mismatch::new(expected, inputs::list(inputs)))
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op(inputs[0].rank()).output_shape(&inputs.iter().collect::<Vec<_>>())
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(self.op(inputs[0].shape().rank()), inputs, "concat")
    }

    fn config(&self) -> Config {
        Config::new().set("axis", self.axis)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Ok(Concatenate::new().axis(config.get_or("axis", -1)?))
    }
}
