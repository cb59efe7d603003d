/*! Whether two tensors agree, number by number. */

use super::add::common_shape;
use crate::graph::{
    DType, Op, Shape,
    op::{Backward, Forward},
};

/// 1 where a = b, 0 elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Equal;

impl Op for Equal {
    fn kind(&self) -> &'static str {
        "Equal"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("equal", inputs)
    }

    fn output_type(&self, _inputs: &[DType]) -> DType {
        DType::Bool
    }

    fn forward(&self, run: Forward<'_>) {
        for (i, y) in run.output.iter_mut().enumerate() {
            *y = f32::from(u8::from(run.inputs[0][i] == run.inputs[1][i]));
        }
    }

    fn differentiable(&self, _input: usize) -> bool {
        false
    }

    fn backward(&self, _run: Backward<'_>) {}
}
