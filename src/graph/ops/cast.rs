/*! The same elements as another type. */

use crate::graph::network::{
    DType, Op, Shape,
    op::{Aliasing, Backward, Forward, Reads},
};

/// Converts elements: to integers by dropping the fraction, to truth values by comparing with zero.
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
            DType::Float32 => run.map(|x| x),
            DType::Int64 => run.map(f32::trunc),
            DType::Bool => run.map(|x| f32::from(u8::from(x != 0.0))),
        }
    }

    fn differentiable(&self, _input: usize) -> bool {
        self.to == DType::Float32
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    fn backward(&self, run: Backward<'_>) {
        let y = run.output;
        run.map_gradient(y, |_, dy| dy);
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, ..Aliasing::default() }
    }
}
