/*! The index of the largest number along an axis. */

use crate::graph::{
    DType, Op, Shape,
    op::{Backward, Forward},
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
        let (n, inner) = (dims[self.axis], dims[self.axis + 1..].iter().product::<usize>());
        for (i, y) in run.output.iter_mut().enumerate() {
            let start = i / inner * n * inner + i % inner;
            let entry = |k: usize| run.inputs[0][start + k * inner];
            *y = (1..n).fold(0, |best, k| if entry(k) > entry(best) { k } else { best }) as f32;
        }
    }

    fn differentiable(&self, _input: usize) -> bool {
        false
    }

    fn backward(&self, _run: Backward<'_>) {}
}
