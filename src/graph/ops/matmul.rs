/*! The product of two matrices: a dense layer without its bias and activation. */

use crate::graph::{
    kernels::{exact::matmul as exact, fast::matmul as fast},
    network::{
        Op, Shape,
        fusion::{Accepts, Fusion},
        op::{Backward, Dims, Forward, Reads},
    },
};

/// y = x w. Inputs: (m, k), (k, n). Output: (m, n).
#[derive(Debug, Clone, Copy)]
pub struct MatMul;

fn sizes(dims: &Dims) -> (usize, usize, usize) {
    (dims.inputs[0][0], dims.inputs[0][1], dims.inputs[1][1])
}

impl Op for MatMul {
    fn kind(&self) -> &'static str {
        "MatMul"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (x, w) = (inputs[0], inputs[1]);
        assert!(
            x.rank() == 2 && w.rank() == 2,
            "matmul: expected two matrices, got shapes {x} and {w}\nhelp: flatten the images first"
        );
        assert!(
            x.dim(1) == w.dim(0),
            "matmul: the first matrix has {} columns (shape {x}), the second {} rows (shape {w})",
            Shape::from([x.dim(1)]),
            Shape::from([w.dim(0)])
        );
        Shape::from([x.dim(0), w.dim(1)])
    }

    fn forward(&self, run: Forward<'_>) {
        let (x, w, sizes) = (run.inputs[0], run.inputs[1], sizes(run.dims));
        match run.backend.fast() {
            Some(ws) => fast::forward(sizes, x, w, run.output, run.epilogue, ws),
            None => exact::forward(sizes, x, w, run.output),
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// dw = xᵀ dy, dx = dy wᵀ.
    fn backward(&self, mut run: Backward<'_>) {
        let sizes @ (_, k, n) = sizes(run.dims);
        let (x, w, d_y) = (run.inputs[0], run.inputs[1], run.d_output);
        if let Some(d_w) = &mut run.d_inputs[1] {
            match run.backend.fast() {
                Some(ws) => d_w.write(|d_w| fast::backward_weights(sizes, x, d_y, d_w, ws)),
                None => exact::backward_weights((k, n), x, d_y, d_w.data, d_w.accumulate),
            }
        }
        if let Some(d_x) = &mut run.d_inputs[0] {
            match run.backend.fast() {
                Some(ws) => fast::backward_input(sizes, d_y, w, d_x.data, d_x.accumulate, ws),
                None => exact::backward_input((k, n), d_y, w, d_x.data, d_x.accumulate),
            }
        }
    }

    fn fusion(&self) -> Fusion {
        Fusion { epilogue: Accepts { norm: false, ..Accepts::ALL }, ..Fusion::default() }
    }
}
