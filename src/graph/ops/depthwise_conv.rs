/*! Depthwise convolution: each channel is convolved with filters of its own, as in MobileNet. */

use super::shapes::{batch_shape, spatial, spatial_dims};
use crate::graph::{
    kernels::{
        exact::depthwise as exact,
        fast::depthwise as fast,
        geometry::{ConvGeometry, Window},
    },
    network::{
        Op, Padding, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// `y[i, p, c k + j] = Σ over taps t of x[i, s p + d t − pad, c] w[t, c, j]`, with k filters for each channel.
///
/// Inputs: x of shape (m, …, n_c_prev) and filters (f…, n_c_prev, k), with one to three spatial axes. Output:
/// (m, …, n_c_prev k).
///
/// ```
/// use cnn::graph::{DType, Graph, Padding, initializer::Constant, ops::DepthwiseConv};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(32), Some(32), Some(8)], DType::Float32, "x");
/// let w = graph.variable(&[3, 3, 8, 2], Constant(0.1), "w");
/// let y = graph.add(DepthwiseConv::new(&[2, 2], Padding::Same), &[&x, &w], "y");
/// assert_eq!(y.shape().to_string(), "(?, 16, 16, 16)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DepthwiseConv {
    /// Pixels between two windows along each axis; their number is that of the axes.
    pub strides: Vec<usize>,
    /// Pixels between two taps along each axis; 1 means neighbours.
    pub dilations: Vec<usize>,
    /// What happens at the border.
    pub padding: Padding,
}

impl DepthwiseConv {
    /// A depthwise convolution over as many axes as there are strides, without dilation.
    pub fn new(strides: &[usize], padding: Padding) -> Self {
        DepthwiseConv { strides: strides.to_vec(), dilations: vec![1; strides.len()], padding }
    }

    /// Sets the pixels between two taps.
    pub fn dilations(self, dilations: &[usize]) -> Self {
        DepthwiseConv { dilations: dilations.to_vec(), ..self }
    }

    fn window<'a>(&'a self, sizes: &'a [usize]) -> Window<'a> {
        Window { sizes, strides: &self.strides, dilations: &self.dilations, padding: self.padding }
    }

    fn geometry(&self, dims: &Dims) -> ConvGeometry {
        let (x, w) = (&dims.inputs[0], &dims.inputs[1]);
        let [.., n_c_prev, k] = w[..] else { unreachable!("the shapes were checked") };
        ConvGeometry::of(x[0], spatial(x), (n_c_prev, n_c_prev * k), self.window(&w[..self.strides.len()]))
    }
}

impl Op for DepthwiseConv {
    fn kind(&self) -> &'static str {
        "DepthwiseConv"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let rank = self.strides.len();
        let (m, sizes, n_c_prev) = spatial_dims("depthwise convolution", inputs[0], rank);
        let filters = inputs[1].concrete().filter(|filters| filters.len() == rank + 2 && !filters.contains(&0));
        let Some(filters) = filters else {
            panic!(
                "depthwise convolution: expected filters of {rank} spatial axes, n_c_prev and filters for each channel, got \
                 shape {}",
                inputs[1]
            )
        };
        assert!(
            filters[rank] == n_c_prev,
            "depthwise convolution: the filters have {} input channels (shape {}), the images have {n_c_prev} (shape {})",
            filters[rank],
            inputs[1],
            inputs[0]
        );
        batch_shape(m, self.window(&filters[..rank]).outputs(&sizes), n_c_prev * filters[rank + 1])
    }

    fn forward(&self, run: Forward<'_>) {
        let (geometry, x, w) = (self.geometry(run.dims), run.inputs[0], run.inputs[1]);
        match run.backend.fast() {
            Some(ws) => fast::forward(&geometry, x, w, run.output, ws),
            None => exact::forward(&geometry, x, w, run.output),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let geometry = self.geometry(run.dims);
        let (x, w, d_y) = (run.inputs[0], run.inputs[1], run.d_output);
        if let Some(d_w) = &mut run.d_inputs[1] {
            match run.backend.fast() {
                Some(ws) => d_w.write(|d_w| fast::backward_filter(&geometry, x, d_y, d_w, ws)),
                None => exact::backward_filter(&geometry, x, d_y, d_w.data, d_w.accumulate),
            }
        }
        if let Some(d_x) = &mut run.d_inputs[0] {
            match run.backend.fast() {
                Some(ws) => fast::backward_input(&geometry, d_y, w, d_x.data, d_x.accumulate, ws),
                None => exact::backward_input(&geometry, d_y, w, d_x.data, d_x.accumulate),
            }
        }
    }
}
