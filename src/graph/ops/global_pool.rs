/*! The mean or the maximum of each channel over a whole sequence, image or volume. */

use super::shapes::{batch_shape, spatial, spatial_dims};
use crate::graph::{
    kernels::exact::global_pool as exact,
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// y[i, c] = mean of x[i, …, c]. Input: (m, …, n_c), one to three axes between. Output: (m, n_c).
#[derive(Debug, Clone, Copy)]
pub struct GlobalAveragePool;

/// The shape (m, n_c) of the output.
#[track_caller]
fn pooled_shape(op: &str, x: &Shape) -> Shape {
    // A tensor without spatial axes is refused as one that is no batch of images.
    let n_axes = if (3..=5).contains(&x.rank()) { x.rank() - 2 } else { 2 };
    let (m, _, n_c) = spatial_dims(op, x, n_axes);
    batch_shape(m, [], n_c)
}

/// Pixels and channels of an image.
fn pixels(dims: &Dims) -> (usize, usize) {
    let x = &dims.inputs[0];
    (spatial(x).iter().product(), *x.last().expect("channels"))
}

impl Op for GlobalAveragePool {
    fn kind(&self) -> &'static str {
        "GlobalAveragePool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        pooled_shape("global average pooling", inputs[0])
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

/// y[i, c] = max of x[i, …, c]. Input: (m, …, n_c), one to three axes between. Output: (m, n_c).
#[derive(Debug, Clone, Copy)]
pub struct GlobalMaxPool;

impl Op for GlobalMaxPool {
    fn kind(&self) -> &'static str {
        "GlobalMaxPool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        pooled_shape("global max pooling", inputs[0])
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
