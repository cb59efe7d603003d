/*! The logistic function. */

use super::elementwise::{map, map_gradient};
use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// y = 1 / (1 + exp(−x)).
#[derive(Debug, Clone, Copy)]
pub struct Sigmoid;

/// The logistic function of one number.
pub fn sigmoid(x: f32) -> f32 {
    (1.0 / (1.0 + (-f64::from(x)).exp())) as f32
}

impl Op for Sigmoid {
    fn kind(&self) -> &'static str {
        "Sigmoid"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        inputs[0].clone()
    }

    fn forward(&self, run: Forward<'_>) {
        map(run, sigmoid);
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
        map_gradient(run, y, |y, dy| dy * y * (1.0 - y));
    }
}
