use cnn::prelude::*;

pub fn zero_pad(x: &Array4<f64>, pad: i32) -> Array4<f64> {
    let pad = pad as usize;
    let (m, n_h, n_w, n_c) = x.dim();
    let mut x_pad = Array4::zeros((m, n_h + 2 * pad, n_w + 2 * pad, n_c));
    x_pad.slice_mut(s![.., pad..pad + n_h, pad..pad + n_w, ..]).assign(x);
    x_pad
}

pub fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 {
    (a_slice_prev * w).sum()
}

pub fn conv_forward(
    a_prev: &Array4<f64>,
    w: &Array4<f64>,
    b: &Array4<f64>,
    hparameters: ConvHparameters,
) -> (Array4<f64>, ConvCache) {
    let ConvHparameters { stride, pad } = hparameters;
    let padded = zero_pad(a_prev, pad);
    let f = w.dim().0;
    let (n_h, n_w) = ((padded.dim().1 - f) / stride + 1, (padded.dim().2 - f) / stride + 1);
    let z = Array4::from_shape_fn((a_prev.dim().0, n_h, n_w, w.dim().3), |(i, h, wi, c)| {
        let slice = padded.slice(s![i, h..h + f, wi..wi + f, ..]);
        conv_single_step(&slice, &w.index_axis(Axis(3), c), &b.index_axis(Axis(3), c))
    });
    (z, ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters })
}
