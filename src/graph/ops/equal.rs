/*! Whether two tensors agree, element by element. */

use super::shapes::common_shape;
use crate::graph::{
    kernels::exact::elementwise,
    network::{
        DType, Op, Shape,
        op::{Backward, Forward},
    },
};

/// 1 where a = b, 0 elsewhere.
#[derive(Debug, Clone, Copy)]
pub struct Equal;

impl Op for Equal {
    fn kind(&self) -> &'static str {
        "Equal"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("equal", inputs)
    }

    fn output_type(&self, _inputs: &[DType]) -> DType {
        DType::Bool
    }

    fn forward(&self, run: Forward<'_>) {
        elementwise::zip_into(run.output, run.inputs[0], run.inputs[1], |a, b| f32::from(u8::from(a == b)));
    }

    fn differentiable(&self, _input: usize) -> bool {
        false
    }

    fn backward(&self, _run: Backward<'_>) {}
}
