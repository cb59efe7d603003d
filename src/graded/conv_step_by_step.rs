/*!
Assignment 1, "Convolutional networks, step by step": convolution and pooling in plain loops, forward and backward.

Written to be read, not to be fast: the loops are the ones that the chapter teaches.
*/

use cnn::prelude::*;

/// Pads the height and width of a batch of images with zeros.
///
/// # Arguments
/// * `x`: images, shape (m, n_h, n_w, n_c)
/// * `pad`: rows and columns of zeros to add on each side
///
/// # Returns
/// The padded images, shape (m, n_h + 2 pad, n_w + 2 pad, n_c).
pub fn zero_pad(x: &Array4<f64>, pad: usize) -> Array4<f64> {
    let (m, n_h, n_w, n_c) = x.dim();
    // START CODE HERE (≈ 2 lines)
    //~ let x_pad: Array4<f64> = todo!("zero_pad: replace this line by an array of zeros with x copied into its middle");
    let mut x_pad = Array4::zeros((m, n_h + 2 * pad, n_w + 2 * pad, n_c)); // (m, n_h + 2 pad, n_w + 2 pad, n_c)
    x_pad.slice_mut(s![.., pad..pad + n_h, pad..pad + n_w, ..]).assign(x);
    // END CODE HERE
    x_pad
}

/// Applies one filter to one window of the input: multiply element by element, add everything up, add the bias.
///
/// z = Σ a_slice_prev ⊙ w + b
///
/// # Arguments
/// * `a_slice_prev`: the window, shape (f, f, n_c_prev)
/// * `w`: the filter, shape (f, f, n_c_prev)
/// * `b`: its bias, shape (1, 1, 1)
///
/// # Returns
/// One number, the filter's response at this position.
///
/// # Panics
/// When the window and the filter differ in shape.
pub fn conv_single_step(a_slice_prev: &ArrayView3<f64>, w: &ArrayView3<f64>, b: &ArrayView3<f64>) -> f64 {
    let (window, filter) = (a_slice_prev.dim(), w.dim());
    assert!(
        window == filter,
        "conv_single_step: expected a window of the filter's shape {filter:?}, got one of {window:?}"
    );
    // START CODE HERE (≈ 2 lines)
    //~ let z: f64 = todo!("conv_single_step: replace this line by the sum of the products, plus the bias");
    let s = np::sum_of_products(a_slice_prev, w); // np::sum(&(a_slice_prev * w)), without an array for the products
    let z = s + b[[0, 0, 0]];
    // END CODE HERE
    z
}

/// Slides every filter over every image of a batch.
///
/// n_h = ⌊(n_h_prev − f + 2 pad) / stride⌋ + 1, and likewise n_w
///
/// # Arguments
/// * `a_prev`: output of the previous layer, shape (m, n_h_prev, n_w_prev, n_c_prev)
/// * `w`: filters, shape (f, f, n_c_prev, n_c)
/// * `b`: biases, shape (1, 1, 1, n_c)
/// * `hparameters`: stride and padding
///
/// # Returns
/// The output, shape (m, n_h, n_w, n_c), and the cache that `conv_backward` needs.
///
/// # Panics
/// When the shapes do not fit, the stride is zero, or the filter is larger than the padded image.
pub fn conv_forward(
    a_prev: &Array4<f64>,
    w: &Array4<f64>,
    b: &Array4<f64>,
    hparameters: ConvHparameters,
) -> (Array4<f64>, ConvCache) {
    hparameters.check("conv_forward", a_prev.dim(), w.dim(), b.dim());
    let (m, n_h_prev, n_w_prev, _n_c_prev) = a_prev.dim();
    let (f, _, _, n_c) = w.dim();
    let ConvHparameters { stride, pad } = hparameters;
    // START CODE HERE (≈ 17 lines)
    //~ let z: Array4<f64> = todo!("conv_forward: compute n_h and n_w, pad a_prev, then fill z window by window");
    let n_h = (n_h_prev + 2 * pad - f) / stride + 1;
    let n_w = (n_w_prev + 2 * pad - f) / stride + 1;
    let mut z = Array4::zeros((m, n_h, n_w, n_c)); // (m, n_h, n_w, n_c)
    let a_prev_pad = zero_pad(a_prev, pad);
    for i in 0..m {
        let a_prev_pad = a_prev_pad.index_axis(Axis(0), i); // (n_h_prev + 2 pad, n_w_prev + 2 pad, n_c_prev)
        for h in 0..n_h {
            for wi in 0..n_w {
                let (vert_start, horiz_start) = (h * stride, wi * stride);
                let (vert_end, horiz_end) = (vert_start + f, horiz_start + f);
                let a_slice_prev = a_prev_pad.slice(s![vert_start..vert_end, horiz_start..horiz_end, ..]);
                for c in 0..n_c {
                    let (w_c, b_c) = (w.index_axis(Axis(3), c), b.index_axis(Axis(3), c));
                    z[[i, h, wi, c]] = conv_single_step(&a_slice_prev, &w_c, &b_c);
                }
            }
        }
    }
    // END CODE HERE
    let cache = ConvCache { a_prev: a_prev.clone(), w: w.clone(), b: b.clone(), hparameters };
    (z, cache)
}

/// Replaces every window of every channel by its largest value or its mean.
///
/// n_h = ⌊(n_h_prev − f) / stride⌋ + 1, and likewise n_w
///
/// # Arguments
/// * `a_prev`: output of the previous layer, shape (m, n_h_prev, n_w_prev, n_c)
/// * `hparameters`: side of the window and stride
/// * `mode`: what to keep of a window
///
/// # Returns
/// The output, shape (m, n_h, n_w, n_c), and the cache that `pool_backward` needs.
///
/// # Panics
/// When `f` or the stride is zero, or the window is larger than the image.
pub fn pool_forward(a_prev: &Array4<f64>, hparameters: PoolHparameters, mode: PoolMode) -> (Array4<f64>, PoolCache) {
    hparameters.check("pool_forward", a_prev.dim());
    let (m, n_h_prev, n_w_prev, n_c) = a_prev.dim();
    let PoolHparameters { f, stride } = hparameters;
    let n_h = (n_h_prev - f) / stride + 1;
    let n_w = (n_w_prev - f) / stride + 1;
    // START CODE HERE (≈ 15 lines)
    //~ let a: Array4<f64> = todo!("pool_forward: fill an array of shape (m, n_h, n_w, n_c) window by window");
    let mut a = Array4::zeros((m, n_h, n_w, n_c)); // (m, n_h, n_w, n_c)
    for i in 0..m {
        for h in 0..n_h {
            for w in 0..n_w {
                let (vert_start, horiz_start) = (h * stride, w * stride);
                let (vert_end, horiz_end) = (vert_start + f, horiz_start + f);
                for c in 0..n_c {
                    let a_prev_slice = a_prev.slice(s![i, vert_start..vert_end, horiz_start..horiz_end, c]); // (f, f)
                    a[[i, h, w, c]] = match mode {
                        PoolMode::Max => np::max(&a_prev_slice),
                        PoolMode::Average => np::mean(&a_prev_slice),
                    };
                }
            }
        }
    }
    // END CODE HERE
    let cache = PoolCache { a_prev: a_prev.clone(), hparameters };
    (a, cache)
}

/// Propagates the gradient of the cost through a convolution.
///
/// dA\[window\] += W_c dZ\[i, h, w, c\],  dW_c += a_slice dZ\[i, h, w, c\],  db_c += dZ\[i, h, w, c\], summed over every
/// example and every position of the window.
///
/// # Arguments
/// * `dz`: gradient with respect to the layer's output, shape (m, n_h, n_w, n_c)
/// * `cache`: what `conv_forward` returned
///
/// # Returns
/// (da_prev, dw, db): the gradients with respect to the input, (m, n_h_prev, n_w_prev, n_c_prev); the filters,
/// (f, f, n_c_prev, n_c); the biases, (1, 1, 1, n_c).
///
/// # Panics
/// When `dz` does not have the shape of the forward pass's output.
pub fn conv_backward(dz: &Array4<f64>, cache: &ConvCache) -> (Array4<f64>, Array4<f64>, Array4<f64>) {
    let ConvCache { a_prev, w, b, hparameters } = cache;
    hparameters.check_gradient("conv_backward", a_prev.dim(), w.dim(), dz.dim());
    let (_, n_h_prev, n_w_prev, _) = a_prev.dim();
    let (f, _, _, _) = w.dim();
    let (m, n_h, n_w, n_c) = dz.dim();
    let ConvHparameters { stride, pad } = *hparameters;
    let mut da_prev: Array4<f64> = Array4::zeros(a_prev.dim()); // (m, n_h_prev, n_w_prev, n_c_prev)
    let mut dw: Array4<f64> = Array4::zeros(w.dim()); // (f, f, n_c_prev, n_c)
    let mut db: Array4<f64> = Array4::zeros(b.dim()); // (1, 1, 1, n_c)
    // START CODE HERE (≈ 22 lines)
    //~ todo!("conv_backward: add every window's share to da_prev, dw and db");
    let a_prev_pad = zero_pad(a_prev, pad);
    let mut da_prev_pad = zero_pad(&da_prev, pad);
    for i in 0..m {
        for h in 0..n_h {
            for wi in 0..n_w {
                let (vert_start, horiz_start) = (h * stride, wi * stride);
                let (vert_end, horiz_end) = (vert_start + f, horiz_start + f);
                let window = s![i, vert_start..vert_end, horiz_start..horiz_end, ..];
                let a_slice = a_prev_pad.slice(window); // (f, f, n_c_prev)
                for c in 0..n_c {
                    let dz_c = dz[[i, h, wi, c]];
                    da_prev_pad.slice_mut(window).scaled_add(dz_c, &w.index_axis(Axis(3), c));
                    dw.index_axis_mut(Axis(3), c).scaled_add(dz_c, &a_slice);
                    db[[0, 0, 0, c]] += dz_c;
                }
            }
        }
    }
    // Counting from the front is right for pad = 0 as well; NumPy's X[pad:-pad] would be empty there.
    da_prev.assign(&da_prev_pad.slice(s![.., pad..pad + n_h_prev, pad..pad + n_w_prev, ..]));
    // END CODE HERE
    (da_prev, dw, db)
}

/// Marks where a window has its largest value.
///
/// # Arguments
/// * `x`: a window, shape (f, f)
///
/// # Returns
/// A mask of the same shape: true where `x` equals its maximum, false elsewhere. Equal maxima are all marked.
pub fn create_mask_from_window(x: &ArrayView2<f64>) -> Array2<bool> {
    // START CODE HERE (≈ 2 lines)
    //~ let mask: Array2<bool> = todo!("create_mask_from_window: compare every entry of x with the largest one");
    let x_max = np::max(x);
    let mask = x.mapv(|value| value == x_max); // (f, f)
    // END CODE HERE
    mask
}

/// Spreads a value evenly over a window.
///
/// # Arguments
/// * `dz`: the value
/// * `shape`: (n_h, n_w) of the window
///
/// # Returns
/// An array of that shape whose entries are all dz / (n_h n_w).
pub fn distribute_value(dz: f64, shape: (usize, usize)) -> Array2<f64> {
    // START CODE HERE (≈ 2 lines)
    //~ let a: Array2<f64> = todo!("distribute_value: give every entry of the window its equal share of dz");
    let (n_h, n_w) = shape;
    let a = Array2::from_elem(shape, dz / (n_h * n_w) as f64); // (n_h, n_w)
    // END CODE HERE
    a
}

/// Propagates the gradient of the cost through a pooling layer.
///
/// Max pooling sends the gradient to the window's largest entry, average pooling gives every entry an equal share.
///
/// # Arguments
/// * `da`: gradient with respect to the layer's output, shape (m, n_h, n_w, n_c)
/// * `cache`: what `pool_forward` returned
/// * `mode`: the mode of the forward pass
///
/// # Returns
/// The gradient with respect to the layer's input, shape (m, n_h_prev, n_w_prev, n_c).
///
/// # Panics
/// When `da` does not have the shape of the forward pass's output.
pub fn pool_backward(da: &Array4<f64>, cache: &PoolCache, mode: PoolMode) -> Array4<f64> {
    let PoolCache { a_prev, hparameters } = cache;
    hparameters.check_gradient("pool_backward", a_prev.dim(), da.dim());
    let (m, n_h, n_w, n_c) = da.dim();
    let PoolHparameters { f, stride } = *hparameters;
    let mut da_prev: Array4<f64> = Array4::zeros(a_prev.dim()); // (m, n_h_prev, n_w_prev, n_c)
    // START CODE HERE (≈ 18 lines)
    //~ todo!("pool_backward: add every window's share of da to da_prev");
    for i in 0..m {
        for h in 0..n_h {
            for w in 0..n_w {
                let (vert_start, horiz_start) = (h * stride, w * stride);
                let (vert_end, horiz_end) = (vert_start + f, horiz_start + f);
                for c in 0..n_c {
                    let window = s![i, vert_start..vert_end, horiz_start..horiz_end, c];
                    let da_c = da[[i, h, w, c]];
                    let share = match mode {
                        PoolMode::Max => {
                            let mask = create_mask_from_window(&a_prev.slice(window)); // (f, f)
                            mask.mapv(|is_max| if is_max { da_c } else { 0.0 })
                        }
                        PoolMode::Average => distribute_value(da_c, (f, f)),
                    };
                    let mut da_prev_slice = da_prev.slice_mut(window);
                    da_prev_slice += &share;
                }
            }
        }
    }
    // END CODE HERE
    da_prev
}
