/*!
A convolution and the max pooling that follows it as one operation.

It is not made for graphs: a plan puts it in place of the two where that is faster, see
[`fused`](Conv2dMaxPool::fused). What it is worth stands in `kernels/fast/conv2d_max_pool.rs`.
*/

use super::{conv2d::Conv2d, max_pool::MaxPool};
use crate::graph::{
    kernels::{
        fast::{conv2d_max_pool as fast, conv2d_sparse as sparse},
        geometry::{ConvGeometry, PoolGeometry},
    },
    network::{
        Op, Shape,
        fusion::{Accepts, Fusion},
        op::{Backward, Dims, Forward, Reads},
    },
};

/// Inputs: as [`Conv2d`]. Output: as [`MaxPool`]. It gives no gradient for the images.
#[derive(Debug, Clone, Copy)]
pub struct Conv2dMaxPool {
    conv: Conv2d,
    pool: MaxPool,
}

/// With more filters, the channels of a pixel fill the vectors of the convolution's own kernel.
const MAX_FILTERS: usize = 16;

impl Conv2dMaxPool {
    /// One operation for both, if one pass is possible and faster: filters of stride 1, windows that neither overlap
    /// nor leave gaps, so large that nearly all of the gradient between the two is zero, and few filters.
    pub fn fused(conv: Conv2d, pool: MaxPool, conv_dims: &Dims) -> Option<Self> {
        let fits = conv.strides == (1, 1) && pool.strides == pool.window;
        let is_sparse = pool.window.0 * pool.window.1 >= sparse::SPARSE;
        let is_narrow = conv.geometry(conv_dims).n_c <= MAX_FILTERS;
        (fits && is_sparse && is_narrow).then_some(Conv2dMaxPool { conv, pool })
    }

    fn geometry(&self, dims: &Dims) -> (ConvGeometry, PoolGeometry) {
        let conv = self.conv.geometry(dims);
        let between = (conv.m, conv.n_h, conv.n_w, conv.n_c);
        (conv, PoolGeometry::new(between, self.pool.window, self.pool.strides, self.pool.padding))
    }
}

impl Op for Conv2dMaxPool {
    fn kind(&self) -> &'static str {
        "Conv2DMaxPool"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        self.pool.output_shape(&[&self.conv.output_shape(inputs)])
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        // The argmax of each window.
        dims.output_len()
    }

    fn forward(&self, run: Forward<'_>) {
        let (conv, pool) = self.geometry(run.dims);
        let ws = run.backend.fast().expect("only plans for the fast kernels fuse operations");
        fast::forward(&conv, &pool, run.inputs[0], run.inputs[1], run.output, run.saved, run.epilogue.relu, ws);
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    fn differentiable(&self, input: usize) -> bool {
        // Plans fuse the two only where the images are fed and their gradient is not asked for.
        input == 1
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_w) = &mut run.d_inputs[1] else { return };
        let (conv, pool) = self.geometry(run.dims);
        let ws = run.backend.fast().expect("only plans for the fast kernels fuse operations");
        let (x, argmax, dy) = (run.inputs[0], run.saved, run.d_output);
        d_w.write(|d_w| sparse::backward_filter_of_argmax(&conv, &pool, x, argmax, dy, d_w, ws.threads()));
    }

    fn fusion(&self) -> Fusion {
        Fusion { epilogue: Accepts { relu: true, ..Accepts::default() }, ..Fusion::default() }
    }
}
