/*! Pooling over windows: everything but the reduction. */

use super::windows::{Windows, windows_methods};
use crate::{
    graph::{self, Shape},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        size::Size,
    },
};
use std::{fmt, marker::PhantomData};

/// Reduces each window of each channel to one element.
#[derive(Debug, Clone)]
pub struct Pooling2D<R> {
    /// Size, strides and padding.
    pub windows: Windows,
    attributes: Attributes,
    reduction: PhantomData<R>,
}

/// How a window is reduced to one element.
pub trait Reduction: fmt::Debug + 'static {
    /// Keras' name of the layer.
    const CLASS_NAME: &'static str;

    /// Adds the operation to the graph.
    fn apply(windows: &Windows, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor;
}

impl<R: Reduction> Pooling2D<R> {
    /// Windows of `pool_size` rows and columns, with strides of the same size and padding valid.
    pub fn new(pool_size: impl Into<Size>) -> Self {
        let pool_size = pool_size.into();
        let windows = Windows::new(pool_size, pool_size);
        Pooling2D { windows, attributes: Attributes::default(), reduction: PhantomData }
    }

    windows_methods!();
}

impl<R: Reduction> Layer for Pooling2D<R> {
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
        self.windows.check_inputs(inputs)?;
        Ok(())
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.windows.output_shape(&inputs[0], inputs[0].last().expect("channels are known"))
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        R::apply(&self.windows, scope, inputs[0])
    }

    fn config(&self) -> Config {
        self.windows.add_to(Config::new(), "pool_size")
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        let windows = Windows::from_config(config, config.get_or("pool_size", Size::from(2))?, |pool_size| pool_size)?;
        Ok(Pooling2D { windows, attributes: Attributes::default(), reduction: PhantomData })
    }
}
