/*! Tensors side by side along one axis. */

use crate::graph::{
    kernels::exact::concat as exact,
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// Joins tensors that agree in every dimension but `axis`.
#[derive(Debug, Clone, Copy)]
pub struct Concat {
    /// The axis along which they are joined.
    pub axis: usize,
}

impl Concat {
    /// How many elements of each input are contiguous in the output, and their sum.
    fn widths(&self, dims: &Dims) -> (Vec<usize>, usize) {
        let width = |dims: &[usize]| dims[self.axis..].iter().product();
        (dims.inputs.iter().map(|dims| width(dims)).collect(), width(&dims.output))
    }
}

impl Op for Concat {
    fn kind(&self) -> &'static str {
        "Concat"
    }

    fn arity(&self) -> Option<usize> {
        None
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let first = inputs[0];
        assert!(self.axis < first.rank(), "concat: axis {} of a tensor of shape {first}", self.axis);
        let mut dims = first.dims().to_vec();
        for other in &inputs[1..] {
            let mut merged = other.dims().to_vec();
            let agree = other.rank() == first.rank() && {
                merged[self.axis] = dims[self.axis];
                Shape::from(dims.clone()).merge(&Shape::from(merged)).is_some()
            };
            assert!(agree, "concat: expected shapes that differ in axis {} only, got {first} and {other}", self.axis);
            dims[self.axis] = dims[self.axis].zip(other.dim(self.axis)).map(|(a, b)| a + b);
        }
        Shape::from(dims)
    }

    fn forward(&self, run: Forward<'_>) {
        let (widths, row_len) = self.widths(run.dims);
        exact::forward(run.inputs, &widths, row_len, run.output);
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (widths, row_len) = self.widths(run.dims);
        let mut at = 0;
        for (d_x, width) in run.d_inputs.iter_mut().zip(widths) {
            if let Some(d_x) = d_x {
                d_x.set(|i| run.d_output[i / width * row_len + at + i % width]);
            }
            at += width;
        }
    }
}
