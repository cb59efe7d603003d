/*! Sum, mean and maximum over some axes, or over all. */

use crate::graph::{
    kernels::{exact::reduce as exact, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// What the elements are replaced by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Their sum.
    Sum,
    /// Their mean.
    Mean,
    /// Their maximum; equal ones share its gradient evenly, as in TensorFlow.
    Max,
}

/// Replaces the axes `axes` (all, if `None`) by the sum, mean or maximum over them.
#[derive(Debug, Clone)]
pub struct Reduce {
    /// Sum, mean or maximum.
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
            Reduction::Max => "Max",
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

    fn saved_len(&self, dims: &Dims) -> usize {
        // The maximum, and how many elements are equal to it.
        if self.reduction == Reduction::Max { 2 * dims.output_len() } else { 0 }
    }

    fn forward(&self, run: Forward<'_>) {
        if self.reduction == Reduction::Max {
            let strides = exact::strides(&run.dims.inputs[0], |axis| self.reduces(axis));
            exact::maximum(run.inputs[0], &strides, run.output);
            if !run.saved.is_empty() {
                let (largest, counts) = run.saved.split_at_mut(run.output.len());
                largest.copy_from_slice(run.output);
                exact::count_maxima(run.inputs[0], &strides, largest, counts);
            }
            return;
        }
        let rank = run.dims.inputs[0].len();
        let first = (0..rank).position(|axis| self.reduces(axis)).unwrap_or(0);
        let divisor = self.divisor(run.dims);
        if (first..rank).all(|axis| self.reduces(axis)) {
            let (x, n) = (run.inputs[0], self.n(run.dims));
            match run.backend.fast() {
                // Each sum is one task's, in the order of the exact kernel.
                Some(ws) if n > 0 => fast::for_each_rows_of(n, run.output, ws, &|rows, y| {
                    exact::trailing(&x[rows.start * n..rows.end * n], n, divisor, y);
                }),
                _ => exact::trailing(x, n, divisor, run.output),
            }
        } else {
            let strides = exact::strides(&run.dims.inputs[0], |axis| self.reduces(axis));
            exact::general(run.inputs[0], &strides, divisor, run.output);
        }
    }

    fn backward_reads(&self) -> Reads {
        if self.reduction == Reduction::Max { Reads::inputs(&[0]) } else { Reads::default() }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let divisor = self.divisor(run.dims);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let strides = exact::strides(&run.dims.inputs[0], |axis| self.reduces(axis));
        if self.reduction == Reduction::Max {
            let (largest, counts) = run.saved.split_at(run.d_output.len());
            d_x.set(|i| {
                let to = exact::target(&strides, i);
                if run.inputs[0][i] == largest[to] { run.d_output[to] / counts[to] } else { 0.0 }
            });
            return;
        }
        d_x.set(|i| run.d_output[exact::target(&strides, i)] / divisor);
    }
}
