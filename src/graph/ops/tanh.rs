/*! The hyperbolic tangent. */

use crate::graph::network::{
    Op, Shape,
    op::{Aliasing, Backward, Forward, Reads},
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
        run.map(|x| f64::from(x).tanh() as f32);
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    fn backward(&self, run: Backward<'_>) {
        let y = run.output;
        run.map_gradient(y, |y, dy| dy * (1.0 - y * y));
    }
    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, gradient_in_place: true, ..Aliasing::default() }
    }
}
