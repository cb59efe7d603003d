// Every function has the right types and does no work: an input comes back, or an array of zeros.
use cnn::prelude::*;

pub fn zero_pad(x: &Array4<f64>, _pad: usize) -> Array4<f64> {
    x.clone()
}

pub fn conv_single_step(_a_slice_prev: &ArrayView3<f64>, _w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 {
    0.0
}

pub fn conv_forward(
    a_prev: &Array4<f64>,
    w: &Array4<f64>,
    b: &Array4<f64>,
    hparameters: ConvHparameters,
) -> (Array4<f64>, ConvCache) {
    let ConvHparameters { stride, pad } = hparameters;
    let size = |n: usize| (n + 2 * pad - w.dim().0) / stride + 1;
    let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
    let z = Array4::zeros((m, size(n_h_prev), size(n_w_prev), w.dim().3));
    (z, ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters })
}

pub fn pool_forward(a_prev: &Array4<f64>, hparameters: PoolHparameters, _mode: PoolMode) -> (Array4<f64>, PoolCache) {
    let size = |n: usize| (n - hparameters.f) / hparameters.stride + 1;
    let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
    let a = Array4::zeros((m, size(n_h_prev), size(n_w_prev), n_c));
    (a, PoolCache { a_prev: a_prev.clone(), hparameters })
}

pub fn conv_backward(_dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
    (Array4::zeros(cache.a_prev.dim()), Array4::zeros(cache.w.dim()), Array4::zeros(cache.b.dim()))
}

pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
    Array2::from_elem(x.dim(), true)
}

pub fn distribute_value(_dz: f64, shape: (usize, usize)) -> Array2<f64> {
    Array2::zeros(shape)
}

pub fn pool_backward(_da: &Array4<f64>, cache: &PoolCache, _mode: PoolMode) -> Array4<f64> {
    Array4::zeros(cache.a_prev.dim())
}
