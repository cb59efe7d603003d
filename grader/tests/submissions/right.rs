// A complete solution that shares no line with the reference: other loops, helpers, a struct, a constant, a macro, and
// functions without `pub`.
use cnn::prelude::*;
use std::collections::BTreeMap;

const CHANNELS: usize = 3;

/// Corners of a window.
#[derive(Clone, Copy)]
struct Window {
    top: usize,
    left: usize,
    side: usize,
}

impl Window {
    fn at(h: usize, w: usize, side: usize, stride: usize) -> Self {
        Self { top: h * stride, left: w * stride, side }
    }

    fn pixels(self) -> impl Iterator<Item = (usize, usize)> {
        let Self { top, left, side } = self;
        (top..top + side).flat_map(move |row| (left..left + side).map(move |column| (row, column)))
    }
}

macro_rules! size {
    ($n:expr, $f:expr, $stride:expr) => {
        ($n - $f) / $stride + 1
    };
}

fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let shape = x.dim();
    Array4::from_shape_fn((shape.0, shape.1 + 2 * pad, shape.2 + 2 * pad, shape.3), |(i, h, w, c)| {
        let inside = |at: usize, n: usize| at >= pad && at < n + pad;
        if inside(h, shape.1) && inside(w, shape.2) { x[[i, h - pad, w - pad, c]] } else { 0.0 }
    })
}

fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
    let mut sum = b[[0, 0, 0]];
    for (a, w) in a_slice_prev.iter().zip(w.iter()) {
        sum += a * w;
    }
    sum
}

fn conv_forward(a_prev: &Array4<f64>, w: &Array4<f64>, b: &Array4<f64>, hp: ConvHparameters) -> (Array4<f64>, ConvCache) {
    let padded = zero_pad(a_prev, hp.pad);
    let f = w.dim().0;
    let shape = (padded.dim().0, size!(padded.dim().1, f, hp.stride), size!(padded.dim().2, f, hp.stride), w.dim().3);
    let z = Array4::from_shape_fn(shape, |(i, h, column, c)| {
        let Window { top, left, side } = Window::at(h, column, f, hp.stride);
        let slice = padded.slice(s![i, top..top + side, left..left + side, ..]);
        conv_single_step(&slice, &w.slice(s![.., .., .., c]), &b.slice(s![.., .., .., c]))
    });
    (z, ConvCache { a_prev: a_prev.to_owned(), w: w.to_owned(), b: b.to_owned(), hparameters: hp })
}

fn pool_forward(a_prev: &Array4<f64>, hp: PoolHparameters, mode: PoolMode) -> (Array4<f64>, PoolCache) {
    let (m, n_h, n_w, n_c) = a_prev.dim();
    let a = Array4::from_shape_fn((m, size!(n_h, hp.f, hp.stride), size!(n_w, hp.f, hp.stride), n_c), |(i, h, w, c)| {
        let values = Window::at(h, w, hp.f, hp.stride).pixels().map(|(row, column)| a_prev[[i, row, column, c]]);
        match mode {
            PoolMode::Max => values.reduce(f64::max).unwrap(),
            PoolMode::Average => values.sum::<f64>() / (hp.f * hp.f) as f64,
        }
    });
    (a, PoolCache { a_prev: a_prev.clone(), hparameters: hp })
}

fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
    let ConvHparameters { stride, pad } = cache.hparameters;
    let (_, n_h, n_w, n_c_prev) = cache.a_prev.dim();
    let mut da_prev = Array4::zeros(cache.a_prev.dim());
    let mut dw = Array4::zeros(cache.w.dim());
    let db = dz.sum_axis(Axis(0)).sum_axis(Axis(0)).sum_axis(Axis(0)).into_shape_with_order((1, 1, 1, dz.dim().3)).unwrap();
    for ((i, h, w, c), dz) in dz.indexed_iter() {
        let window = Window::at(h, w, cache.w.dim().0, stride);
        for (row, column) in window.pixels() {
            // A pixel of the border of zeros takes no part in either gradient.
            if row < pad || column < pad || row >= n_h + pad || column >= n_w + pad {
                continue;
            }
            for k in 0..n_c_prev {
                let at = [row - window.top, column - window.left, k, c];
                da_prev[[i, row - pad, column - pad, k]] += cache.w[at] * dz;
                dw[at] += cache.a_prev[[i, row - pad, column - pad, k]] * dz;
            }
        }
    }
    (da_prev, dw, db)
}

pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
    let mut largest: BTreeMap<usize, f64> = BTreeMap::new();
    for value in x {
        let entry = largest.entry(CHANNELS).or_insert(*value);
        *entry = entry.max(*value);
    }
    x.map(|value| *value >= largest[&CHANNELS])
}

pub fn distribute_value(dz: f64, (n_h, n_w): (usize, usize)) -> Array2<f64> {
    Array2::ones((n_h, n_w)) * (dz / n_h as f64 / n_w as f64)
}

pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
    let PoolHparameters { f, stride } = cache.hparameters;
    let mut da_prev = Array4::<f64>::zeros(cache.a_prev.dim());
    for ((i, h, w, c), da) in da.indexed_iter() {
        let Window { top, left, side } = Window::at(h, w, f, stride);
        let window = s![i, top..top + side, left..left + side, c];
        let mut target = da_prev.slice_mut(window);
        match mode {
            PoolMode::Average => target += &distribute_value(*da, (f, f)),
            PoolMode::Max => {
                let mask = create_mask_from_window(&cache.a_prev.slice(window));
                Zip::from(&mut target).and(&mask).for_each(|target, is_max| *target += f64::from(u8::from(*is_max)) * da);
            }
        }
    }
    da_prev
}

fn main() {
    println!("{}", zero_pad(&Array4::zeros((1, 2, 2, 1)), 1).sum());
}
