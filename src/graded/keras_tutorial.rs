/*!
The Keras tutorial: a small network that tells smiling faces from others.

The layers themselves are not written here; they are Keras' names for the library's engine.
*/

use cnn::keras::{Model, layers::*};

/// The model of the Happy House: ZEROPAD → CONV2D → BATCHNORM → RELU → MAXPOOL → FLATTEN → FULLYCONNECTED.
///
/// * zero padding of 3 rows and columns on each side
/// * 32 filters of 7×7 with stride 1, named "conv0"
/// * batch normalisation of the channels, axis 3, named "bn0", then relu
/// * max pooling with a window of 2×2, named "max_pool"
/// * one output with a sigmoid, named "fc"
///
/// # Arguments
/// * `input_shape`: height, width and channels of an image
///
/// # Returns
/// The model, named "HappyModel"; its output has shape (m, 1).
pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
    let x_input = Input::new(input_shape).call();
    // START CODE HERE (≈ 8 lines)
    //~ let x: cnn::keras::Tensor = todo!("happy_model: call one layer after the other, the first one on x_input");
    let x = ZeroPadding2D::new((3, 3)).call(&x_input); // (m, 70, 70, 3)
    let x = Conv2D::new(32, (7, 7)).strides((1, 1)).name("conv0").call(&x); // (m, 64, 64, 32)
    let x = BatchNormalization::new().axis(3).name("bn0").call(&x);
    let x = Activation::new("relu").call(&x);
    let x = MaxPooling2D::new((2, 2)).name("max_pool").call(&x); // (m, 32, 32, 32)
    let x = Flatten::new().call(&x); // (m, 32768)
    let x = Dense::new(1).activation("sigmoid").name("fc").call(&x); // (m, 1)
    // END CODE HERE
    Model::new(&x_input, &x).name("HappyModel")
}
