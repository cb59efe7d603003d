/*! The hyperbolic tangent. */

use super::elementwise::{map, map_gradient};
use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// y = tanh(x).
#[derive(Debug, Clone, Copy)]
pub struct Tanh;

impl Op for Tanh {
    fn kind(&self) -> &'static str {
        "Tanh"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        map(run, |x| f64::from(x).tanh() as f32);
    }

    fn in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    fn gradient_in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn backward(&self, run: Backward<'_>) {
        let y = run.output;
        map_gradient(run, y, |y, dy| dy * (1.0 - y * y));
    }
}
