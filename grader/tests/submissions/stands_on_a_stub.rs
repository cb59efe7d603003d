use cnn::prelude::*;

pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
    let PoolHparameters { f, stride } = cache.hparameters;
    let mut da_prev = Array4::<f64>::zeros(cache.a_prev.dim());
    for ((i, h, w, c), da) in da.indexed_iter() {
        let window = s![i, h * stride..h * stride + f, w * stride..w * stride + f, c];
        let share = match mode {
            PoolMode::Average => distribute_value(*da, (f, f)),
            PoolMode::Max => create_mask_from_window(&cache.a_prev.slice(window)).mapv(|is_max| if is_max { *da } else { 0.0 }),
        };
        da_prev.slice_mut(window).scaled_add(1.0, &share);
    }
    da_prev
}
