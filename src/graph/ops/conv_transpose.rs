/*!
Transposed convolution: the gradient of a convolution with respect to its input, as an operation of its own.

It has no kernels of its own: it runs those of the convolution whose output has the shape of its input.
*/

use super::shapes::{batch_shape, spatial, spatial_dims};
use crate::graph::{
    kernels::{
        epilogue::Epilogue,
        exact::conv2d as exact,
        fast::conv2d as fast,
        geometry::{ConvGeometry, Window},
    },
    network::{
        Op, Padding, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// `y[i, s p + d t − pad, c] = Σ over p, taps t and channels k of x[i, p, k] w[t, c, k]`, which upsamples by the strides.
///
/// Inputs: x of shape (m, …, n_c_prev) and filters (f…, n_c, n_c_prev), with one to three spatial axes: note the order of
/// the channels. Output: (m, …, n_c), along each axis n s for the padding `Same` and n s + max(f − s, 0) for `Valid`,
/// where f counts the pixels that the window takes, unless [`ConvTranspose::sizes`] says otherwise.
///
/// ```
/// use cnn::graph::{DType, Graph, Padding, initializer::Constant, ops::ConvTranspose};
/// let graph = Graph::new();
/// let x = graph.placeholder([None, Some(8), Some(8), Some(16)], DType::Float32, "x");
/// let w = graph.variable(&[3, 3, 4, 16], Constant(0.1), "w");
/// let y = graph.add(ConvTranspose::new(&[2, 2], Padding::Same), &[&x, &w], "y");
/// assert_eq!(y.shape().to_string(), "(?, 16, 16, 4)");
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ConvTranspose {
    /// Pixels of the output between two pixels of the input along each axis; their number is that of the axes.
    pub strides: Vec<usize>,
    /// Pixels between two taps along each axis; 1 means neighbours.
    pub dilations: Vec<usize>,
    /// The padding of the convolution that this one is the gradient of.
    pub padding: Padding,
    /// The output's size along each axis, where it is not the one that follows from the strides: several sizes have the
    /// same convolved size.
    pub sizes: Option<Vec<usize>>,
}

impl ConvTranspose {
    /// A transposed convolution over as many axes as there are strides, without dilation.
    pub fn new(strides: &[usize], padding: Padding) -> Self {
        ConvTranspose { strides: strides.to_vec(), dilations: vec![1; strides.len()], padding, sizes: None }
    }

    /// Sets the pixels between two taps.
    pub fn dilations(self, dilations: &[usize]) -> Self {
        ConvTranspose { dilations: dilations.to_vec(), ..self }
    }

    /// Sets the output's size along each axis.
    pub fn sizes(self, sizes: &[usize]) -> Self {
        ConvTranspose { sizes: Some(sizes.to_vec()), ..self }
    }

    fn window<'a>(&'a self, sizes: &'a [usize]) -> Window<'a> {
        Window { sizes, strides: &self.strides, dilations: &self.dilations, padding: self.padding }
    }

    fn default_sizes(&self, x_sizes: &[usize], f: &[usize]) -> Vec<usize> {
        let size = |i: usize| {
            let (stride, taken) = (self.strides[i], f[i].saturating_sub(1) * self.dilations[i] + 1);
            match self.padding {
                Padding::Same => x_sizes[i] * stride,
                Padding::Valid => x_sizes[i] * stride + taken.saturating_sub(stride),
            }
        };
        (0..x_sizes.len()).map(size).collect()
    }

    /// The geometry of the convolution from the output to the input.
    fn geometry(&self, dims: &Dims) -> ConvGeometry {
        let (y, w) = (&dims.output, &dims.inputs[1]);
        let [.., n_c, n_c_prev] = w[..] else { unreachable!("the shapes were checked") };
        ConvGeometry::of(y[0], spatial(y), (n_c, n_c_prev), self.window(&w[..self.strides.len()]))
    }
}

impl Op for ConvTranspose {
    fn kind(&self) -> &'static str {
        "ConvTranspose"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let rank = self.strides.len();
        let (m, x_sizes, n_c_prev) = spatial_dims("transposed convolution", inputs[0], rank);
        let Some(filters) = inputs[1].concrete().filter(|filters| filters.len() == rank + 2) else {
            panic!(
                "transposed convolution: expected filters of {rank} spatial axes, n_c and n_c_prev, got shape {}",
                inputs[1]
            )
        };
        assert!(
            filters[rank + 1] == n_c_prev,
            "transposed convolution: the filters have {} input channels (shape {}), the images have {n_c_prev} (shape \
             {})\nhelp: the filters' axes are f…, n_c, n_c_prev",
            filters[rank + 1],
            inputs[1],
            inputs[0]
        );
        let sizes = self.sizes.clone().unwrap_or_else(|| self.default_sizes(&x_sizes, &filters[..rank]));
        let convolved = self.window(&filters[..rank]).outputs(&sizes);
        assert!(
            convolved == x_sizes,
            "transposed convolution: an output of {sizes:?} pixels belongs to an input of {convolved:?}, got one of \
             {x_sizes:?}"
        );
        batch_shape(m, sizes, filters[rank])
    }

    fn forward(&self, run: Forward<'_>) {
        let (geometry, x, w) = (self.geometry(run.dims), run.inputs[0], run.inputs[1]);
        match run.backend.fast() {
            Some(ws) => fast::backward_input(&geometry, x, w, run.output, false, ws),
            None => exact::backward_input(&geometry, x, w, run.output, false),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dx is the convolution of dy, dw its filter gradient with dy and x in each other's place.
    fn backward(&self, mut run: Backward<'_>) {
        let geometry = self.geometry(run.dims);
        let (x, w, d_y) = (run.inputs[0], run.inputs[1], run.d_output);
        if let Some(d_w) = &mut run.d_inputs[1] {
            match run.backend.fast() {
                Some(ws) => d_w.write(|d_w| fast::backward_filter(&geometry, d_y, x, d_w, ws)),
                None => exact::backward_filter(&geometry, d_y, x, d_w.data, d_w.accumulate),
            }
        }
        if let Some(d_x) = &mut run.d_inputs[0] {
            match run.backend.fast() {
                Some(ws) => d_x.write(|d_x| fast::forward(&geometry, d_y, w, d_x, Epilogue::default(), ws)),
                None => d_x.write(|d_x| exact::forward(&geometry, d_y, w, d_x)),
            }
        }
    }
}
