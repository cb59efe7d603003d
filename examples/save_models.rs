//! Writes ResNet-50 and what Keras saved for the tests as models of our own, each with inputs and predictions beside it,
//! for `tests/fixtures/keras_check.py`, in which the real Keras opens them.
//!
//! `cargo run --example save_models -- target/keras_check`

use cnn::{
    graded::residual_networks::resnet50,
    keras::{AdamW, Model, Sequential, Tensor, Verbose, layers::*, load_model, schedules::CosineDecay},
    numpy::RandomState,
};
use ndarray::ArrayD;
use std::{error::Error, path::Path};

fn main() -> Result<(), Box<dyn Error>> {
    let folder =
        std::env::args().nth(1).ok_or("expected a folder to write to\nhelp: save_models target/keras_check")?;
    let folder = Path::new(&folder);
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut resnet = resnet50((64, 64, 3), 6);
    resnet.compile("adam", "categorical_crossentropy", ["accuracy"]);
    write(folder, "resnet50", &resnet)?;
    for name in ["keras2", "keras3", "keras2_sequential", "keras3_sequential"] {
        write(folder, name, &load_model(fixtures.join(format!("{name}.h5")))?)?;
    }
    for name in ["keras2_deferred", "keras3_batch_size", "keras2_training_false", "tensorflow1", "float16"] {
        let mut model = load_model(fixtures.join(format!("keras_variants/{name}.h5")))?;
        model.compile("sgd", "categorical_crossentropy", ["accuracy"]);
        write(folder, name, &model)?;
    }
    // Models within models, a layer that is called twice, two inputs and two outputs.
    let mut nested = load_model(fixtures.join("keras2_nested.h5"))?;
    nested.compile("adam", ["binary_crossentropy", "mae"], ());
    write(folder, "nested", &nested)?;
    let mut axes = sequences_and_volumes();
    axes.compile("sgd", "mse", ());
    write(folder, "axes", &axes)?;
    let mut trained = every_new_layer();
    let (x, y) = (RandomState::new(2).randn((8, 12)), RandomState::new(3).randn((8, 3)));
    trained.fit(&x, &y).epochs(2).verbose(Verbose::Silent).run();
    write(folder, "trained", &trained)
}

/// A sequence of the layers that the fixtures do not have, with a regularizer and a schedule.
fn every_new_layer() -> Model {
    let mut model = Sequential::new()
        .layer(Input::new(12))
        .layer(Reshape::new((2, 3, 2)))
        .layer(Rescaling::new(0.5).offset(0.25))
        .layer(Conv2D::new(4, 2).kernel_initializer("he_normal").kernel_regularizer("l2"))
        .layer(LeakyReLU::new(0.1))
        .layer(Dropout::new(0.25))
        .layer(Flatten::new())
        .layer(Dense::new(6).activation("gelu").kernel_initializer("orthogonal"))
        .layer(Dense::new(6).activation("swish").kernel_initializer("lecun_uniform"))
        .layer(ELU::new(0.7))
        .layer(Dense::new(3).activation("elu"))
        .build();
    model.compile(AdamW::new().learning_rate(CosineDecay::new(0.01, 100)).clipnorm(1.0), "huber", ["mae"]);
    model
}

/// A network of sequences, images and volumes, with the layers that are for them.
fn sequences_and_volumes() -> Model {
    let sequences = Input::new((9, 3)).call();
    let images = Input::new((8, 8, 4)).beside(&sequences).call();
    let volumes = Input::new((4, 5, 4, 2)).beside(&sequences).call();

    let x = Conv1D::new(4, 3).dilation_rate(2).activation("relu").call(&sequences);
    let x = DepthwiseConv1D::new(2).depth_multiplier(2).padding("same").call(&x);
    let x = SeparableConv1D::new(6, 3).padding("same").call(&x);
    let x = LayerNormalization::new().call(Conv1DTranspose::new(4, 3).strides(2).padding("same").call(&x));
    let pooled = [MaxPooling1D::new(2).call(&x), AveragePooling1D::new(2).call(&x)];
    let pooled = Maximum::new().call([&pooled[0], &Minimum::new().call([&pooled[0], &pooled[1]])]);
    let of_sequences = [GlobalMaxPooling1D::new().call(&pooled), GlobalAveragePooling1D::new().call(&pooled)];

    let x = Conv2D::new(6, 3).dilation_rate(2).call(&images);
    let x = DepthwiseConv2D::new(3).padding("same").depthwise_regularizer("l2").call(&x);
    let x = SeparableConv2D::new(4, 3).depth_multiplier(2).activation("relu").call(&x);
    let x = Conv2DTranspose::new(3, 2).strides(2).call(&x);
    let x = Permute::new((3, 1, 2)).call(UpSampling2D::new((2, 1)).bilinear().call(&x));
    let of_images = GlobalAveragePooling2D::new().call(UpSampling2D::new(2).call(&x));

    let x = Conv3D::new(3, 2).padding("same").call(&volumes);
    let x = Conv3DTranspose::new(4, 2).strides((1, 2, 1)).call(&x);
    let pooled = [MaxPooling3D::new(2).call(&x), AveragePooling3D::new(2).call(&x)];
    let of_volumes = [GlobalMaxPooling3D::new().call(&pooled[0]), GlobalAveragePooling3D::new().call(&pooled[1])];

    let cosine = Dot::new(-1).normalize(true).call([&of_sequences[0], &of_volumes[0]]);
    let unit = UnitNormalization::new().call(&of_sequences[1]);
    let product = Dot::new(1).call([&unit, &of_volumes[1]]);
    let output = Concatenate::new().call([&unit, &of_images, &cosine, &product]);
    Model::new([&sequences, &images, &volumes], &output)
}

/// Writes `NAME.h5`, `NAME.keras`, and `NAME.json` with `x` and `predictions`.
fn write(folder: &Path, name: &str, model: &Model) -> Result<(), Box<dyn Error>> {
    let mut random = RandomState::new(1);
    let input = |input: &Tensor| -> ArrayD<f32> {
        let example = input.shape().dims()[1..].iter().flatten().copied().collect::<Vec<_>>();
        random.randn(&[&[2], &example[..]].concat()[..]).mapv(|x| x as f32)
    };
    let x: Vec<ArrayD<f32>> = model.inputs().iter().map(input).collect();
    let predictions: Vec<f32> = model.predict_all(x.iter().collect::<Vec<_>>()).into_iter().flatten().collect();
    for format in ["h5", "keras"] {
        model.save(folder.join(format!("{name}.{format}")))?;
    }
    let shapes: Vec<&[usize]> = x.iter().map(|x| x.shape()).collect();
    let x: Vec<Vec<f32>> = x.iter().map(|x| x.iter().copied().collect()).collect();
    let json = serde_json::json!({ "shapes": shapes, "x": x, "predictions": predictions });
    std::fs::write(folder.join(format!("{name}.json")), json.to_string())?;
    Ok(())
}
