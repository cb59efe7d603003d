/*!
Element-by-element loops that operations share.
*/

/// Replaces each element by `f` of it.
pub fn map(y: &mut [f32], f: impl Fn(f32) -> f32) {
    y.iter_mut().for_each(|y| *y = f(*y));
}

/// Replaces each element of `y` by `f` of it and the element of `x` at the same place.
pub fn zip(y: &mut [f32], x: &[f32], f: impl Fn(f32, f32) -> f32) {
    y.iter_mut().zip(x).for_each(|(y, x)| *y = f(*y, *x));
}

/// Writes `f(i)` to element i, or adds it with `accumulate`.
pub fn fill(y: &mut [f32], accumulate: bool, f: impl Fn(usize) -> f32) {
    if accumulate {
        y.iter_mut().enumerate().for_each(|(i, y)| *y += f(i));
    } else {
        y.iter_mut().enumerate().for_each(|(i, y)| *y = f(i));
    }
}

/// Writes `f` of each element of `a` and the element of `b` at the same place into `y`.
pub fn zip_into(y: &mut [f32], a: &[f32], b: &[f32], f: impl Fn(f32, f32) -> f32) {
    for ((y, a), b) in y.iter_mut().zip(a).zip(b) {
        *y = f(*a, *b);
    }
}

/// The sum of the products of two slices, in f64, rounded once.
pub fn dot(a: &[f32], b: &[f32]) -> f32 {
    a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b)).sum::<f64>() as f32
}
