use cnn::prelude::*;

pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let (m, n_h, n_w, n_c) = x.dim();
    let mut x_pad = Array4::zeros((m, n_h + 2 * pad, n_w + 2 * pad, n_c);
    x_pad
}

/// This one is right.
pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
    let (n_h, n_w) = shape;
    Array2::from_elem(shape, dz / (n_h * n_w) as f64)
}

pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
    if x.is_empty() {
    x.mapv(|value| value == np::max(x))
}
