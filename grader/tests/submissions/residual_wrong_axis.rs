use cnn::keras::{GlorotUniform, Model, Tensor, layers::*};
pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
    let conv_name_base = format!("res{stage}{block}_branch");
    let bn_name_base = format!("bn{stage}{block}_branch");
    let [f1, f2, f3] = filters;
    let x_shortcut = x; // added back at the end

    // First component of the main path
    let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(format!("{conv_name_base}2a"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(x_shortcut);
    let x = BatchNormalization::new().axis(1).name(format!("{bn_name_base}2a")).call(&x);
    let x = Activation::new("relu").call(&x);

    // START CODE HERE (≈ 9 lines)
    // Second component
    let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(format!("{conv_name_base}2b"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    let x = BatchNormalization::new().axis(1).name(format!("{bn_name_base}2b")).call(&x);
    let x = Activation::new("relu").call(&x);

    // Third component, without an activation
    let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(format!("{conv_name_base}2c"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    let x = BatchNormalization::new().axis(1).name(format!("{bn_name_base}2c")).call(&x);

    // Both paths meet
    let x = Add::new().call([&x, x_shortcut]);
    let x = Activation::new("relu").call(&x);
    // END CODE HERE
    x
}
