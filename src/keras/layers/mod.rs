/*!
The layers, one file each: settings, weights, forward pass, output shape, and how they are saved.

`use cnn::keras::layers::*;` brings them in, together with the traits that name and call them. What several layers have
in common is in `shared`.

A new layer needs a file of its own here, a `mod` line and a line in `layers!`, from which saving, loading, the summary
and the grader's listing follow.
*/

mod activation;
mod add;
mod average;
mod average_pooling2d;
mod batch_normalization;
mod concatenate;
mod conv2d;
mod dense;
mod dropout;
mod elu;
mod flatten;
mod global_average_pooling2d;
mod global_max_pooling2d;
mod input;
mod leaky_relu;
mod max_pooling2d;
mod multiply;
mod rescaling;
mod reshape;
mod shared;
mod subtract;
mod zero_padding2d;

pub use super::{call::Call, layer::Attributes, layer::Layer, size::Size};
pub use crate::graph::Padding;
pub use shared::{affine::Affine, windows::Windows};

use super::registry::LayerRegistry;

/// Exports the layers, and registers each under its Keras name.
macro_rules! layers {
    ($($file:ident::$layer:ident,)+) => {
        $(pub use $file::$layer;)+

        impl LayerRegistry {
            /// The layers of [`layers`](self).
            #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
            pub fn new() -> Self {
                LayerRegistry::empty()$(.register::<$layer>())+.built_in()
            }
        }
    };
}

layers! {
    activation::Activation,
    add::Add,
    average::Average,
    average_pooling2d::AveragePooling2D,
    batch_normalization::BatchNormalization,
    concatenate::Concatenate,
    conv2d::Conv2D,
    dense::Dense,
    dropout::Dropout,
    elu::ELU,
    flatten::Flatten,
    global_average_pooling2d::GlobalAveragePooling2D,
    global_max_pooling2d::GlobalMaxPooling2D,
    input::Input,
    leaky_relu::LeakyReLU,
    max_pooling2d::MaxPooling2D,
    multiply::Multiply,
    rescaling::Rescaling,
    reshape::Reshape,
    subtract::Subtract,
    zero_padding2d::ZeroPadding2D,
}
