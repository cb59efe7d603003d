/*! The product of two tensors, element by element, or of a tensor and a scalar. */

use super::shapes::common_shape;
use crate::graph::{
    kernels::exact::elementwise,
    network::{
        Op, Shape,
        op::{Backward, Forward, Reads},
    },
};

/// y = a b, for a and b of one shape, or b a scalar.
#[derive(Debug, Clone, Copy)]
pub struct Multiply;

impl Op for Multiply {
    fn kind(&self) -> &'static str {
        "Multiply"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        if inputs[1].rank() == 0 { inputs[0].clone() } else { common_shape("multiply", inputs) }
    }

    fn forward(&self, run: Forward<'_>) {
        let (a, b) = (run.inputs[0], run.inputs[1]);
        if run.dims.inputs[1].is_empty() {
            run.output.copy_from_slice(a);
            elementwise::map(run.output, |a| a * b[0]);
        } else {
            elementwise::zip_into(run.output, a, b, |a, b| a * b);
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
                let sum = elementwise::dot(a, dy);
                d_b.set(|_| sum);
            } else {
                d_b.set(|i| dy[i] * a[i]);
            }
        }
    }
}
