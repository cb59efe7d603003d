/*!
The softmax and its cross-entropy with given labels, row by row.

Rows are short (one number per class), so this is plain code; it is here so that a session has all of it in one set.
*/

/// `p[r][c] = exp(z[r][c]) / sum of exp(z[r])`, each row shifted by its largest number first.
///
/// # Panics
/// If `z` and `p` differ in length or are not made of whole rows of `n_c` numbers.
pub fn forward(z: &[f32], n_c: usize, p: &mut [f32]) {
    check(z.len(), p.len(), n_c);
    for (z, p) in z.chunks_exact(n_c).zip(p.chunks_exact_mut(n_c)) {
        let largest = z.iter().fold(f32::NEG_INFINITY, |largest, &z| largest.max(z));
        p.iter_mut().zip(z).for_each(|(p, z)| *p = (z - largest).exp());
        let sum = p.iter().map(|&p| f64::from(p)).sum::<f64>() as f32;
        p.iter_mut().for_each(|p| *p /= sum);
    }
}

/// The cross-entropy of each row of logits with its row of labels, and the softmax for the backward pass.
///
/// ```text
/// loss[r] = sum over c of labels[r][c] (log(sum of exp(z[r])) - z[r][c])
/// ```
///
/// # Panics
/// If the slices do not fit each other.
pub fn cross_entropy(z: &[f32], labels: &[f32], n_c: usize, loss: &mut [f32], p: &mut [f32]) {
    check(z.len(), labels.len(), n_c);
    assert!(loss.len() * n_c == z.len(), "softmax: expected {} losses, got {}", z.len() / n_c, loss.len());
    forward(z, n_c, p);
    for ((z, labels), loss) in z.chunks_exact(n_c).zip(labels.chunks_exact(n_c)).zip(loss) {
        let largest = z.iter().fold(f32::NEG_INFINITY, |largest, &z| largest.max(z));
        let log_sum = z.iter().map(|&z| f64::from(z - largest).exp()).sum::<f64>().ln();
        let terms = z.iter().zip(labels).map(|(z, &label)| f64::from(label) * (log_sum - f64::from(z - largest)));
        *loss = terms.sum::<f64>() as f32;
    }
}

/// The gradient of [`cross_entropy`] with respect to the logits: `dz[r][c] = d_loss[r] (p[r][c] - labels[r][c])`, for
/// labels whose rows sum to 1.
///
/// # Panics
/// If the slices do not fit each other.
pub fn cross_entropy_backward(p: &[f32], labels: &[f32], d_loss: &[f32], n_c: usize, dz: &mut [f32]) {
    check(p.len(), labels.len(), n_c);
    check(p.len(), dz.len(), n_c);
    assert!(d_loss.len() * n_c == p.len(), "softmax: expected {} gradients, got {}", p.len() / n_c, d_loss.len());
    for (i, ((dz, p), label)) in dz.iter_mut().zip(p).zip(labels).enumerate() {
        *dz = d_loss[i / n_c] * (p - label);
    }
}

#[track_caller]
fn check(len: usize, other: usize, n_c: usize) {
    assert!(
        n_c > 0 && len.is_multiple_of(n_c) && other == len,
        "softmax: expected two slices of whole rows of {n_c} numbers, got {len} and {other} numbers"
    );
}
