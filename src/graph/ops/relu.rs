/*! The rectifier: what is negative becomes zero. */

use super::elementwise::{map, map_gradient};
use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// y = max(x, 0).
#[derive(Debug, Clone, Copy)]
pub struct Relu;

impl Op for Relu {
    fn kind(&self) -> &'static str {
        "Relu"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        // Written so that a NaN is passed on: a diverged network must not look healthy.
        map(run, |x| if x <= 0.0 { 0.0 } else { x });
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
        map_gradient(run, y, |y, dy| if y <= 0.0 { 0.0 } else { dy });
    }
}
