/*! Windows that slide over images: their size, the step between them, and the border of the image. */

use crate::{
    graph::{Padding, Shape},
    keras::{config::Config, inputs, mismatch::Mismatch, size::Size},
};

/// Size, strides and padding of a layer's windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows {
    /// Rows and columns of a window.
    pub size: Size,
    /// Rows and columns between two windows.
    pub strides: Size,
    /// What happens at the border.
    pub padding: Padding,
}

impl Windows {
    /// Windows inside the image.
    pub(in crate::keras::layers) fn new(size: Size, strides: Size) -> Self {
        Windows { size, strides, padding: Padding::Valid }
    }

    /// Requires images with room for the windows.
    ///
    /// # Returns
    /// n_h, n_w and n_c.
    pub(in crate::keras::layers) fn check_inputs(&self, inputs: &[Shape]) -> Result<[usize; 3], Mismatch> {
        let [n_h, n_w, n_c] = inputs::images(inputs)?;
        for (what, Size { rows, columns }) in [("a window", self.size), ("strides", self.strides)] {
            if rows == 0 || columns == 0 {
                let expected = format!("{what} of at least 1 row and 1 column");
                return Err(Mismatch::new(expected, format!("({rows}, {columns})")));
            }
        }
        if self.padding == Padding::Valid && (self.size.rows > n_h || self.size.columns > n_w) {
            let expected = format!("a window that fits into images of shape {}", inputs[0]);
            let found = format!("{} rows and {} columns", self.size.rows, self.size.columns);
            return Err(Mismatch::new(expected, found).help("pad the images first, or use Padding::Same"));
        }
        Ok([n_h, n_w, n_c])
    }

    /// The shape of an output with `n_c` channels for each window.
    pub(in crate::keras::layers) fn output_shape(&self, x: &Shape, n_c: usize) -> Shape {
        let count = |axis: usize, f, stride| x.dim(axis).map(|n_prev| self.padding.windows(n_prev, f, stride).n);
        let (n_h, n_w) =
            (count(1, self.size.rows, self.strides.rows), count(2, self.size.columns, self.strides.columns));
        Shape::from([x.dim(0), n_h, n_w, Some(n_c)])
    }

    /// Adds the settings; Keras calls the size `kernel_size` or `pool_size`.
    pub(in crate::keras::layers) fn add_to(&self, config: Config, size: &str) -> Config {
        let config = config.set(size, self.size).set("strides", self.strides).set("padding", self.padding);
        config.set("data_format", "channels_last")
    }

    /// Reads the settings; strides that are missing follow from the size.
    pub(in crate::keras::layers) fn from_config(
        config: &Config,
        size: Size,
        default_strides: impl Fn(Size) -> Size,
    ) -> Result<Self, Mismatch> {
        config.only("data_format", "channels_last")?;
        let strides = config.get_or("strides", default_strides(size))?;
        Ok(Windows { size, strides, padding: config.get_or("padding", Padding::Valid)? })
    }
}

/// The builder methods for a layer's field `windows`.
macro_rules! windows_methods {
    () => {
        /// Rows and columns between two windows.
        #[must_use]
        pub fn strides(mut self, strides: impl Into<$crate::keras::layers::Size>) -> Self {
            self.windows.strides = strides.into();
            self
        }

        /// What happens at the border: `Padding::Same` or `"same"`, `Padding::Valid` or `"valid"`.
        ///
        /// # Panics
        /// If there is no padding of such a name.
        #[must_use]
        #[track_caller]
        pub fn padding(mut self, padding: impl TryInto<$crate::keras::Padding, Error: std::fmt::Display>) -> Self {
            self.windows.padding = $crate::keras::names::parsed(padding);
            self
        }
    };
}
pub(in crate::keras::layers) use windows_methods;
