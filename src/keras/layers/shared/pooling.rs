/*! Pooling over windows: everything but the reduction. */

use super::windows::{Windows, windows_methods};
use crate::{
    graph::{self, Shape, ops},
    keras::{
        config::Config,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        size::Extent,
    },
};
use std::{fmt, marker::PhantomData};

/// Reduces each window of each channel to one element.
#[derive(Debug, Clone)]
pub struct Pooling<R: Reduction> {
    /// Size, strides and padding.
    pub windows: Windows<R::Size>,
    attributes: Attributes,
    reduction: PhantomData<R>,
}

/// How a window is reduced to one element.
pub trait Reduction: fmt::Debug + 'static {
    /// The size of a window, which says how many axes there are.
    type Size: Extent;

    /// Keras' name of the layer.
    const CLASS_NAME: &'static str;

    /// Adds the operation to the graph.
    fn apply(windows: &Windows<Self::Size>, scope: &Scope<'_>, x: &graph::Tensor) -> graph::Tensor;
}

/// Adds the pooling of sequences or volumes to the graph.
pub(in crate::keras::layers) fn pool<S: Extent>(
    pooling: ops::Pooling,
    windows: &Windows<S>,
    scope: &Scope<'_>,
    x: &graph::Tensor,
) -> graph::Tensor {
    let (window, strides) = (windows.size.numbers(), windows.strides.numbers());
    scope.apply(ops::Pool { pooling, window, strides, padding: windows.padding }, &[x], "pool")
}

impl<R: Reduction> Pooling<R> {
    /// Windows of this size, with strides of the same size and padding valid.
    pub fn new(pool_size: impl Into<R::Size>) -> Self {
        let pool_size = pool_size.into();
        let windows = Windows::new(pool_size, pool_size);
        Pooling { windows, attributes: Attributes::default(), reduction: PhantomData }
    }

    windows_methods!(R::Size);
}

impl<R: Reduction> Layer for Pooling<R> {
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
        let windows =
            Windows::from_config(config, config.get_or("pool_size", R::Size::from(2))?, |pool_size| pool_size)?;
        Ok(Pooling { windows, attributes: Attributes::default(), reduction: PhantomData })
    }
}
