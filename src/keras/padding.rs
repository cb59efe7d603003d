/*!
What happens at the border of an image, by its Keras name.

Where the windows lie then is the engine's: see [`Padding::windows`].
*/

use crate::graph::Padding;

impl From<&str> for Padding {
    /// `"same"` or `"valid"`, in any case, as Keras.
    ///
    /// ```
    /// use cnn::keras::layers::*;
    /// let x = Input::new((15, 15, 3)).call();
    /// let y = Conv2D::new(8, 3).strides(2).padding("same").call(&x);
    /// assert_eq!(y.shape().to_string(), "(?, 8, 8, 8)");
    /// ```
    ///
    /// # Panics
    /// If it is neither.
    #[track_caller]
    fn from(name: &str) -> Self {
        match name.to_ascii_lowercase().as_str() {
            "same" => Padding::Same,
            "valid" => Padding::Valid,
            _ => panic!("there is no padding \"{name}\"\nhelp: the paddings are same and valid"),
        }
    }
}
