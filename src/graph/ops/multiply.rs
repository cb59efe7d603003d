/*! The product of two tensors, number by number, or of a tensor and one number. */

use super::add::common_shape;
use crate::graph::{
    Op, Shape,
    op::{Backward, Forward, Reads},
};

/// y = a b, for a and b of one shape, or b a single number.
#[derive(Debug, Clone, Copy)]
pub struct Multiply;

impl Op for Multiply {
    fn kind(&self) -> &'static str {
        "Mul"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        if inputs[1].rank() == 0 { inputs[0].clone() } else { common_shape("multiply", inputs) }
    }

    fn forward(&self, run: Forward<'_>) {
        let (a, b) = (run.inputs[0], run.inputs[1]);
        let scalar = run.dims.inputs[1].is_empty();
        for (i, y) in run.output.iter_mut().enumerate() {
            *y = a[i] * if scalar { b[0] } else { b[i] };
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (a, b, dy) = (run.inputs[0], run.inputs[1], run.d_output);
        let scalar = run.dims.inputs[1].is_empty();
        if let Some(d_a) = &mut run.d_inputs[0] {
            d_a.set(|i| dy[i] * if scalar { b[0] } else { b[i] });
        }
        if let Some(d_b) = &mut run.d_inputs[1] {
            if scalar {
                let sum: f64 = a.iter().zip(dy).map(|(a, dy)| f64::from(*a) * f64::from(*dy)).sum();
                d_b.set(|_| sum as f32);
            } else {
                d_b.set(|i| dy[i] * a[i]);
            }
        }
    }
}
