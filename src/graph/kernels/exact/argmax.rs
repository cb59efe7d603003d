/*! The index of the largest element along an axis, in plain loops. */

/// Writes into `y` which of the `n` elements along the axis is the largest, the first one where several are equal.
/// Elements along the axis are `inner` apart in `x`.
pub fn forward(x: &[f32], n: usize, inner: usize, y: &mut [f32]) {
    for (i, y) in y.iter_mut().enumerate() {
        let start = i / inner * n * inner + i % inner;
        let entry = |k: usize| x[start + k * inner];
        *y = (1..n).fold(0, |best, k| if entry(k) > entry(best) { k } else { best }) as f32;
    }
}
