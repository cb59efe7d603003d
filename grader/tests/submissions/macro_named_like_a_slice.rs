use cnn::prelude::*;

// A helper macro that has the name of one that the reference uses.
macro_rules! s {
    ($a:expr) => {
        $a
    };
}

pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let _ = pad;
    s!(x.clone())
}

pub fn conv_single_step(a: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
    np::sum_of_products(a, w) + b[[0, 0, 0]]
}

pub fn conv_forward(
    a_prev: &Array4<f64>,
    w: &Array4<f64>,
    b: &Array4<f64>,
    hparameters: ConvHparameters,
) -> (Array4<f64>, ConvCache) {
    hparameters.check("conv_forward", a_prev.dim(), w.dim(), b.dim());
    let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
    let (f, _, _, n_c) = w.dim();
    let ConvHparameters { stride, pad } = hparameters;
    let mut z = Array4::zeros((m, (n_h_prev + 2 * pad - f) / stride + 1, (n_w_prev + 2 * pad - f) / stride + 1, n_c));
    let a_prev_pad = zero_pad(a_prev, pad);
    for ((i, h, v, c), z) in z.indexed_iter_mut() {
        let at = ::ndarray::s![i, h * stride..h * stride + f, v * stride..v * stride + f, ..];
        *z = conv_single_step(&a_prev_pad.slice(at), &w.index_axis(Axis(3), c), &b.index_axis(Axis(3), c));
    }
    (z, ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters })
}
