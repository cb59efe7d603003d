/*!
Resizing of images in plain loops, with the pixels' centres at halves, as in TensorFlow 2.

The fast kernels run these row by row on several threads.
*/

/// Where an output position along one axis reads: two input positions, and how far it is from the first to the second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Source {
    /// The input position before.
    pub lower: usize,
    /// The input position after.
    pub upper: usize,
    /// 0 at `lower`, 1 at `upper`.
    pub fraction: f32,
}

/// The sources of `n` output positions on an axis of `n_prev` pixels: position i reads at (i + 1/2) n_prev / n − 1/2, or,
/// for the nearest neighbour, the pixel that (i + 1/2) n_prev / n is in.
pub fn sources(n: usize, n_prev: usize, nearest: bool) -> Vec<Source> {
    let scale = n_prev as f32 / n as f32;
    let source = |i: usize| {
        let at = (i as f32 + 0.5) * scale;
        if nearest {
            let pixel = (at.floor() as usize).min(n_prev - 1);
            return Source { lower: pixel, upper: pixel, fraction: 0.0 };
        }
        let at = at - 0.5;
        let lower = at.floor();
        let upper = (lower as isize + 1).clamp(0, n_prev as isize - 1) as usize;
        Source { lower: lower.max(0.0) as usize, upper, fraction: at - lower }
    };
    (0..n).map(source).collect()
}

/// Writes one row of the output. `x` is an image of rows of `row_len` elements.
pub fn row(x: &[f32], row_len: usize, n_c: usize, row: Source, columns: &[Source], y: &mut [f32]) {
    let (top, bottom) = (&x[row.lower * row_len..][..row_len], &x[row.upper * row_len..][..row_len]);
    for (y, column) in y.chunks_exact_mut(n_c).zip(columns) {
        let (left, right) = (column.lower * n_c, column.upper * n_c);
        for (c, y) in y.iter_mut().enumerate() {
            let above = top[left + c] + (top[right + c] - top[left + c]) * column.fraction;
            let below = bottom[left + c] + (bottom[right + c] - bottom[left + c]) * column.fraction;
            *y = above + (below - above) * row.fraction;
        }
    }
}

/// Adds the gradient of an image, given that of the output, whose rows are those of `rows`.
pub fn backward(dy: &[f32], row_len: usize, n_c: usize, rows: &[Source], columns: &[Source], dx: &mut [f32]) {
    for (dy, row) in dy.chunks_exact(columns.len() * n_c).zip(rows) {
        for (dy, column) in dy.chunks_exact(n_c).zip(columns) {
            for (from_row, weight) in [(row.lower, 1.0 - row.fraction), (row.upper, row.fraction)] {
                for (from, share) in [(column.lower, 1.0 - column.fraction), (column.upper, column.fraction)] {
                    let dx = &mut dx[from_row * row_len + from * n_c..][..n_c];
                    dx.iter_mut().zip(dy).for_each(|(dx, dy)| *dx += dy * (weight * share));
                }
            }
        }
    }
}
