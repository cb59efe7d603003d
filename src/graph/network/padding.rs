/*!
How many windows there are along one axis, and how much padding is before the first pixel: TensorFlow's `SAME` and
`VALID`.

It is shape arithmetic alone; what the padding contributes (zero, minus infinity, nothing) is decided in the kernels.
*/

/// What happens where a window would reach over the border of the image.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Padding {
    /// As many outputs as the stride allows, `ceil(n / s)`; the border is padded as far as the windows need.
    Same,
    /// Only windows inside the image.
    Valid,
}

/// The windows along one axis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// How many windows there are: the size of the output.
    pub n: usize,
    /// Padding before the first pixel.
    pub before: usize,
    /// Padding after the last pixel.
    pub after: usize,
}

impl Padding {
    /// Places windows of size `f`, `stride` apart, on an axis of `n_prev` pixels.
    ///
    /// ```text
    /// Same:  n = ceil(n_prev / stride),           total = max((n - 1) stride + f - n_prev, 0), before = total / 2
    /// Valid: n = floor((n_prev - f) / stride) + 1, total = 0
    /// ```
    ///
    /// If the total is odd, the extra pixel is after the last one, as in TensorFlow.
    ///
    /// ```
    /// use cnn::graph::padding::Padding;
    /// let windows = Padding::Same.windows(64, 4, 1);
    /// assert_eq!((windows.n, windows.before, windows.after), (64, 1, 2));
    /// ```
    ///
    /// # Panics
    /// If the window or the stride is empty, or if a `Valid` window is larger than the axis.
    #[track_caller]
    pub fn windows(self, n_prev: usize, f: usize, stride: usize) -> Windows {
        assert!(f > 0 && stride > 0, "expected a window and a stride of at least 1, got window {f}, stride {stride}");
        match self {
            Padding::Same => {
                let n = n_prev.div_ceil(stride);
                let total = (n.saturating_sub(1) * stride + f).saturating_sub(n_prev);
                let total = if n == 0 { 0 } else { total };
                Windows { n, before: total / 2, after: total - total / 2 }
            }
            Padding::Valid => {
                assert!(
                    f <= n_prev,
                    "expected a window of at most {n_prev} pixels, the size of the image, got {f}\nhelp: pad the image \
                     first, or use the padding Same"
                );
                Windows { n: (n_prev - f) / stride + 1, before: 0, after: 0 }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(padding: Padding, n_prev: usize, f: usize, stride: usize, expected: (usize, usize, usize)) {
        let Windows { n, before, after } = padding.windows(n_prev, f, stride);
        assert_eq!((n, before, after), expected, "{padding:?} n_prev {n_prev}, f {f}, stride {stride}");
    }

    #[track_caller]
    fn check_same(n_prev: usize, f: usize, stride: usize, expected: (usize, usize, usize)) {
        check(Padding::Same, n_prev, f, stride, expected);
    }

    /// The expected rows are what `tf.nn.conv2d(..., padding="SAME")` does.
    #[test]
    fn same_covers_the_image_and_puts_the_odd_pixel_last() {
        check_same(7, 1, 1, (7, 0, 0));
        check_same(7, 1, 2, (4, 0, 0));
        check_same(7, 2, 1, (7, 0, 1));
        check_same(7, 3, 1, (7, 1, 1));
        check_same(7, 3, 2, (4, 1, 1));
        check_same(8, 3, 2, (4, 0, 1));
        check_same(8, 2, 1, (8, 0, 1));
        check_same(64, 4, 1, (64, 1, 2));
        check_same(64, 8, 8, (8, 0, 0));
        check_same(8, 4, 4, (2, 0, 0));
        check_same(3, 5, 1, (3, 2, 2));
        check_same(3, 5, 4, (1, 1, 1));
        check_same(11, 2, 4, (3, 0, 0));
        check_same(70, 7, 2, (35, 2, 3));
    }

    #[test]
    fn valid_keeps_only_whole_windows() {
        check(Padding::Valid, 7, 3, 1, (5, 0, 0));
        check(Padding::Valid, 7, 3, 2, (3, 0, 0));
        check(Padding::Valid, 8, 3, 2, (3, 0, 0));
        check(Padding::Valid, 3, 3, 4, (1, 0, 0));
        check(Padding::Valid, 70, 7, 2, (32, 0, 0));
    }

    #[test]
    #[should_panic(expected = "help: pad the image first")]
    fn valid_refuses_a_window_larger_than_the_image() {
        Padding::Valid.windows(3, 4, 1);
    }
}
