/*!
Batch normalisation over the last axis in plain loops: with the batch's own statistics, or with given ones.

Moving averages are not kept here, see [`ops::batch_norm`](crate::graph::ops::batch_norm).
*/

/// One over the standard deviation of each channel, 1 / √(variance + epsilon), as Eigen computed it in packets of four.
///
/// Channels of whole packets: the rounded exact value (an estimate and one Newton step give it). The left-over
/// channels: 1 / √x with two roundings, which may be the neighbouring `f32`.
pub fn inverse_deviation(variance: &[f32], epsilon: f32, out: &mut [f32]) {
    let whole = variance.len() / 4 * 4;
    for (c, (out, variance)) in out.iter_mut().zip(variance).enumerate() {
        let x = variance + epsilon;
        *out = if c < whole { (1.0 / f64::from(x).sqrt()) as f32 } else { 1.0 / x.sqrt() };
    }
}

/// Writes each channel's mean and (biased) variance over all positions.
pub fn moments(x: &[f32], mean: &mut [f32], variance: &mut [f32]) {
    let n_c = mean.len();
    let n = (x.len() / n_c) as f64;
    // Sums over a whole batch are kept in f64: rounding each addition to f32 would cost four digits.
    let mut sums = vec![0.0f64; n_c];
    for x in x.chunks_exact(n_c) {
        sums.iter_mut().zip(x).for_each(|(sum, x)| *sum += f64::from(*x));
    }
    let means: Vec<f64> = sums.iter().map(|sum| sum / n).collect();
    sums.fill(0.0);
    for x in x.chunks_exact(n_c) {
        for ((sum, x), mean) in sums.iter_mut().zip(x).zip(&means) {
            *sum += (f64::from(*x) - mean).powi(2);
        }
    }
    for c in 0..n_c {
        mean[c] = means[c] as f32;
        variance[c] = (sums[c] / n) as f32;
    }
}

/// Updates a moving average: average = momentum average + (1 − momentum) batch factor.
pub fn update_average(momentum: f32, batch: &[f32], factor: f32, average: &mut [f32]) {
    for (average, batch) in average.iter_mut().zip(batch) {
        *average = *average * momentum + batch * factor * (1.0 - momentum);
    }
}

/// Normalises with given statistics: y = x scale + shift, with scale = gamma inv_std and shift = beta − mean scale.
pub fn scale_and_shift(gamma: &[f32], beta: &[f32], mean: &[f32], inv_std: &[f32], x: &[f32], y: &mut [f32]) {
    let scale: Vec<f32> = inv_std.iter().zip(gamma).map(|(inv_std, gamma)| inv_std * gamma).collect();
    let shift: Vec<f32> = (0..scale.len()).map(|c| beta[c] - mean[c] * scale[c]).collect();
    let n_c = scale.len();
    for (x, y) in x.chunks_exact(n_c).zip(y.chunks_exact_mut(n_c)) {
        for c in 0..n_c {
            y[c] = x[c] * scale[c] + shift[c];
        }
    }
}

/// Normalises with the batch's own statistics: y = (x − mean) inv_std gamma + beta.
pub fn normalise(gamma: &[f32], beta: &[f32], mean: &[f32], inv_std: &[f32], x: &[f32], y: &mut [f32]) {
    let n_c = mean.len();
    for (x, y) in x.chunks_exact(n_c).zip(y.chunks_exact_mut(n_c)) {
        for c in 0..n_c {
            y[c] = (x[c] - mean[c]) * (inv_std[c] * gamma[c]) + beta[c];
        }
    }
}

/// Writes the gradients of beta and gamma: Σ dy and Σ dy x̂, with x̂ = (x − mean) inv_std, over all positions.
pub fn backward_parameters(
    x: &[f32],
    dy: &[f32],
    mean: &[f32],
    inv_std: &[f32],
    d_gamma: &mut [f32],
    d_beta: &mut [f32],
) {
    let n_c = mean.len();
    let mut sums = vec![(0.0f64, 0.0f64); n_c];
    for (x, dy) in x.chunks_exact(n_c).zip(dy.chunks_exact(n_c)) {
        for c in 0..n_c {
            sums[c].0 += f64::from(dy[c]);
            sums[c].1 += f64::from(dy[c]) * f64::from((x[c] - mean[c]) * inv_std[c]);
        }
    }
    for (c, (sum, product)) in sums.into_iter().enumerate() {
        d_beta[c] = sum as f32;
        d_gamma[c] = product as f32;
    }
}

/// Writes the gradient of x where the statistics are given: dx = gamma inv_std dy. `dy` None means that `dx` holds it.
pub fn backward_given(gamma: &[f32], inv_std: &[f32], dy: Option<&[f32]>, dx: &mut [f32]) {
    if let Some(dy) = dy {
        dx.copy_from_slice(dy);
    }
    for dx in dx.chunks_exact_mut(gamma.len()) {
        for c in 0..gamma.len() {
            dx[c] *= gamma[c] * inv_std[c];
        }
    }
}

/// The gradient of x where the statistics are the batch's own:
/// dx = gamma inv_std (dy − (d_beta + x̂ d_gamma) / n), n the number of positions.
#[derive(Debug)]
pub struct InputGradient<'a> {
    /// The layer's input.
    pub x: &'a [f32],
    /// The scale of each channel.
    pub gamma: &'a [f32],
    /// The batch's mean of each channel.
    pub mean: &'a [f32],
    /// One over the batch's standard deviation of each channel.
    pub inv_std: &'a [f32],
    /// Σ dy.
    pub d_beta: &'a [f32],
    /// Σ dy x̂.
    pub d_gamma: &'a [f32],
}

impl InputGradient<'_> {
    /// Writes dx. `dy` None means that `dx` holds it.
    pub fn write(&self, dy: Option<&[f32]>, dx: &mut [f32]) {
        if let Some(dy) = dy {
            dx.copy_from_slice(dy);
        }
        let n_c = self.mean.len();
        let n = (self.x.len() / n_c) as f32;
        for (dx, x) in dx.chunks_exact_mut(n_c).zip(self.x.chunks_exact(n_c)) {
            for c in 0..n_c {
                let x_hat = (x[c] - self.mean[c]) * self.inv_std[c];
                dx[c] = self.gamma[c] * self.inv_std[c] * (dx[c] - (self.d_beta[c] + x_hat * self.d_gamma[c]) / n);
            }
        }
    }
}
