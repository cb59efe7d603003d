/*!
The shapes of a convolution and of a pooling layer, as every kernel takes them: batch size, image, window, stride,
padding, output.

A geometry owns no data. Images are flat slices in the order `(m, n_h, n_w, n_c)`, filters `(f_h, f_w, n_c_prev, n_c)`,
the last index running fastest.
*/

use crate::graph::network::padding::Padding;

/// The shapes of a 2-D convolution.
///
/// Output element `(i, h, w, c)` reads the rows `h * stride_h - pad_top + 0..f_h` and the columns
/// `w * stride_w - pad_left + 0..f_w` of image `i`; what is outside the image reads as zero, so the padding below and
/// to the right follows from `n_h` and `n_w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Conv2dGeometry {
    /// Images in the batch.
    pub m: usize,
    /// Rows of the input.
    pub n_h_prev: usize,
    /// Columns of the input.
    pub n_w_prev: usize,
    /// Channels of the input.
    pub n_c_prev: usize,
    /// Rows of a filter.
    pub f_h: usize,
    /// Columns of a filter.
    pub f_w: usize,
    /// Filters: channels of the output.
    pub n_c: usize,
    /// Rows between two windows.
    pub stride_h: usize,
    /// Columns between two windows.
    pub stride_w: usize,
    /// Rows of zeros above the image.
    pub pad_top: usize,
    /// Columns of zeros to the left of the image.
    pub pad_left: usize,
    /// Rows of the output.
    pub n_h: usize,
    /// Columns of the output.
    pub n_w: usize,
}

impl Conv2dGeometry {
    /// The geometry of filters `(f_h, f_w, n_c_prev, n_c)` over a batch `(m, n_h_prev, n_w_prev, n_c_prev)`.
    ///
    /// ```
    /// use cnn::graph::{kernels::geometry::Conv2dGeometry, padding::Padding};
    /// let conv = Conv2dGeometry::new((32, 64, 64, 3), (4, 4, 3, 8), (1, 1), Padding::Same);
    /// assert_eq!((conv.n_h, conv.n_w, conv.pad_top), (64, 64, 1));
    /// assert_eq!(conv.output_len(), 32 * 64 * 64 * 8);
    /// ```
    ///
    /// # Panics
    /// If the channels of filters and batch differ, or if no window fits (see [`Padding::windows`]).
    #[track_caller]
    pub fn new(
        batch: (usize, usize, usize, usize),
        filters: (usize, usize, usize, usize),
        strides: (usize, usize),
        padding: Padding,
    ) -> Self {
        let (m, n_h_prev, n_w_prev, n_c_prev) = batch;
        let (f_h, f_w, w_c_prev, n_c) = filters;
        assert!(
            w_c_prev == n_c_prev,
            "conv2d: the filters have {w_c_prev} input channels (shape {filters:?}), the batch has {n_c_prev} (shape \
             {batch:?})"
        );
        let rows = padding.windows(n_h_prev, f_h, strides.0);
        let columns = padding.windows(n_w_prev, f_w, strides.1);
        Conv2dGeometry {
            m,
            n_h_prev,
            n_w_prev,
            n_c_prev,
            f_h,
            f_w,
            n_c,
            stride_h: strides.0,
            stride_w: strides.1,
            pad_top: rows.before,
            pad_left: columns.before,
            n_h: rows.n,
            n_w: columns.n,
        }
    }

    /// Elements of the input batch, `m n_h_prev n_w_prev n_c_prev`.
    pub fn input_len(&self) -> usize {
        self.m * self.n_h_prev * self.n_w_prev * self.n_c_prev
    }

    /// Elements of the filters, `f_h f_w n_c_prev n_c`.
    pub fn filter_len(&self) -> usize {
        self.f_h * self.f_w * self.n_c_prev * self.n_c
    }

    /// Elements of the output batch, `m n_h n_w n_c`.
    pub fn output_len(&self) -> usize {
        self.m * self.n_h * self.n_w * self.n_c
    }

    /// Multiplications and additions of one forward pass, padding included: `2 m n_h n_w f_h f_w n_c_prev n_c`.
    pub fn flops(&self) -> usize {
        2 * self.output_len() * self.f_h * self.f_w * self.n_c_prev
    }
}

/// The shapes of a 2-D pooling layer; the windows are placed as in [`Conv2dGeometry`], each channel by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pool2dGeometry {
    /// Images in the batch.
    pub m: usize,
    /// Rows of the input.
    pub n_h_prev: usize,
    /// Columns of the input.
    pub n_w_prev: usize,
    /// Channels of input and output.
    pub n_c: usize,
    /// Rows of a window.
    pub f_h: usize,
    /// Columns of a window.
    pub f_w: usize,
    /// Rows between two windows.
    pub stride_h: usize,
    /// Columns between two windows.
    pub stride_w: usize,
    /// Rows of padding above the image.
    pub pad_top: usize,
    /// Columns of padding to the left of the image.
    pub pad_left: usize,
    /// Rows of the output.
    pub n_h: usize,
    /// Columns of the output.
    pub n_w: usize,
}

impl Pool2dGeometry {
    /// The geometry of windows `(f_h, f_w)` over a batch `(m, n_h_prev, n_w_prev, n_c)`.
    ///
    /// # Panics
    /// If no window fits (see [`Padding::windows`]).
    #[track_caller]
    pub fn new(
        batch: (usize, usize, usize, usize),
        window: (usize, usize),
        strides: (usize, usize),
        padding: Padding,
    ) -> Self {
        let (m, n_h_prev, n_w_prev, n_c) = batch;
        let rows = padding.windows(n_h_prev, window.0, strides.0);
        let columns = padding.windows(n_w_prev, window.1, strides.1);
        Pool2dGeometry {
            m,
            n_h_prev,
            n_w_prev,
            n_c,
            f_h: window.0,
            f_w: window.1,
            stride_h: strides.0,
            stride_w: strides.1,
            pad_top: rows.before,
            pad_left: columns.before,
            n_h: rows.n,
            n_w: columns.n,
        }
    }

    /// Elements of the input batch, `m n_h_prev n_w_prev n_c`.
    pub fn input_len(&self) -> usize {
        self.m * self.n_h_prev * self.n_w_prev * self.n_c
    }

    /// Elements of the output batch, `m n_h n_w n_c`.
    pub fn output_len(&self) -> usize {
        self.m * self.n_h * self.n_w * self.n_c
    }
}
