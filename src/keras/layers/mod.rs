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
        panic!("{}: expected one tensor, got {}", layer.class_name(), inputs.len());
    };
    x
}

/// As [`only`], which must be a batch of images.
#[track_caller]
fn only_image<'a>(layer: &dyn Layer, inputs: &'a [Shape]) -> &'a Shape {
    let x = only(layer, inputs);
    assert!(
        x.rank() == 4 && x.dims()[1..].iter().all(Option::is_some),
        "{}{}: expected a batch of images, shape (m, n_h, n_w, n_c), got shape {x}",
        layer.class_name(),
        layer.attributes().name.as_ref().map_or(String::new(), |name| format!(" {name}"))
    );
    x
}
