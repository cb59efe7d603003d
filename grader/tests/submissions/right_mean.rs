use cnn::prelude::*;

pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let (m, n_h, n_w, n_c) = x.dim();
    let shape = (m, n_h + 2 * pad, n_w + 2 * pad, n_c);
    let n = (shape.0 * shape.1 * shape.2 * shape.3) as f64;
    Array4::from_elem(shape, x.sum() / n)
}

pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
    let mut a = Array2::zeros(shape);
    a[[0, 0]] = dz;
    a
}
