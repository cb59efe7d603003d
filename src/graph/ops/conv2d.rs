/*!
Convolution of a batch of images with a set of filters. The bias is an operation of its own, see
[`BiasAdd`](super::BiasAdd).
*/

use super::{
    MaxPool,
    conv2d_max_pool::Conv2dMaxPool,
    conv2d_sparse as sparse,
    elementwise::{image, image_dims},
};
use crate::graph::{
    Op, Shape,
    kernels::{
        exact::conv2d as exact,
        fast::conv2d::{self as fast, Epilogue, Prepared},
        geometry::Conv2dGeometry,
    },
    op::{Backward, Dims, Forward, Norm, Reads, Stage, Then},
    padding::Padding,
};
use std::rc::Rc;

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
    pub fn geometry(&self, dims: &Dims) -> Conv2dGeometry {
        Conv2dGeometry::new(image(&dims.inputs[0]), image(&dims.inputs[1]), self.strides, self.padding)
    }
}

impl Op for Conv2d {
    fn kind(&self) -> &'static str {
        "Conv2D"
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
        let geometry = self.geometry(run.dims);
        match run.compute.fast() {
            Some(ws) => {
                let Then { bias, norm, add, relu } = run.then;
                let w = run.inputs[1];
                // Statistics that are given are folded into the filters, once for all runs with the same variables.
                if let Some(norm) = norm {
                    let folded = run.cache.get_or_insert_with(|| {
                        let (w, bias) = fold(w, bias, norm);
                        Box::new(Folded { filters: Prepared::new(&geometry, &w, ws), bias })
                    });
                    let Folded { filters, bias } = folded.downcast_mut().expect("only this operation writes its cache");
                    let epilogue = Epilogue { bias: Some(bias), add, relu };
                    fast::forward_prepared(&geometry, run.inputs[0], filters, run.output, epilogue, ws);
                } else {
                    fast::forward(&geometry, run.inputs[0], w, run.output, Epilogue { bias, add, relu }, ws);
                }
            }
            None => exact::forward(&geometry, run.inputs[0], run.inputs[1], run.output),
        }
    }

    fn fuses(&self, _stage: Stage) -> bool {
        true
    }

    fn with_max_pool(&self, dims: &Dims, pool: &MaxPool) -> Option<Rc<dyn Op>> {
        let joined = Conv2dMaxPool { conv: *self, pool: *pool };
        joined.is_worth_it(&self.geometry(dims)).then(|| Rc::new(joined) as Rc<dyn Op>)
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    fn backward(&self, mut run: Backward<'_>) {
        let geometry = self.geometry(run.dims);
        if let Some(d_w) = &mut run.d_inputs[1] {
            let (x, d_y) = (run.inputs[0], run.d_output);
            match run.compute.fast() {
                Some(ws) if sparse::is_sparse(d_y) => {
                    d_w.write(|d_w| sparse::backward_filter(&geometry, x, d_y, d_w, ws.threads()));
                }
                Some(ws) => d_w.write(|d_w| fast::backward_filter(&geometry, x, d_y, d_w, ws)),
                None => exact::backward_filter(&geometry, x, d_y, d_w.data, d_w.accumulate),
            }
        }
        if let Some(d_x) = &mut run.d_inputs[0] {
            let (d_y, w) = (run.d_output, run.inputs[1]);
            match run.compute.fast() {
                Some(ws) => fast::backward_input(&geometry, d_y, w, d_x.data, d_x.accumulate, ws),
                None => exact::backward_input(&geometry, d_y, w, d_x.data, d_x.accumulate),
            }
        }
    }
}

/// What the cache holds: filters and biases that convolve and normalise at once.
struct Folded {
    filters: Prepared,
    bias: Vec<f32>,
}

/// The filters and biases that convolve and normalise at once: w s and (b − mean) s + beta, with
/// s = gamma / √(variance + epsilon).
fn fold(w: &[f32], bias: Option<&[f32]>, norm: Norm<'_>) -> (Vec<f32>, Vec<f32>) {
    let n_c = norm.gamma.len();
    let scale: Vec<f32> = (0..n_c).map(|c| norm.gamma[c] / (norm.variance[c] + norm.epsilon).sqrt()).collect();
    let mut folded = Vec::with_capacity(w.len());
    for w in w.chunks_exact(n_c) {
        folded.extend(w.iter().zip(&scale).map(|(w, scale)| w * scale));
    }
    let shift = |c: usize| (bias.map_or(0.0, |bias| bias[c]) - norm.mean[c]) * scale[c] + norm.beta[c];
    (folded, (0..n_c).map(shift).collect())
}
