/*! Copying tensors side by side. */

/// Writes rows of `row_len` elements: in each, `widths[i]` elements of input i, one input after the other.
pub fn forward(inputs: &[&[f32]], widths: &[usize], row_len: usize, y: &mut [f32]) {
    for (i, y) in y.chunks_exact_mut(row_len).enumerate() {
        let mut at = 0;
        for (x, width) in inputs.iter().zip(widths) {
            y[at..at + width].copy_from_slice(&x[i * width..(i + 1) * width]);
            at += width;
        }
    }
}
