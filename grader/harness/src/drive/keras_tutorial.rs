/*! Drives the function of the Keras tutorial. */

use cnn::keras::Model;
use ndarray::Array4;
use wire::{Value, network};

use super::layers::{Evaluator, Initializers, list};
use super::text;
use crate::serve::Inputs;

/// Takes images and a seed, and answers with the layers and with what they compute from weights drawn here:
/// initializers are not part of the exercise.
pub fn happy_model(function: fn((usize, usize, usize)) -> Model, inputs: &mut Inputs) -> Value {
    let pictures: Array4<f32> = inputs.take();
    let seed: usize = inputs.take();
    let (_, n_h, n_w, n_c) = pictures.dim();
    let model = function((n_h, n_w, n_c));
    let ([x], [output]) = (model.inputs(), model.outputs()) else {
        panic!("happy_model: expected a model with one input and one output")
    };
    let evaluator = Evaluator::new(x, output);
    evaluator.draw_weights(seed as u32);
    let fields = [
        ("layers", list(output, Initializers::Free)),
        (network::MODEL_NAME, text(model.get_name())),
        ("count_params()", Value::Count(model.count_params() as u64)),
        ("output", evaluator.inference(&pictures)),
        ("output in training", evaluator.training(&pictures)),
    ];
    Value::Record(fields.map(|(name, value)| (name.to_owned(), value)).into())
}
