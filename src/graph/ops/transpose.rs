/*! The axes of a tensor in another order. */

use crate::graph::{
    kernels::{exact::elementwise, fast::elementwise as fast},
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward},
    },
};

/// Axis i of the output is axis `permutation[i]` of the input.
///
/// ```
/// use cnn::graph::{DType, Graph, ops::Transpose};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(28), Some(32), Some(3)], DType::Float32, "x");
/// let y = graph.add(Transpose { permutation: vec![0, 3, 1, 2] }, &[&x], "y");
/// assert_eq!(y.shape().to_string(), "(?, 3, 28, 32)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transpose {
    /// The axes of the input in the order of the output.
    pub permutation: Vec<usize>,
}

impl Transpose {
    /// For each axis of the output: its length and its stride in the input.
    fn axes(&self, dims: &Dims) -> Vec<(usize, usize)> {
        let x = &dims.inputs[0];
        self.permutation.iter().map(|axis| (x[*axis], x[axis + 1..].iter().product())).collect()
    }
}

/// The index in the input of element `i` of the output.
fn source(axes: &[(usize, usize)], mut i: usize) -> usize {
    axes.iter().rev().fold(0, |index, (n, stride)| {
        let digit = i % n;
        i /= n;
        index + digit * stride
    })
}

impl Op for Transpose {
    fn kind(&self) -> &'static str {
        "Transpose"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let mut sorted = self.permutation.clone();
        sorted.sort_unstable();
        assert!(
            sorted.iter().copied().eq(0..inputs[0].rank()),
            "transpose: expected each axis of shape {} once, got {:?}",
            inputs[0],
            self.permutation
        );
        Shape::from(self.permutation.iter().map(|axis| inputs[0].dim(*axis)).collect::<Vec<_>>())
    }

    fn forward(&self, run: Forward<'_>) {
        let (axes, x) = (self.axes(run.dims), run.inputs[0]);
        match run.backend.fast() {
            Some(ws) => fast::for_each_block(run.output, ws, &|range, y| {
                elementwise::fill(y, false, |i| x[source(&axes, range.start + i)]);
            }),
            None => elementwise::fill(run.output, false, |i| x[source(&axes, i)]),
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let axes = self.axes(run.dims);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        for (i, d_y) in run.d_output.iter().enumerate() {
            let d_x_accumulate = d_x.accumulate;
            let to = &mut d_x.data[source(&axes, i)];
            *to = if d_x_accumulate { *to + d_y } else { *d_y };
        }
    }
}
