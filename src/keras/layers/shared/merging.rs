/*! Layers that make one tensor of several of the same shape: everything but what they do with the elements. */

use crate::{
    graph::{self, Shape},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
    },
};
use std::{fmt, marker::PhantomData};

/// Combines tensors of one shape, element by element.
#[derive(Debug, Clone)]
pub struct Merging<R> {
    attributes: Attributes,
    rule: PhantomData<R>,
}

/// How the elements are combined.
pub trait MergingRule: fmt::Debug + 'static {
    /// Keras' name of the layer.
    const CLASS_NAME: &'static str;

    /// How many tensors it takes; `None` for two or more.
    const COUNT: Option<usize> = None;

    /// Adds the operations to the graph.
    fn apply(scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor;
}

impl<R: MergingRule> Merging<R> {
    /// Of the tensors that it is called on.
    pub fn new() -> Self {
        Merging { attributes: Attributes::default(), rule: PhantomData }
    }
}

impl<R: MergingRule> Layer for Merging<R> {
    fn class_name() -> &'static str {
        R::CLASS_NAME
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        let (first, others) = inputs::several(inputs)?.split_first().expect("two or more");
        if let Some(n) = R::COUNT.filter(|n| *n != inputs.len()) {
            return Err(Mismatch::new(format!("{n} tensors"), inputs.len().to_string()));
        }
        match others.iter().find(|other| first.merge(other).is_none()) {
            None => Ok(()),
            Some(other) => Err(Mismatch::new("tensors of one shape", format!("{first} and {other}"))),
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        inputs.iter().skip(1).fold(inputs[0].clone(), |shape, other| shape.merge(other).expect("checked when called"))
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        R::apply(scope, inputs)
    }

    fn config(&self) -> Config {
        Config::new()
    }

    fn from_config(_config: &Config) -> Result<Self, Mismatch> {
        Ok(Self::new())
    }
}
