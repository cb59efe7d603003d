/*! The rectifier: what is negative becomes zero. */

use super::elementwise::{map, map_gradient};
use crate::graph::{
    Op, Shape,
    kernels::fast::elementwise as fast,
    op::{Backward, Forward, Gradient, Reads, Stage},
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
        if let Some(ws) = run.compute.fast() {
            if !run.in_place {
                run.output.copy_from_slice(run.inputs[0]);
            }
            fast::relu(run.output, ws);
            return;
        }
        // Written so that a NaN is passed on: a diverged network must not look healthy.
        map(run, |x| if x <= 0.0 { 0.0 } else { x });
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Relu)
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

    fn backward(&self, mut run: Backward<'_>) {
        let y = run.output;
        if let (Some(ws), Some(Gradient { data, accumulate: false })) = (run.compute.fast(), &mut run.d_inputs[0]) {
            if !run.in_place {
                data.copy_from_slice(run.d_output);
            }
            fast::relu_backward(y, data, ws);
            return;
        }
        map_gradient(run, y, |y, dy| if y <= 0.0 { 0.0 } else { dy });
    }
}
