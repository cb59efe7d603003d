/*! Larger images: pixels are repeated, or computed between their neighbours. */

use crate::{
    graph::{
        self, Op, Shape,
        ops::{Interpolation, Resize},
    },
    keras::{
        config::{Config, unfit},
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        size::{Extent, Size},
    },
};

/// Makes images larger by whole factors. Input: (m, n_h, n_w, n_c). Output: (m, n_h rows, n_w columns, n_c).
///
/// Pixels are repeated, unless [`UpSampling2D::bilinear`] is set.
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((8, 8, 3)).call();
/// assert_eq!(UpSampling2D::new((2, 3)).call(&x).shape().to_string(), "(?, 16, 24, 3)");
/// ```
#[derive(Debug, Clone)]
pub struct UpSampling2D {
    /// The factors of rows and columns.
    pub size: Size,
    /// How pixels between those of the image are computed.
    pub interpolation: Interpolation,
    attributes: Attributes,
}

impl UpSampling2D {
    /// Repeats each row and each column so many times; Keras' default is 2.
    pub fn new(size: impl Into<Size>) -> Self {
        UpSampling2D { size: size.into(), interpolation: Interpolation::Nearest, attributes: Attributes::default() }
    }

    /// Computes pixels linearly between their neighbours: Keras' `interpolation="bilinear"`.
    #[must_use]
    pub fn bilinear(mut self) -> Self {
        self.interpolation = Interpolation::Bilinear;
        self
    }

    fn op(&self, x: &Shape) -> Resize {
        Resize::by(self.size.pair(), x, self.interpolation)
    }
}

impl Layer for UpSampling2D {
    fn class_name() -> &'static str {
        "UpSampling2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        inputs::images(inputs)?;
        if self.size.numbers().contains(&0) {
            return Err(Mismatch::new("factors of at least 1", self.size.in_words()));
        }
        Ok(())
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op(&inputs[0]).output_shape(&[&inputs[0]])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(self.op(&inputs[0].shape()), inputs, "resize")
    }

    fn config(&self) -> Config {
        let interpolation = match self.interpolation {
            Interpolation::Nearest => "nearest",
            Interpolation::Bilinear => "bilinear",
        };
        Config::new().set("size", self.size).set("data_format", "channels_last").set("interpolation", interpolation)
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("data_format", "channels_last")?;
        let layer = UpSampling2D::new(config.get_or("size", Size::from(2))?);
        match config.get_or("interpolation", "nearest".to_owned())?.as_str() {
            "nearest" => Ok(layer),
            "bilinear" => Ok(layer.bilinear()),
            _ => Err(unfit("interpolation", "nearest or bilinear", config.value("interpolation"))),
        }
    }
}
