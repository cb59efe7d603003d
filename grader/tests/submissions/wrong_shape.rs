use cnn::prelude::*;

pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let (m, n_h, n_w, n_c) = x.dim();
    let mut x_pad = Array4::zeros((m, n_h + pad, n_w + pad, n_c));
    x_pad.slice_mut(s![.., pad.., pad.., ..]).assign(x);
    x_pad
}

pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
    Array2::from_elem((shape.1, shape.0), dz / (shape.0 * shape.1) as f64)
}
