use cnn::keras::{Model, layers::*};
pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
    let x_input = Input::new(input_shape).call();
    // START CODE HERE (≈ 8 lines)
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
