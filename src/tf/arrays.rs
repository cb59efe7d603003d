/*! Reductions over axes, products of matrices of any rank, and elements in other places. */

use super::names::reserve;
use crate::graph::{
    Tensor,
    ops::{self, BatchMatMul, Gather, Reduction, Reshape, Slice, Transpose},
};

/// The maximum of all elements: a tensor of shape ().
///
/// ```
/// use cnn::tf::{self, Graph, Item, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![[1.0f32, 2.0], [3.0, 0.0]]);
/// assert_eq!(Session::new(&graph).run(&tf::reduce_max(&x), &[]).item(), 3.0);
/// ```
pub fn reduce_max(x: &Tensor) -> Tensor {
    reserve(x.graph(), &["Const"]);
    x.graph().add(ops::Reduce { reduction: Reduction::Max, axes: None }, &[x], "Max")
}

/// The sum over some axes.
///
/// # Arguments
/// * `x`: of any shape
/// * `axes`: the axes that disappear
/// * `keepdims`: whether they stay, with the length 1
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![[1.0f32, 2.0], [3.0, 4.0]]);
/// let session = Session::new(&graph);
/// assert_eq!(session.run(&tf::reduce_sum_over(&x, &[1], false), &[]), ndarray::array![3.0f32, 7.0].into_dyn());
/// assert_eq!(tf::reduce_sum_over(&x, &[1], true).shape().to_string(), "(2, 1)");
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn reduce_sum_over(x: &Tensor, axes: &[usize], keepdims: bool) -> Tensor {
    reduce(x, Reduction::Sum, axes, keepdims)
}

/// The mean over some axes. Arguments as [`reduce_sum_over`].
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![[1.0f32, 2.0], [3.0, 4.0]]);
/// let y = Session::new(&graph).run(&tf::reduce_mean_over(&x, &[0], false), &[]);
/// assert_eq!(y, ndarray::array![2.0f32, 3.0].into_dyn());
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn reduce_mean_over(x: &Tensor, axes: &[usize], keepdims: bool) -> Tensor {
    reduce(x, Reduction::Mean, axes, keepdims)
}

/// The maximum over some axes; equal elements share its gradient evenly. Arguments as [`reduce_sum_over`].
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![[1.0f32, 2.0], [3.0, 0.0]]);
/// let y = Session::new(&graph).run(&tf::reduce_max_over(&x, &[0], false), &[]);
/// assert_eq!(y, ndarray::array![3.0f32, 2.0].into_dyn());
/// ```
///
/// # Panics
/// If there is no such axis.
#[track_caller]
pub fn reduce_max_over(x: &Tensor, axes: &[usize], keepdims: bool) -> Tensor {
    reduce(x, Reduction::Max, axes, keepdims)
}

#[track_caller]
fn reduce(x: &Tensor, reduction: Reduction, axes: &[usize], keepdims: bool) -> Tensor {
    let name = match reduction {
        Reduction::Sum => "Sum",
        Reduction::Mean => "Mean",
        Reduction::Max => "Max",
    };
    let name = x.graph().unique_name(name);
    reserve(x.graph(), &[&format!("{name}/reduction_indices")]);
    let y = x.graph().add_named(ops::Reduce { reduction, axes: Some(axes.to_vec()) }, &[x], &name);
    if !keepdims {
        return y;
    }
    let mut dims = x.shape().dims().to_vec();
    axes.iter().for_each(|axis| dims[*axis] = Some(1));
    x.graph().add(Reshape { dims }, &[&y], &format!("{name}/keepdims"))
}

/// Products of matrices: `y[…] = a[…] b[…]` over the last two axes, the others being broadcast as in NumPy.
///
/// # Arguments
/// * `a`: shape (…, m, k), or (…, k, m) with `transpose_a`
/// * `b`: shape (…, k, n), or (…, n, k) with `transpose_b`
///
/// # Returns
/// A tensor of shape (…, m, n).
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let a = tf::placeholder(&graph, tf::float32, [None, Some(7), Some(5)]);
/// assert_eq!(tf::batch_matmul(&a, &a, true, false).shape().to_string(), "(?, 5, 5)");
/// ```
///
/// # Panics
/// If the inner dimensions differ, or the others cannot be broadcast.
#[track_caller]
pub fn batch_matmul(a: &Tensor, b: &Tensor, transpose_a: bool, transpose_b: bool) -> Tensor {
    a.graph().add(BatchMatMul { transpose_a, transpose_b }, &[a, b], "MatMul")
}

/// Entries along an axis, chosen by their indices.
///
/// # Arguments
/// * `x`: of any shape
/// * `indices`: whole numbers, of any shape
/// * `axis`: the axis along which entries are chosen
///
/// # Returns
/// A tensor in the shape of `x`, the axis replaced by the axes of `indices`.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![1.0f32, 2.0, 3.0]);
/// let indices = tf::placeholder(&graph, tf::int64, [None]);
/// let y = tf::gather(&x, &indices, 0);
/// let y = Session::new(&graph).run(&y, &[indices.feed(&ndarray::array![2, 0])]);
/// assert_eq!(y, ndarray::array![3.0f32, 1.0].into_dyn());
/// ```
///
/// # Panics
/// If there is no such axis; in a run, if an index is none of the entries.
#[track_caller]
pub fn gather(x: &Tensor, indices: &Tensor, axis: usize) -> Tensor {
    x.graph().add(Gather { axis }, &[x, indices], "GatherV2")
}

/// A block of a tensor: `size[i]` entries of axis i from `begin[i]` on, all to the end for `None`.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(3)]);
/// assert_eq!(tf::slice(&x, &[0, 2, 0], &[None, Some(4), Some(1)]).shape().to_string(), "(?, 4, 1)");
/// ```
///
/// # Panics
/// If there are no such entries.
#[track_caller]
pub fn slice(x: &Tensor, begin: &[usize], size: &[Option<usize>]) -> Tensor {
    let name = x.graph().unique_name("Slice");
    reserve(x.graph(), &[&format!("{name}/begin"), &format!("{name}/size")]);
    x.graph().add_named(Slice { begin: begin.to_vec(), sizes: size.to_vec() }, &[x], &name)
}

/// The axes in another order: axis i of the result is axis `perm[i]` of `x`.
///
/// ```
/// use cnn::tf::{self, Graph};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None, Some(8), Some(3)]);
/// assert_eq!(tf::transpose(&x, &[0, 2, 1]).shape().to_string(), "(?, 3, 8)");
/// ```
///
/// # Panics
/// If an axis is missing or occurs twice.
#[track_caller]
pub fn transpose(x: &Tensor, perm: &[usize]) -> Tensor {
    let name = x.graph().unique_name("transpose");
    reserve(x.graph(), &[&format!("{name}/perm")]);
    x.graph().add_named(Transpose { permutation: perm.to_vec() }, &[x], &name)
}

/// The gradients of a tensor (of its sum, if it is no scalar) with respect to others: variables, placeholders or anything
/// between.
///
/// # Arguments
/// * `y`: what is differentiated, such as a cost
/// * `xs`: what it is differentiated by
///
/// # Returns
/// One tensor for each of `xs`, in its shape; zeros where `y` does not depend on it. They can be fetched, not computed
/// with further.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::placeholder(&graph, tf::float32, [None]);
/// let gradients = tf::gradients(&tf::reduce_sum(&tf::square(&x)), &[&x]);
/// let dx = Session::new(&graph).run(&gradients[0], &[x.feed(&ndarray::array![1.0f32, 3.0])]);
/// assert_eq!(dx, ndarray::array![2.0f32, 6.0].into_dyn());
/// ```
///
/// # Panics
/// If a tensor belongs to another graph.
#[track_caller]
pub fn gradients(y: &Tensor, xs: &[&Tensor]) -> Vec<Tensor> {
    y.graph().gradients(y, xs)
}
