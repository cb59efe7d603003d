/*! Drives the functions of "Residual networks". */

use cnn::keras::layers::Input;
use cnn::keras::{Model, Tensor};
use ndarray::Array4;
use wire::{Value, network};

use super::layers::{Evaluator, Initializers, list};
use super::{record, text};
use crate::serve::Inputs;

/// Takes images, f, the numbers of filters, stage and block, and answers with the layers and with what they compute.
pub fn identity_block(function: fn(&Tensor, usize, [usize; 3], usize, &str) -> Tensor, inputs: &mut Inputs) -> Value {
    let pictures: Array4<f32> = inputs.take();
    let x = input(&pictures);
    let (f, (f1, f2, f3)) = (inputs.take(), inputs.take());
    let (stage, block): (usize, String) = (inputs.take(), inputs.take());
    let output = function(&x, f, [f1, f2, f3], stage, &block);
    computed(&x, &output, &pictures)
}

/// Takes the same and the stride, and answers likewise.
pub fn convolutional_block(
    function: fn(&Tensor, usize, [usize; 3], usize, &str, usize) -> Tensor,
    inputs: &mut Inputs,
) -> Value {
    let pictures: Array4<f32> = inputs.take();
    let x = input(&pictures);
    let (f, (f1, f2, f3)) = (inputs.take(), inputs.take());
    let (stage, block): (usize, String) = (inputs.take(), inputs.take());
    let output = function(&x, f, [f1, f2, f3], stage, &block, inputs.take());
    computed(&x, &output, &pictures)
}

/// Takes the shape of an image, the number of classes and images, and answers with the layers, the numbers of
/// parameters and, if there are any images, its output in training: before any training,
/// its moving statistics would give the same output for all of them.
pub fn resnet50(function: fn((usize, usize, usize), usize) -> Model, inputs: &mut Inputs) -> Value {
    let (shape, classes) = (inputs.take(), inputs.take());
    let pictures: Array4<f32> = inputs.take();
    let model = function(shape, classes);
    let ([x], [output]) = (model.inputs(), model.outputs()) else {
        panic!("resnet50: expected a model with one input and one output")
    };
    let mut fields = vec![
        ("layers".to_owned(), list(output, Initializers::Asked)),
        (network::MODEL_NAME.to_owned(), text(model.get_name())),
        ("count_params()".to_owned(), Value::Count(model.count_params() as u64)),
        ("count_trainable_params()".to_owned(), Value::Count(model.count_trainable_params() as u64)),
    ];
    if !pictures.is_empty() {
        fields.push(("output in training".into(), Evaluator::new(x, output).training(&pictures)));
    }
    Value::Record(fields)
}

/// The input of a network for such images.
pub(super) fn input(pictures: &Array4<f32>) -> Tensor {
    let (_, n_h, n_w, n_c) = pictures.dim();
    Input::new((n_h, n_w, n_c)).call()
}

fn computed(x: &Tensor, output: &Tensor, pictures: &Array4<f32>) -> Value {
    let evaluator = Evaluator::new(x, output);
    record([
        ("layers", list(output, Initializers::Asked)),
        ("output", evaluator.inference(pictures)),
        ("output in training", evaluator.training(pictures)),
    ])
}
