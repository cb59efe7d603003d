/*! Adds one element per channel. */

use crate::graph::{
    kernels::{exact::bias_add as exact, fast::bias_add as fast},
    network::{
        Op, Shape,
        fusion::{Accepts, EpilogueStep, Fusion},
        op::{Aliasing, Backward, Forward, Inputs},
    },
};

/// `y[…, c] = x[…, c] + b[c]`. Inputs: a tensor with channels last, a vector with one element per channel.
#[derive(Debug, Clone, Copy)]
pub struct BiasAdd;

impl Op for BiasAdd {
    fn kind(&self) -> &'static str {
        "BiasAdd"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (x, b) = (inputs[0], inputs[1]);
        assert!(
            b.rank() == 1 && x.rank() >= 1 && x.last() == b.dim(0),
            "bias_add: expected one bias per channel of shape {x}, got biases of shape {b}"
        );
        x.clone()
    }

    fn forward(&self, mut run: Forward<'_>) {
        run.copy_input();
        match run.backend.fast() {
            Some(ws) => fast::forward(run.output, run.inputs[1], run.epilogue.relu, ws),
            None => exact::forward(run.inputs[1], run.output),
        }
    }

    /// db = Σ dy over all positions; dx = dy is not computed.
    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_b) = &mut run.d_inputs[1] else { return };
        if let Some(ws) = run.backend.fast() {
            d_b.write(|d_b| fast::backward(run.d_output, d_b, ws));
        } else {
            let sums = exact::backward(run.d_output, d_b.data.len());
            d_b.set(|c| sums[c]);
        }
    }

    fn aliasing(&self) -> Aliasing {
        Aliasing { in_place: true, passes_gradient: Inputs::First, ..Aliasing::default() }
    }

    fn fusion(&self) -> Fusion {
        let epilogue = Accepts { relu: true, ..Accepts::default() };
        Fusion { step: Some(EpilogueStep::Bias), epilogue, ..Fusion::default() }
    }
}
