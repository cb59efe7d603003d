use cnn::keras::{Model, Tensor, layers::*};

// The same functions with loops over the layers, and the branches of the module from the last to the first.

pub fn lenet5(input_shape: (usize, usize, usize), classes: usize) -> Model {
    let x_input = Input::new(input_shape).call();
    let mut x = x_input.clone();
    for (number, filters) in [(1, 6), (2, 16)] {
        x = Conv2D::new(filters, 5).strides(1).padding(Padding::Valid).activation("tanh").name(format!("conv{number}")).call(&x);
        x = AveragePooling2D::new(2).strides(2).name(format!("pool{number}")).call(&x);
    }
    x = Flatten::new().call(&x);
    for (name, units, activation) in [("fc3", 120, "tanh"), ("fc4", 84, "tanh"), ("fc5", classes, "softmax")] {
        x = Dense::new(units).activation(activation).name(name).call(&x);
    }
    Model::new(&x_input, &x).name("LeNet5")
}

pub fn bottleneck_cost(input: (usize, usize, usize), f: usize, bottleneck: usize, filters: usize) -> (usize, usize) {
    let layer = |n_c_prev: usize, side: usize, n_c: usize| input.0 * input.1 * n_c * (side * side * n_c_prev);
    (layer(input.2, f, filters), layer(input.2, 1, bottleneck) + layer(bottleneck, f, filters))
}

pub fn inception_module(x: &Tensor, filters: [usize; 6], name: &str) -> Tensor {
    let conv = |i: usize, side: usize, suffix: &str, on: &Tensor| {
        let layer = Conv2D::new(filters[i], side).padding(Padding::Same).activation("relu");
        layer.name(format!("{name}_{suffix}")).call(on)
    };
    let pooled = MaxPooling2D::new(3).strides(1).padding(Padding::Same).name(format!("{name}_pool")).call(x);
    let last = conv(5, 1, "pool_proj", &pooled);
    let third = conv(4, 5, "5x5", &conv(3, 1, "5x5_reduce", x));
    let second = conv(2, 3, "3x3", &conv(1, 1, "3x3_reduce", x));
    let first = conv(0, 1, "1x1", x);
    Concatenate::new().axis(3).call([&first, &second, &third, &last])
}

pub fn separable_cost(input: (usize, usize, usize), f: usize, filters: usize) -> (usize, usize) {
    let (n_h, n_w, n_c_prev) = (input.0 + 1 - f, input.1 + 1 - f, input.2);
    let ordinary = n_h * n_w * filters * f * f * n_c_prev;
    (ordinary, ordinary / filters + n_h * n_w * filters * n_c_prev)
}
