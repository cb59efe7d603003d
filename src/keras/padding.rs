/*!
Padding by its Keras name.

The shape arithmetic is in the engine: see [`Padding::windows`].
*/

use super::names::UnknownName;
use crate::graph::Padding;

impl TryFrom<&str> for Padding {
    type Error = UnknownName;

    /// `"same"` or `"valid"`, in any case, as Keras.
    ///
    /// ```
    /// use cnn::keras::layers::*;
    /// let x = Input::new((15, 15, 3)).call();
    /// let y = Conv2D::new(8, 3).strides(2).padding("same").call(&x);
    /// assert_eq!(y.shape().to_string(), "(?, 8, 8, 8)");
    /// ```
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        match name.to_ascii_lowercase().as_str() {
            "same" => Ok(Padding::Same),
            "valid" => Ok(Padding::Valid),
            _ => Err(UnknownName::new("padding", name, "the paddings are same and valid")),
        }
    }
}
