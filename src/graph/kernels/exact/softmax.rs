/*! Softmax of each row, in plain loops; exponentials are computed in f64 and rounded once. */

use super::sum::packet_sum;

/// Replaces each row of `n` elements by its softmax.
pub fn forward(n: usize, y: &mut [f32]) {
    for row in y.chunks_exact_mut(n) {
        let sum = exponentials(row);
        row.iter_mut().for_each(|x| *x /= sum);
    }
}

/// The sum of y dy of each row of `n` elements.
pub fn row_products(n: usize, y: &[f32], dy: &[f32]) -> Vec<f32> {
    y.chunks_exact(n).zip(dy.chunks_exact(n)).map(|(y, dy)| y.iter().zip(dy).map(|(y, dy)| y * dy).sum()).collect()
}

/// Replaces a row by exp(row − max(row)) and returns its sum.
pub fn exponentials(row: &mut [f32]) -> f32 {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter_mut().for_each(|x| *x = f64::from(*x - largest).exp() as f32);
    packet_sum(row)
}
