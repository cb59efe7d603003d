/*! Sum and mean over some axes, or over all. */

use crate::graph::{
    Op, Shape,
    kernels::exact::sum::packet_sum,
    op::{Backward, Dims, Forward},
};

/// What becomes of the numbers.
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

    /// How many numbers fall on one.
    fn n(&self, dims: &Dims) -> usize {
        let kept = dims.inputs[0].iter().enumerate().filter(|(axis, _)| self.reduces(*axis));
        kept.map(|(_, dim)| dim).product()
    }

    /// For each axis of the input: its length, and how far apart two of its entries lie in the output (0 if reduced).
    fn strides(&self, dims: &Dims) -> Vec<(usize, usize)> {
        let mut stride = 1;
        let mut strides: Vec<_> = (0..dims.inputs[0].len())
            .rev()
            .map(|axis| {
                let n = dims.inputs[0][axis];
                let own = if self.reduces(axis) { 0 } else { stride };
                stride *= if self.reduces(axis) { 1 } else { n };
                (n, own)
            })
            .collect();
        strides.reverse();
        strides
    }
}

/// Where entry `i` of the input falls in the output.
fn target(strides: &[(usize, usize)], mut i: usize) -> usize {
    strides.iter().rev().fold(0, |target, (n, stride)| {
        let digit = i % n;
        i /= n;
        target + digit * stride
    })
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
        let n = self.n(run.dims);
        let divisor = if self.reduction == Reduction::Mean { n as f32 } else { 1.0 };
        let first = (0..run.dims.inputs[0].len()).position(|axis| self.reduces(axis)).unwrap_or(0);
        if (first..run.dims.inputs[0].len()).all(|axis| self.reduces(axis)) {
            for (y, x) in run.output.iter_mut().zip(run.inputs[0].chunks_exact(n.max(1))) {
                *y = packet_sum(x) / divisor;
            }
            return;
        }
        let strides = self.strides(run.dims);
        let mut sums = vec![0.0f64; run.output.len()];
        for (i, x) in run.inputs[0].iter().enumerate() {
            sums[target(&strides, i)] += f64::from(*x);
        }
        run.output.iter_mut().zip(sums).for_each(|(y, sum)| *y = sum as f32 / divisor);
    }

    fn backward(&self, mut run: Backward<'_>) {
        let divisor = if self.reduction == Reduction::Mean { self.n(run.dims) as f32 } else { 1.0 };
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let strides = self.strides(run.dims);
        d_x.set(|i| run.d_output[target(&strides, i)] / divisor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_follow_the_kept_axes() {
        let reduce = Reduce { reduction: Reduction::Sum, axes: Some(vec![1]) };
        let dims = Dims { inputs: vec![vec![2, 3, 4]], output: vec![2, 4] };
        let strides = reduce.strides(&dims);
        assert_eq!(strides, [(2, 4), (3, 0), (4, 1)]);
        assert_eq!(target(&strides, 12 + 4 + 3), 7);
    }
}
