/*!
The directions in colour space in which the pixels of a data set vary most: the principal components of red, green and blue.

Nothing is changed here; `Augment` shifts colours along these directions.
*/

use ndarray::Array4;

/// Principal components of the colours of a data set.
///
/// C = 1/N Σ (c − c̄)(c − c̄)ᵀ over all pixels c, with C v = λ v
///
/// ```
/// use cnn::images::PrincipalColors;
/// use ndarray::Array4;
/// // Red and green rise together, blue stays: all variance lies along (1, 1, 0) / √2.
/// let x = Array4::from_shape_fn((1, 2, 2, 3), |(_, h, w, c)| if c == 2 { 0.5 } else { (2 * h + w) as f32 / 4.0 });
/// let colors = PrincipalColors::of(&x);
/// assert!((colors.vectors[0][0] - 0.5_f64.sqrt()).abs() < 1e-9 && colors.vectors[0][2].abs() < 1e-9);
/// assert!(colors.variances[1].abs() < 1e-9);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PrincipalColors {
    /// The eigenvalues λ, the largest first: the variance along each direction.
    pub variances: [f64; 3],
    /// The eigenvectors v, of length 1, in the same order; the component of largest magnitude is positive.
    pub vectors: [[f64; 3]; 3],
}

impl PrincipalColors {
    /// The principal components of a batch's pixels.
    ///
    /// # Arguments
    /// * `x`: (m, n_h, n_w, 3)
    ///
    /// # Panics
    /// If there is no pixel or the pictures have not 3 channels.
    pub fn of(x: &Array4<f32>) -> Self {
        assert!(
            x.dim().3 == 3 && !x.is_empty(),
            "PrincipalColors::of: expected pictures of three channels, (m, n_h, n_w, 3), got {:?}",
            x.dim()
        );
        let pixels = || x.rows().into_iter().map(|pixel| [0, 1, 2].map(|c| f64::from(pixel[c])));
        let n = (x.len() / 3) as f64;
        let mut mean = [0.0; 3];
        pixels().for_each(|pixel| (0..3).for_each(|c| mean[c] += pixel[c] / n));
        let mut covariance = [[0.0; 3]; 3];
        for pixel in pixels() {
            for (i, row) in covariance.iter_mut().enumerate() {
                for (j, entry) in row.iter_mut().enumerate() {
                    *entry += (pixel[i] - mean[i]) * (pixel[j] - mean[j]) / n;
                }
            }
        }
        let (values, columns) = jacobi(covariance);
        let mut order = [0, 1, 2];
        order.sort_by(|&a, &b| values[b].total_cmp(&values[a]));
        let vector = |k: usize| {
            let v = columns.map(|row| row[k]);
            let largest = v.into_iter().max_by(|a, b| a.abs().total_cmp(&b.abs())).unwrap_or(1.0);
            v.map(|component| component * largest.signum())
        };
        Self { variances: order.map(|k| values[k]), vectors: order.map(vector) }
    }

    /// The shift of red, green and blue for these factors: Σ_k factors\[k\] λ_k v_k.
    pub fn shift(&self, factors: [f64; 3]) -> [f64; 3] {
        [0, 1, 2].map(|c| (0..3).map(|k| factors[k] * self.variances[k] * self.vectors[k][c]).sum())
    }
}

/// Eigenvalues of a symmetric matrix, and its eigenvectors in the columns, by Jacobi's rotations (Golub and Van Loan,
/// "Matrix computations", section 8.5).
fn jacobi(mut a: [[f64; 3]; 3]) -> ([f64; 3], [[f64; 3]; 3]) {
    let mut v = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
    // Each sweep squares what is left beside the diagonal; three or four are enough for f64.
    for _ in 0..12 {
        for (p, q) in [(0, 1), (0, 2), (1, 2)] {
            if a[p][q] == 0.0 {
                continue;
            }
            let tau = (a[q][q] - a[p][p]) / (2.0 * a[p][q]);
            let t = tau.signum() / (tau.abs() + tau.hypot(1.0));
            let c = 1.0 / t.hypot(1.0);
            let s = t * c;
            for row in &mut a {
                (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
            }
            let (upper, lower) = (a[p], a[q]);
            a[p] = [0, 1, 2].map(|k| c * upper[k] - s * lower[k]);
            a[q] = [0, 1, 2].map(|k| s * upper[k] + c * lower[k]);
            for row in &mut v {
                (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
            }
        }
    }
    ([a[0][0], a[1][1], a[2][2]], v)
}
