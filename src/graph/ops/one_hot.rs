/*! Whole numbers as rows with a single 1. */

use crate::graph::{
    kernels::exact::one_hot as exact,
    network::{
        DType, Op, Shape,
        op::{Backward, Forward},
    },
};

/// Adds a last axis of length `depth`: 1 at the place that the index names, 0 elsewhere. An index outside of 0..depth
/// gives zeros throughout, as in TensorFlow.
#[derive(Debug, Clone, Copy)]
pub struct OneHot {
    /// The number of classes.
    pub depth: usize,
}

impl Op for OneHot {
    fn kind(&self) -> &'static str {
        "OneHot"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let mut dims = inputs[0].dims().to_vec();
        dims.push(Some(self.depth));
        Shape::from(dims)
    }

    fn output_type(&self, _inputs: &[DType]) -> DType {
        DType::Float32
    }

    fn forward(&self, run: Forward<'_>) {
        exact::forward(run.inputs[0], self.depth, run.output);
    }

    fn differentiable(&self, _input: usize) -> bool {
        false
    }

    fn backward(&self, _run: Backward<'_>) {}
}
