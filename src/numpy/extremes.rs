/*!
The largest and the smallest entry of an array, as NumPy finds them.

They do not skip NaN: one NaN makes the result NaN, as in `np.max` and unlike `f64::max`.
*/

use ndarray::{ArrayBase, Data, Dimension};

use super::Float;

/// The largest entry, or NaN if any entry is NaN: `np.max(a)`.
///
/// ```
/// use cnn::prelude::*;
/// println!("{} {}", np::max(&array![1.0, 3.0, 2.0]), np::max(&array![1.0, f64::NAN])); // 3 NaN
/// # assert_eq!(np::max(&array![1.0, 3.0, 2.0]), 3.0);
/// # assert!(np::max(&array![1.0, f64::NAN]).is_nan());
/// ```
///
/// DIFFERENCE: of 0.0 and −0.0, which are equal, the first one met is returned; NumPy's choice depends on the processor.
///
/// # Panics
/// When the array is empty: it has no largest entry.
#[track_caller]
pub fn max<A: Float, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
    extreme("max", a, |x, y| x > y)
}

/// The smallest entry, or NaN if any entry is NaN: `np.min(a)`.
///
/// # Panics
/// When the array is empty: it has no smallest entry.
#[track_caller]
pub fn min<A: Float, S: Data<Elem = A>, D: Dimension>(a: &ArrayBase<S, D>) -> A {
    extreme("min", a, |x, y| x < y)
}

/// The entry that no other one beats, or the first NaN.
#[track_caller]
fn extreme<A: Float, S: Data<Elem = A>, D: Dimension>(
    name: &str,
    a: &ArrayBase<S, D>,
    beats: impl Fn(A, A) -> bool,
) -> A {
    let is_nan = |x: A| x.to_f64().is_nan();
    match a.iter().copied().reduce(|best, x| if !is_nan(best) && (beats(x, best) || is_nan(x)) { x } else { best }) {
        Some(best) => best,
        None => panic!("np::{name}: expected at least one entry, got an empty array of shape {:?}", a.shape()),
    }
}
