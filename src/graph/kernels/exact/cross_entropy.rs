/*!
Cross-entropies of given probabilities, in plain loops. Probabilities are clipped to [1e-7, 1 − 1e-7], so that no
logarithm is infinite.
*/

/// How near a probability may come to 0 and to 1.
const EPSILON: f32 = 1e-7;

fn clip(p: f32) -> f32 {
    p.clamp(EPSILON, 1.0 - EPSILON)
}

/// Whether clipping leaves `p` alone, so that a gradient flows.
fn is_inside(p: f32) -> bool {
    (EPSILON..=1.0 - EPSILON).contains(&p)
}

/// Writes −Σ_j y_j log(o_j / Σ_k o_k) of each row of `classes` outputs o and labels y.
pub fn categorical_forward(classes: usize, o: &[f32], y: &[f32], loss: &mut [f32]) {
    let rows = o.chunks_exact(classes).zip(y.chunks_exact(classes));
    for (loss, (o, y)) in loss.iter_mut().zip(rows) {
        let sum: f32 = o.iter().sum();
        *loss = -o.iter().zip(y).map(|(o, y)| y * clip(o / sum).ln()).sum::<f32>();
    }
}

/// The gradient of [`categorical_forward`] with respect to the outputs, as a function of the element's index. With p =
/// o / S: do_j = (dp_j − Σ_k dp_k p_k) / S, dp_j = −y_j / p_j.
pub fn categorical_backward(classes: usize, o: &[f32], y: &[f32], d_loss: &[f32]) -> impl Fn(usize) -> f32 {
    let sums: Vec<f32> = o.chunks_exact(classes).map(|row| row.iter().sum()).collect();
    let d_p = move |sums: &[f32], i: usize| {
        let p = o[i] / sums[i / classes];
        if is_inside(p) { -y[i] / p } else { 0.0 }
    };
    let shared =
        |row: usize| -> f32 { (row * classes..(row + 1) * classes).map(|i| d_p(&sums, i) * o[i] / sums[row]).sum() };
    let shared: Vec<f32> = (0..sums.len()).map(shared).collect();
    move |i| {
        let row = i / classes;
        (d_p(&sums, i) - shared[row]) / sums[row] * d_loss[row]
    }
}

/// −y log p − (1 − y) log(1 − p) of a probability p and a label y.
pub fn binary(p: f32, y: f32) -> f32 {
    let p = clip(p);
    -y * p.ln() - (1.0 - y) * (1.0 - p).ln()
}

/// The derivative of [`binary`] with respect to p; `None` where p is clipped, so that no gradient flows.
pub fn binary_derivative(p: f32, y: f32) -> Option<f32> {
    is_inside(p).then(|| (1.0 - y) / (1.0 - p) - y / p)
}
