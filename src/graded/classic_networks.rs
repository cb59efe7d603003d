/*!
Assignment 6, "Classic networks": LeNet-5, the Inception module, and what a bottleneck and a separable convolution save.

The layers themselves are not written here; they are Keras' names for the library's engine.
*/

use cnn::keras::{Model, Tensor, layers::*};

/// LeNet-5: CONV2D → AVGPOOL → CONV2D → AVGPOOL → FLATTEN → three fully connected layers.
///
/// * first convolution: 6 filters of 5×5, stride 1, padding valid, tanh, named "conv1"
/// * average pooling with windows of 2×2, stride 2, named "pool1"
/// * second convolution: 16 filters of 5×5, stride 1, padding valid, tanh, named "conv2"
/// * average pooling like the first, named "pool2"
/// * fully connected layers of 120 and 84 units with tanh, named "fc3" and "fc4"
/// * a fully connected layer with a unit for each class and a softmax, named "fc5"
///
/// # Arguments
/// * `input_shape`: height, width and channels of an image; (32, 32, 1) in the paper
/// * `classes`: number of classes
///
/// # Returns
/// The model, named "LeNet5"; its output has shape (m, classes).
pub fn lenet5(input_shape: (usize, usize, usize), classes: usize) -> Model {
    let x_input = Input::new(input_shape).call();
    // START CODE HERE (≈ 8 lines)
    //~ let x: Tensor = todo!("lenet5: call one layer after the other, the first one on x_input");
    let x = Conv2D::new(6, (5, 5)).activation("tanh").name("conv1").call(&x_input); // (m, 28, 28, 6)
    let x = AveragePooling2D::new((2, 2)).name("pool1").call(&x); // (m, 14, 14, 6)
    let x = Conv2D::new(16, (5, 5)).activation("tanh").name("conv2").call(&x); // (m, 10, 10, 16)
    let x = AveragePooling2D::new((2, 2)).name("pool2").call(&x); // (m, 5, 5, 16)
    let x = Flatten::new().call(&x); // (m, 400)
    let x = Dense::new(120).activation("tanh").name("fc3").call(&x); // (m, 120)
    let x = Dense::new(84).activation("tanh").name("fc4").call(&x); // (m, 84)
    let x = Dense::new(classes).activation("softmax").name("fc5").call(&x); // (m, classes)
    // END CODE HERE
    Model::new(&x_input, &x).name("LeNet5")
}

/// Counts the multiplications of a convolution with padding same, directly and behind a bottleneck.
///
/// direct: n_h n_w n_c · f f n_c_prev; with a bottleneck of b channels: n_h n_w b · n_c_prev + n_h n_w n_c · f f b
///
/// # Arguments
/// * `input`: the volume (n_h, n_w, n_c_prev)
/// * `f`: side of the filters
/// * `bottleneck`: filters of 1×1 in the bottleneck layer
/// * `filters`: filters of f×f
///
/// # Returns
/// Multiplications without the bottleneck layer, and with it.
pub fn bottleneck_cost(input: (usize, usize, usize), f: usize, bottleneck: usize, filters: usize) -> (usize, usize) {
    let (n_h, n_w, n_c_prev) = input;
    // START CODE HERE (≈ 3 lines)
    //~ let (direct, with_bottleneck): (usize, usize) = todo!("bottleneck_cost: how many outputs are there, and how many products has each?");
    let direct = n_h * n_w * filters * f * f * n_c_prev;
    let squeeze = n_h * n_w * bottleneck * n_c_prev;
    let with_bottleneck = squeeze + n_h * n_w * filters * f * f * bottleneck;
    // END CODE HERE
    (direct, with_bottleneck)
}

/// An Inception module: four branches beside one another, whose outputs are stacked along the channels.
///
/// 1. filters of 1×1, named `{name}_1x1`
/// 2. a bottleneck of 1×1, named `{name}_3x3_reduce`, then filters of 3×3, named `{name}_3x3`
/// 3. a bottleneck of 1×1, named `{name}_5x5_reduce`, then filters of 5×5, named `{name}_5x5`
/// 4. max pooling of 3×3 with stride 1, named `{name}_pool`, then filters of 1×1, named `{name}_pool_proj`
///
/// Every convolution has stride 1, padding same and relu; the pooling has padding same. The outputs are stacked in this
/// order.
///
/// # Arguments
/// * `x`: shape (m, n_h, n_w, n_c_prev)
/// * `filters`: numbers of filters: 1×1, 3×3 reduce, 3×3, 5×5 reduce, 5×5, pool projection
/// * `name`: for the names of the layers
///
/// # Returns
/// A tensor of shape (m, n_h, n_w, 1×1 + 3×3 + 5×5 + pool projection).
pub fn inception_module(x: &Tensor, filters: [usize; 6], name: &str) -> Tensor {
    let [f1, f3_reduce, f3, f5_reduce, f5, f_pool] = filters;
    let conv = |filters: usize, side: usize, suffix: &str| {
        let conv = Conv2D::new(filters, (side, side)).padding(Padding::Same).activation("relu");
        conv.name(format!("{name}_{suffix}"))
    };

    // The first branch
    let branch1 = conv(f1, 1, "1x1").call(x);

    // START CODE HERE (≈ 7 lines)
    //~ let x: Tensor = todo!("inception_module: the other three branches, and all four stacked along the channels");
    let branch3 = conv(f3_reduce, 1, "3x3_reduce").call(x);
    let branch3 = conv(f3, 3, "3x3").call(&branch3);

    let branch5 = conv(f5_reduce, 1, "5x5_reduce").call(x);
    let branch5 = conv(f5, 5, "5x5").call(&branch5);

    let pool = MaxPooling2D::new((3, 3)).strides((1, 1)).padding(Padding::Same).name(format!("{name}_pool"));
    let branch_pool = conv(f_pool, 1, "pool_proj").call(pool.call(x));

    let x = Concatenate::new().call([&branch1, &branch3, &branch5, &branch_pool]);
    // END CODE HERE
    x
}

/// Counts the multiplications of a convolution with stride 1 and no padding, ordinary and depthwise separable.
///
/// ordinary: n_h n_w · f f n_c_prev · n_c; separable: n_h n_w n_c_prev · f f + n_h n_w n_c · n_c_prev, for an output of
/// n_h × n_w
///
/// # Arguments
/// * `input`: the volume (n_h_prev, n_w_prev, n_c_prev)
/// * `f`: side of the filters
/// * `filters`: channels of the output
///
/// # Returns
/// Multiplications of the ordinary convolution, and of the separable one.
///
/// # Panics
/// When the filter is larger than the input.
pub fn separable_cost(input: (usize, usize, usize), f: usize, filters: usize) -> (usize, usize) {
    let (n_h_prev, n_w_prev, n_c_prev) = input;
    assert!(f <= n_h_prev && f <= n_w_prev, "separable_cost: a filter of {f} x {f} on {n_h_prev} x {n_w_prev}");
    // START CODE HERE (≈ 4 lines)
    //~ let (ordinary, separable): (usize, usize) = todo!("separable_cost: how many places has the window, and how many products at each?");
    let places = (n_h_prev - f + 1) * (n_w_prev - f + 1);
    let ordinary = places * f * f * n_c_prev * filters;
    let depthwise = places * f * f * n_c_prev;
    let separable = depthwise + places * n_c_prev * filters;
    // END CODE HERE
    (ordinary, separable)
}
