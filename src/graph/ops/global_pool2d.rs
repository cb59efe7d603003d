/*! The mean or the largest number of each channel over a whole image. */

use super::elementwise::{image, image_dims};
use crate::graph::{
    Op, Shape,
    op::{Backward, Dims, Forward},
};

/// y[i, c] = mean of x[i, :, :, c]. Input: (m, n_h, n_w, n_c). Output: (m, n_c).
#[derive(Debug, Clone, Copy)]
pub struct GlobalAveragePool;

impl Op for GlobalAveragePool {
    fn kind(&self) -> &'static str {
        "Mean"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, _, _, n_c) = image_dims("global average pooling", inputs[0]);
        Shape::from([m, Some(n_c)])
    }

    fn forward(&self, run: Forward<'_>) {
        let (_, n_h, n_w, n_c) = image(&run.dims.inputs[0]);
        let image_len = n_h * n_w * n_c;
        for (y, x) in run.output.chunks_exact_mut(n_c).zip(run.inputs[0].chunks_exact(image_len)) {
            y.fill(0.0);
            for x in x.chunks_exact(n_c) {
                y.iter_mut().zip(x).for_each(|(y, x)| *y += x);
            }
            y.iter_mut().for_each(|y| *y /= (n_h * n_w) as f32);
        }
    }

    fn backward(&self, mut run: Backward<'_>) {
        let (_, n_h, n_w, n_c) = image(&run.dims.inputs[0]);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let image_len = n_h * n_w * n_c;
        d_x.set(|i| run.d_output[i / image_len * n_c + i % n_c] / (n_h * n_w) as f32);
    }
}

/// y[i, c] = max of x[i, :, :, c]. Input: (m, n_h, n_w, n_c). Output: (m, n_c).
#[derive(Debug, Clone, Copy)]
pub struct GlobalMaxPool;

impl Op for GlobalMaxPool {
    fn kind(&self) -> &'static str {
        "Max"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (m, _, _, n_c) = image_dims("global max pooling", inputs[0]);
        Shape::from([m, Some(n_c)])
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // How many pixels of each channel are as large as the largest, and that largest number.
        2 * dims.output_len()
    }

    fn forward(&self, run: Forward<'_>) {
        let (_, n_h, n_w, n_c) = image(&run.dims.inputs[0]);
        let images = run.inputs[0].chunks_exact(n_h * n_w * n_c);
        for (y, x) in run.output.chunks_exact_mut(n_c).zip(images.clone()) {
            y.fill(f32::NEG_INFINITY);
            for x in x.chunks_exact(n_c) {
                y.iter_mut().zip(x).for_each(|(y, x)| *y = if *x <= *y { *y } else { *x });
            }
        }
        if run.saved.is_empty() {
            return;
        }
        let (counts, largest) = run.saved.split_at_mut(run.output.len());
        largest.copy_from_slice(run.output);
        counts.fill(0.0);
        for (i, x) in images.enumerate() {
            for (j, x) in x.iter().enumerate() {
                let out = i * n_c + j % n_c;
                counts[out] += f32::from(u8::from(*x == largest[out]));
            }
        }
    }

    fn backward_reads(&self) -> crate::graph::op::Reads {
        crate::graph::op::Reads::inputs(&[0])
    }

    /// Equal largest numbers share the gradient evenly, as in TensorFlow's `reduce_max`.
    fn backward(&self, mut run: Backward<'_>) {
        let (_, n_h, n_w, n_c) = image(&run.dims.inputs[0]);
        let Some(d_x) = &mut run.d_inputs[0] else { return };
        let (counts, largest) = run.saved.split_at(run.d_output.len());
        let image_len = n_h * n_w * n_c;
        d_x.set(|i| {
            let out = i / image_len * n_c + i % n_c;
            if run.inputs[0][i] == largest[out] { run.d_output[out] / counts[out] } else { 0.0 }
        });
    }
}
