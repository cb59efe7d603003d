/*!
A convolution and the max pooling behind it as one operation.

Nobody adds it to a graph: a plan puts it in place of the two, see [`Op::with_max_pool`].
*/

use super::{Conv2d, MaxPool, conv2d_sparse as sparse};
use crate::graph::{
    Op, Shape,
    kernels::{
        fast::conv2d_max_pool as fast,
        geometry::{Conv2dGeometry, Pool2dGeometry},
    },
    op::{Backward, Dims, Forward, Reads, Stage},
};

/// Inputs: as [`Conv2d`]. Output: as [`MaxPool`].
#[derive(Debug, Clone, Copy)]
pub struct Conv2dMaxPool {
    pub conv: Conv2d,
    pub pool: MaxPool,
}

/// With more filters, the convolution's own kernel has vectors to fill.
const MAX_FILTERS: usize = 16;

impl Conv2dMaxPool {
    /// Whether one pass is possible, and faster: windows so large that nearly all of the gradient between the two is zero.
    pub fn is_worth_it(&self, conv: &Conv2dGeometry) -> bool {
        let MaxPool { window, strides, .. } = self.pool;
        let cells = window.0 * window.1;
        self.conv.strides == (1, 1) && strides == window && cells >= sparse::SPARSE && conv.n_c <= MAX_FILTERS
    }

    fn geometry(&self, dims: &Dims) -> (Conv2dGeometry, Pool2dGeometry) {
        let conv = self.conv.geometry(dims);
        let between = (conv.m, conv.n_h, conv.n_w, conv.n_c);
        (conv, Pool2dGeometry::new(between, self.pool.window, self.pool.strides, self.pool.padding))
    }
}

impl Op for Conv2dMaxPool {
    fn kind(&self) -> &'static str {
        "Conv2DMaxPool"
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        self.pool.output_shape(&[&self.conv.output_shape(inputs)])
    }

    fn saved_len(&self, dims: &Dims) -> usize {
        dims.output_len()
    }

    fn forward(&self, run: Forward<'_>) {
        let (conv, pool) = self.geometry(run.dims);
        let ws = run.compute.fast().expect("only plans for the fast kernels join operations");
        fast::forward(&conv, &pool, run.inputs[0], run.inputs[1], run.output, run.saved, run.then.relu, ws);
    }

    fn fuses(&self, stage: Stage) -> bool {
        stage == Stage::Relu
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0])
    }

    fn differentiable(&self, input: usize) -> bool {
        // Plans join the two only where the images are fed and their gradient is not asked for.
        input == 1
    }

    fn backward(&self, mut run: Backward<'_>) {
        let Some(d_w) = &mut run.d_inputs[1] else { return };
        let (conv, pool) = self.geometry(run.dims);
        let ws = run.compute.fast().expect("only plans for the fast kernels join operations");
        let (x, chosen, dy) = (run.inputs[0], run.saved, run.d_output);
        d_w.write(|d_w| sparse::backward_filter_of_chosen(&conv, &pool, x, chosen, dy, d_w, ws.threads()));
    }
}
