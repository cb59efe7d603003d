/*! Mean and maximum of each channel over a whole image, in plain loops. */

/// Writes the mean of each channel over each image. Images have `n_pixels` pixels of `n_c` channels.
pub fn average_forward(x: &[f32], n_pixels: usize, n_c: usize, y: &mut [f32]) {
    for (y, x) in y.chunks_exact_mut(n_c).zip(x.chunks_exact(n_pixels * n_c)) {
        y.fill(0.0);
        for x in x.chunks_exact(n_c) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y += x);
        }
        y.iter_mut().for_each(|y| *y /= n_pixels as f32);
    }
}

/// Writes the maximum of each channel over each image; a NaN is passed on.
pub fn max_forward(x: &[f32], n_pixels: usize, n_c: usize, y: &mut [f32]) {
    for (y, x) in y.chunks_exact_mut(n_c).zip(x.chunks_exact(n_pixels * n_c)) {
        y.fill(f32::NEG_INFINITY);
        for x in x.chunks_exact(n_c) {
            y.iter_mut().zip(x).for_each(|(y, x)| *y = if *x <= *y { *y } else { *x });
        }
    }
}

/// Writes how many pixels of each image and channel are equal to the maximum.
pub fn count_maxima(x: &[f32], n_pixels: usize, n_c: usize, largest: &[f32], counts: &mut [f32]) {
    counts.fill(0.0);
    for (i, x) in x.chunks_exact(n_pixels * n_c).enumerate() {
        for (j, x) in x.iter().enumerate() {
            let out = i * n_c + j % n_c;
            counts[out] += f32::from(u8::from(*x == largest[out]));
        }
    }
}
