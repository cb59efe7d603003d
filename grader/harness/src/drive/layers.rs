/*!
A network of layers as plain values: which layers there are, how they are connected, and what they compute.

Names that Keras gives by itself are left out, and layers are listed in an order that does not depend on how the network
was written down, so that two ways to write the same network give the same list.
*/

use cnn::graph::Session;
use cnn::keras::layers::{
    Activation, AveragePooling2D, BatchNormalization, Conv2D, Dense, Dropout, MaxPooling2D, Size, ZeroPadding2D,
};
use cnn::keras::{BuiltLayer, Initializer, Tensor};
use cnn::numpy::RandomState;
use ndarray::{Array4, ArrayD};
use wire::Value;

use super::{KERNELS, singles, text};

/// Whether the kernels' initializers are part of what is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Initializers {
    /// They are.
    Asked,
    /// Any of them is right.
    Free,
}

/// A layer, and how many layers lie between it and the input, at most.
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
        property("called on", text(inputs.join(" and ")));
        property("with so many parameters:", Value::Count(layer.count_params() as u64));
        if !layer.weights().is_empty() || layer.class_name().contains("Pooling") {
            property("named", text(layer.name()));
        }
        Value::Node { kind: layer.class_name().into(), properties }
    };
    Value::List { of: "layer".into(), items: layers.iter().map(item).collect() }
}

/// What a layer was told.
fn configuration(layer: &BuiltLayer, initializers: Initializers) -> Vec<(String, Value)> {
    let mut properties = Vec::new();
    let mut property = |name: &str, value: Value| properties.push((name.to_owned(), value));
    let initializer = |initializer: &Initializer| match initializer {
        Initializer::GlorotUniform(glorot) => match glorot.seed {
            Some(seed) => format!("GlorotUniform with seed {seed}"),
            None => "GlorotUniform without seed".into(),
        },
        other => format!("{other:?}"),
    };
    if let Some(conv) = layer.config_as::<Conv2D>() {
        property("filters", Value::Count(conv.filters as u64));
        property("kernel_size", size(conv.kernel_size));
        property("strides", size(conv.strides));
        // A filter of one pixel reaches over no border.
        if conv.kernel_size != Size::from(1) {
            property("padding", text(format!("{:?}", conv.padding).to_lowercase()));
        }
        property("activation", text(conv.activation.name()));
        property("use_bias", Value::Bool(conv.use_bias));
        if initializers == Initializers::Asked {
            property("kernel_initializer", text(initializer(&conv.kernel_initializer)));
        }
    } else if let Some(dense) = layer.config_as::<Dense>() {
        property("units", Value::Count(dense.units as u64));
        property("activation", text(dense.activation.name()));
        property("use_bias", Value::Bool(dense.use_bias));
        if initializers == Initializers::Asked {
            property("kernel_initializer", text(initializer(&dense.kernel_initializer)));
        }
    } else if let Some(norm) = layer.config_as::<BatchNormalization>() {
        property("momentum", text(norm.momentum));
        property("epsilon", text(norm.epsilon));
    } else if let Some(activation) = layer.config_as::<Activation>() {
        property("function", text(activation.function.name()));
    } else if let Some(padding) = layer.config_as::<ZeroPadding2D>() {
        property("padding", size(padding.padding));
    } else if let Some(pool) = layer.config_as::<MaxPooling2D>() {
        property("pool_size", size(pool.pool_size));
        property("strides", size(pool.strides));
        property("padding", text(format!("{:?}", pool.padding).to_lowercase()));
    } else if let Some(pool) = layer.config_as::<AveragePooling2D>() {
        property("pool_size", size(pool.pool_size));
        property("strides", size(pool.strides));
        property("padding", text(format!("{:?}", pool.padding).to_lowercase()));
    } else if let Some(dropout) = layer.config_as::<Dropout>() {
        property("rate", text(dropout.rate));
    }
    properties
}

fn size(size: Size) -> Value {
    text(format!("({}, {})", size.rows, size.columns))
}

/// Computes `output` from pictures for `input`, with the weights' first values.
pub struct Evaluator<'a> {
    input: &'a Tensor,
    output: &'a Tensor,
    session: Session,
}

impl<'a> Evaluator<'a> {
    /// Gives the weights their first values.
    pub fn new(input: &'a Tensor, output: &'a Tensor) -> Self {
        let session = Session::with_kernels(input.symbol().graph(), KERNELS);
        session.initialize();
        Self { input, output, session }
    }

    /// Draws all weights instead, whatever the layers begin with: scales and variances near 1, anything else near 0.
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
        singles(&self.session.run(self.output.symbol(), &[self.input.symbol().feed(pictures)]))
    }

    /// The output while training, with the statistics of these pictures.
    pub fn training(&self, pictures: &Array4<f32>) -> Value {
        singles(&self.session.run_training(self.output.symbol(), &[self.input.symbol().feed(pictures)]))
    }
}
