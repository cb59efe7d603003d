use cnn::keras::{GlorotUniform, Model, Tensor, layers::*};
pub fn identity_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str) -> Tensor {
    let conv_name_base = format!("res{stage}{block}_branch");
    let bn_name_base = format!("bn{stage}{block}_branch");
    let [f1, f2, f3] = filters;
    let x_shortcut = x; // added back at the end

    // First component of the main path
    let conv = Conv2D::new(f1, (1, 1)).strides(1).padding(Padding::Valid).name(format!("{conv_name_base}2a"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(x_shortcut);
    let x = BatchNormalization::new().axis(3).name(format!("{bn_name_base}2a")).call(&x);
    let x = Activation::new("relu").call(&x);

    // START CODE HERE (≈ 9 lines)
    // Second component
    let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(format!("{conv_name_base}2b"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    let x = BatchNormalization::new().axis(3).name(format!("{bn_name_base}2b")).call(&x);
    let x = Activation::new("relu").call(&x);

    // Third component, without an activation
    let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(format!("{conv_name_base}2c"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    let x = BatchNormalization::new().axis(3).name(format!("{bn_name_base}2c")).call(&x);

    // Both paths meet
    let x = Add::new().call([&x, x_shortcut]);
    let x = Activation::new("relu").call(&x);
    // END CODE HERE
    x
}
pub fn convolutional_block(x: &Tensor, f: usize, filters: [usize; 3], stage: usize, block: &str, s: usize) -> Tensor {
    let conv_name_base = format!("res{stage}{block}_branch");
    let bn_name_base = format!("bn{stage}{block}_branch");
    let [f1, f2, f3] = filters;
    let x_shortcut = x; // where the shortcut begins

    // First component of the main path
    let conv = Conv2D::new(f1, (1, 1)).strides(s).padding(Padding::Valid).name(format!("{conv_name_base}2a"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(x_shortcut);
    let x = BatchNormalization::new().axis(3).name(format!("{bn_name_base}2a")).call(&x);
    let x = Activation::new("relu").call(&x);

    // START CODE HERE (≈ 12 lines)
    // Second component
    let conv = Conv2D::new(f2, (f, f)).strides(1).padding(Padding::Same).name(format!("{conv_name_base}2b"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    let x = BatchNormalization::new().axis(3).name(format!("{bn_name_base}2b")).call(&x);
    let x = Activation::new("relu").call(&x);

    // Third component, without an activation
    let conv = Conv2D::new(f3, (1, 1)).strides(1).padding(Padding::Valid).name(format!("{conv_name_base}2c"));
    let x = conv.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    let x = BatchNormalization::new().axis(3).name(format!("{bn_name_base}2c")).call(&x);

    // Shortcut
    let conv = Conv2D::new(f3, (1, 1)).strides(s).padding(Padding::Valid).name(format!("{conv_name_base}1"));
    let x_shortcut = conv.kernel_initializer(GlorotUniform::seed(0)).call(x_shortcut);
    let x_shortcut = BatchNormalization::new().axis(3).name(format!("{bn_name_base}1")).call(&x_shortcut);

    // Both paths meet
    let x = Add::new().call([&x, &x_shortcut]);
    let x = Activation::new("relu").call(&x);
    // END CODE HERE
    x
}
pub fn resnet50(input_shape: (usize, usize, usize), classes: usize) -> Model {
    let x_input = Input::new(input_shape).call();
    let x = ZeroPadding2D::new((3, 3)).call(&x_input); // (m, 70, 70, 3) for 64×64 images

    // Stage 1
    let conv1 = Conv2D::new(64, (7, 7)).strides((2, 2)).name("conv1");
    let x = conv1.kernel_initializer(GlorotUniform::seed(0)).call(&x); // (m, 32, 32, 64)
    let x = BatchNormalization::new().axis(3).name("bn_conv1").call(&x);
    let x = Activation::new("relu").call(&x);
    let x = MaxPooling2D::new((3, 3)).strides((2, 2)).call(&x); // (m, 15, 15, 64)

    // Stage 2
    let x = convolutional_block(&x, 3, [64, 64, 256], 2, "a", 1);
    let x = identity_block(&x, 3, [64, 64, 256], 2, "b");
    let x = identity_block(&x, 3, [64, 64, 256], 2, "c"); // (m, 15, 15, 256)

    // START CODE HERE (≈ 14 lines)
    // Stage 3
    let x = convolutional_block(&x, 3, [128, 128, 512], 3, "a", 2);
    let x = identity_block(&x, 3, [128, 128, 512], 3, "b");
    let x = identity_block(&x, 3, [128, 128, 512], 3, "c");
    let x = identity_block(&x, 3, [128, 128, 512], 3, "d"); // (m, 8, 8, 512)

    // Stage 4
    let x = convolutional_block(&x, 3, [256, 256, 1024], 4, "a", 2);
    let x = identity_block(&x, 3, [256, 256, 1024], 4, "b");
    let x = identity_block(&x, 3, [256, 256, 1024], 4, "c");
    let x = identity_block(&x, 3, [256, 256, 1024], 4, "d");
    let x = identity_block(&x, 3, [256, 256, 1024], 4, "e");
    let x = identity_block(&x, 3, [256, 256, 1024], 4, "f"); // (m, 4, 4, 1024)

    // Stage 5
    let x = convolutional_block(&x, 3, [512, 512, 2048], 5, "a", 2);
    let x = identity_block(&x, 3, [256, 256, 2048], 5, "b");
    let x = identity_block(&x, 3, [256, 256, 2048], 5, "c"); // (m, 2, 2, 2048)

    let x = AveragePooling2D::new((2, 2)).name("avg_pool").call(&x); // (m, 1, 1, 2048)
    // END CODE HERE

    // Output layer
    let x = Flatten::new().call(&x); // (m, 2048)
    let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
    let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    Model::new(&x_input, &x).name("ResNet50")
}
