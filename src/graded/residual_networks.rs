/*!
Assignment 3, "Residual networks": the two residual blocks, and the network of 50 layers that is made of them.

The layers themselves are not written here; they are Keras' names for the library's engine.
*/

use cnn::keras::{GlorotUniform, Model, Tensor, layers::*};

/// A residual block whose output has the shape of its input, so that the shortcut can be added as it is.
///
/// The main path is CONV2D → BATCHNORM → RELU → CONV2D → BATCHNORM → RELU → CONV2D → BATCHNORM; then the shortcut is
/// added, and relu comes last.
///
/// * first convolution: F1 filters of 1×1, stride 1, padding valid, named `res{stage}{block}_branch2a`
/// * second: F2 filters of f×f, stride 1, padding same, `…_branch2b`
/// * third: F3 filters of 1×1, stride 1, padding valid, `…_branch2c`
/// * each batch normalisation is over axis 3 and named like its convolution, with `bn` for `res`
/// * kernels begin with `GlorotUniform::seed(0)`
///
/// # Arguments
/// * `x`: shape (m, n_h_prev, n_w_prev, n_c_prev)
/// * `f`: side of the filters in the middle
/// * `filters`: the numbers of filters F1, F2, F3; F3 is n_c_prev
/// * `stage`, `block`: for the names of the layers
///
/// # Returns
/// A tensor of the shape of `x`.
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
    //~ let x: Tensor = todo!("identity_block: the second and third component, the addition of x_shortcut, and relu");
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

/// A residual block that changes the shape: a convolution and a batch normalisation in the shortcut make it fit.
///
/// The main path is that of [`identity_block`], with stride `s` in its first convolution. The shortcut is CONV2D →
/// BATCHNORM: F3 filters of 1×1, stride `s`, padding valid, named `res{stage}{block}_branch1` and
/// `bn{stage}{block}_branch1`.
///
/// # Arguments
/// * `x`: shape (m, n_h_prev, n_w_prev, n_c_prev)
/// * `f`: side of the filters in the middle
/// * `filters`: the numbers of filters F1, F2, F3
/// * `stage`, `block`: for the names of the layers
/// * `s`: stride of the first convolution and of the shortcut
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, F3).
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
    //~ let x: Tensor = todo!("convolutional_block: the second and third component, the shortcut, their sum, and relu");
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

/// The residual network of 50 layers.
///
/// CONV2D → BATCHNORM → RELU → MAXPOOL → CONVBLOCK → IDBLOCK×2 → CONVBLOCK → IDBLOCK×3 → CONVBLOCK → IDBLOCK×5 →
/// CONVBLOCK → IDBLOCK×2 → AVGPOOL → FLATTEN → FULLYCONNECTED. All middle filters are 3×3.
///
/// * stage 3: filters 128, 128, 512; blocks a (convolutional, s = 2), b, c, d
/// * stage 4: filters 256, 256, 1024; blocks a (convolutional, s = 2), b, c, d, e, f
/// * stage 5: filters 512, 512, 2048; blocks a (convolutional, s = 2), b, c
/// * average pooling with a window of 2×2, named "avg_pool"
///
/// # Arguments
/// * `input_shape`: height, width and channels of an image
/// * `classes`: how many classes there are
///
/// # Returns
/// The model, named "ResNet50"; its output has shape (m, classes).
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
    //~ let x: Tensor = todo!("resnet50: stages 3, 4 and 5, and average pooling");
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
    let x = identity_block(&x, 3, [512, 512, 2048], 5, "b");
    let x = identity_block(&x, 3, [512, 512, 2048], 5, "c"); // (m, 2, 2, 2048)

    let x = AveragePooling2D::new((2, 2)).name("avg_pool").call(&x); // (m, 1, 1, 2048)
    // END CODE HERE

    // Output layer
    let x = Flatten::new().call(&x); // (m, 2048)
    let fc = Dense::new(classes).activation("softmax").name(format!("fc{classes}"));
    let x = fc.kernel_initializer(GlorotUniform::seed(0)).call(&x);
    Model::new(&x_input, &x).name("ResNet50")
}
