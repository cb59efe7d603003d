use cnn::prelude::*;

// The same functions without the loops of the reference: a count of starts, zeros one by one, dot products.

pub fn output_size(n: usize, f: usize, pad: usize, stride: usize) -> usize {
    (0..n + 2 * pad).step_by(stride).filter(|start| start + f <= n + 2 * pad).count()
}

pub fn same_padding(n: usize, f: usize, stride: usize) -> (usize, usize) {
    let wanted = (n as f64 / stride as f64).ceil() as usize;
    let (mut before, mut after) = (0, 0);
    // The zeros are added one by one, the first one after the axis, until there is room for every window.
    while before + n + after < (wanted - 1) * stride + f {
        if before < after {
            before += 1;
        } else {
            after += 1;
        }
    }
    (before, after)
}

pub fn count_parameters(input: (usize, usize, usize), layers: &[LayerHparameters]) -> Vec<usize> {
    let mut volume = input;
    layers
        .iter()
        .map(|layer| {
            let (n_h, n_w, n_c) = volume;
            match layer {
                LayerHparameters::Pool { f, stride } => {
                    volume = (output_size(n_h, *f, 0, *stride), output_size(n_w, *f, 0, *stride), n_c);
                    0
                }
                LayerHparameters::Dense { units } => {
                    volume = (1, 1, *units);
                    n_h * n_w * n_c * units + units
                }
                LayerHparameters::Conv { f, pad, stride, filters } => {
                    let size = |n| output_size(n, *f, *pad, *stride);
                    volume = (size(n_h), size(n_w), *filters);
                    f * f * n_c * filters + filters
                }
            }
        })
        .collect()
}

pub fn conv1d_forward(
    a_prev: &Array3<f64>,
    w: &Array3<f64>,
    b: &Array1<f64>,
    hparameters: ConvHparameters,
) -> Array3<f64> {
    let (m, n_prev, _) = a_prev.dim();
    let (f, n_c_prev, n_c) = w.dim();
    let ConvHparameters { stride, pad } = hparameters;
    let n = output_size(n_prev, f, pad, stride);
    // Without a padded copy: entries outside the signal are left out of the sum.
    Array3::from_shape_fn((m, n, n_c), |(i, t, c)| {
        let mut z = b[c];
        for k in 0..f {
            let at = t * stride + k;
            if at >= pad && at - pad < n_prev {
                for channel in 0..n_c_prev {
                    z += a_prev[[i, at - pad, channel]] * w[[k, channel, c]];
                }
            }
        }
        z
    })
}

pub fn conv3d_forward(
    a_prev: &Array5<f64>,
    w: &Array5<f64>,
    b: &Array1<f64>,
    hparameters: ConvHparameters,
) -> Array5<f64> {
    let (m, n_d_prev, n_h_prev, n_w_prev, n_c_prev) = a_prev.dim();
    let (f, _, _, _, n_c) = w.dim();
    let ConvHparameters { stride, pad } = hparameters;
    let size = |n| output_size(n, f, pad, stride);
    let (n_d, n_h, n_w) = (size(n_d_prev), size(n_h_prev), size(n_w_prev));
    let inside = |place: usize, k: usize, n: usize| (place * stride + k).checked_sub(pad).filter(|at| *at < n);
    Array5::from_shape_fn((m, n_d, n_h, n_w, n_c), |(i, d, h, l, c)| {
        let mut z = b[c];
        for kd in 0..f {
            for kh in 0..f {
                for kw in 0..f {
                    let place = (inside(d, kd, n_d_prev), inside(h, kh, n_h_prev), inside(l, kw, n_w_prev));
                    let (Some(at_d), Some(at_h), Some(at_w)) = place else { continue };
                    for channel in 0..n_c_prev {
                        z += a_prev[[i, at_d, at_h, at_w, channel]] * w[[kd, kh, kw, channel, c]];
                    }
                }
            }
        }
        z
    })
}
