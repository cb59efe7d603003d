/*! The sum of tensors of the same shape: where a shortcut meets the main path. */

use crate::graph::{
    Op, Shape,
    kernels::fast::elementwise as fast,
    op::{Backward, Dims, Forward, Stage},
};

/// y = x₀ + x₁ + …, all of one shape.
#[derive(Debug, Clone, Copy)]
pub struct Add;

/// The shape that all inputs share.
#[track_caller]
pub(super) fn common_shape(op: &str, inputs: &[&Shape]) -> Shape {
    inputs.iter().skip(1).fold(inputs[0].clone(), |shape, other| {
        shape.merge(other).unwrap_or_else(|| panic!("{op}: expected tensors of one shape, got {shape} and {other}"))
    })
}

impl Op for Add {
    fn kind(&self) -> &'static str {
        "Add"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        common_shape("add", inputs)
    }

    fn forward(&self, run: Forward<'_>) {
        if !run.in_place {
            run.output.copy_from_slice(run.inputs[0]);
        }
        for x in &run.inputs[1..] {
            match run.compute.fast() {
                Some(ws) => fast::add_assign(run.output, x, ws),
                None => run.output.iter_mut().zip(*x).for_each(|(y, x)| *y += x),
            }
        }
    }

    fn stage(&self) -> Option<Stage> {
        Some(Stage::Add)
    }

    fn in_place(&self) -> Option<usize> {
        Some(0)
    }

    fn passes_gradient(&self, _input: usize, _dims: &Dims) -> bool {
        true
    }

    fn backward(&self, _run: Backward<'_>) {}
}
