use cnn::prelude::*;

pub fn pool_forward(a_prev: &Array4<f64>, hparameters: PoolHparameters, mode: PoolMode) -> (Array4<f64>, PoolCache) {
    let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
    let PoolHparameters { f, stride } = hparameters;
    let a = Array4::from_elem((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c), f64::NAN);
    let _ = mode;
    (a, PoolCache { a_prev: a_prev.clone(), hparameters })
}

pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
    Array2::from_elem(shape, dz / 0.0)
}

pub fn conv_single_step(_: &ArrayView3<f64>, _: &ArrayView3<f64>, _: &ArrayView3<f64>) -> f64 {
    f64::NAN
}
