/*! Entries of a tensor, chosen by their indices along one axis. */

use crate::graph::network::{
    Op, Shape,
    op::{Backward, Dims, Forward, Reads},
};

/// y[p…, i…, q…] = x[p…, indices[i…], q…]: the axis `axis` of x is replaced by the axes of the indices.
///
/// Inputs: x of any shape, and indices, whole numbers, of any shape. An index may occur any number of times; its
/// gradients add up.
///
/// ```
/// use cnn::graph::{Graph, Session, ops::Gather};
/// let graph = Graph::new();
/// let x = graph.constant(&ndarray::array![[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]], "x");
/// let indices = graph.constant(&ndarray::array![2.0f32, 0.0], "indices");
/// let y = graph.add(Gather { axis: 0 }, &[&x, &indices], "y");
/// assert_eq!(Session::new(&graph).run(&y, &[]), ndarray::array![[5.0f32, 6.0], [1.0, 2.0]].into_dyn());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gather {
    /// The axis along which entries are chosen.
    pub axis: usize,
}

impl Gather {
    /// Entries along the axis, and the elements of one.
    fn entries(&self, dims: &Dims) -> (usize, usize) {
        let x = &dims.inputs[0];
        (x[self.axis], x[self.axis + 1..].iter().product())
    }
}

/// Where the entry that an index names is; for each index of each outer entry, in the order of the output.
///
/// # Panics
/// If an index is none of the entries.
fn places(n: usize, outer: usize, indices: &[f32]) -> impl Iterator<Item = usize> {
    if let Some(index) = indices.iter().find(|index| !(0.0..n as f32).contains(*index) || index.fract() != 0.0) {
        panic!("gather: expected indices from 0 to {}, got {index}", n.saturating_sub(1));
    }
    (0..outer).flat_map(move |o| indices.iter().map(move |index| o * n + *index as usize))
}

impl Op for Gather {
    fn kind(&self) -> &'static str {
        "GatherV2"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (x, indices) = (inputs[0], inputs[1]);
        assert!(self.axis < x.rank(), "gather: there is no axis {} in shape {x}", self.axis);
        let (before, after) = (&x.dims()[..self.axis], &x.dims()[self.axis + 1..]);
        Shape::from([before, indices.dims(), after].concat())
    }

    fn forward(&self, run: Forward<'_>) {
        let ((n, len), x, indices) = (self.entries(run.dims), run.inputs[0], run.inputs[1]);
        let outer = x.len() / (n * len).max(1);
        for (y, place) in run.output.chunks_exact_mut(len.max(1)).zip(places(n, outer, indices)) {
            y.copy_from_slice(&x[place * len..(place + 1) * len]);
        }
    }

    fn differentiable(&self, input: usize) -> bool {
        input == 0
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let ((n, len), indices, d_y) = (self.entries(run.dims), run.inputs[1], run.d_output);
        let outer = run.dims.input_len(0) / (n * len).max(1);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        if !d_x.accumulate {
            d_x.data.fill(0.0);
        }
        for (d_y, place) in d_y.chunks_exact(len.max(1)).zip(places(n, outer, indices)) {
            d_x.data[place * len..(place + 1) * len].iter_mut().zip(d_y).for_each(|(d_x, d_y)| *d_x += d_y);
        }
    }
}
