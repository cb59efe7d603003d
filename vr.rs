#![allow(unused)]
use cnn::prelude::*;


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

fn main(){
    use cnn::keras::*;
    use cnn::keras::layers::*;
    /// The channels of example 1 at row 1, column 0: what the documents call out[0][1][1][0].
    fn block_row(block: impl Fn(&Tensor) -> Tensor) -> Array1<f32> {
        let a_prev = Input::new((4, 4, 6)).batch_size(3).call();
        let model = Model::new(&a_prev, &block(&a_prev)).kernels(Kernels::Exact);
        let x: Array4<f64> = RandomState::new(1).randn((3, 4, 4, 6));
        model.predict(&x).slice(s![1, 1, 0, ..]).iter().copied().collect()
    }
    /// The rows of the summary, one a line: name and kind, shape, parameters, and the layers that it is connected to.
    /// Document 001 is a page that was cut off at the right within the brackets of the last column ("conv1[0]"), so what
    /// is in brackets is left out. Its notebook had built a block of three activations and one addition in the same graph
    /// before, so its numbers of those are larger.
    fn summary_rows(model: &Model) -> String {
        let renumbered = |word: &str| {
            let word = word.strip_suffix("[0][0]").unwrap_or(word);
            match word.rsplit_once('_').map(|(kind, number)| (kind, number.parse::<usize>())) {
                Some(("activation", Ok(number))) => format!("activation_{}", number + 3),
                Some(("add", Ok(number))) => format!("add_{}", number + 1),
                _ => word.to_string(),
            }
        };
        let text = model.summary_text();
        let table: Vec<&str> = text.lines().skip(3).take_while(|line| !line.starts_with("Total")).collect();
        let mut rows: Vec<String> = Vec::new();
        for line in table.into_iter().filter(|line| !line.starts_with(['_', '='])) {
            let words: Vec<String> = line.split_whitespace().map(renumbered).collect();
            match rows.last_mut() {
                Some(row) if line.starts_with(' ') => *row += &format!(" {}", words.join(" ")),
                _ => rows.push(words.join(" ")),
            }
        }
        rows.join("\n")
    }
    /// The line that ReduceLROnPlateau prints in epoch 44 of a training that has made no progress since the first.
    fn reduced_in_epoch_44() -> String {
        let x_input = Input::new(1).call();
        let mut model = Model::new(&x_input, &Dense::new(1).call(&x_input));
        model.compile(SGD::new().learning_rate(4e-5), "mse", ["mae"]);
        let (x, y) = (array![[0.0], [0.0]], array![1.0, -1.0]); // nothing to learn
        let reduce_lr = ReduceLROnPlateau::new("loss").factor(0.2).patience(43).min_lr(1e-5).verbose(true);
        model.fit(&x, &y).epochs(44).callback(reduce_lr).verbose(Verbose::Silent).run();
        String::new() // the callback has printed it
    }
    /// The accuracies that an epoch's line prints: so many of 972 training pictures, so many of 108 for validation.
    fn accuracies(right: &[(u32, u32)]) -> String {
        let line = |(train, validation): &(u32, u32)| {
            format!("acc: {:.4} - val_acc: {:.4}", f64::from(*train) / 972.0, f64::from(*validation) / 108.0)
        };
        right.iter().map(line).collect::<Vec<_>>().join("\n")
    }
    /// What the documents print of the arrays of pictures and labels.
    fn sizes(signs: &datasets::Dataset) -> String {
        let one_hot = |labels| datasets::convert_to_one_hot(labels, 6).t().to_owned();
        let (y_train, y_test) = (one_hot(&signs.y_train), one_hot(&signs.y_test));
        [
            format!("number of training examples = {}", signs.x_train.dim().0),
            format!("number of test examples = {}", signs.x_test.dim().0),
            format!("X_train shape: {}", np::shape(&signs.x_train)),
            format!("Y_train shape: {}", np::shape(&y_train)),
            format!("X_test shape: {}", np::shape(&signs.x_test)),
            format!("Y_test shape: {}", np::shape(&y_test)),
        ]
        .join("\n")
    }
    /// The shape of a picture of one's own: a drawn one of another size, saved and read as the network reads it.
    fn own_picture_shape() -> String {
        let path = std::env::temp_dir().join(format!("values-own-picture-{}.png", std::process::id()));
        images::save(&path, &datasets::synthetic_face(true, 240, 12)).unwrap();
        let x = images::load_for_network(&path, 64).unwrap();
        std::fs::remove_file(&path).unwrap();
        np::shape(&x).to_string()
    }
    /// Total, trainable and non-trainable parameters.
    fn totals(model: &Model) -> String {
        let (total, trainable) = (model.count_params(), model.count_trainable_params());
        format!("{total} / {trainable} / {}", total - trainable)
    }
    /// The network whose program document 002 prints: two identity blocks of stage 5 with 256 filters instead of 512. The
    /// stages before are those of the reference.
    fn narrow_stage_5() -> Model {
        let whole = resnet50((64, 64, 3), 6);
        let input = &whole.inputs()[0];
        let x = whole.layer("res5b_branch2a").inputs()[0].clone();
        let x = identity_block(&x, 3, [256, 256, 2048], 5, "b");
        let x = identity_block(&x, 3, [256, 256, 2048], 5, "c");
        let x = Flatten::new().call(&AveragePooling2D::new((2, 2)).call(&x));
        Model::new(input, &Dense::new(6).activation("softmax").name("fc6").call(&x))
    }
    let identity: Array1<f32> = block_row(|x| identity_block(x, 2, [2, 4, 6], 1, "a"));
    let convolutional: Array1<f32> = block_row(|x| convolutional_block(x, 2, [2, 4, 6], 1, "a", 2));
    let network: Model = resnet50((64, 64, 3), 6);
    let signs: datasets::Dataset = datasets::synthetic_signs(datasets::SYNTHETIC_SEED);
    
print!("{}\u{1f}", np::array_str_legacy(&identity));
print!("{}\u{1f}", np::array_str(&identity));
print!("{}\u{1f}", np::array_str_legacy(&convolutional));
print!("{}\u{1f}", np::array_str(&convolutional));
print!("{}\u{1f}", np::array_str_legacy(&convolutional));
print!("{}\u{1f}", totals(&network));
print!("{}\u{1f}", totals(&network));
print!("{}\u{1f}", totals(&narrow_stage_5()));
print!("{}\u{1f}", totals(&network));
print!("{}\u{1f}", summary_rows(&network));
print!("{}\u{1f}", sizes(&signs));
print!("{}\u{1f}", sizes(&signs));
print!("{}\u{1f}", own_picture_shape());
print!("{}\u{1f}", own_picture_shape());
print!("{}\u{1f}", [503.0, 854.0].map(|right| format!("{:.4}", right / 1080.0)).join("\n"));
print!("{}\u{1f}", np::str(20.0 / 120.0));
print!("{}\u{1f}", reduced_in_epoch_44());
print!("{}\u{1f}", accuracies(&[(953, 102), (956, 102), (956, 102), (961, 102), (952, 103), (959, 103), (966, 102)]));
print!("{}\u{1f}", np::str(117.0 / 120.0));
print!("{}\u{1f}", accuracies(&[(972, 100), (971, 100), (972, 101), (972, 101), (972, 101), (972, 101)]));
print!("{}\u{1f}", np::str(114.0 / 120.0));
print!("{}\u{1f}", np::str((84.0 + 24.0 * f64::from(20.0f32 / 24.0)) / 120.0));
print!("{}\u{1f}", np::str((84.0 + 24.0 * f64::from(20.0f32 / 24.0)) / 120.0));
print!("{}\u{1f}", format!("{:.0}M", f64::from(28 * 28 * 32 * 5 * 5 * 192) / 1e6));
print!("{}\u{1f}", format!("{:.1}M", f64::from(28 * 28 * 16 * 192 + 28 * 28 * 32 * 5 * 5 * 16) / 1e6));
print!("{}\u{1f}", {
    let conv = |f: u32, n_c_prev: u32, n_c: u32| (f * f * n_c_prev + 1) * n_c;
    let convs = conv(11, 3, 96) + conv(5, 96, 256) + conv(3, 256, 384) + 2 * conv(3, 384, 384);
    convs + 9216 * 4096 + 4096 * 4096 + 1000 * 4096
});
}
