/*! Sums and maxima over some axes of a tensor, in plain loops. */

use super::sum::packet_sum;

/// For each axis of the input: its length, and how far apart two of its entries are in the output (0 if it is reduced).
pub type Strides = Vec<(usize, usize)>;

/// The strides of a tensor of dimensions `dims`, of which the axes that `reduces` names disappear.
pub fn strides(dims: &[usize], reduces: impl Fn(usize) -> bool) -> Strides {
    let mut stride = 1;
    let mut strides: Strides = (0..dims.len())
        .rev()
        .map(|axis| {
            let own = if reduces(axis) { 0 } else { stride };
            stride *= if reduces(axis) { 1 } else { dims[axis] };
            (dims[axis], own)
        })
        .collect();
    strides.reverse();
    strides
}

/// The index in the output of element `i` of the input.
pub fn target(strides: &[(usize, usize)], mut i: usize) -> usize {
    strides.iter().rev().fold(0, |target, (n, stride)| {
        let digit = i % n;
        i /= n;
        target + digit * stride
    })
}

/// Sums over trailing axes, `n` contiguous elements each, and divides by `divisor`.
pub fn trailing(x: &[f32], n: usize, divisor: f32, y: &mut [f32]) {
    for (y, x) in y.iter_mut().zip(x.chunks_exact(n.max(1))) {
        *y = packet_sum(x) / divisor;
    }
}

/// Sums over any axes and divides by `divisor`.
pub fn general(x: &[f32], strides: &[(usize, usize)], divisor: f32, y: &mut [f32]) {
    let mut sums = vec![0.0f64; y.len()];
    for (i, x) in x.iter().enumerate() {
        sums[target(strides, i)] += f64::from(*x);
    }
    y.iter_mut().zip(sums).for_each(|(y, sum)| *y = sum as f32 / divisor);
}

/// The maximum over any axes; a NaN is passed on.
pub fn maximum(x: &[f32], strides: &[(usize, usize)], y: &mut [f32]) {
    y.fill(f32::NEG_INFINITY);
    for (i, x) in x.iter().enumerate() {
        let y = &mut y[target(strides, i)];
        *y = if *x <= *y || y.is_nan() { *y } else { *x };
    }
}

/// Writes how many elements are equal to the maximum over their axes.
pub fn count_maxima(x: &[f32], strides: &[(usize, usize)], largest: &[f32], counts: &mut [f32]) {
    counts.fill(0.0);
    for (i, x) in x.iter().enumerate() {
        let to = target(strides, i);
        counts[to] += f32::from(u8::from(*x == largest[to]));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_follow_the_kept_axes() {
        let strides = strides(&[2, 3, 4], |axis| axis == 1);
        assert_eq!(strides, [(2, 4), (3, 0), (4, 1)]);
        assert_eq!(target(&strides, 12 + 4 + 3), 7);
    }
}
