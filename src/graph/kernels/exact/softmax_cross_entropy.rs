/*! The cross-entropy of a softmax with given labels, row by row, in plain loops. */

use super::{softmax::exponentials, sum::packet_sum};

/// Writes the loss of each row of `classes` logits `z` with its row of labels `y`, and softmax(z) − y into
/// `difference`, if it is not empty.
pub fn forward(classes: usize, z: &[f32], y: &[f32], loss: &mut [f32], difference: &mut [f32]) {
    let mut exps = vec![0.0; classes];
    let mut products = vec![0.0; classes];
    let rows = z.chunks_exact(classes).zip(y.chunks_exact(classes));
    for (i, (z, y)) in rows.enumerate() {
        let largest = z.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        exps.copy_from_slice(z);
        let sum = exponentials(&mut exps);
        let log_sum = f64::from(sum).ln() as f32;
        for j in 0..classes {
            products[j] = y[j] * (log_sum - (z[j] - largest));
        }
        loss[i] = packet_sum(&products);
        if let Some(difference) = difference.get_mut(i * classes..(i + 1) * classes) {
            for j in 0..classes {
                difference[j] = exps[j] / sum - y[j];
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cross_entropy_is_minus_the_logarithm_of_the_right_class() {
        let z = [1.0, 2.0, 3.0, 1000.0, 0.0, 0.0];
        let labels = [0.0, 0.0, 1.0, 1.0, 0.0, 0.0];
        let (mut loss, mut difference) = ([0.0; 2], [0.0; 6]);
        forward(3, &z, &labels, &mut loss, &mut difference);
        let near = |actual: &[f32], expected: &[f32]| actual.iter().zip(expected).all(|(a, e)| (a - e).abs() < 1e-6);
        // numpy: p = np.exp([1, 2, 3]) / np.exp([1, 2, 3]).sum(); -np.log(p[2]); p - [0, 0, 1]
        assert!(near(&loss, &[0.407_605_96, 0.0]), "{loss:?}");
        assert!(near(&difference, &[0.090_030_57, 0.244_728_47, -0.334_759_04, 0.0, 0.0, 0.0]), "{difference:?}");
    }
}
