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
mod average_pooling1d;
mod average_pooling2d;
mod average_pooling3d;
mod batch_normalization;
mod concatenate;
mod conv1d;
mod conv1d_transpose;
mod conv2d;
mod conv2d_transpose;
mod conv3d;
mod conv3d_transpose;
mod dense;
mod depthwise_conv1d;
mod depthwise_conv2d;
mod dot;
mod dropout;
mod elu;
mod flatten;
mod global_average_pooling1d;
mod global_average_pooling2d;
mod global_average_pooling3d;
mod global_max_pooling1d;
mod global_max_pooling2d;
mod global_max_pooling3d;
mod input;
mod layer_normalization;
mod leaky_relu;
mod max_pooling1d;
mod max_pooling2d;
mod max_pooling3d;
mod maximum;
mod minimum;
mod multiply;
mod permute;
mod rescaling;
mod reshape;
mod separable_conv1d;
mod separable_conv2d;
mod shared;
mod subtract;
mod unit_normalization;
mod up_sampling2d;
mod zero_padding2d;

pub use super::{
    call::Call,
    layer::Attributes,
    layer::Layer,
    size::{Extent, Length, Size, Size3D},
};
pub use crate::graph::Padding;
pub use shared::{affine::Affine, last_axes::LastAxes, windows::Windows};

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
    average_pooling1d::AveragePooling1D,
    average_pooling2d::AveragePooling2D,
    average_pooling3d::AveragePooling3D,
    batch_normalization::BatchNormalization,
    concatenate::Concatenate,
    conv1d::Conv1D,
    conv1d_transpose::Conv1DTranspose,
    conv2d::Conv2D,
    conv2d_transpose::Conv2DTranspose,
    conv3d::Conv3D,
    conv3d_transpose::Conv3DTranspose,
    dense::Dense,
    depthwise_conv1d::DepthwiseConv1D,
    depthwise_conv2d::DepthwiseConv2D,
    dot::Dot,
    dropout::Dropout,
    elu::ELU,
    flatten::Flatten,
    global_average_pooling1d::GlobalAveragePooling1D,
    global_average_pooling2d::GlobalAveragePooling2D,
    global_average_pooling3d::GlobalAveragePooling3D,
    global_max_pooling1d::GlobalMaxPooling1D,
    global_max_pooling2d::GlobalMaxPooling2D,
    global_max_pooling3d::GlobalMaxPooling3D,
    input::Input,
    layer_normalization::LayerNormalization,
    leaky_relu::LeakyReLU,
    max_pooling1d::MaxPooling1D,
    max_pooling2d::MaxPooling2D,
    max_pooling3d::MaxPooling3D,
    maximum::Maximum,
    minimum::Minimum,
    multiply::Multiply,
    permute::Permute,
    rescaling::Rescaling,
    reshape::Reshape,
    separable_conv1d::SeparableConv1D,
    separable_conv2d::SeparableConv2D,
    subtract::Subtract,
    unit_normalization::UnitNormalization,
    up_sampling2d::UpSampling2D,
    zero_padding2d::ZeroPadding2D,
}
