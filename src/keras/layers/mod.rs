/*!
The layers, one file each: configuration, weights, forward pass, output shape.

`use cnn::keras::layers::*;` brings them in, together with the trait that calls them.
*/

/// The settings that every layer has.
macro_rules! attributes {
    ($layer:ty) => {
        impl $layer {
            /// Names the layer. Others are named after their kind and counted: `activation_1`.
            pub fn name(mut self, name: impl Into<String>) -> Self {
                self.attributes.name = Some(name.into());
                self
            }

            /// Whether training moves the layer's weights; see also [`BuiltLayer::set_trainable`].
            ///
            /// [`BuiltLayer::set_trainable`]: crate::keras::BuiltLayer::set_trainable
            pub fn trainable(mut self, trainable: bool) -> Self {
                self.attributes.trainable = trainable;
                self
            }
        }
    };
}

mod activation;
mod add;
mod average_pooling2d;
mod batch_normalization;
mod concatenate;
mod conv2d;
mod dense;
mod dropout;
mod flatten;
mod global_average_pooling2d;
mod global_max_pooling2d;
mod input;
mod max_pooling2d;
mod size;
mod zero_padding2d;

pub use super::{Attributes, Layer, Padding};
pub use activation::Activation;
pub use add::Add;
pub use average_pooling2d::AveragePooling2D;
pub use batch_normalization::BatchNormalization;
pub use concatenate::Concatenate;
pub use conv2d::Conv2D;
pub use dense::Dense;
pub use dropout::Dropout;
pub use flatten::Flatten;
pub use global_average_pooling2d::GlobalAveragePooling2D;
pub use global_max_pooling2d::GlobalMaxPooling2D;
pub use input::Input;
pub use max_pooling2d::MaxPooling2D;
pub use size::Size;
pub use zero_padding2d::ZeroPadding2D;

use crate::graph::Shape;

/// The one input of a layer that takes one.
#[track_caller]
fn only<'a>(layer: &dyn Layer, inputs: &'a [Shape]) -> &'a Shape {
    let [x] = inputs else {
        panic!("{}: expected one tensor, got {}\nhelp: Add and Concatenate take several", label(layer), inputs.len());
    };
    x
}

/// As [`only`], which must be a batch of images.
#[track_caller]
fn only_image<'a>(layer: &dyn Layer, inputs: &'a [Shape]) -> &'a Shape {
    let x = only(layer, inputs);
    assert!(
        x.rank() == 4 && x.dims()[1..].iter().all(Option::is_some),
        "{}: expected a batch of images, shape (m, n_h, n_w, n_c), got shape {x}",
        label(layer)
    );
    x
}

/// As [`only_image`], which must have room for the layer's windows.
#[track_caller]
fn only_image_with_room<'a>(
    layer: &dyn Layer,
    inputs: &'a [Shape],
    (window, strides, padding): (Size, Size, Padding),
) -> &'a Shape {
    let x = only_image(layer, inputs);
    for (what, Size { rows, columns }) in [("a window", window), ("strides", strides)] {
        assert!(
            rows > 0 && columns > 0,
            "{}: expected {what} of at least 1 row and 1 column, got ({rows}, {columns})",
            label(layer)
        );
    }
    let fits = |axis: usize, n: usize| x.dim(axis).is_none_or(|n_prev| n <= n_prev);
    assert!(
        padding == Padding::Same || fits(1, window.rows) && fits(2, window.columns),
        "{}: expected a window that fits into images of shape {x}, got {} rows and {} columns\nhelp: pad the images \
         first, or use Padding::Same",
        label(layer),
        window.rows,
        window.columns
    );
    x
}

/// What messages call a layer: its kind, and its name if it was given one.
fn label(layer: &dyn Layer) -> String {
    let name = layer.attributes().name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    format!("{}{name}", layer.class_name())
}
