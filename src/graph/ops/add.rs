/*! The sum of tensors of the same shape, such as the main path and the shortcut of a residual block. */

use super::shapes::common_shape;
use crate::graph::{
    kernels::{exact::elementwise, fast::add as fast},
    network::{
        Op, Shape,
        fusion::{EpilogueStep, Fusion},
        op::{Aliasing, Backward, Forward, Inputs},
    },
};

/// y = x₀ + x₁ + …, all of one shape.
#[derive(Debug, Clone, Copy)]
pub struct Add;

impl Op for Add {
    fn kind(&self) -> &'static str {
        "Add"
    }

    fn arity(&self) -> Option<usize> {
        None
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("add", inputs)
    }

    fn forward(&self, mut run: Forward<'_>) {
        run.copy_input();
        for x in &run.inputs[1..] {
            match run.backend.fast() {
                Some(ws) => fast::add_assign(run.output, x, ws),
                None => elementwise::zip(run.output, x, |y, x| y + x),
            }
        }
    }

    /// The gradient of each input is that of the output: nothing is computed.
    fn backward(&self, _run: Backward<'_>) {}

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, passes_gradient: Inputs::All, ..Aliasing::default() }
    }

    fn fusion(&self) -> Fusion {
        Fusion { step: Some(EpilogueStep::Add), ..Fusion::default() }
    }
}
