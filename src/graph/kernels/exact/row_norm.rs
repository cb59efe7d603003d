/*!
Normalisation of rows: to length 1, and to mean 0 and variance 1. Sums are in f64, rounded once.

The fast kernels run these row by row on several threads.
*/

/// 1 / √max(Σ x², epsilon), and whether the sum is the larger.
pub fn inverse_norm(x: &[f32], epsilon: f32) -> (f32, bool) {
    let sum: f64 = x.iter().map(|x| f64::from(*x) * f64::from(*x)).sum();
    ((1.0 / sum.max(f64::from(epsilon)).sqrt()) as f32, sum > f64::from(epsilon))
}

/// Writes x / √max(Σ x², epsilon).
pub fn unit(x: &[f32], epsilon: f32, y: &mut [f32]) {
    let (scale, _) = inverse_norm(x, epsilon);
    y.iter_mut().zip(x).for_each(|(y, x)| *y = x * scale);
}

/// Writes or adds the gradient of [`unit()`]: dx = (dy − y Σ y dy) / |x|, and dy / √epsilon where epsilon is the larger.
pub fn unit_backward(x: &[f32], epsilon: f32, dy: &[f32], dx: &mut [f32], accumulate: bool) {
    let (scale, is_long) = inverse_norm(x, epsilon);
    let dot: f64 = x.iter().zip(dy).map(|(x, dy)| f64::from(*x) * f64::from(*dy)).sum();
    let along = if is_long { dot as f32 * scale * scale } else { 0.0 };
    for ((dx, x), dy) in dx.iter_mut().zip(x).zip(dy) {
        let gradient = (dy - x * along) * scale;
        *dx = if accumulate { *dx + gradient } else { gradient };
    }
}

/// The mean and 1 / √(variance + epsilon).
pub fn statistics(x: &[f32], epsilon: f32) -> (f32, f32) {
    let n = x.len() as f64;
    let mean = x.iter().map(|x| f64::from(*x)).sum::<f64>() / n;
    let variance = x.iter().map(|x| (f64::from(*x) - mean).powi(2)).sum::<f64>() / n;
    (mean as f32, (1.0 / (variance + f64::from(epsilon)).sqrt()) as f32)
}

/// Writes gamma (x − mean) / √(variance + epsilon) + beta.
pub fn layer(x: &[f32], gamma: &[f32], beta: &[f32], epsilon: f32, y: &mut [f32]) {
    let (mean, scale) = statistics(x, epsilon);
    for (i, y) in y.iter_mut().enumerate() {
        *y = (x[i] - mean) * scale * gamma[i] + beta[i];
    }
}

/// Writes or adds the gradient of x in [`layer`]: with g = gamma dy and n = (x − mean) / √(variance + epsilon),
/// dx = (g − mean of g − n (mean of g n)) / √(variance + epsilon).
pub fn layer_backward(x: &[f32], gamma: &[f32], epsilon: f32, dy: &[f32], dx: &mut [f32], accumulate: bool) {
    let (mean, scale) = statistics(x, epsilon);
    let (mut sum, mut along) = (0.0f64, 0.0f64);
    for i in 0..x.len() {
        let g = f64::from(gamma[i] * dy[i]);
        sum += g;
        along += g * f64::from((x[i] - mean) * scale);
    }
    let n = x.len() as f64;
    let (sum, along) = ((sum / n) as f32, (along / n) as f32);
    for (i, dx) in dx.iter_mut().enumerate() {
        let gradient = (gamma[i] * dy[i] - sum - (x[i] - mean) * scale * along) * scale;
        *dx = if accumulate { *dx + gradient } else { gradient };
    }
}
