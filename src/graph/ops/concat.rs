/*! Tensors laid side by side along one axis. */

use crate::graph::{
    Op, Shape,
    op::{Backward, Dims, Forward},
};

/// Joins tensors that agree in every dimension but `axis`.
#[derive(Debug, Clone, Copy)]
pub struct Concat {
    /// The axis along which they lie side by side.
    pub axis: usize,
}

impl Concat {
    /// How many numbers of each input lie together, and the same for the output.
    fn strips(&self, dims: &Dims) -> (Vec<usize>, usize) {
        let strip = |dims: &[usize]| dims[self.axis..].iter().product();
        (dims.inputs.iter().map(|dims| strip(dims)).collect(), strip(&dims.output))
    }
}

impl Op for Concat {
    fn kind(&self) -> &'static str {
        "ConcatV2"
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
        let (strips, out) = self.strips(run.dims);
        for (i, y) in run.output.chunks_exact_mut(out).enumerate() {
            let mut at = 0;
            for (x, strip) in run.inputs.iter().zip(&strips) {
                y[at..at + strip].copy_from_slice(&x[i * strip..(i + 1) * strip]);
                at += strip;
            }
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (strips, out) = self.strips(run.dims);
        let mut at = 0;
        for (d_x, strip) in run.d_inputs.iter_mut().zip(strips) {
            if let Some(d_x) = d_x {
                d_x.set(|i| run.d_output[i / strip * out + at + i % strip]);
            }
            at += strip;
        }
    }
}
