/*! Drives the functions of "Classic networks" that return networks. */

use cnn::keras::{Model, Tensor};
use ndarray::Array4;
use wire::{Value, network};

use super::layers::{Evaluator, Initializers, list};
use super::residual_networks::input;
use super::{record, text};
use crate::serve::Inputs;

/// Takes images, the number of classes and a seed, and answers with the layers and with what they compute from weights
/// drawn here.
pub fn lenet5(function: fn((usize, usize, usize), usize) -> Model, inputs: &mut Inputs) -> Value {
    let pictures: Array4<f32> = inputs.take();
    let (classes, seed): (usize, usize) = (inputs.take(), inputs.take());
    let (_, n_h, n_w, n_c) = pictures.dim();
    let model = function((n_h, n_w, n_c), classes);
    let ([x], [output]) = (model.inputs(), model.outputs()) else {
        panic!("lenet5: expected a model with one input and one output")
    };
    let evaluator = Evaluator::new(x, output);
    evaluator.draw_weights(seed as u32);
    record([
        ("layers", list(output, Initializers::Free)),
        (network::MODEL_NAME, text(model.get_name())),
        ("count_params()", Value::Count(model.count_params() as u64)),
        ("output", evaluator.inference(&pictures)),
    ])
}

/// Takes images, the six numbers of filters in three pairs, a name and a seed, and answers with the layers and with what
/// they compute from weights drawn here.
pub fn inception_module(function: fn(&Tensor, [usize; 6], &str) -> Tensor, inputs: &mut Inputs) -> Value {
    let pictures: Array4<f32> = inputs.take();
    let x = input(&pictures);
    let (f1, f3_reduce, f3, f5_reduce, f5, f_pool) = inputs.take();
    let (name, seed): (String, usize) = (inputs.take(), inputs.take());
    let output = function(&x, [f1, f3_reduce, f3, f5_reduce, f5, f_pool], &name);
    let evaluator = Evaluator::new(&x, &output);
    evaluator.draw_weights(seed as u32);
    record([("layers", list(&output, Initializers::Free)), ("output", evaluator.inference(&pictures))])
}
