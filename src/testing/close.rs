/*!
`assert_close`: numpy's `assert_allclose` for ndarray.

It compares values and shapes, not memory layouts or types of numbers.
*/

use ndarray::{ArrayBase, ArrayD, Data, Dimension, arr0};

use crate::numpy::{self as np, Float};

/// Numbers that can be compared: an array of floats of any dimension, or one float.
pub trait Values {
    /// The numbers in double precision.
    fn values(&self) -> ArrayD<f64>;
}

impl Values for f32 {
    fn values(&self) -> ArrayD<f64> {
        arr0(f64::from(*self)).into_dyn()
    }
}

impl Values for f64 {
    fn values(&self) -> ArrayD<f64> {
        arr0(*self).into_dyn()
    }
}

impl<A: Float, S: Data<Elem = A>, D: Dimension> Values for ArrayBase<S, D> {
    fn values(&self) -> ArrayD<f64> {
        self.mapv(Float::to_f64).into_dyn()
    }
}

impl<V: Values + ?Sized> Values for &V {
    fn values(&self) -> ArrayD<f64> {
        (**self).values()
    }
}

/// Panics unless every entry of `actual` is close to that of `desired`.
///
/// |actual − desired| ≤ atol + rtol |desired|
///
/// # Arguments
/// * `actual`, `desired`: arrays of one shape, or numbers; a number as `desired` is compared with every entry
/// * `rtol`: relative tolerance (NumPy's default is 1e-7)
/// * `atol`: absolute tolerance (NumPy's default is 0); needed where 0 is desired
///
/// ```
/// use cnn::prelude::*;
/// assert_close(&array![1.0, 2.0], &array![1.0 + 1e-9, 2.0], 1e-7, 0.0);
/// assert_close(0.1 + 0.2, 0.3, 1e-12, 0.0);
/// ```
///
/// # Panics
/// With the number of entries that differ, the first of them and the largest differences.
///
/// DIFFERENCE: a NaN is never close to anything, not even to a NaN at the same place; NumPy's `equal_nan` is true. And
/// a number as `actual` does not stand for an array.
#[track_caller]
pub fn assert_close(actual: impl Values, desired: impl Values, rtol: f64, atol: f64) {
    let (actual, desired) = (actual.values(), desired.values());
    let head = || format!("Not equal to tolerance rtol={rtol:e}, atol={atol:e}");
    let desired = match desired.broadcast(actual.raw_dim()) {
        Some(broadcast) if desired.ndim() == 0 || desired.shape() == actual.shape() => broadcast,
        _ => panic!(
            "{}\nexpected the shape of desired, {}, got actual of shape {}",
            head(),
            np::shape(&desired),
            np::shape(&actual)
        ),
    };
    // The difference of equal infinities is NaN, and rtol times an infinity would allow everything.
    let is_close = |a: f64, d: f64| a == d || (d.is_finite() && (a - d).abs() <= atol + rtol * d.abs());
    let pairs = || actual.indexed_iter().zip(&desired).map(|((index, &a), &d)| (index, a, d));
    let mismatches: Vec<_> = pairs().filter(|&(_, a, d)| !is_close(a, d)).collect();
    let Some((index, first_actual, first_desired)) = mismatches.first() else { return };

    let largest = |differences: &mut dyn Iterator<Item = f64>| differences.fold(f64::NAN, f64::max);
    let absolute = largest(&mut mismatches.iter().map(|(_, a, d)| (a - d).abs()));
    let relative = largest(&mut mismatches.iter().filter(|(_, _, d)| *d != 0.0).map(|(_, a, d)| ((a - d) / d).abs()));
    let (wrong, all) = (mismatches.len(), actual.len());
    let mut message =
        format!("{}\n\nMismatched elements: {wrong} / {all} ({:.3}%)\n", head(), 100.0 * wrong as f64 / all as f64);
    if actual.ndim() > 0 {
        let index = index.slice().iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
        message += &format!("First mismatch at [{index}]: actual {first_actual:?}, desired {first_desired:?}\n");
    }
    message += &format!("Max absolute difference among violations: {}\n", np::str(absolute));
    message += &format!("Max relative difference among violations: {}\n", np::str(relative));
    let nans = [
        ("actual", mismatches.iter().filter(|m| m.1.is_nan()).count()),
        ("desired", mismatches.iter().filter(|m| m.2.is_nan()).count()),
    ];
    for (name, count) in nans.into_iter().filter(|&(_, count)| count > 0) {
        message += &format!("NaN in {name}: {count}; a NaN is close to nothing here\n");
    }
    let options = np::PrintOptions { threshold: 50, ..Default::default() };
    message += &format!(
        " ACTUAL, shape {}:\n{}\n DESIRED:\n{}",
        np::shape(&actual),
        np::array2string(&actual, &options),
        np::array2string(&desired, &options)
    );
    panic!("{message}");
}
