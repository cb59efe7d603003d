/*! Functions of each element, and of each pair of elements. */

use crate::graph::{
    Tensor,
    ops::{Binary, Unary},
};

/// y = exp(x), in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![0.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::exp(&x), &[]), ndarray::array![1.0f32].into_dyn());
/// ```
pub fn exp(x: &Tensor) -> Tensor {
    x.graph().add(Unary::Exp, &[x], "Exp")
}

/// The natural logarithm, in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![1.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::log(&x), &[]), ndarray::array![0.0f32].into_dyn());
/// ```
pub fn log(x: &Tensor) -> Tensor {
    x.graph().add(Unary::Log, &[x], "Log")
}

/// y = √x, in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// assert_eq!(Session::new(&graph).run(&tf::sqrt(&x), &[]), ndarray::array![2.0f32, 3.0].into_dyn());
/// ```
pub fn sqrt(x: &Tensor) -> Tensor {
    x.graph().add(Unary::Sqrt, &[x], "Sqrt")
}

/// y = |x|, in the shape of x; its gradient at 0 is 0.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![-4.0f32, 9.0]);
/// assert_eq!(Session::new(&graph).run(&tf::abs(&x), &[]), ndarray::array![4.0f32, 9.0].into_dyn());
/// ```
pub fn abs(x: &Tensor) -> Tensor {
    x.graph().add(Unary::Abs, &[x], "Abs")
}

/// y = x², in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![-4.0f32, 3.0]);
/// assert_eq!(Session::new(&graph).run(&tf::square(&x), &[]), ndarray::array![16.0f32, 9.0].into_dyn());
/// ```
pub fn square(x: &Tensor) -> Tensor {
    x.graph().add(Unary::Square, &[x], "Square")
}

/// y = −x, in the shape of x.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![-4.0f32, 9.0]);
/// assert_eq!(Session::new(&graph).run(&tf::negative(&x), &[]), ndarray::array![4.0f32, -9.0].into_dyn());
/// ```
pub fn negative(x: &Tensor) -> Tensor {
    x.graph().add(Unary::Negative, &[x], "Neg")
}

/// y = a − b. The operands are broadcast as in NumPy.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let a = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// let b = tf::constant(&graph, &ndarray::array![2.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::subtract(&a, &b), &[]), ndarray::array![2.0f32, 7.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn subtract(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(Binary::Subtract, &[a, b], "Sub")
}

/// y = a / b. The operands are broadcast as in NumPy.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let a = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// let b = tf::constant(&graph, &ndarray::array![2.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::divide(&a, &b), &[]), ndarray::array![2.0f32, 4.5].into_dyn());
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn divide(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(Binary::Divide, &[a, b], "truediv")
}

/// y = a to the power of b. The operands are broadcast as in NumPy.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let a = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// let b = tf::constant(&graph, &ndarray::array![2.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::pow(&a, &b), &[]), ndarray::array![16.0f32, 81.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn pow(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(Binary::Power, &[a, b], "Pow")
}

/// The larger of a and b. The operands are broadcast as in NumPy.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let a = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// let b = tf::constant(&graph, &ndarray::array![2.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::maximum(&a, &b), &[]), ndarray::array![4.0f32, 9.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn maximum(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(Binary::Maximum, &[a, b], "Maximum")
}

/// The smaller of a and b. The operands are broadcast as in NumPy.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let a = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// let b = tf::constant(&graph, &ndarray::array![2.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::minimum(&a, &b), &[]), ndarray::array![2.0f32, 2.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn minimum(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(Binary::Minimum, &[a, b], "Minimum")
}

/// y = (a − b)², with gradients for both. The operands are broadcast as in NumPy.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let a = tf::constant(&graph, &ndarray::array![4.0f32, 9.0]);
/// let b = tf::constant(&graph, &ndarray::array![2.0f32]);
/// assert_eq!(Session::new(&graph).run(&tf::squared_difference(&a, &b), &[]), ndarray::array![4.0f32, 49.0].into_dyn());
/// ```
///
/// # Panics
/// If the shapes do not fit.
#[track_caller]
pub fn squared_difference(a: &Tensor, b: &Tensor) -> Tensor {
    a.graph().add(Binary::SquaredDifference, &[a, b], "SquaredDifference")
}

/// y = min(max(x, low), high), in the shape of x; the gradient passes where low ≤ x ≤ high.
///
/// ```
/// use cnn::tf::{self, Graph, Session};
/// let graph = Graph::new();
/// let x = tf::constant(&graph, &ndarray::array![-4.0f32, 0.5, 9.0]);
/// let y = Session::new(&graph).run(&tf::clip_by_value(&x, 0.0, 1.0), &[]);
/// assert_eq!(y, ndarray::array![0.0f32, 0.5, 1.0].into_dyn());
/// ```
///
/// # Panics
/// If `low` is larger than `high`.
#[track_caller]
pub fn clip_by_value(x: &Tensor, low: f32, high: f32) -> Tensor {
    x.graph().add(Unary::Clip { low, high }, &[x], "clip_by_value")
}
