/*! Copying images into larger ones, and back. */

/// Where images are placed inside larger ones.
#[derive(Debug, Clone, Copy)]
pub struct Frame {
    /// Images, rows, columns and channels of the small images.
    pub inner: (usize, usize, usize, usize),
    /// Rows and columns of the large ones.
    pub outer: (usize, usize),
    /// Rows above and columns to the left of the small image.
    pub before: (usize, usize),
}

impl Frame {
    /// The offsets of each image row in the small and in the large images.
    fn rows(&self) -> impl Iterator<Item = (usize, usize)> + use<> {
        let Frame { inner: (m, n_h, n_w, n_c), outer: (out_h, out_w), before: (top, left) } = *self;
        (0..m * n_h).map(move |row| {
            let (i, h) = (row / n_h, row % n_h);
            (row * n_w * n_c, ((i * out_h + top + h) * out_w + left) * n_c)
        })
    }

    fn row_len(&self) -> usize {
        self.inner.2 * self.inner.3
    }
}

/// Writes the small images `x` into the large ones, with zeros around them.
pub fn forward(frame: &Frame, x: &[f32], y: &mut [f32]) {
    y.fill(0.0);
    for (from, to) in frame.rows() {
        y[to..to + frame.row_len()].copy_from_slice(&x[from..from + frame.row_len()]);
    }
}

/// Writes or adds the elements of `dy` at the small images' place.
pub fn backward(frame: &Frame, dy: &[f32], dx: &mut [f32], accumulate: bool) {
    for (to, from) in frame.rows() {
        let (dx, dy) = (&mut dx[to..to + frame.row_len()], &dy[from..from + frame.row_len()]);
        for (dx, dy) in dx.iter_mut().zip(dy) {
            *dx = if accumulate { *dx + dy } else { *dy };
        }
    }
}
