/*! The product of matrices in tensors of any rank, with the axes before the last two as batches. */

use super::shapes::broadcast_shape;
use crate::graph::{
    kernels::{
        broadcast::Broadcast, epilogue::Epilogue, exact::matmul as exact, fast::matmul as fast, workspace::Workspace,
    },
    network::{
        Op, Shape,
        op::{Backward, Dims, Forward, Reads},
    },
};

/// y[…] = a[…] b[…], each a matrix, either of them transposed first where that is asked for.
///
/// Inputs: (…, m, k) and (…, k, n) before transposing; the batch axes are broadcast as in NumPy. Output: (…, m, n).
/// [`MatMul`](super::MatMul) is the case of two matrices, which takes an epilogue.
///
/// ```
/// use cnn::graph::{DType, Graph, ops::BatchMatMul};
/// let graph = Graph::new();
/// let a = graph.placeholder([None, Some(7), Some(5)], DType::Float32, "a");
/// let y = graph.add(BatchMatMul { transpose_a: true, transpose_b: false }, &[&a, &a], "gram");
/// assert_eq!(y.shape().to_string(), "(?, 5, 5)");
/// ```
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct BatchMatMul {
    /// Whether the matrices of the first tensor are transposed.
    pub transpose_a: bool,
    /// Whether those of the second are.
    pub transpose_b: bool,
}

/// The matrices of a run: which of each operand meet, and their sizes.
struct Pairs {
    n: usize,
    of_a: Broadcast,
    of_b: Broadcast,
    m: usize,
    k: usize,
    n_columns: usize,
}

impl BatchMatMul {
    fn pairs(&self, dims: &Dims) -> Pairs {
        let (a, b, y) = (&dims.inputs[0], &dims.inputs[1], &dims.output);
        let batch = &y[..y.len() - 2];
        let of = |dims: &[usize]| Broadcast::new(&dims[..dims.len() - 2], batch);
        let k = a[a.len() - if self.transpose_a { 2 } else { 1 }];
        Pairs { n: batch.iter().product(), of_a: of(a), of_b: of(b), m: y[y.len() - 2], k, n_columns: y[y.len() - 1] }
    }
}

/// The transpose of a matrix of `rows` rows.
fn transposed(x: &[f32], rows: usize) -> Vec<f32> {
    let columns = x.len() / rows.max(1);
    (0..x.len()).map(|i| x[i % rows * columns + i / rows]).collect()
}

/// Matrix `i` of a tensor, as it is multiplied: of `rows` rows after it has been transposed, if it is.
fn matrix(x: &[f32], i: usize, (rows, columns): (usize, usize), transpose: bool) -> Vec<f32> {
    let x = &x[i * rows * columns..(i + 1) * rows * columns];
    if transpose { transposed(x, columns) } else { x.to_vec() }
}

fn product(sizes: (usize, usize, usize), a: &[f32], b: &[f32], y: &mut [f32], ws: Option<&mut Workspace>) {
    match ws {
        Some(ws) => fast::forward(sizes, a, b, y, Epilogue::default(), ws),
        None => exact::forward(sizes, a, b, y),
    }
}

impl Op for BatchMatMul {
    fn kind(&self) -> &'static str {
        "BatchMatMul"
    }

    fn arity(&self) -> Option<usize> {
        Some(2)
    }

    fn output_shape(&self, inputs: &[&Shape]) -> Shape {
        let (a, b) = (inputs[0], inputs[1]);
        assert!(a.rank() >= 2 && b.rank() >= 2, "matmul: expected tensors of matrices, got shapes {a} and {b}");
        let sides = |x: &Shape, transpose: bool| {
            let (rows, columns) = (x.dim(x.rank() - 2), x.dim(x.rank() - 1));
            if transpose { (columns, rows) } else { (rows, columns) }
        };
        let ((m, k), (b_k, n)) = (sides(a, self.transpose_a), sides(b, self.transpose_b));
        assert!(
            k.is_none() || b_k.is_none() || k == b_k,
            "matmul: the first matrices have {} columns (shape {a}, transposed: {}), the second {} rows (shape {b}, \
             transposed: {})",
            Shape::from([k]),
            self.transpose_a,
            Shape::from([b_k]),
            self.transpose_b
        );
        let batch = |x: &Shape| Shape::from(&x.dims()[..x.rank() - 2]);
        let batch = broadcast_shape("matmul", &batch(a), &batch(b));
        Shape::from([batch.dims(), &[m, n]].concat())
    }

    fn forward(&self, run: Forward<'_>) {
        let Pairs { n, of_a, of_b, m, k, n_columns } = self.pairs(run.dims);
        for i in 0..n {
            let a = matrix(run.inputs[0], of_a.index(i), (m, k), self.transpose_a);
            let b = matrix(run.inputs[1], of_b.index(i), (k, n_columns), self.transpose_b);
            let y = &mut run.output[i * m * n_columns..(i + 1) * m * n_columns];
            product((m, k, n_columns), &a, &b, y, run.backend.fast());
        }
    }

    fn backward_reads(&self) -> Reads {
        Reads::inputs(&[0, 1])
    }

    /// da = dy bᵀ, db = aᵀ dy, transposed again where the operand was; batches that are repeated add up.
    fn backward(&self, mut run: Backward<'_>) {
        let Pairs { n, of_a, of_b, m, k, n_columns } = self.pairs(run.dims);
        let (a, b, d_y) = (run.inputs[0], run.inputs[1], run.d_output);
        for gradient in run.d_inputs.iter_mut().flatten().filter(|gradient| !gradient.accumulate) {
            gradient.data.fill(0.0);
        }
        let add = |to: &mut [f32], from: &[f32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        for i in 0..n {
            let d_y = &d_y[i * m * n_columns..(i + 1) * m * n_columns];
            if let Some(d_a) = &mut run.d_inputs[0] {
                let b_transposed = matrix(b, of_b.index(i), (n_columns, k), !self.transpose_b);
                let mut product_a = vec![0.0; m * k];
                product((m, n_columns, k), d_y, &b_transposed, &mut product_a, run.backend.fast());
                let product_a = if self.transpose_a { transposed(&product_a, m) } else { product_a };
                add(&mut d_a.data[of_a.index(i) * m * k..(of_a.index(i) + 1) * m * k], &product_a);
            }
            if let Some(d_b) = &mut run.d_inputs[1] {
                let a = matrix(a, of_a.index(i), (m, k), self.transpose_a);
                let mut product_b = vec![0.0; k * n_columns];
                product((k, m, n_columns), &transposed(&a, m), d_y, &mut product_b, run.backend.fast());
                let product_b = if self.transpose_b { transposed(&product_b, k) } else { product_b };
                add(&mut d_b.data[of_b.index(i) * k * n_columns..(of_b.index(i) + 1) * k * n_columns], &product_b);
            }
        }
    }
}
