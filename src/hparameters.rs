/*!
The hyperparameters of a convolution or a pooling layer, and what its forward pass keeps for its backward pass
(caches).

The layers themselves are computed in `graded`.
*/

use ndarray::Array4;

/// The shape of a batch of images, `(m, n_h, n_w, n_c)`: examples, height, width, channels.
type Dim4 = (usize, usize, usize, usize);

/// Hyperparameters of a convolution: how far the window moves and how wide a border of zeros is added.
///
/// ```
/// use cnn::prelude::*;
/// let hparameters = ConvHparameters { stride: 2, pad: 1 };
/// assert_eq!(hparameters.stride, 2);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvHparameters {
    /// Steps of the window, in pixels, at least 1; the same in both directions.
    pub stride: usize,
    /// Rows and columns of zeros added on every side of the image.
    pub pad: usize,
}

impl ConvHparameters {
    /// Panics unless `a_prev` (m, n_h_prev, n_w_prev, n_c_prev), `w` (f, f, n_c_prev, n_c) and `b` (1, 1, 1, n_c) fit
    /// each other and these hyperparameters; `caller` names the function in the message.
    ///
    /// # Panics
    /// With the shape that was expected and the one that came, when the filter is empty or not square, the channels
    /// differ, the stride is zero, or the filter is larger than the padded image.
    #[track_caller]
    pub fn check(&self, caller: &str, a_prev: Dim4, w: Dim4, b: Dim4) {
        let (_, n_h_prev, n_w_prev, n_c_prev) = a_prev;
        let (f, f_w, w_c_prev, n_c) = w;
        assert!(
            f == f_w && f > 0,
            "{caller}: expected square filters, w of shape (f, f, n_c_prev, n_c) with f >= 1, got w of shape {w:?}"
        );
        assert!(
            w_c_prev == n_c_prev,
            "{caller}: w has {w_c_prev} input channels (shape {w:?}), a_prev has {n_c_prev} (shape {a_prev:?})\n\
             help: axis 2 of w and axis 3 of a_prev are both n_c_prev"
        );
        assert!(
            b == (1, 1, 1, n_c),
            "{caller}: expected b of shape {:?}, one bias for each of the {n_c} filters of w, got b of shape {b:?}",
            (1, 1, 1, n_c)
        );
        let (n_h, n_w) = (n_h_prev + 2 * self.pad, n_w_prev + 2 * self.pad);
        assert!(self.stride > 0, "{caller}: expected a stride of at least 1, got 0");
        assert!(
            f <= n_h && f <= n_w,
            "{caller}: expected a filter no larger than the (padded) image of {n_h} x {n_w}, got one of {f} x {f}\n\
             help: pad the image or make the filter smaller"
        );
    }

    /// Panics unless `dz` has the shape of the output that `a_prev` and `w` give with these hyperparameters.
    ///
    /// # Panics
    /// With the shape that was expected and the one that came.
    #[track_caller]
    pub fn check_gradient(&self, caller: &str, a_prev: Dim4, w: Dim4, dz: Dim4) {
        self.check(caller, a_prev, w, (1, 1, 1, w.3));
        let size = |n_prev: usize| output_size(n_prev + 2 * self.pad, w.0, self.stride);
        check_gradient(caller, "dz", (a_prev.0, size(a_prev.1), size(a_prev.2), w.3), dz);
    }
}

/// Hyperparameters of a pooling layer: the side of the window and how far it moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PoolHparameters {
    /// Side of the square window, in pixels, at least 1.
    pub f: usize,
    /// Steps of the window, in pixels, at least 1.
    pub stride: usize,
}

impl PoolHparameters {
    /// Panics unless `a_prev` (m, n_h_prev, n_w_prev, n_c) is at least as large as the window; `caller` names the
    /// function in the message.
    ///
    /// # Panics
    /// With what was expected and what came, when the stride or `f` is zero or the window is larger than the image.
    #[track_caller]
    pub fn check(&self, caller: &str, a_prev: Dim4) {
        assert!(self.f > 0, "{caller}: expected a window of side f >= 1, got f = 0");
        assert!(self.stride > 0, "{caller}: expected a stride of at least 1, got 0");
        let (f, (_, n_h_prev, n_w_prev, _)) = (self.f, a_prev);
        assert!(
            f <= n_h_prev && f <= n_w_prev,
            "{caller}: expected a window no larger than the image of {n_h_prev} x {n_w_prev}, got one of {f} x {f}\n\
             help: make the window smaller"
        );
    }

    /// Panics unless `da` has the shape of the output that `a_prev` gives with these hyperparameters.
    ///
    /// # Panics
    /// With the shape that was expected and the one that came.
    #[track_caller]
    pub fn check_gradient(&self, caller: &str, a_prev: Dim4, da: Dim4) {
        self.check(caller, a_prev);
        let size = |n_prev: usize| output_size(n_prev, self.f, self.stride);
        check_gradient(caller, "da", (a_prev.0, size(a_prev.1), size(a_prev.2), a_prev.3), da);
    }
}

/// The sizes of one layer of a network, from which its output's shape and its number of parameters follow.
///
/// ```
/// use cnn::prelude::*;
/// let layers = [LayerHparameters::Conv { f: 5, pad: 0, stride: 1, filters: 6 }, LayerHparameters::Pool { f: 2, stride: 2 }];
/// assert_eq!(format!("{:?}", layers[1]), "Pool { f: 2, stride: 2 }");
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LayerHparameters {
    /// A convolution with a bias for each filter.
    Conv {
        /// Side of the square filters, in pixels.
        f: usize,
        /// Rows and columns of zeros on every side of the input.
        pad: usize,
        /// Steps of the window, in pixels.
        stride: usize,
        /// Number of filters, which is the number of channels of the output.
        filters: usize,
    },
    /// A pooling layer, without padding.
    Pool {
        /// Side of the square window, in pixels.
        f: usize,
        /// Steps of the window, in pixels.
        stride: usize,
    },
    /// A fully connected layer with biases; what enters it is flattened.
    Dense {
        /// Number of outputs.
        units: usize,
    },
}

/// What a pooling window keeps of its values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PoolMode {
    /// The largest value.
    Max,
    /// The arithmetic mean.
    Average,
}

/// Prints the course's names, `max` and `average`.
impl std::fmt::Display for PoolMode {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            PoolMode::Max => "max",
            PoolMode::Average => "average",
        })
    }
}

/// What `conv_forward` keeps for `conv_backward`.
#[derive(Debug, Clone, PartialEq)]
pub struct ConvCache {
    /// The layer's input, (m, n_h_prev, n_w_prev, n_c_prev).
    pub a_prev: Array4<f64>,
    /// The filters, (f, f, n_c_prev, n_c).
    pub w: Array4<f64>,
    /// The biases, (1, 1, 1, n_c).
    pub b: Array4<f64>,
    /// Stride and padding.
    pub hparameters: ConvHparameters,
}

/// What `pool_forward` keeps for `pool_backward`.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolCache {
    /// The layer's input, (m, n_h_prev, n_w_prev, n_c).
    pub a_prev: Array4<f64>,
    /// Window and stride.
    pub hparameters: PoolHparameters,
}

/// Positions of a window of side `f` along `n` pixels.
fn output_size(n: usize, f: usize, stride: usize) -> usize {
    (n - f) / stride + 1
}

/// Panics unless the gradient `got` has the shape of what the forward pass returned.
#[track_caller]
fn check_gradient(caller: &str, name: &str, expected: Dim4, got: Dim4) {
    assert!(
        got == expected,
        "{caller}: expected {name} of shape {expected:?}, the shape of the forward pass's output, got {got:?}"
    );
}
