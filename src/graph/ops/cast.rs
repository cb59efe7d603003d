/*! The same numbers as another element type. */

use super::elementwise::{map, map_gradient};
use crate::graph::{
    DType, Op, Shape,
    op::{Backward, Forward, Reads},
};

/// Converts numbers: to integers by dropping the fraction, to truth values by asking whether they differ from zero.
#[derive(Debug, Clone, Copy)]
pub struct Cast {
    /// The new element type.
    pub to: DType,
}

impl Op for Cast {
    fn kind(&self) -> &'static str {
        "Cast"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn output_type(&self, _inputs: &[DType]) -> DType {
        self.to
    }

    fn forward(&self, run: Forward<'_>) {
        match self.to {
            DType::Float32 => map(run, |x| x),
            DType::Int64 => map(run, f32::trunc),
            DType::Bool => map(run, |x| f32::from(u8::from(x != 0.0))),
        }
    }

    fn in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn differentiable(&self, _input: usize) -> bool {
        self.to == DType::Float32
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    fn backward(&self, run: Backward<'_>) {
        let y = run.output;
        map_gradient(run, y, |_, dy| dy);
    }
}
