/*! Calls layers on tensors. */

use super::{
    built_layer::{BuiltLayer, Placed, Tensor},
    context::Context,
    inputs,
    layer::Layer,
    mismatch::Mismatch,
    scope::Scope,
    tensors::Tensors,
};
use crate::graph::{self, Phase, Shape};
use std::{cell::Cell, rc::Rc};

/// How every layer is called: `Dense::new(6).call(&x)`.
pub trait Call: Layer {
    /// Puts the layer into the network.
    ///
    /// It is consumed: one layer, one place. Two places with common weights are not supported.
    ///
    /// ```
    /// use cnn::keras::layers::*;
    /// let x_shortcut = Input::new((4, 4, 8)).call();
    /// let x = Activation::new("relu").call(&x_shortcut);
    /// assert_eq!(Add::new().call([&x, &x_shortcut]).layer().inputs().len(), 2);
    /// ```
    ///
    /// # Panics
    /// If the layer does not fit the number or the shapes of its inputs, or the inputs come from different networks.
    #[track_caller]
    fn call(self, inputs: impl Tensors) -> Tensor;
}

impl<L: Layer> Call for L {
    #[track_caller]
    fn call(self, inputs: impl Tensors) -> Tensor {
        let inputs = inputs.list();
        let label = label(&self);
        let placed = match inputs.first() {
            Some(first) => place(first.context().clone(), self, inputs),
            None => Err(Mismatch::new("at least one tensor", "none")),
        };
        match placed {
            Ok(tensor) => tensor,
            Err(mismatch) => panic!("{label}: {mismatch}"),
        }
    }
}

/// Puts a layer into the network of `context`.
///
/// # Panics
/// If the layer contradicts itself: `forward` makes another shape than `output_shape` says.
#[track_caller]
pub(super) fn place<L: Layer>(context: Rc<Context>, layer: L, inputs: Vec<Tensor>) -> Result<Tensor, Mismatch> {
    if let Some(other) = inputs.iter().find(|input| !Rc::ptr_eq(&context, input.context())) {
        let found = format!("{} and {other}, which come from different networks", inputs[0]);
        let help = "create the second input with Input::new(shape).beside(&first)";
        return Err(Mismatch::new("tensors of one network", found).help(help));
    }
    let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
    layer.check_inputs(&shapes)?;
    let name = layer.attributes().name.clone().unwrap_or_else(|| context.automatic_name(&L::prefix()));
    let mut scope = Scope::new(&context, &name);
    layer.build(&shapes, &mut scope);
    let symbols: Vec<&graph::Tensor> = inputs.iter().map(Tensor::symbol).collect();
    let (output, expected) = (layer.forward(&scope, &symbols), layer.output_shape(&shapes));
    assert!(
        output.shape() == expected,
        "{}: output_shape says {expected} for inputs of shape {}, forward makes {}\nhelp: correct the one of the two \
         that is wrong",
        label(&layer),
        inputs::list(&shapes),
        output.shape()
    );
    let weights = scope.into_weights();
    let trainable = Cell::new(layer.attributes().trainable);
    let (class_name, layer, phase) = (L::class_name(), Box::new(layer), Cell::new(Phase::OfRun));
    let placed = Placed { context, class_name, layer, name, inputs, weights, output, trainable, phase };
    let layer = BuiltLayer(Rc::new(placed));
    layer.apply_trainable();
    Ok(layer.output())
}

/// The layer in messages: its class, and its name if it was given one.
fn label<L: Layer>(layer: &L) -> String {
    let name = layer.attributes().name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    format!("{}{name}", L::class_name())
}
