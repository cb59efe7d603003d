use cnn::keras::{Model, layers::*};

pub fn happy_model(input_shape: (usize, usize, usize)) -> Model {
    let x_input = Input::new(input_shape).call();
    let x = Flatten::new().call(&x_input);
    let x = Dense::new(400_000_000).call(&x);
    let x = Dense::new(1).activation("sigmoid").name("fc").call(&x);
    Model::new(&x_input, &x).name("HappyModel")
}
