use cnn::prelude::*;

// The fourth letter of "pad" in this name is Cyrillic.
pub fn zero_pаd(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let (m, n_h, n_w, n_c) = x.dim();
    let mut x_pad = Array4::zeros((m, n_h + 2 * pad, n_w + 2 * pad, n_c));
    x_pad.slice_mut(s![.., pad..pad + n_h, pad..pad + n_w, ..]).assign(x);
    x_pad
}

pub fn r#distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
    let (n_h, n_w) = shape;
    Array2::from_elem(shape, dz / (n_h * n_w) as f64)
}

mod mine {
    use cnn::prelude::*;

    pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
        let max = np::max(x);
        x.mapv(|x| x == max)
    }
}

pub fn conv_single_step(_a: &ArrayView3<f64>, _w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 {
    0.0
}

pub fn conv_single_step(a: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
    np::sum_of_products(a, w) + b[[0, 0, 0]]
}
