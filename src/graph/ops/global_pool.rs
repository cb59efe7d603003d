/*! The mean or the maximum of each channel over a whole image. */

use super::shapes::{image, image_dims};
use crate::graph::{
    kernels::exact::global_pool as exact,
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// y[i, c] = mean of x[i, :, :, c]. Input: (m, n_h, n_w, n_c). Output: (m, n_c).
#[derive(Debug, Clone, Copy)]
pub struct GlobalAveragePool;

/// Pixels and channels of an image.
fn pixels(dims: &Dims) -> (usize, usize) {
    let (_, n_h, n_w, n_c) = image(&dims.inputs[0]);
    (n_h * n_w, n_c)
}

impl Op for GlobalAveragePool {
    fn kind(&self) -> &'static str {
        "GlobalAveragePool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, _, _, n_c) = image_dims("global average pooling", inputs[0]);
        Shape::from([m, Some(n_c)])
    }

    fn forward(&self, run: Forward<'_>) {
        let (n_pixels, n_c) = pixels(run.dims);
        exact::average_forward(run.inputs[0], n_pixels, n_c, run.output);
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (n_pixels, n_c) = pixels(run.dims);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        d_x.set(|i| run.d_output[i / (n_pixels * n_c) * n_c + i % n_c] / n_pixels as f32);
    }
}

/// y[i, c] = max of x[i, :, :, c]. Input: (m, n_h, n_w, n_c). Output: (m, n_c).
#[derive(Debug, Clone, Copy)]
pub struct GlobalMaxPool;

impl Op for GlobalMaxPool {
    fn kind(&self) -> &'static str {
        "GlobalMaxPool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, _, _, n_c) = image_dims("global max pooling", inputs[0]);
        Shape::from([m, Some(n_c)])
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // How many pixels of each channel are equal to the maximum, and the maximum.
        2 * dims.output_len()
    }

    fn forward(&self, run: Forward<'_>) {
        let (n_pixels, n_c) = pixels(run.dims);
        exact::max_forward(run.inputs[0], n_pixels, n_c, run.output);
        if !run.saved.is_empty() {
            let (counts, largest) = run.saved.split_at_mut(run.output.len());
            largest.copy_from_slice(run.output);
            exact::count_maxima(run.inputs[0], n_pixels, n_c, largest, counts);
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    /// Pixels that are equal to the maximum share the gradient evenly.
    fn backward(&self, mut run: Backward<'_>) {
        let (n_pixels, n_c) = pixels(run.dims);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let (counts, largest) = run.saved.split_at(run.d_output.len());
        d_x.set(|i| {
            let out = i / (n_pixels * n_c) * n_c + i % n_c;
            if run.inputs[0][i] == largest[out] { run.d_output[out] / counts[out] } else { 0.0 }
        });
    }
}
