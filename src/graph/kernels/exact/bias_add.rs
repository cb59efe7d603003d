/*! One element per channel added to every row of channels, in plain loops. */

/// Adds `bias` to every row of `y`.
pub fn forward(bias: &[f32], y: &mut [f32]) {
    for y in y.chunks_exact_mut(bias.len()) {
        y.iter_mut().zip(bias).for_each(|(y, bias)| *y += bias);
    }
}

/// The gradient of the bias: the sum of all rows of `dy`.
pub fn backward(dy: &[f32], n_c: usize) -> Vec<f32> {
    // A bias collects from every position of the batch: too many for running sums in f32.
    let mut sums = vec![0.0f64; n_c];
    for dy in dy.chunks_exact(n_c) {
        sums.iter_mut().zip(dy).for_each(|(sum, dy)| *sum += f64::from(*dy));
    }
    sums.into_iter().map(|sum| sum as f32).collect()
}
