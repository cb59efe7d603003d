/*!
Gradients by finite differences, to check a backward pass against.

Slow (one or two function calls per entry) and accurate to about eight digits: for tests, not for training.
*/

use ndarray::{Array, Dimension};

use super::Values;
use crate::numpy as np;

/// The gradient of `f` at `x` by central differences.
///
/// ∂f/∂xᵢ ≈ (f(x + ε eᵢ) − f(x − ε eᵢ)) / 2ε
///
/// # Arguments
/// * `f`: a function of an array that returns one number
/// * `x`: where to take the gradient, any shape
/// * `eps`: the step ε. The formula's error falls with ε², that of rounding grows with 1/ε; 1e-5 suits numbers
///   around 1
///
/// # Returns
/// The gradient, in the shape of `x`.
///
/// ```
/// use cnn::prelude::*;
/// let x = array![[1.0, 2.0], [3.0, 4.0]]; // (2, 2)
/// let gradient = numerical_gradient(|x| (x * x).sum(), &x, 1e-5); // (2, 2)
/// println!("{:.4}", np::show(&gradient));
/// // [[2. 4.]
/// //  [6. 8.]]
/// # assert_eq!(format!("{:.4}", np::show(&gradient)), "[[2. 4.]\n [6. 8.]]");
/// ```
///
/// Where `f` has a kink within ε of `x` (a ReLU at 0, a maximum of two equal numbers), the result is meaningless.
///
/// # Panics
/// When `eps` is not positive.
#[track_caller]
pub fn numerical_gradient<D: Dimension>(
    mut f: impl FnMut(&Array<f64, D>) -> f64,
    x: &Array<f64, D>,
    eps: f64,
) -> Array<f64, D> {
    assert!(eps > 0.0, "numerical_gradient: expected a step eps > 0, got {eps}");
    let mut moved = x.as_standard_layout().into_owned();
    let mut f_at = |k: usize, value: f64| {
        let entries = moved.as_slice_mut().expect("the copy is in standard layout");
        let before = std::mem::replace(&mut entries[k], value);
        let result = f(&moved);
        moved.as_slice_mut().expect("the copy is in standard layout")[k] = before;
        result
    };
    let slopes = x.iter().enumerate().map(|(k, &x)| (f_at(k, x + eps) - f_at(k, x - eps)) / (2.0 * eps));
    Array::from_shape_vec(x.raw_dim(), slopes.collect()).expect("one slope for every entry")
}

/// How far apart two gradients are: the largest relative difference of their entries.
///
/// maxᵢ |aᵢ − bᵢ| / max(10⁻⁸, |aᵢ| + |bᵢ|)
///
/// Between an analytic gradient and a [`numerical_gradient`] with ε = 1e-5:
///
/// | relative error | means |
/// | --- | --- |
/// | above 1e-2 | the gradient is probably wrong |
/// | 1e-2 to 1e-4 | doubtful |
/// | below 1e-4 | all right if `f` has kinks, doubtful if it is smooth |
/// | below 1e-7 | right |
///
/// ```
/// use cnn::prelude::*;
/// let x: Array1<f64> = RandomState::new(1).randn(5);
/// let numerical = numerical_gradient(|x| x.mapv(f64::tanh).sum(), &x, 1e-5);
/// let error = relative_error(&x.mapv(|x| 1.0 - x.tanh().powi(2)), &numerical);
/// assert!(error < 1e-7, "{error}");
/// ```
///
/// Source: the course CS231n, "Neural Networks Part 3", gradient checks, where the table is given in the same orders of
/// magnitude.
///
/// # Panics
/// When the shapes differ.
#[track_caller]
pub fn relative_error(a: impl Values, b: impl Values) -> f64 {
    let (a, b) = (a.values(), b.values());
    assert!(
        a.shape() == b.shape(),
        "relative_error: expected two arrays of one shape, got {} and {}",
        np::shape(&a),
        np::shape(&b)
    );
    let errors = ndarray::Zip::from(&a).and(&b).map_collect(|a, b| (a - b).abs() / (a.abs() + b.abs()).max(1e-8));
    if errors.is_empty() { 0.0 } else { np::max(&errors) }
}
