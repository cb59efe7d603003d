use cnn::prelude::*;

// The same functions entry by entry: no slices of the picture, no broadcasting.

pub fn mirror(image: &Array3<f64>) -> Array3<f64> {
    let (n_h, n_w, n_c) = image.dim();
    Array3::from_shape_fn((n_h, n_w, n_c), |(i, j, c)| image[[i, n_w - 1 - j, c]])
}

/// The part whose left upper corner is at `top`, `left`.
fn cut(image: &Array3<f64>, top: usize, left: usize, f_h: usize, f_w: usize) -> Array3<f64> {
    Array3::from_shape_fn((f_h, f_w, image.dim().2), |(i, j, c)| image[[top + i, left + j, c]])
}

pub fn random_crop(image: &Array3<f64>, f_h: usize, f_w: usize, seed: u32) -> Array3<f64> {
    let mut generator = RandomState::new(seed);
    let mut draw = |free: usize| -> usize {
        let number: Array1<i64> = generator.randint(0, free as i64 + 1, 1);
        number[0].try_into().unwrap()
    };
    let row = draw(image.dim().0 - f_h);
    let column = draw(image.dim().1 - f_w);
    cut(image, row, column, f_h, f_w)
}

pub fn pca_color_augmentation(
    image: &Array3<f64>,
    variances: &Array1<f64>,
    components: &Array2<f64>,
    alpha: &Array1<f64>,
) -> Array3<f64> {
    let mut out = image.clone();
    for ((_, _, c), value) in out.indexed_iter_mut() {
        for k in 0..3 {
            *value += components[[k, c]] * variances[k] * alpha[k];
        }
        *value = value.max(0.0).min(1.0);
    }
    out
}

pub fn ten_crop(image: &Array3<f64>, f_h: usize, f_w: usize) -> Array4<f64> {
    let (n_h, n_w, n_c) = image.dim();
    let mirrored = mirror(image);
    Array4::from_shape_fn((10, f_h, f_w, n_c), |(k, i, j, c)| {
        let picture = if k < 5 { image } else { &mirrored };
        let (top, left) = match k % 5 {
            0 => ((n_h - f_h) / 2, (n_w - f_w) / 2),
            corner => ((n_h - f_h) * ((corner - 1) / 2), (n_w - f_w) * ((corner - 1) % 2)),
        };
        picture[[top + i, left + j, c]]
    })
}
