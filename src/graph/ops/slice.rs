/*! A block of a tensor: a range of each axis. */

use crate::graph::network::{
    Op, Shape,
    op::{Backward, Dims, Forward},
};

/// Keeps `sizes[i]` entries of axis i, from `begin[i]` on; a size of `None` means all to the end.
///
/// ```
/// use cnn::graph::{DType, Graph, ops::Slice};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(28), Some(32), Some(3)], DType::Float32, "x");
/// let op = Slice { begin: vec![0, 4, 0, 1], sizes: vec![None, Some(20), None, Some(1)] };
/// assert_eq!(graph.add(op, &[&x], "y").shape().to_string(), "(?, 20, 32, 1)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Slice {
    /// The first entry of each axis.
    pub begin: Vec<usize>,
    /// How many entries of each axis.
    pub sizes: Vec<Option<usize>>,
}

impl Slice {
    /// Calls `f(from, to, len)` for each contiguous run: where it is in the input and in the output.
    fn for_each_run(&self, dims: &Dims, mut f: impl FnMut(usize, usize, usize)) {
        let (x, y) = (&dims.inputs[0], &dims.output);
        let Some(len) = y.last().copied() else { return f(0, 0, 1) };
        for to in 0..dims.output_len() / len.max(1) {
            let (mut rest, mut stride, mut from) = (to, 1, 0);
            for axis in (0..y.len()).rev() {
                let digit = if axis + 1 == y.len() { 0 } else { rest % y[axis] };
                rest /= if axis + 1 == y.len() { 1 } else { y[axis] };
                from += (self.begin[axis] + digit) * stride;
                stride *= x[axis];
            }
            f(from, to * len, len);
        }
    }
}

impl Op for Slice {
    fn kind(&self) -> &'static str {
        "Slice"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let x = inputs[0];
        assert!(
            self.begin.len() == x.rank() && self.sizes.len() == x.rank(),
            "slice: expected a begin and a size for each axis of shape {x}, got {:?} and {:?}",
            self.begin,
            self.sizes
        );
        let dim = |axis: usize| match (x.dim(axis), self.begin[axis], self.sizes[axis]) {
            (Some(n), begin, size) => {
                let end = begin + size.unwrap_or(0);
                assert!(begin <= n && end <= n, "slice: axis {axis} of shape {x} has no entries from {begin} to {end}");
                Some(size.unwrap_or(n - begin))
            }
            (None, _, size) => size,
        };
        Shape::from((0..x.rank()).map(dim).collect::<Vec<_>>())
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, y) = (run.inputs[0], run.output);
        self.for_each_run(run.dims, |from, to, len| y[to..to + len].copy_from_slice(&x[from..from + len]));
    }

    fn backward(&self, mut run: Backward<'_>) {
        let d_y = run.d_output;
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        if !d_x.accumulate {
            d_x.data.fill(0.0);
        }
        self.for_each_run(run.dims, |from, to, len| {
            d_x.data[from..from + len].iter_mut().zip(&d_y[to..to + len]).for_each(|(d_x, d_y)| *d_x += d_y);
        });
    }
}
