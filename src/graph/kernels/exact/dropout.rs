/*! Dropping elements by given uniform draws. */

/// Multiplies `y` by 1 / (1 − rate) where the uniform draw is at least `rate`, else by zero; the factors go into
/// `factors`, if it is not empty.
pub fn forward(uniform: &[f32], rate: f32, y: &mut [f32], factors: &mut [f32]) {
    let scale = 1.0 / (1.0 - rate);
    for (i, u) in uniform.iter().enumerate() {
        let factor = if *u >= rate { scale } else { 0.0 };
        y[i] *= factor;
        if let Some(saved) = factors.get_mut(i) {
            *saved = factor;
        }
    }
}
