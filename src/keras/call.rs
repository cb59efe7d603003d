/*! Calls layers on tensors. */

use super::{
    built_layer::Tensor,
    context::Context,
    core::{Core, require_network},
    layer::Layer,
    mismatch::Mismatch,
    tensors::Tensors,
};
use crate::graph::Shape;
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
    Ok(core.call(inputs)?.remove(0))
}

/// The layer in messages: its class, and its name if it was given one.
fn label<L: Layer>(layer: &L) -> String {
    let name = layer.attributes().name.as_ref().map_or(String::new(), |name| format!(" {name}"));
    format!("{}{name}", L::class_name())
}
