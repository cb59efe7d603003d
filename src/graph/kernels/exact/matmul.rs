/*!
One row of a matrix product in the order of Eigen's kernel for SSE packets of four, as TensorFlow 1's wheels had it.

Both convolution and dense layers end here. The rule for the left-over columns is recalled from Eigen's source; the
digits of the course's residual blocks confirm it.
*/

/// Writes `a b` into `out`, where `a` is a row of k elements and `b` a matrix (k, m).
///
/// ```text
/// out[c] = ((0 + a[0] b[0, c]) + a[1] b[1, c]) + …           columns before the last m mod 4
/// out[c] = (s0 + s1) + (s2 + s3), s_i over k = i (mod 4),    the last m mod 4 columns, if `lanes`
///          then the last k mod 4 products one by one
/// ```
///
/// `lanes` is false for the last n mod 4 rows of a product of n rows; see [`lanes`].
pub fn row_times_matrix(a: &[f32], b: &[f32], out: &mut [f32], lanes: bool) {
    let m = out.len();
    out.fill(0.0);
    for (a, b) in a.iter().zip(b.chunks_exact(m)) {
        for (out, b) in out.iter_mut().zip(b) {
            *out += a * b;
        }
    }
    if lanes {
        for (c, out) in out.iter_mut().enumerate().skip(m / 4 * 4) {
            *out = column_in_lanes(a, b, m, c);
        }
    }
}

/// Whether row `row` of a product of `n` rows belongs to a whole packet of four rows.
pub fn lanes(row: usize, n: usize) -> bool {
    row < n / 4 * 4
}

fn column_in_lanes(a: &[f32], b: &[f32], m: usize, c: usize) -> f32 {
    let mut s = [0.0f32; 4];
    let whole = a.len() / 4 * 4;
    for k in 0..whole {
        s[k % 4] += a[k] * b[k * m + c];
    }
    let joined = (s[0] + s[1]) + (s[2] + s[3]);
    (whole..a.len()).fold(joined, |sum, k| sum + a[k] * b[k * m + c])
}

/// Writes `x w` into `y`, with `x` of shape (m, k), `w` of shape (k, n), `y` of shape (m, n).
pub fn forward((m, k, n): (usize, usize, usize), x: &[f32], w: &[f32], y: &mut [f32]) {
    for (i, y) in y.chunks_exact_mut(n).enumerate() {
        row_times_matrix(&x[i * k..(i + 1) * k], w, y, lanes(i, m));
    }
}

/// Writes or adds `dy wᵀ` into `dx`, with `dy` of shape (m, n), `w` of shape (k, n), `dx` of shape (m, k).
pub fn backward_input((k, n): (usize, usize), dy: &[f32], w: &[f32], dx: &mut [f32], accumulate: bool) {
    for (dy, dx) in dy.chunks_exact(n).zip(dx.chunks_exact_mut(k)) {
        for (dx, w) in dx.iter_mut().zip(w.chunks_exact(n)) {
            let product = dy.iter().zip(w).fold(0.0, |sum, (dy, w)| sum + dy * w);
            *dx = if accumulate { *dx + product } else { product };
        }
    }
}

/// Writes or adds `xᵀ dy` into `dw`, with `x` of shape (m, k), `dy` of shape (m, n), `dw` of shape (k, n).
pub fn backward_weights((k, n): (usize, usize), x: &[f32], dy: &[f32], dw: &mut [f32], accumulate: bool) {
    if !accumulate {
        dw.fill(0.0);
    }
    for (x, dy) in x.chunks_exact(k).zip(dy.chunks_exact(n)) {
        for (x, dw) in x.iter().zip(dw.chunks_exact_mut(n)) {
            for (dw, dy) in dw.iter_mut().zip(dy) {
                *dw += x * dy;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn left_over_columns_use_four_lanes() {
        // One column (m = 1), so all of it is left over. Lane by lane the ones are not lost next to 2^24.
        let big = 16_777_216.0;
        let a = [big, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0];
        let b = [1.0; 8];
        let mut out = [0.0];
        row_times_matrix(&a, &b, &mut out, true);
        assert_eq!(out, [big + 2.0]);
        row_times_matrix(&a, &b, &mut out, false);
        assert_eq!(out, [big]);
    }

    #[test]
    fn products_agree_with_ndarray() {
        use ndarray::{Array2, array};
        let a = array![[1.0f32, 2.0, 3.0], [4.0, 5.0, 6.0]];
        let b = array![[1.0f32, 0.5], [2.0, -1.0], [0.0, 3.0]];
        let slice = |x: &Array2<f32>| x.as_standard_layout().into_owned().into_raw_vec_and_offset().0;
        let c = a.dot(&b);
        let mut out = vec![0.0; 4];
        forward((2, 3, 2), &slice(&a), &slice(&b), &mut out);
        assert_eq!(out, slice(&c));
        let mut da = vec![1.0; 6];
        backward_input((3, 2), &slice(&c), &slice(&b), &mut da, true);
        assert_eq!(da, slice(&(c.dot(&b.t()) + 1.0)));
        let mut db = vec![9.0; 6];
        backward_weights((3, 2), &slice(&a), &slice(&c), &mut db, false);
        assert_eq!(db, slice(&a.t().dot(&c)));
    }
}
