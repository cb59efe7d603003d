/*! Calls layers on tensors. */

use super::{
    built_layer::{BuiltLayer, Node, Tensor},
    context::Context,
    core::Core,
    layer::Layer,
    mismatch::Mismatch,
    tensors::Tensors,
};
use crate::graph::{self, Shape};
use std::rc::Rc;

/// How every layer is called: `Dense::new(6).call(&x)`.
pub trait Call: Layer {
    /// Puts the layer into the network.
    ///
    /// It is consumed. Further places with the same weights come from [`BuiltLayer::call`](super::BuiltLayer::call):
    /// `y.layer().call(&other)`.
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
    require_network(&context, &inputs)?;
    let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
    let core = Rc::new(Core::of_layer(context, layer, &shapes)?);
    Ok(call_built(core, inputs)?.remove(0))
}

/// Calls a layer that is built on tensors of its own network.
#[track_caller]
pub(super) fn call_built(core: Rc<Core>, inputs: Vec<Tensor>) -> Result<Vec<Tensor>, Mismatch> {
    require_network(&core.context, &inputs)?;
    let shapes: Vec<Shape> = inputs.iter().map(Tensor::shape).collect();
    core.check_inputs(&shapes)?;
    let symbols: Vec<&graph::Tensor> = inputs.iter().map(Tensor::symbol).collect();
    let outputs = core.apply(&symbols);
    let node = Rc::new(Node { index: core.next_call(), core, inputs, outputs });
    Ok((0..node.outputs.len()).map(|index| Tensor { node: node.clone(), index }).collect())
}

impl BuiltLayer {
    /// Calls the layer once more: both places share the weights, and their gradients are added. This is how Siamese
    /// networks are made.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// let left = Input::new(4).call();
    /// let right = Input::new(4).beside(&left).call();
    /// let a = Dense::new(3).name("encoder").call(&left);
    /// let b = a.layer().call(&right);
    /// let model = Model::new([&left, &right], &Concatenate::new().call([&a, &b]));
    /// assert_eq!(model.count_params(), 4 * 3 + 3);
    /// ```
    ///
    /// # Panics
    /// If the weights do not fit the shapes of the inputs, or the inputs belong to another network.
    #[track_caller]
    pub fn call(&self, inputs: impl Tensors) -> Tensor {
        match call_built(self.0.core.clone(), inputs.list()) {
            Ok(tensors) => tensors.into_iter().next().expect("a layer has an output"),
            Err(mismatch) => panic!("{self}: {mismatch}"),
        }
    }
}

/// Requires tensors of one network.
fn require_network(context: &Rc<Context>, inputs: &[Tensor]) -> Result<(), Mismatch> {
    match inputs.iter().find(|input| !Rc::ptr_eq(context, input.context())) {
        None => Ok(()),
        Some(other) => {
            let found = match inputs.iter().find(|input| Rc::ptr_eq(context, input.context())) {
                Some(first) => format!("{first} and {other}, which come from different networks"),
                None => format!("{other}, which comes from another network than the layer"),
            };
            let help = "create the second input with Input::new(shape).beside(&first)";
            Err(Mismatch::new("tensors of one network", found).help(help))
        }
    }
}

/// The layer in messages: its class, and its name if it was given one.
fn label<L: Layer>(layer: &L) -> String {
    let name = layer.attributes().name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    format!("{}{name}", L::class_name())
}
