use cnn::keras::{Model, layers::*};

pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
    let x_input = Input::new(input_shape).call();
    let mut x = ZeroPadding2D::new((3, 3)).call(&x_input);
    for _ in 0..20_000 {
        x = Activation::new("relu").call(&x);
    }
    let x = Dense::new(1).activation("sigmoid").name("fc").call(&Flatten::new().call(&x));
    Model::new(&x_input, &x).name("HappyModel")
}
