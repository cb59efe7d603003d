/*! The index of the largest element along an axis. */

use crate::graph::{
    kernels::exact::argmax as exact,
    network::{
        DType, Op, Shape,
        op::{Backward, Forward},
    },
};

/// Which entry along `axis` is the largest; the first one, where several are equal.
#[derive(Debug, Clone, Copy)]
pub struct ArgMax {
    /// The axis that disappears.
    pub axis: usize,
}

impl Op for ArgMax {
    fn kind(&self) -> &'static str {
        "ArgMax"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let x = inputs[0];
        assert!(self.axis < x.rank(), "argmax: there is no axis {} in shape {x}", self.axis);
        let mut dims = x.dims().to_vec();
        dims.remove(self.axis);
        Shape::from(dims)
    }

    fn output_type(&self, _inputs: &[DType]) -> DType {
        DType::Int64
    }

    fn forward(&self, run: Forward<'_>) {
        let dims = &run.dims.inputs[0];
        exact::forward(run.inputs[0], dims[self.axis], dims[self.axis + 1..].iter().product(), run.output);
    }

    fn differentiable(&self, _input: usize) -> bool {
        false
    }

    fn backward(&self, _run: Backward<'_>) {}
}
