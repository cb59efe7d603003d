/*! The logistic function. */

use crate::graph::network::{
    Op, Shape,
    op::{Aliasing, Backward, Forward, Reads},
};

/// y = 1 / (1 + exp(−x)).
#[derive(Debug, Clone, Copy)]
pub struct Sigmoid;

/// The logistic function of one element.
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
        run.map(sigmoid);
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    fn backward(&self, run: Backward<'_>) {
        let y = run.output;
        run.map_gradient(y, |y, dy| dy * y * (1.0 - y));
    }
    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, gradient_in_place: true, ..Aliasing::default() }
    }
}
