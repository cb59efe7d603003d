/*! Rows and columns of zeros around each image. */

use crate::{
    graph::{self, Op, Shape, ops},
    keras::{
        config::Config,
        inputs,
        layer::{Attributes, Layer},
        mismatch::Mismatch,
        scope::Scope,
        setting::Setting,
        size::Size,
    },
};
use serde_json::{Value, json};

/// Adds zeros around each image. Input: (m, n_h, n_w, n_c). Output: (m, n_h + 2 rows, n_w + 2 columns, n_c).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new((64, 64, 3)).call();
/// assert_eq!(ZeroPadding2D::new((3, 1)).call(&x).shape().to_string(), "(?, 70, 66, 3)");
/// ```
#[derive(Debug, Clone)]
pub struct ZeroPadding2D {
    /// Rows above and as many below, columns to the left and as many to the right.
    pub padding: Size,
    attributes: Attributes,
}

impl ZeroPadding2D {
    /// `padding` rows and columns on each side.
    pub fn new(padding: impl Into<Size>) -> Self {
        ZeroPadding2D { padding: padding.into(), attributes: Attributes::default() }
    }

    fn op(&self) -> ops::ZeroPadding2d {
        let Size { rows, columns } = self.padding;
        ops::ZeroPadding2d { rows: (rows, rows), columns: (columns, columns) }
    }
}

impl Layer for ZeroPadding2D {
    fn class_name() -> &'static str {
        "ZeroPadding2D"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn attributes_mut(&mut self) -> &mut Attributes {
        &mut self.attributes
    }

    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        inputs::images(inputs)?;
        Ok(())
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.op().output_shape(&[&inputs[0]])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        scope.apply(self.op(), inputs, "Pad")
    }

    fn config(&self) -> Config {
        Config::new().set("padding", Border(self.padding)).set("data_format", "channels_last")
    }

    fn from_config(config: &Config) -> Result<Self, Mismatch> {
        config.only("data_format", "channels_last")?;
        Ok(ZeroPadding2D::new(config.get::<Border>("padding")?.0))
    }
}

/// Rows and columns of padding, as Keras writes them: the same on opposite sides.
struct Border(Size);

impl Setting for Border {
    const EXPECTED: &'static str = "[[rows, rows], [columns, columns]], the same on opposite sides";

    fn to_json(&self) -> Value {
        let Size { rows, columns } = self.0;
        json!([[rows, rows], [columns, columns]])
    }

    /// One number, one for rows and one for columns, or one for each of the four sides.
    fn from_json(value: &Value) -> Option<Self> {
        let side = |value: &Value| match value.as_array().map(Vec::as_slice) {
            Some([before, after]) => usize::from_json(before).filter(|n| usize::from_json(after) == Some(*n)),
            Some(_) => None,
            None => usize::from_json(value),
        };
        let size = match value.as_array().map(Vec::as_slice) {
            Some([rows, columns]) => Size::from((side(rows)?, side(columns)?)),
            Some(_) => return None,
            None => Size::from(usize::from_json(value)?),
        };
        Some(Border(size))
    }
}
