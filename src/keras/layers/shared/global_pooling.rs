/*! Pooling over whole sequences, images or volumes: everything but the reduction. */

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

/// Reduces each channel to one element.
#[derive(Debug, Clone)]
pub struct GlobalPooling<R> {
    attributes: Attributes,
    reduction: PhantomData<R>,
}

/// How a channel is reduced to one element.
pub trait GlobalReduction: fmt::Debug + 'static {
    /// The number of spatial axes.
    const RANK: usize;

    /// Keras' name of the layer.
    const CLASS_NAME: &'static str;

    /// Adds the operation to the graph.
    fn apply(scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor;
}

impl<R: GlobalReduction> GlobalPooling<R> {
    /// One element per channel.
    pub fn new() -> Self {
        GlobalPooling { attributes: Attributes::default(), reduction: PhantomData }
    }
}

impl<R: GlobalReduction> Layer for GlobalPooling<R> {
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
        inputs::spatial(inputs, R::RANK)?;
        Ok(())
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        Shape::from([inputs[0].dim(0), inputs[0].last()])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        R::apply(scope, inputs[0])
    }

    fn config(&self) -> Config {
        Config::new().set("data_format", "channels_last")
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("data_format", "channels_last")?;
        config.only("keepdims", false)?;
        Ok(Self::new())
    }
}
