/*!
A network of layers as plain values: its layers, their connections, and what they compute.

Names that Keras gives by itself are left out, and layers are listed in an order that does not depend on the order of the
calls, so that two ways to write the same network give the same list.
*/

use cnn::graph::Session;
use cnn::keras::layers::Size;
use cnn::keras::{BuiltLayer, Config, GlorotUniform, Initializer, LayerRegistry, Tensor};
use cnn::numpy::RandomState;
use ndarray::{Array4, ArrayD};
use wire::{Value, network};

use super::{KERNELS, f32_array, text};

/// Whether the initializers are part of the exercise.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Initializers {
    /// They are compared.
    Asked,
    /// Every one is right.
    Free,
}

/// A layer, and the length of the longest path from an input to it.
type Placed = (BuiltLayer, usize);

/// The layers that lead to `output`: those nearer to the input first, beside each other by kind and name.
pub fn layers(output: &Tensor) -> Vec<BuiltLayer> {
    let mut found = Vec::new();
    visit(&output.layer(), &mut found);
    found.sort_by(|(a, depth_a), (b, depth_b)| {
        (depth_a, a.class_name(), a.name()).cmp(&(depth_b, b.class_name(), b.name()))
    });
    found.into_iter().map(|(layer, _)| layer).collect()
}

fn visit(layer: &BuiltLayer, found: &mut Vec<Placed>) -> usize {
    if let Some((_, depth)) = found.iter().find(|(other, _)| other == layer) {
        return *depth;
    }
    let depth = layer.inputs().iter().map(|input| visit(&input.layer(), found) + 1).max().unwrap_or(0);
    found.push((layer.clone(), depth));
    depth
}

/// The list of the layers that lead to `output`.
pub fn list(output: &Tensor, initializers: Initializers) -> Value {
    let layers = layers(output);
    let number = |input: &Tensor| layers.iter().position(|layer| *layer == input.layer()).map_or(0, |i| i + 1);
    let item = |layer: &BuiltLayer| {
        let mut properties = configuration(layer, initializers);
        let mut property = |name: &str, value: Value| properties.push((name.to_owned(), value));
        property("of output shape", text(layer.output_shape()));
        let mut inputs: Vec<usize> = layer.inputs().iter().map(number).collect();
        inputs.sort_unstable();
        let inputs: Vec<String> = inputs.iter().map(|number| format!("layer {number}")).collect();
        property(network::CALLED_ON, text(inputs.join(" and ")));
        property("with so many parameters:", Value::Count(layer.count_params() as u64));
        if !layer.weights().is_empty() || layer.class_name().contains("Pooling") {
            property(network::LAYER_NAME, text(layer.name()));
        }
        Value::Node { kind: layer.class_name().into(), properties }
    };
    Value::List { of: "layer".into(), items: layers.iter().map(item).collect() }
}

/// A layer's settings, as far as they change what it computes.
///
/// They are those that the layer itself names, so a layer that the library gets is listed as well.
///
/// # Panics
/// If the layer is none of the library's.
fn configuration(layer: &BuiltLayer, initializers: Initializers) -> Vec<(String, Value)> {
    assert!(
        LayerRegistry::new().contains(layer),
        "the layer {layer} is none of those in cnn::keras::layers, which are all that this assignment needs"
    );
    let config = layer.config();
    // A filter of one pixel reaches over no border.
    let is_pixel = config.get::<Size>("kernel_size").is_ok_and(|size| size == Size::from(1));
    let is_asked = |name: &str| match name {
        "padding" => !is_pixel,
        // The seed of a dropout.
        "seed" => false,
        _ => initializers == Initializers::Asked || !name.ends_with("_initializer"),
    };
    let settings = config.iter().filter(|(name, setting)| is_asked(name) && !setting.is_null());
    let settings = settings.map(|(name, _)| (name.to_owned(), property(layer, &config, name)));
    // The settings of an input are its output shape, which is listed anyway.
    if layer.inputs().is_empty() { Vec::new() } else { settings.collect() }
}

/// A setting in a form that is the same for all ways to write it.
fn property(layer: &BuiltLayer, config: &Config, name: &str) -> Value {
    if name == "axis"
        && let Ok(axis) = config.get::<isize>(name)
    {
        let rank = layer.output_shape().rank() as isize;
        return text(if axis < 0 { axis + rank } else { axis });
    }
    if let Ok(count) = config.get::<usize>(name) {
        return Value::Count(count as u64);
    }
    if let Ok(flag) = config.get::<bool>(name) {
        return Value::Bool(flag);
    }
    if let Ok(size) = config.get::<Size>(name) {
        return text(format!("({}, {})", size.rows, size.columns));
    }
    if let Ok(words) = config.get::<String>(name) {
        return text(words);
    }
    match config.get::<Initializer>(name) {
        Ok(Initializer::GlorotUniform(GlorotUniform { seed: Some(seed) })) => {
            text(format!("GlorotUniform with seed {seed}"))
        }
        Ok(Initializer::GlorotUniform(_)) => text("GlorotUniform without seed"),
        Ok(other) => text(format!("{other:?}")),
        Err(_) => text(config.value(name).map_or_else(String::new, ToString::to_string)),
    }
}

/// Computes `output` from images for `input`, with the initial weights.
pub struct Evaluator<'a> {
    input: &'a Tensor,
    output: &'a Tensor,
    session: Session,
}

impl<'a> Evaluator<'a> {
    /// Initializes the weights.
    pub fn new(input: &'a Tensor, output: &'a Tensor) -> Self {
        let session = Session::with_kernels(input.symbol().graph(), KERNELS);
        session.initialize();
        Self { input, output, session }
    }

    /// Draws all weights instead, whatever their initializers are: scales and variances near 1, anything else near 0.
    pub fn draw_weights(&self, seed: u32) {
        let mut random = RandomState::new(seed);
        for layer in layers(self.output) {
            for weight in layer.weights() {
                let shape = weight.variable.shape().concrete().unwrap_or_default();
                let drawn: ArrayD<f64> = random.randn(&shape[..]);
                let positive = matches!(weight.name, "gamma" | "moving_variance");
                let value = |x: f64| if positive { (0.3 * x).exp() } else { 0.2 * x };
                self.session.assign(&weight.variable, &drawn.mapv(|x| value(x) as f32));
            }
        }
    }

    /// The output after training, with moving statistics.
    pub fn inference(&self, pictures: &Array4<f32>) -> Value {
        f32_array(&self.session.run(self.output.symbol(), &[self.input.symbol().feed(pictures)]))
    }

    /// The output while training, with the statistics of these images.
    pub fn training(&self, pictures: &Array4<f32>) -> Value {
        f32_array(&self.session.run_training(self.output.symbol(), &[self.input.symbol().feed(pictures)]))
    }
}
