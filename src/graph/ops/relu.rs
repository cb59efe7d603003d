/*! The rectifier: negative elements become zero. */

use crate::graph::{
    kernels::{exact::elementwise, fast::relu as fast},
    network::{
        Op, Shape,
        fusion::{EpilogueStep, Fusion},
        op::{Aliasing, Backward, Forward, Gradient, Reads},
    },
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

    fn forward(&self, mut run: Forward<'_>) {
        run.copy_input();
        match run.backend.fast() {
            Some(ws) => fast::forward(run.output, ws),
            // Written so that a NaN is passed on: a diverged network must not look healthy.
            None => elementwise::map(run.output, |x| if x <= 0.0 { 0.0 } else { x }),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::output()
    }

    /// dx = dy where y > 0, else 0.
    fn backward(&self, mut run: Backward<'_>) {
        let y = run.output;
        if let (Some(ws), Some(Gradient { data, accumulate: false })) = (run.backend.fast(), &mut run.d_inputs[0]) {
            if !run.in_place {
                data.copy_from_slice(run.d_output);
            }
            fast::backward(y, data, ws);
            return;
        }
        run.map_gradient(y, |y, dy| if y <= 0.0 { 0.0 } else { dy });
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, gradient_in_place: true, ..Aliasing::default() }
    }

    fn fusion(&self) -> Fusion {
        Fusion { step: Some(EpilogueStep::Relu), ..Fusion::default() }
    }
}
