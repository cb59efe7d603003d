/*! Sum and mean over some axes, or over all. */

use crate::graph::{
    kernels::exact::reduce as exact,
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// What the elements are replaced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
}

/// Replaces the axes `axes` (all, if `None`) by the sum or mean over them.
#[derive(Debug, Clone)]
pub struct Reduce {
    /// Sum or mean.
    pub reduction: Reduction,
    /// Which axes; `None` means all.
    pub axes: Option<Vec<usize>>,
}

impl Reduce {
    fn reduces(&self, axis: usize) -> bool {
        self.axes.as_ref().is_none_or(|axes| axes.contains(&axis))
    }

    /// How many elements are reduced to one.
    fn n(&self, dims: &Dims) -> usize {
        let reduced = dims.inputs[0].iter().enumerate().filter(|(axis, _)| self.reduces(*axis));
        reduced.map(|(_, dim)| dim).product()
    }

    fn divisor(&self, dims: &Dims) -> f32 {
        if self.reduction == Reduction::Mean { self.n(dims) as f32 } else { 1.0 }
    }
}

impl Op for Reduce {
    fn kind(&self) -> &'static str {
        match self.reduction {
            Reduction::Sum => "Sum",
            Reduction::Mean => "Mean",
        }
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let x = inputs[0];
        if let Some(axis) = self.axes.iter().flatten().find(|axis| **axis >= x.rank()) {
            panic!("{}: there is no axis {axis} in shape {x}", self.kind());
        }
        let kept = x.dims().iter().enumerate().filter(|(axis, _)| !self.reduces(*axis));
        Shape::from(kept.map(|(_, dim)| *dim).collect::<Vec<_>>())
    }

    fn forward(&self, run: Forward<'_>) {
        let rank = run.dims.inputs[0].len();
        let first = (0..rank).position(|axis| self.reduces(axis)).unwrap_or(0);
        let divisor = self.divisor(run.dims);
        if (first..rank).all(|axis| self.reduces(axis)) {
            exact::trailing(run.inputs[0], self.n(run.dims), divisor, run.output);
        } else {
            let strides = exact::strides(&run.dims.inputs[0], |axis| self.reduces(axis));
            exact::general(run.inputs[0], &strides, divisor, run.output);
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let divisor = self.divisor(run.dims);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let strides = exact::strides(&run.dims.inputs[0], |axis| self.reduces(axis));
        d_x.set(|i| run.d_output[exact::target(&strides, i)] / divisor);
    }
}
