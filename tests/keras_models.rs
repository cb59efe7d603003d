//! The assignments' Keras models against what the course prints: the blocks' digits in both print styles, every row of
//! the summary, the parameter counts.

use cnn::{
    graded::{
        keras_tutorial::happy_model,
        residual_networks::{convolutional_block, identity_block, resnet50},
    },
    keras::{Kernels, Model, Tensor, layers::Input},
    numpy::{self as np, RandomState},
};
use ndarray::{Array1, Ix1, s};

/// The row that the course prints of a block: `out[0][1][1][0]` of a list of one array of images.
fn block_row(block: impl Fn(&Tensor) -> Tensor, kernels: Kernels) -> Array1<f32> {
    let a_prev = Input::new((4, 4, 6)).batch_size(3).call();
    let a = block(&a_prev);
    let x = RandomState::new(1).randn((3, 4, 4, 6));
    let out = Model::new(&a_prev, &a).kernels(kernels).predict(&x);
    out.slice(s![1, 1, 0, ..]).to_owned().into_dimensionality::<Ix1>().expect("one row")
}

#[test]
fn identity_block_prints_the_courses_digits() {
    let row = block_row(|a_prev| identity_block(a_prev, 2, [2, 4, 6], 1, "a"), Kernels::Exact);
    assert_eq!(np::array_str(&row), "[0.94822985 0.         1.1610144  2.747859   0.         1.36677   ]");
    assert_eq!(np::array_str_legacy(&row), "[ 0.94822985  0.          1.16101444  2.747859    0.          1.36677003]");
}

#[test]
fn convolutional_block_prints_the_courses_digits() {
    let row = block_row(|a_prev| convolutional_block(a_prev, 2, [2, 4, 6], 1, "a", 2), Kernels::Exact);
    assert_eq!(np::array_str(&row), "[0.09018463 1.2348977  0.46822017 0.0367176  0.         0.65516603]");
    assert_eq!(np::array_str_legacy(&row), "[ 0.09018463  1.23489773  0.46822017  0.0367176   0.          0.65516603]");
}

#[test]
fn fast_kernels_agree_with_the_courses_digits() {
    let row = block_row(|a_prev| identity_block(a_prev, 2, [2, 4, 6], 1, "a"), Kernels::default());
    for (ours, printed) in row.iter().zip([0.94822985, 0.0, 1.1610144, 2.747859, 0.0, 1.36677]) {
        assert!((ours - printed).abs() <= 1e-5 * printed.abs(), "{ours} is not {printed}");
    }
}

/// `activation_1` becomes `activation_4`: the course's notebook had built a block of three activations and one addition
/// in the same graph before.
fn as_numbered_in_the_course(name: &str) -> String {
    let (kind, number) = name.rsplit_once('_').unwrap_or((name, ""));
    match (kind, number.parse::<usize>()) {
        ("activation", Ok(number)) => format!("activation_{}", number + 3),
        ("add", Ok(number)) => format!("add_{}", number + 1),
        _ => name.to_string(),
    }
}

#[test]
fn every_row_of_resnet50_is_that_of_the_course() {
    let model = resnet50((64, 64, 3), 6);
    let printed: Vec<Vec<&str>> =
        include_str!("fixtures/resnet50_summary.tsv").lines().skip(1).map(|line| line.split('\t').collect()).collect();
    assert_eq!(model.layers().len(), printed.len());
    for (layer, printed) in model.layers().iter().zip(&printed) {
        let connected: Vec<_> = layer.inputs().iter().map(|x| as_numbered_in_the_course(x.layer().name())).collect();
        let shape: Vec<_> =
            layer.output_shape().dims().iter().map(|dim| dim.map_or("None".into(), |d| d.to_string())).collect();
        let ours = [
            as_numbered_in_the_course(layer.name()),
            layer.class_name().into(),
            format!("({})", shape.join(", ")),
            layer.count_params().to_string(),
            connected.join(","),
        ];
        assert_eq!(&ours[..], &printed[..]);
    }
    assert_eq!(model.layers().iter().filter(|layer| layer.count_params() > 0).count(), 107);
    let (total, trainable) = (model.count_params(), model.count_trainable_params());
    assert_eq!((total, trainable, total - trainable), (23_600_006, 23_546_886, 53_120));
}

#[test]
fn resnet50_prints_its_summary_in_the_courses_layout() {
    let text = resnet50((64, 64, 3), 6).summary_text();
    let lines: Vec<&str> = text.lines().collect();
    let head = [
        "____________________________________________________________________________________________________",
        "Layer (type)                     Output Shape          Param #     Connected to",
        "====================================================================================================",
        "input_1 (InputLayer)             (None, 64, 64, 3)     0",
        "____________________________________________________________________________________________________",
        "zero_padding2d_1 (ZeroPadding2D) (None, 70, 70, 3)     0           input_1[0][0]",
        "____________________________________________________________________________________________________",
        "conv1 (Conv2D)                   (None, 32, 32, 64)    9472        zero_padding2d_1[0][0]",
    ];
    assert_eq!(lines[..head.len()], head);
    let tail = [
        "fc6 (Dense)                      (None, 6)             12294       flatten_1[0][0]",
        "====================================================================================================",
        "Total params: 23,600,006",
        "Trainable params: 23,546,886",
        "Non-trainable params: 53,120",
        "____________________________________________________________________________________________________",
    ];
    assert_eq!(lines[lines.len() - tail.len()..], tail);
    let add = lines.iter().position(|line| line.starts_with("add_1 ")).expect("an addition");
    assert_eq!(lines[add], "add_1 (Add)                      (None, 15, 15, 256)   0           bn2a_branch2c[0][0]");
    assert_eq!(lines[add + 1].trim_start(), "bn2a_branch1[0][0]");
    assert_eq!(lines[add + 1].find("bn2a"), Some(67));
    assert!(lines.contains(&"bn2a_branch2a (BatchNormalizatio (None, 15, 15, 64)    256         res2a_branch2a[0][0]"));
}

#[test]
fn happy_model_prints_its_summary() {
    let model = happy_model((64, 64, 3));
    let expected = "\
_________________________________________________________________
Layer (type)                 Output Shape              Param #
=================================================================
input_1 (InputLayer)         (None, 64, 64, 3)         0
_________________________________________________________________
zero_padding2d_1 (ZeroPaddin (None, 70, 70, 3)         0
_________________________________________________________________
conv0 (Conv2D)               (None, 64, 64, 32)        4736
_________________________________________________________________
bn0 (BatchNormalization)     (None, 64, 64, 32)        128
_________________________________________________________________
activation_1 (Activation)    (None, 64, 64, 32)        0
_________________________________________________________________
max_pool (MaxPooling2D)      (None, 32, 32, 32)        0
_________________________________________________________________
flatten_1 (Flatten)          (None, 32768)             0
_________________________________________________________________
fc (Dense)                   (None, 1)                 32769
=================================================================
Total params: 37,633
Trainable params: 37,569
Non-trainable params: 64
_________________________________________________________________
";
    assert_eq!(model.summary_text(), expected);
}
