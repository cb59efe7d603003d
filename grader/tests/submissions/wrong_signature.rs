use cnn::prelude::*;

pub fn zero_pad(x: Array4<f64>, pad: i32) -> Array4<f64> {
    let pad = pad as usize;
    let (m, n_h, n_w, n_c) = x.dim();
    let mut x_pad = Array4::zeros((m, n_h + 2 * pad, n_w + 2 * pad, n_c));
    x_pad.slice_mut(s![.., pad..pad + n_h, pad..pad + n_w, ..]).assign(&x);
    x_pad
}

pub fn distribute_value(dz: f64, shape: (usize, usize)) -> f64 {
    dz / (shape.0 * shape.1) as f64
}

pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
    let x_max = np::max(x);
    x.mapv(|value| value == x_max)
}
