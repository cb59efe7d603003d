/*! Windows that slide over sequences, images or volumes: their size, the step between them, and the border. */

use crate::{
    graph::{Padding, Shape},
    keras::{
        config::Config,
        inputs,
        mismatch::Mismatch,
        size::{Extent, Size},
    },
};

/// Size, strides, dilation and padding of a layer's windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Windows<S = Size> {
    /// The size of a window, such as its rows and columns.
    pub size: S,
    /// How far two windows are apart.
    pub strides: S,
    /// How far two elements of a window are apart; 1 means neighbours.
    pub dilation_rate: S,
    /// What happens at the border.
    pub padding: Padding,
}

impl<S: Extent> Windows<S> {
    /// Windows inside the image.
    pub(in crate::keras::layers) fn new(size: S, strides: S) -> Self {
        Windows { size, strides, dilation_rate: S::from(1), padding: Padding::Valid }
    }

    /// What a window takes along each axis, the gaps between its elements included.
    fn taken(&self) -> impl Iterator<Item = usize> {
        let pairs = self.size.numbers().into_iter().zip(self.dilation_rate.numbers());
        pairs.map(|(f, dilation)| f.saturating_sub(1) * dilation + 1)
    }

    /// Requires sizes of at least 1.
    pub(in crate::keras::layers) fn check_sizes(&self) -> Result<(), Mismatch> {
        let all = [("a window", self.size), ("strides", self.strides), ("a dilation rate", self.dilation_rate)];
        for (what, size) in all {
            let numbers = size.numbers();
            if numbers.contains(&0) {
                let least = S::UNITS.iter().map(|unit| format!("1 {unit}")).collect::<Vec<_>>().join(" and ");
                let found = numbers.iter().map(usize::to_string).collect::<Vec<_>>().join(", ");
                return Err(Mismatch::new(format!("{what} of at least {least}"), format!("({found})")));
            }
        }
        Ok(())
    }

    /// Requires sequences, images or volumes with room for the windows.
    ///
    /// # Returns
    /// Their sizes, and their channels.
    pub(in crate::keras::layers) fn check_inputs(&self, inputs: &[Shape]) -> Result<(Vec<usize>, usize), Mismatch> {
        let (sizes, n_c) = inputs::spatial(inputs, S::RANK)?;
        self.check_sizes()?;
        if self.padding == Padding::Valid && self.taken().zip(&sizes).any(|(taken, n)| taken > *n) {
            let expected = format!("a window that fits into {} of shape {}", inputs::kind(S::RANK), inputs[0]);
            let dilated = if self.dilation_rate == S::from(1) { "" } else { ", dilated" };
            let found = format!("{}{dilated}", self.size.in_words());
            let help = format!("pad the {} first, or use Padding::Same", inputs::kind(S::RANK));
            return Err(Mismatch::new(expected, found).help(help));
        }
        Ok((sizes, n_c))
    }

    /// The shape of an output with `n_c` channels for each window.
    pub(in crate::keras::layers) fn output_shape(&self, x: &Shape, n_c: usize) -> Shape {
        let windows = self.taken().zip(self.strides.numbers()).enumerate();
        let counts = windows
            .map(|(axis, (taken, stride))| x.dim(axis + 1).map(|n_prev| self.padding.windows(n_prev, taken, stride).n));
        Shape::from([x.dim(0)].into_iter().chain(counts).chain([Some(n_c)]).collect::<Vec<_>>())
    }

    /// Adds the settings; Keras calls the size `kernel_size` or `pool_size`.
    pub(in crate::keras::layers) fn add_to(&self, config: Config, size: &str) -> Config {
        let config = config.set(size, self.size).set("strides", self.strides).set("padding", self.padding);
        config.set("data_format", "channels_last")
    }

    /// Reads the settings; strides that are missing follow from the size.
    pub(in crate::keras::layers) fn from_config(
        config: &Config,
        size: S,
        default_strides: impl Fn(S) -> S,
    ) -> Result<Self, Mismatch> {
        config.only("data_format", "channels_last")?;
        let strides = config.get_or("strides", default_strides(size))?;
        Ok(Windows { padding: config.get_or("padding", Padding::Valid)?, ..Windows::new(size, strides) })
    }

    /// Reads the settings of a convolution, which may be dilated.
    pub(in crate::keras::layers) fn of_convolution(config: &Config) -> Result<Self, Mismatch> {
        let windows = Windows::from_config(config, config.get("kernel_size")?, |_| S::from(1))?;
        Ok(Windows { dilation_rate: config.get_or("dilation_rate", S::from(1))?, ..windows })
    }
}

/// The builder methods for a layer's field `windows`, whose sizes are of the type `$size`.
macro_rules! windows_methods {
    ($size:ty) => {
        /// How far two windows are apart.
        #[must_use]
        pub fn strides(mut self, strides: impl Into<$size>) -> Self {
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

/// The builder method for the dilation of a convolution's field `windows`.
macro_rules! dilation_method {
    ($size:ty) => {
        /// How far two elements of a filter are apart; 1 means neighbours.
        #[must_use]
        pub fn dilation_rate(mut self, dilation_rate: impl Into<$size>) -> Self {
            self.windows.dilation_rate = dilation_rate.into();
            self
        }
    };
}
pub(in crate::keras::layers) use dilation_method;
