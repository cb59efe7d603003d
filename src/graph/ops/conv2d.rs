/*!
Convolution of a batch of images with a set of filters. The bias is an operation of its own, see
[`BiasAdd`](super::BiasAdd).
*/

use super::shapes::{image, image_dims};
use crate::graph::{
    kernels::{
        epilogue::Epilogue,
        exact::conv2d as exact,
        fast::{
            conv2d::{self as fast, Prepared},
            conv2d_sparse as sparse,
        },
        geometry::ConvGeometry,
    },
    network::{
        Op, Padding, Shape,
        fusion::{Accepts, Fusion},
        op::{Backward, Dims, Forward, Reads},
    },
};

/// y[i, h, w, c] = Σ x[i, h s + a, w s + b, k] w[a, b, k, c], summed over a window's rows a, columns b and channels k.
///
/// Inputs: images (m, n_h_prev, n_w_prev, n_c_prev), filters (f_h, f_w, n_c_prev, n_c). Output: (m, n_h, n_w, n_c).
#[derive(Debug, Clone, Copy)]
pub struct Conv2d {
    /// Rows and columns between two windows.
    pub strides: (usize, usize),
    /// What happens at the border.
    pub padding: Padding,
}

impl Conv2d {
    /// The geometry of a run.
    pub fn geometry(&self, dims: &Dims) -> ConvGeometry {
        ConvGeometry::new(image(&dims.inputs[0]), image(&dims.inputs[1]), self.strides, self.padding)
    }
}

impl Op for Conv2d {
    fn kind(&self) -> &'static str {
        "Conv2D"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, n_h_prev, n_w_prev, n_c_prev) = image_dims("conv2d", inputs[0]);
        let Some([f_h, f_w, w_c_prev, n_c]) = inputs[1].concrete().and_then(|dims| <[usize; 4]>::try_from(dims).ok())
        else {
            panic!("conv2d: expected filters of shape (f_h, f_w, n_c_prev, n_c), got shape {}", inputs[1])
        };
        assert!(
            w_c_prev == n_c_prev,
            "conv2d: the filters have {w_c_prev} input channels (shape {}), the images have {n_c_prev} (shape {})",
            inputs[1],
            inputs[0]
        );
        let rows = self.padding.windows(n_h_prev, f_h, self.strides.0);
        let columns = self.padding.windows(n_w_prev, f_w, self.strides.1);
        Shape::from([m, Some(rows.n), Some(columns.n), Some(n_c)])
    }

    fn forward(&self, run: Forward<'_>) {
        forward(&self.geometry(run.dims), run);
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, run: Backward<'_>) {
        backward(&self.geometry(run.dims), run);
    }

    fn fusion(&self) -> Fusion {
        Fusion { epilogue: Accepts::ALL, ..Fusion::default() }
    }
}

/// Convolves images (input 0) with filters (input 1), over any number of axes.
pub(super) fn forward(geometry: &ConvGeometry, run: Forward<'_>) {
    let (x, w) = (run.inputs[0], run.inputs[1]);
    let Some(ws) = run.backend.fast() else { return exact::forward(geometry, x, w, run.output) };
    let Epilogue { bias, norm, add, relu } = run.epilogue;
    let Some(norm) = norm else { return fast::forward(geometry, x, w, run.output, run.epilogue, ws) };
    // Given statistics are folded into the filters, once for all runs with the same variables.
    let folded = run.cache.get_or_insert_with(|| {
        let (filters, bias) = Prepared::normalised(geometry, w, bias, norm, ws);
        Box::new(Folded { filters, bias })
    });
    let Folded { filters, bias } = folded.downcast_mut().expect("only this operation writes its cache");
    let epilogue = Epilogue { bias: Some(bias), norm: None, add, relu };
    fast::forward_prepared(geometry, x, filters, run.output, epilogue, ws);
}

/// The gradients of both inputs of [`forward`].
pub(super) fn backward(geometry: &ConvGeometry, mut run: Backward<'_>) {
    if let Some(d_w) = &mut run.d_inputs[1] {
        let (x, d_y) = (run.inputs[0], run.d_output);
        match run.backend.fast() {
            Some(ws) if geometry.is_plain_2d() && sparse::is_sparse(d_y) => {
                d_w.write(|d_w| sparse::backward_filter(geometry, x, d_y, d_w, ws.threads()));
            }
            Some(ws) => d_w.write(|d_w| fast::backward_filter(geometry, x, d_y, d_w, ws)),
            None => exact::backward_filter(geometry, x, d_y, d_w.data, d_w.accumulate),
        }
    }
    if let Some(d_x) = &mut run.d_inputs[0] {
        let (d_y, w) = (run.d_output, run.inputs[1]);
        match run.backend.fast() {
            Some(ws) => fast::backward_input(geometry, d_y, w, d_x.data, d_x.accumulate, ws),
            None => exact::backward_input(geometry, d_y, w, d_x.data, d_x.accumulate),
        }
    }
}

/// What the cache holds: filters and biases that convolve and normalise at once.
struct Folded {
    filters: Prepared,
    bias: Vec<f32>,
}
