/*!
The shapes of a convolution and of a pooling layer, as every kernel takes them: batch size, image, window, stride,
dilation, padding, output.

There is one geometry for one, two and three spatial axes: a picture is a volume of depth 1, a sequence a picture of
height 1. A geometry owns no data. Images are flat slices in the order `(m, n_d, n_h, n_w, n_c)`, filters
`(f_d, f_h, f_w, n_c_prev, n_c)`, the last index running fastest.
*/

use crate::graph::network::padding::Padding;

/// The windows of a layer along its spatial axes, one entry for each axis, outermost first.
///
/// ```
/// use cnn::graph::{kernels::geometry::Window, padding::Padding};
/// let window = Window { sizes: &[3, 3], strides: &[1, 1], dilations: &[2, 2], padding: Padding::Valid };
/// assert_eq!(window.outputs(&[64, 48]), [60, 44]);
/// ```
#[derive(Debug, Clone, Copy)]
pub struct Window<'a> {
    /// Taps of the window.
    pub sizes: &'a [usize],
    /// Pixels between two windows.
    pub strides: &'a [usize],
    /// Pixels between two taps of a window; 1 means neighbours.
    pub dilations: &'a [usize],
    /// What happens at the border.
    pub padding: Padding,
}

/// The windows along one axis.
#[derive(Debug, Clone, Copy)]
struct Axis {
    n_prev: usize,
    f: usize,
    stride: usize,
    dilation: usize,
    pad: usize,
    n: usize,
}

impl Window<'_> {
    /// The size of the output along each axis, for images of the size `n_prev`: see [`Padding::windows`], where a window
    /// of f taps with the dilation d takes (f − 1) d + 1 pixels.
    ///
    /// # Panics
    /// If no window fits, or a dilation is 0.
    #[track_caller]
    pub fn outputs(&self, n_prev: &[usize]) -> Vec<usize> {
        (0..n_prev.len()).map(|i| self.axis(i, n_prev[i]).n).collect()
    }

    #[track_caller]
    fn axis(&self, i: usize, n_prev: usize) -> Axis {
        let (f, stride, dilation) = (self.sizes[i], self.strides[i], self.dilations[i]);
        assert!(dilation > 0, "expected a dilation of at least 1, got 0");
        let windows = self.padding.windows(n_prev, if f == 0 { 0 } else { (f - 1) * dilation + 1 }, stride);
        Axis { n_prev, f, stride, dilation, pad: windows.before, n: windows.n }
    }

    /// Depth, rows and columns; the axes that the image does not have are of size 1.
    #[track_caller]
    fn axes(&self, n_prev: &[usize]) -> [Axis; 3] {
        let rank = n_prev.len();
        assert!(
            (1..=3).contains(&rank) && [self.sizes.len(), self.strides.len(), self.dilations.len()] == [rank; 3],
            "expected a size, a stride and a dilation of the window for each of one to three axes, got {self:?} for \
             images of {n_prev:?} pixels"
        );
        let mut axes = [Axis { n_prev: 1, f: 1, stride: 1, dilation: 1, pad: 0, n: 1 }; 3];
        for (i, n_prev) in n_prev.iter().enumerate() {
            axes[3 - rank + i] = self.axis(i, *n_prev);
        }
        axes
    }
}

/// Whether each slice along the depth is a picture of its own.
fn is_slice_by_slice(depth: &Axis) -> bool {
    depth.f == 1 && depth.stride == 1 && depth.n == depth.n_prev
}

/// The shapes of a convolution.
///
/// Output element `(i, d, h, w, c)` reads the slices `d * stride_d - pad_front + dilation_d * (0..f_d)` of image `i`, and
/// rows and columns likewise; what is outside the image reads as zero, so the padding behind, below and to the right
/// follows from `n_d`, `n_h` and `n_w`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ConvGeometry {
    /// Images in the batch.
    pub m: usize,
    /// Slices of the input.
    pub n_d_prev: usize,
    /// Rows of the input.
    pub n_h_prev: usize,
    /// Columns of the input.
    pub n_w_prev: usize,
    /// Channels of the input.
    pub n_c_prev: usize,
    /// Slices of a filter.
    pub f_d: usize,
    /// Rows of a filter.
    pub f_h: usize,
    /// Columns of a filter.
    pub f_w: usize,
    /// Filters: channels of the output.
    pub n_c: usize,
    /// Slices between two windows.
    pub stride_d: usize,
    /// Rows between two windows.
    pub stride_h: usize,
    /// Columns between two windows.
    pub stride_w: usize,
    /// Slices between two taps.
    pub dilation_d: usize,
    /// Rows between two taps.
    pub dilation_h: usize,
    /// Columns between two taps.
    pub dilation_w: usize,
    /// Slices of zeros before the image.
    pub pad_front: usize,
    /// Rows of zeros above the image.
    pub pad_top: usize,
    /// Columns of zeros to the left of the image.
    pub pad_left: usize,
    /// Slices of the output.
    pub n_d: usize,
    /// Rows of the output.
    pub n_h: usize,
    /// Columns of the output.
    pub n_w: usize,
}

impl ConvGeometry {
    /// The geometry of filters `(f_h, f_w, n_c_prev, n_c)` over a batch `(m, n_h_prev, n_w_prev, n_c_prev)`.
    ///
    /// ```
    /// use cnn::graph::{kernels::geometry::ConvGeometry, padding::Padding};
    /// let conv = ConvGeometry::new((32, 64, 64, 3), (4, 4, 3, 8), (1, 1), Padding::Same);
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
        let window = Window { sizes: &[f_h, f_w], strides: &[strides.0, strides.1], dilations: &[1, 1], padding };
        ConvGeometry::of(m, &[n_h_prev, n_w_prev], (n_c_prev, n_c), window)
    }

    /// The geometry of a convolution over one to three axes: `m` images of `n_prev` pixels along each axis, with
    /// `(n_c_prev, n_c)` channels before and after. Where the window is one slice deep, a volume of n slices is a batch
    /// of n pictures.
    ///
    /// ```
    /// use cnn::graph::{kernels::geometry::{ConvGeometry, Window}, padding::Padding};
    /// let window = Window { sizes: &[3, 3, 3], strides: &[1, 2, 2], dilations: &[1, 1, 1], padding: Padding::Same };
    /// let conv = ConvGeometry::of(2, &[16, 64, 64], (3, 8), window);
    /// assert_eq!((conv.n_d, conv.n_h, conv.n_w), (16, 32, 32));
    /// ```
    ///
    /// # Panics
    /// If no window fits, or the lists have different lengths.
    #[track_caller]
    pub fn of(m: usize, n_prev: &[usize], (n_c_prev, n_c): (usize, usize), window: Window<'_>) -> Self {
        let [mut d, h, w] = window.axes(n_prev);
        let mut images = m;
        if is_slice_by_slice(&d) {
            images *= d.n;
            (d.n_prev, d.n) = (1, 1);
        }
        ConvGeometry {
            m: images,
            n_d_prev: d.n_prev,
            n_h_prev: h.n_prev,
            n_w_prev: w.n_prev,
            n_c_prev,
            f_d: d.f,
            f_h: h.f,
            f_w: w.f,
            n_c,
            stride_d: d.stride,
            stride_h: h.stride,
            stride_w: w.stride,
            dilation_d: d.dilation,
            dilation_h: h.dilation,
            dilation_w: w.dilation,
            pad_front: d.pad,
            pad_top: h.pad,
            pad_left: w.pad,
            n_d: d.n,
            n_h: h.n,
            n_w: w.n,
        }
    }

    /// Whether these are pictures under filters without dilation, which some kernels are made for.
    pub fn is_plain_2d(&self) -> bool {
        (self.n_d_prev, self.f_d, self.n_d, self.dilation_h, self.dilation_w) == (1, 1, 1, 1, 1)
    }

    /// Taps of a filter, `f_d f_h f_w`.
    pub fn n_taps(&self) -> usize {
        self.f_d * self.f_h * self.f_w
    }

    /// Pixels of an image of the input, `n_d_prev n_h_prev n_w_prev`.
    pub fn pixels_prev(&self) -> usize {
        self.n_d_prev * self.n_h_prev * self.n_w_prev
    }

    /// Pixels of an image of the output, `n_d n_h n_w`.
    pub fn pixels(&self) -> usize {
        self.n_d * self.n_h * self.n_w
    }

    /// Elements of the input batch, `m n_d_prev n_h_prev n_w_prev n_c_prev`.
    pub fn input_len(&self) -> usize {
        self.m * self.pixels_prev() * self.n_c_prev
    }

    /// Elements of the filters, `f_d f_h f_w n_c_prev n_c`.
    pub fn filter_len(&self) -> usize {
        self.n_taps() * self.n_c_prev * self.n_c
    }

    /// Elements of the output batch, `m n_d n_h n_w n_c`.
    pub fn output_len(&self) -> usize {
        self.m * self.pixels() * self.n_c
    }

    /// Multiplications and additions of one forward pass, padding included: `2 m n_d n_h n_w f_d f_h f_w n_c_prev n_c`.
    pub fn flops(&self) -> usize {
        2 * self.output_len() * self.n_taps() * self.n_c_prev
    }
}

/// The shapes of a pooling layer; the windows are placed as in [`ConvGeometry`], each channel by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PoolGeometry {
    /// Images in the batch.
    pub m: usize,
    /// Slices of the input.
    pub n_d_prev: usize,
    /// Rows of the input.
    pub n_h_prev: usize,
    /// Columns of the input.
    pub n_w_prev: usize,
    /// Channels of input and output.
    pub n_c: usize,
    /// Slices of a window.
    pub f_d: usize,
    /// Rows of a window.
    pub f_h: usize,
    /// Columns of a window.
    pub f_w: usize,
    /// Slices between two windows.
    pub stride_d: usize,
    /// Rows between two windows.
    pub stride_h: usize,
    /// Columns between two windows.
    pub stride_w: usize,
    /// Slices of padding before the image.
    pub pad_front: usize,
    /// Rows of padding above the image.
    pub pad_top: usize,
    /// Columns of padding to the left of the image.
    pub pad_left: usize,
    /// Slices of the output.
    pub n_d: usize,
    /// Rows of the output.
    pub n_h: usize,
    /// Columns of the output.
    pub n_w: usize,
}

impl PoolGeometry {
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
        let (sizes, strides) = ([window.0, window.1], [strides.0, strides.1]);
        let window = Window { sizes: &sizes, strides: &strides, dilations: &[1, 1], padding };
        PoolGeometry::of(m, &[n_h_prev, n_w_prev], n_c, window)
    }

    /// The geometry of pooling over one to three axes, see [`ConvGeometry::of`]. A window without dilation is expected.
    ///
    /// # Panics
    /// If no window fits, a dilation is not 1, or the lists have different lengths.
    #[track_caller]
    pub fn of(m: usize, n_prev: &[usize], n_c: usize, window: Window<'_>) -> Self {
        assert!(
            window.dilations.iter().all(|dilation| *dilation == 1),
            "pool: expected dilations of 1, got {:?}",
            window.dilations
        );
        let [mut d, h, w] = window.axes(n_prev);
        let mut images = m;
        if is_slice_by_slice(&d) {
            images *= d.n;
            (d.n_prev, d.n) = (1, 1);
        }
        PoolGeometry {
            m: images,
            n_d_prev: d.n_prev,
            n_h_prev: h.n_prev,
            n_w_prev: w.n_prev,
            n_c,
            f_d: d.f,
            f_h: h.f,
            f_w: w.f,
            stride_d: d.stride,
            stride_h: h.stride,
            stride_w: w.stride,
            pad_front: d.pad,
            pad_top: h.pad,
            pad_left: w.pad,
            n_d: d.n,
            n_h: h.n,
            n_w: w.n,
        }
    }

    /// Elements of an image of the input.
    pub fn image_len_prev(&self) -> usize {
        self.n_d_prev * self.n_h_prev * self.n_w_prev * self.n_c
    }

    /// Elements of an image of the output.
    pub fn image_len(&self) -> usize {
        self.n_d * self.n_h * self.n_w * self.n_c
    }

    /// Elements of the input batch, `m n_d_prev n_h_prev n_w_prev n_c`.
    pub fn input_len(&self) -> usize {
        self.m * self.image_len_prev()
    }

    /// Elements of the output batch, `m n_d n_h n_w n_c`.
    pub fn output_len(&self) -> usize {
        self.m * self.image_len()
    }
}
