/*!
Assignment 5, "Foundations": the sizes of a network's layers, how many weights they have, and convolution along one axis
and along three.

Written to be read, not to be fast; no gradients, which chapter 1 has.
*/

use cnn::prelude::*;

/// Computes at how many places a window fits along one axis.
///
/// n_out = ⌊(n + 2 pad − f) / stride⌋ + 1
///
/// # Arguments
/// * `n`: entries along the axis, without padding
/// * `f`: side of the window
/// * `pad`: zeros on each of the two sides
/// * `stride`: how far the window moves
///
/// # Returns
/// The number of outputs along the axis.
///
/// # Panics
/// When the stride is zero, or the window is empty or longer than the padded axis.
pub fn output_size(n: usize, f: usize, pad: usize, stride: usize) -> usize {
    assert!(stride > 0, "output_size: expected a stride of at least 1, got 0");
    assert!(0 < f && f <= n + 2 * pad, "output_size: expected a window of 1 to {} entries, got f = {f}", n + 2 * pad);
    // START CODE HERE (≈ 1 line)
    //~ let n_out: usize = todo!("output_size: at how many places does the window fit?");
    let n_out = (n + 2 * pad - f) / stride + 1;
    // END CODE HERE
    n_out
}

/// Computes the zeros before and after an axis for padding "same", at any stride.
///
/// n_out = ⌈n / stride⌉ and total = max((n_out − 1) stride + f − n, 0); ⌊total / 2⌋ zeros go before, the others after
///
/// # Arguments
/// * `n`: entries along the axis
/// * `f`: side of the window
/// * `stride`: how far the window moves
///
/// # Returns
/// (before, after): the numbers of zeros on the two sides.
///
/// # Panics
/// When `n`, `f` or the stride is zero.
pub fn same_padding(n: usize, f: usize, stride: usize) -> (usize, usize) {
    assert!(
        n > 0 && f > 0 && stride > 0,
        "same_padding: expected n, f and stride of at least 1, got {n}, {f}, {stride}"
    );
    // START CODE HERE (≈ 4 lines)
    //~ let (before, after): (usize, usize) = todo!("same_padding: how many zeros are missing, and on which side?");
    let n_out = n.div_ceil(stride);
    let total = ((n_out - 1) * stride + f).saturating_sub(n);
    let before = total / 2;
    let after = total - before;
    // END CODE HERE
    (before, after)
}

/// Counts the weights and biases of each layer of a network.
///
/// convolution: (f · f · n_c_prev + 1) n_c; fully connected: (n_prev + 1) n; pooling: 0
///
/// # Arguments
/// * `input`: the volume that enters the first layer, (n_h, n_w, n_c)
/// * `layers`: the layers, in order
///
/// # Returns
/// One number for each layer.
///
/// # Panics
/// When a window does not fit into its layer's input.
pub fn count_parameters(input: (usize, usize, usize), layers: &[LayerHparameters]) -> Vec<usize> {
    let (mut n_h, mut n_w, mut n_c) = input;
    let mut counts = Vec::new();
    for layer in layers {
        // START CODE HERE (≈ 9 lines)
        //~ let (count, volume): (usize, (usize, usize, usize)) = todo!("count_parameters: what does {layer:?} make of a volume of {n_h} x {n_w} x {n_c}?");
        let (count, volume) = match *layer {
            LayerHparameters::Conv { f, pad, stride, filters } => {
                let volume = (output_size(n_h, f, pad, stride), output_size(n_w, f, pad, stride), filters);
                ((f * f * n_c + 1) * filters, volume)
            }
            LayerHparameters::Pool { f, stride } => {
                (0, (output_size(n_h, f, 0, stride), output_size(n_w, f, 0, stride), n_c))
            }
            LayerHparameters::Dense { units } => ((n_h * n_w * n_c + 1) * units, (1, 1, units)),
        };
        // END CODE HERE
        counts.push(count);
        (n_h, n_w, n_c) = volume;
    }
    counts
}

/// Slides every filter along every signal of a batch.
///
/// n = ⌊(n_prev − f + 2 pad) / stride⌋ + 1
///
/// # Arguments
/// * `a_prev`: signals, shape (m, n_prev, n_c_prev)
/// * `w`: filters, shape (f, n_c_prev, n_c)
/// * `b`: biases, shape (n_c,)
/// * `hparameters`: stride and padding
///
/// # Returns
/// The output, shape (m, n, n_c).
///
/// # Panics
/// When the channels or the biases do not fit, or the filter is longer than the padded signal.
pub fn conv1d_forward(
    a_prev: &Array3<f64>,
    w: &Array3<f64>,
    b: &Array1<f64>,
    hparameters: ConvHparameters,
) -> Array3<f64> {
    let (m, n_prev, n_c_prev) = a_prev.dim();
    let (f, w_c_prev, n_c) = w.dim();
    assert!(w_c_prev == n_c_prev, "conv1d_forward: w has {w_c_prev} input channels, a_prev has {n_c_prev}");
    assert!(b.len() == n_c, "conv1d_forward: expected {n_c} biases, one for each filter, got {}", b.len());
    let ConvHparameters { stride, pad } = hparameters;
    let n = output_size(n_prev, f, pad, stride);
    // START CODE HERE (≈ 10 lines)
    //~ let z: Array3<f64> = todo!("conv1d_forward: pad a_prev, then fill an array of shape (m, n, n_c) window by window");
    let a_prev_pad = np::pad(a_prev, &[(0, 0), (pad, pad), (0, 0)], 0.0); // (m, n_prev + 2 pad, n_c_prev)
    let mut z = Array3::zeros((m, n, n_c)); // (m, n, n_c)
    for i in 0..m {
        for t in 0..n {
            let start = t * stride;
            let window = a_prev_pad.slice(s![i, start..start + f, ..]); // (f, n_c_prev)
            for c in 0..n_c {
                z[[i, t, c]] = (&window * &w.index_axis(Axis(2), c)).sum() + b[c];
            }
        }
    }
    // END CODE HERE
    z
}

/// Slides every filter through every volume of a batch, along depth, height and width.
///
/// n_d = ⌊(n_d_prev − f + 2 pad) / stride⌋ + 1, and likewise n_h and n_w
///
/// # Arguments
/// * `a_prev`: volumes, shape (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev)
/// * `w`: filters, shape (f, f, f, n_c_prev, n_c)
/// * `b`: biases, shape (n_c,)
/// * `hparameters`: stride and padding, the same along the three axes
///
/// # Returns
/// The output, shape (m, n_d, n_h, n_w, n_c).
///
/// # Panics
/// When the channels or the biases do not fit, the filters are no cubes, or do not fit into the padded volume.
pub fn conv3d_forward(
    a_prev: &Array5<f64>,
    w: &Array5<f64>,
    b: &Array1<f64>,
    hparameters: ConvHparameters,
) -> Array5<f64> {
    let (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev) = a_prev.dim();
    let (f, f_h, f_w, w_c_prev, n_c) = w.dim();
    assert!(f == f_h && f == f_w, "conv3d_forward: expected cubes as filters, got w of shape {:?}", w.dim());
    assert!(w_c_prev == n_c_prev, "conv3d_forward: w has {w_c_prev} input channels, a_prev has {n_c_prev}");
    assert!(b.len() == n_c, "conv3d_forward: expected {n_c} biases, one for each filter, got {}", b.len());
    let ConvHparameters { stride, pad } = hparameters;
    // START CODE HERE (≈ 18 lines)
    //~ let z: Array5<f64> = todo!("conv3d_forward: compute n_d, n_h and n_w, pad a_prev, then fill z window by window");
    let n_d = output_size(n_d_prev, f, pad, stride);
    let n_h = output_size(n_h_prev, f, pad, stride);
    let n_w = output_size(n_w_prev, f, pad, stride);
    let mut z = Array5::zeros((m, n_d, n_h, n_w, n_c)); // (m, n_d, n_h, n_w, n_c)
    let a_prev_pad = np::pad(a_prev, &[(0, 0), (pad, pad), (pad, pad), (pad, pad), (0, 0)], 0.0);
    for i in 0..m {
        for d in 0..n_d {
            for h in 0..n_h {
                for wi in 0..n_w {
                    let (front, top, left) = (d * stride, h * stride, wi * stride);
                    let window = s![i, front..front + f, top..top + f, left..left + f, ..];
                    let window = a_prev_pad.slice(window); // (f, f, f, n_c_prev)
                    for c in 0..n_c {
                        z[[i, d, h, wi, c]] = (&window * &w.index_axis(Axis(4), c)).sum() + b[c];
                    }
                }
            }
        }
    }
    // END CODE HERE
    z
}
