/*!
Typical mistakes in "Convolutional networks, step by step".

Not a list of everything that can go wrong: a mistake stands here because learners make it. Each module is one mistake;
its documentation is the sentence that the learner reads, the function in it is the wrong body. The grader runs them with
the reference's functions upstream, and a test proves that the hidden cases tell every one of them from the reference.
*/

/// The padding belongs on both sides of the image: copy x to rows pad..pad + n_h and columns pad..pad + n_w, not into
/// the corner.
mod pads_only_after {
    pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
        let (m, n_h, n_w, n_c) = x.dim();
        let mut x_pad = Array4::zeros((m, n_h + 2 * pad, n_w + 2 * pad, n_c));
        x_pad.slice_mut(s![.., ..n_h, ..n_w, ..]).assign(x);
        x_pad
    }
}

/// Every side gets pad rows or columns, so height and width grow by 2 pad, not by pad.
mod pads_once {
    pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
        let (m, n_h, n_w, n_c) = x.dim();
        let mut x_pad = Array4::zeros((m, n_h + pad, n_w + pad, n_c));
        x_pad.slice_mut(s![.., pad.., pad.., ..]).assign(x);
        x_pad
    }
}

/// Only height and width are padded: the axes 0 (examples) and 3 (channels) keep their size.
mod pads_every_axis {
    pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
        let (m, n_h, n_w, n_c) = x.dim();
        let mut x_pad = Array4::zeros((m + 2 * pad, n_h + 2 * pad, n_w + 2 * pad, n_c + 2 * pad));
        x_pad.slice_mut(s![pad..pad + m, pad..pad + n_h, pad..pad + n_w, pad..pad + n_c]).assign(x);
        x_pad
    }
}

/// The height is axis 1 and the width axis 2: they are exchanged somewhere, which shows as soon as an image is not
/// square.
mod pads_with_exchanged_axes {
    pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
        let (m, n_h, n_w, n_c) = x.dim();
        let mut x_pad = Array4::zeros((m, n_w + 2 * pad, n_h + 2 * pad, n_c));
        for ((i, h, w, c), value) in x.indexed_iter() {
            x_pad[[i, w + pad, h + pad, c]] = *value;
        }
        x_pad
    }
}

/// The bias is missing: add b\[\[0, 0, 0\]\] once, after the sum.
mod step_without_bias {
    pub fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, _b: &ArrayView3<f64>) -> f64 {
        (a_slice_prev * w).sum()
    }
}

/// The bias is added to every product before the sum; it belongs to the filter's response once, after the sum.
mod step_with_bias_in_every_product {
    pub fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
        (a_slice_prev * w).mapv(|product| product + b[[0, 0, 0]]).sum()
    }
}

/// A filter's response is the sum of the products, not their mean.
mod step_with_mean {
    pub fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
        np::mean(&(a_slice_prev * w)) + b[[0, 0, 0]]
    }
}

/// Window and filter are added; they are multiplied element by element, then the products are added up.
mod step_with_sum_of_both {
    pub fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
        (a_slice_prev + w).sum() + b[[0, 0, 0]]
    }
}

/// The window moves by the stride: its corner is at h * stride and w * stride, not at h and w.
mod forward_without_stride {
    pub fn conv_forward(
        a_prev: &Array4<f64>,
        w: &Array4<f64>,
        b: &Array4<f64>,
        hparameters: ConvHparameters,
    ) -> (Array4<f64>, ConvCache) {
        let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
        let (f, _, _, n_c) = w.dim();
        let ConvHparameters { stride, pad } = hparameters;
        let mut z =
            Array4::zeros((m, (n_h_prev + 2 * pad - f) / stride + 1, (n_w_prev + 2 * pad - f) / stride + 1, n_c));
        let a_prev_pad = zero_pad(a_prev, pad);
        for ((i, h, wi, c), z) in z.indexed_iter_mut() {
            let a_slice_prev = a_prev_pad.slice(s![i, h..h + f, wi..wi + f, ..]);
            *z = conv_single_step(&a_slice_prev, &w.index_axis(Axis(3), c), &b.index_axis(Axis(3), c));
        }
        let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
        (z, cache)
    }
}

/// The padding is missing from the output size or from the input: n_h = (n_h_prev - f + 2 pad) / stride + 1, and the
/// windows are cut from zero_pad(a_prev, pad).
mod forward_without_padding {
    pub fn conv_forward(
        a_prev: &Array4<f64>,
        w: &Array4<f64>,
        b: &Array4<f64>,
        hparameters: ConvHparameters,
    ) -> (Array4<f64>, ConvCache) {
        let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
        let (f, _, _, n_c) = w.dim();
        let stride = hparameters.stride;
        let mut z = Array4::zeros((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c));
        for ((i, h, wi, c), z) in z.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, wi * stride);
            let a_slice_prev = a_prev.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, ..]);
            *z = conv_single_step(&a_slice_prev, &w.index_axis(Axis(3), c), &b.index_axis(Axis(3), c));
        }
        let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
        (z, cache)
    }
}

/// Every filter must be used: the output's channel c comes from the filter c and its bias c, not from the first ones.
mod forward_with_first_filter_only {
    pub fn conv_forward(
        a_prev: &Array4<f64>,
        w: &Array4<f64>,
        b: &Array4<f64>,
        hparameters: ConvHparameters,
    ) -> (Array4<f64>, ConvCache) {
        let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
        let (f, _, _, n_c) = w.dim();
        let ConvHparameters { stride, pad } = hparameters;
        let mut z =
            Array4::zeros((m, (n_h_prev + 2 * pad - f) / stride + 1, (n_w_prev + 2 * pad - f) / stride + 1, n_c));
        let a_prev_pad = zero_pad(a_prev, pad);
        for ((i, h, wi, _), z) in z.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, wi * stride);
            let a_slice_prev = a_prev_pad.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, ..]);
            *z = conv_single_step(&a_slice_prev, &w.index_axis(Axis(3), 0), &b.index_axis(Axis(3), 0));
        }
        let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
        (z, cache)
    }
}

/// A convolution as deep learning means it does not turn the filter: multiply w as it is, without reversing its rows and
/// columns.
mod forward_with_turned_filter {
    pub fn conv_forward(
        a_prev: &Array4<f64>,
        w: &Array4<f64>,
        b: &Array4<f64>,
        hparameters: ConvHparameters,
    ) -> (Array4<f64>, ConvCache) {
        let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
        let (f, _, _, n_c) = w.dim();
        let ConvHparameters { stride, pad } = hparameters;
        let mut z =
            Array4::zeros((m, (n_h_prev + 2 * pad - f) / stride + 1, (n_w_prev + 2 * pad - f) / stride + 1, n_c));
        let a_prev_pad = zero_pad(a_prev, pad);
        let turned = w.slice(s![..;-1, ..;-1, .., ..]);
        for ((i, h, wi, c), z) in z.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, wi * stride);
            let a_slice_prev = a_prev_pad.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, ..]);
            *z = conv_single_step(&a_slice_prev, &turned.index_axis(Axis(3), c), &b.index_axis(Axis(3), c));
        }
        let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
        (z, cache)
    }
}

/// The window moves by the stride: its corner is at h * stride and w * stride, not at h and w.
mod pool_without_stride {
    pub fn pool_forward(
        a_prev: &Array4<f64>,
        hparameters: PoolHparameters,
        mode: PoolMode,
    ) -> (Array4<f64>, PoolCache) {
        let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
        let PoolHparameters { f, stride } = hparameters;
        let mut a = Array4::zeros((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c));
        for ((i, h, w, c), a) in a.indexed_iter_mut() {
            // Without the stride the last windows lie inside the image as well, so nothing panics.
            let window = a_prev.slice(s![i, h..(h + f).min(n_h_prev), w..(w + f).min(n_w_prev), c]);
            *a = match mode {
                PoolMode::Max => np::max(&window),
                PoolMode::Average => np::mean(&window),
            };
        }
        (a, PoolCache { a_prev: a_prev.clone(), hparameters })
    }
}

/// Each channel is pooled alone: the window is f by f in one channel, not f by f by n_c through all of them.
mod pool_through_channels {
    pub fn pool_forward(
        a_prev: &Array4<f64>,
        hparameters: PoolHparameters,
        mode: PoolMode,
    ) -> (Array4<f64>, PoolCache) {
        let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
        let PoolHparameters { f, stride } = hparameters;
        let mut a = Array4::zeros((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c));
        for ((i, h, w, _), a) in a.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, w * stride);
            let window = a_prev.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, ..]);
            *a = match mode {
                PoolMode::Max => np::max(&window),
                PoolMode::Average => np::mean(&window),
            };
        }
        (a, PoolCache { a_prev: a_prev.clone(), hparameters })
    }
}

/// The search for the maximum starts at zero, so a window of negative numbers gives 0: start at minus infinity, or take
/// np::max.
mod pool_max_from_zero {
    pub fn pool_forward(
        a_prev: &Array4<f64>,
        hparameters: PoolHparameters,
        mode: PoolMode,
    ) -> (Array4<f64>, PoolCache) {
        let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
        let PoolHparameters { f, stride } = hparameters;
        let mut a = Array4::zeros((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c));
        for ((i, h, w, c), a) in a.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, w * stride);
            let window = a_prev.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, c]);
            *a = match mode {
                PoolMode::Max => window.iter().fold(0.0, |largest: f64, x| largest.max(*x)),
                PoolMode::Average => np::mean(&window),
            };
        }
        (a, PoolCache { a_prev: a_prev.clone(), hparameters })
    }
}

/// The two modes are exchanged: PoolMode::Max takes the largest value, PoolMode::Average the mean.
mod pool_with_exchanged_modes {
    pub fn pool_forward(
        a_prev: &Array4<f64>,
        hparameters: PoolHparameters,
        mode: PoolMode,
    ) -> (Array4<f64>, PoolCache) {
        let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
        let PoolHparameters { f, stride } = hparameters;
        let mut a = Array4::zeros((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c));
        for ((i, h, w, c), a) in a.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, w * stride);
            let window = a_prev.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, c]);
            *a = match mode {
                PoolMode::Average => np::max(&window),
                PoolMode::Max => np::mean(&window),
            };
        }
        (a, PoolCache { a_prev: a_prev.clone(), hparameters })
    }
}

/// The average of a window is its sum divided by f * f, not by f.
mod pool_average_over_one_side {
    pub fn pool_forward(
        a_prev: &Array4<f64>,
        hparameters: PoolHparameters,
        mode: PoolMode,
    ) -> (Array4<f64>, PoolCache) {
        let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
        let PoolHparameters { f, stride } = hparameters;
        let mut a = Array4::zeros((m, (n_h_prev - f) / stride + 1, (n_w_prev - f) / stride + 1, n_c));
        for ((i, h, w, c), a) in a.indexed_iter_mut() {
            let (vert_start, horiz_start) = (h * stride, w * stride);
            let window = a_prev.slice(s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, c]);
            *a = match mode {
                PoolMode::Max => np::max(&window),
                PoolMode::Average => window.sum() / f as f64,
            };
        }
        (a, PoolCache { a_prev: a_prev.clone(), hparameters })
    }
}

/// Windows overlap, and many output values come from one input value: add each share with +=, do not overwrite what the
/// earlier windows left in da_prev.
mod backward_overwrites_da {
    pub fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
        let ConvCache { a_prev, w, b, hparameters } = cache;
        let ConvHparameters { stride, pad } = *hparameters;
        let (_, n_h_prev, n_w_prev, _) = a_prev.dim();
        let f = w.dim().0;
        let a_prev_pad = zero_pad(a_prev, pad);
        let mut da_prev_pad: Array4<f64> = Array4::zeros(a_prev_pad.dim());
        let mut dw: Array4<f64> = Array4::zeros(w.dim());
        let mut db: Array4<f64> = Array4::zeros(b.dim());
        for ((i, h, wi, c), dz) in dz.indexed_iter() {
            let window = s![i, h * stride..h * stride + f, wi * stride..wi * stride + f, ..];
            da_prev_pad.slice_mut(window).assign(&(&w.index_axis(Axis(3), c) * *dz));
            dw.index_axis_mut(Axis(3), c).scaled_add(*dz, &a_prev_pad.slice(window));
            db[[0, 0, 0, c]] += dz;
        }
        let da_prev = da_prev_pad.slice(s![.., pad..pad + n_h_prev, pad..pad + n_w_prev, ..]).to_owned();
        (da_prev, dw, db)
    }
}

/// The window moves by the stride in the backward pass as well: its corner is at h * stride and w * stride, not at h and
/// w.
mod backward_without_stride {
    pub fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
        let ConvCache { a_prev, w, b, hparameters } = cache;
        let pad = hparameters.pad;
        let (_, n_h_prev, n_w_prev, _) = a_prev.dim();
        let f = w.dim().0;
        let a_prev_pad = zero_pad(a_prev, pad);
        let mut da_prev_pad: Array4<f64> = Array4::zeros(a_prev_pad.dim());
        let mut dw: Array4<f64> = Array4::zeros(w.dim());
        let mut db: Array4<f64> = Array4::zeros(b.dim());
        for ((i, h, wi, c), dz) in dz.indexed_iter() {
            let window = s![i, h..h + f, wi..wi + f, ..];
            da_prev_pad.slice_mut(window).scaled_add(*dz, &w.index_axis(Axis(3), c));
            dw.index_axis_mut(Axis(3), c).scaled_add(*dz, &a_prev_pad.slice(window));
            db[[0, 0, 0, c]] += dz;
        }
        let da_prev = da_prev_pad.slice(s![.., pad..pad + n_h_prev, pad..pad + n_w_prev, ..]).to_owned();
        (da_prev, dw, db)
    }
}

/// db is the sum of dz over every example and every position, not the value of the last one: db += dz.
mod backward_overwrites_db {
    pub fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
        let ConvCache { a_prev, w, b, hparameters } = cache;
        let ConvHparameters { stride, pad } = *hparameters;
        let (_, n_h_prev, n_w_prev, _) = a_prev.dim();
        let f = w.dim().0;
        let a_prev_pad = zero_pad(a_prev, pad);
        let mut da_prev_pad: Array4<f64> = Array4::zeros(a_prev_pad.dim());
        let mut dw: Array4<f64> = Array4::zeros(w.dim());
        let mut db: Array4<f64> = Array4::zeros(b.dim());
        for ((i, h, wi, c), dz) in dz.indexed_iter() {
            let window = s![i, h * stride..h * stride + f, wi * stride..wi * stride + f, ..];
            da_prev_pad.slice_mut(window).scaled_add(*dz, &w.index_axis(Axis(3), c));
            dw.index_axis_mut(Axis(3), c).scaled_add(*dz, &a_prev_pad.slice(window));
            db[[0, 0, 0, c]] = *dz;
        }
        let da_prev = da_prev_pad.slice(s![.., pad..pad + n_h_prev, pad..pad + n_w_prev, ..]).to_owned();
        (da_prev, dw, db)
    }
}

/// da_prev is the gradient without the padding: cut rows pad..pad + n_h_prev and columns pad..pad + n_w_prev out of the
/// padded gradient, not its first rows and columns.
mod backward_cuts_the_corner {
    pub fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
        let ConvCache { a_prev, w, b, hparameters } = cache;
        let ConvHparameters { stride, pad } = *hparameters;
        let (_, n_h_prev, n_w_prev, _) = a_prev.dim();
        let f = w.dim().0;
        let a_prev_pad = zero_pad(a_prev, pad);
        let mut da_prev_pad: Array4<f64> = Array4::zeros(a_prev_pad.dim());
        let mut dw: Array4<f64> = Array4::zeros(w.dim());
        let mut db: Array4<f64> = Array4::zeros(b.dim());
        for ((i, h, wi, c), dz) in dz.indexed_iter() {
            let window = s![i, h * stride..h * stride + f, wi * stride..wi * stride + f, ..];
            da_prev_pad.slice_mut(window).scaled_add(*dz, &w.index_axis(Axis(3), c));
            dw.index_axis_mut(Axis(3), c).scaled_add(*dz, &a_prev_pad.slice(window));
            db[[0, 0, 0, c]] += dz;
        }
        let da_prev = da_prev_pad.slice(s![.., ..n_h_prev, ..n_w_prev, ..]).to_owned();
        (da_prev, dw, db)
    }
}

/// The gradients are sums over the examples: do not divide them by m, that is the cost's affair.
mod backward_divided_by_m {
    pub fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
        let ConvCache { a_prev, w, b, hparameters } = cache;
        let ConvHparameters { stride, pad } = *hparameters;
        let (m, n_h_prev, n_w_prev, _) = a_prev.dim();
        let f = w.dim().0;
        let a_prev_pad = zero_pad(a_prev, pad);
        let mut da_prev_pad: Array4<f64> = Array4::zeros(a_prev_pad.dim());
        let mut dw: Array4<f64> = Array4::zeros(w.dim());
        let mut db: Array4<f64> = Array4::zeros(b.dim());
        for ((i, h, wi, c), dz) in dz.indexed_iter() {
            let window = s![i, h * stride..h * stride + f, wi * stride..wi * stride + f, ..];
            da_prev_pad.slice_mut(window).scaled_add(*dz, &w.index_axis(Axis(3), c));
            dw.index_axis_mut(Axis(3), c).scaled_add(*dz, &a_prev_pad.slice(window));
            db[[0, 0, 0, c]] += dz;
        }
        let da_prev = da_prev_pad.slice(s![.., pad..pad + n_h_prev, pad..pad + n_w_prev, ..]).to_owned();
        (da_prev, dw / m as f64, db / m as f64)
    }
}

/// The mask is true where x equals its largest value; this one is true where it does not.
mod mask_upside_down {
    pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
        let x_max = np::max(x);
        x.mapv(|value| value != x_max)
    }
}

/// The search for the maximum starts at zero, so a window of negative numbers has none: start at minus infinity, or take
/// np::max.
mod mask_from_zero {
    pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
        let x_max = x.iter().fold(0.0, |largest: f64, value| largest.max(*value));
        x.mapv(|value| value == x_max)
    }
}

/// All entries that equal the maximum are marked, not only the first one.
mod mask_of_the_first_maximum {
    pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
        let x_max = np::max(x);
        let mut found = false;
        x.mapv(|value| {
            let first = value == x_max && !found;
            found |= first;
            first
        })
    }
}

/// The mask looks for the largest absolute value; a large negative number is not a maximum.
mod mask_of_the_largest_magnitude {
    pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
        let x_max = np::max(&x.mapv(f64::abs));
        x.mapv(|value| value.abs() == x_max)
    }
}

/// Every entry gets its share of dz, dz / (n_h * n_w), not the whole of it.
mod share_not_divided {
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
        Array2::from_elem(shape, dz)
    }
}

/// The number of entries is n_h * n_w, not n_h + n_w.
mod share_of_the_sides {
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
        let (n_h, n_w) = shape;
        Array2::from_elem(shape, dz / (n_h + n_w) as f64)
    }
}

/// The number of entries is n_h * n_w: n_h squared is right only for a square window.
mod share_of_a_square {
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
        let (n_h, _) = shape;
        Array2::from_elem(shape, dz / (n_h * n_h) as f64)
    }
}

/// Rows come first: the shape is (n_h, n_w), not (n_w, n_h).
mod share_of_exchanged_shape {
    pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
        let (n_h, n_w) = shape;
        Array2::from_elem((n_w, n_h), dz / (n_h * n_w) as f64)
    }
}

/// Windows overlap: add each share to da_prev with +=, do not overwrite what the earlier windows left there.
mod pool_backward_overwrites {
    pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
        let PoolCache { a_prev, hparameters } = cache;
        let PoolHparameters { f, stride } = *hparameters;
        let mut da_prev: Array4<f64> = Array4::zeros(a_prev.dim());
        for ((i, h, w, c), da) in da.indexed_iter() {
            let window = s![i, h * stride..h * stride + f, w * stride..w * stride + f, c];
            let share = match mode {
                PoolMode::Max => {
                    create_mask_from_window(&a_prev.slice(window)).mapv(|is_max| if is_max { *da } else { 0.0 })
                }
                PoolMode::Average => distribute_value(*da, (f, f)),
            };
            da_prev.slice_mut(window).assign(&share);
        }
        da_prev
    }
}

/// The window moves by the stride in the backward pass as well: its corner is at h * stride and w * stride, not at h and
/// w.
mod pool_backward_without_stride {
    pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
        let PoolCache { a_prev, hparameters } = cache;
        let (_, n_h_prev, n_w_prev, _) = a_prev.dim();
        let f = hparameters.f;
        let mut da_prev: Array4<f64> = Array4::zeros(a_prev.dim());
        for ((i, h, w, c), da) in da.indexed_iter() {
            // With steps larger than the window nothing lies outside either, so nothing panics.
            let window = s![i, h..(h + f).min(n_h_prev), w..(w + f).min(n_w_prev), c];
            let share = match mode {
                PoolMode::Max => {
                    create_mask_from_window(&a_prev.slice(window)).mapv(|is_max| if is_max { *da } else { 0.0 })
                }
                PoolMode::Average => distribute_value(*da, (f, f)),
            };
            let mut da_prev_slice = da_prev.slice_mut(window);
            da_prev_slice += &share;
        }
        da_prev
    }
}

/// The gradient of a window is the single number da\[\[i, h, w, c\]\]; da is not to be cut with the window's corners, they
/// are places in a_prev.
mod pool_backward_cuts_the_gradient {
    pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
        let PoolCache { a_prev, hparameters } = cache;
        let PoolHparameters { f, stride } = *hparameters;
        let (_, n_h, n_w, _) = da.dim();
        let mut da_prev: Array4<f64> = Array4::zeros(a_prev.dim());
        for ((i, h, w, c), da_c) in da.indexed_iter() {
            let (vert_start, horiz_start) = (h * stride, w * stride);
            let window = s![i, vert_start..vert_start + f, horiz_start..horiz_start + f, c];
            // At the border less of da is left than a window holds; there a single row or column serves for all.
            let da_slice = da.slice(s![
                i,
                vert_start.min(n_h - 1)..(vert_start + f).min(n_h),
                horiz_start.min(n_w - 1)..(horiz_start + f).min(n_w),
                c
            ]);
            let share = match mode {
                PoolMode::Max => {
                    let mask = create_mask_from_window(&a_prev.slice(window));
                    let spread =
                        da_slice.broadcast((f, f)).map_or_else(|| Array2::from_elem((f, f), *da_c), |da| da.to_owned());
                    Zip::from(&mask).and(&spread).map_collect(|is_max, da| if *is_max { *da } else { 0.0 })
                }
                PoolMode::Average => distribute_value(np::mean(&da_slice) * (f * f) as f64, (f, f)),
            };
            let mut da_prev_slice = da_prev.slice_mut(window);
            da_prev_slice += &share;
        }
        da_prev
    }
}

/// Average pooling shares one value of da among its own window: use da\[\[i, h, w, c\]\], not the mean or the sum of da
/// over the batch.
mod pool_backward_mean_of_the_gradient {
    pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
        let PoolCache { a_prev, hparameters } = cache;
        let PoolHparameters { f, stride } = *hparameters;
        let mut da_prev: Array4<f64> = Array4::zeros(a_prev.dim());
        let mean = np::mean(da);
        for ((i, h, w, c), da) in da.indexed_iter() {
            let window = s![i, h * stride..h * stride + f, w * stride..w * stride + f, c];
            let share = match mode {
                PoolMode::Max => {
                    create_mask_from_window(&a_prev.slice(window)).mapv(|is_max| if is_max { *da } else { 0.0 })
                }
                PoolMode::Average => distribute_value(mean, (f, f)),
            };
            let mut da_prev_slice = da_prev.slice_mut(window);
            da_prev_slice += &share;
        }
        da_prev
    }
}
