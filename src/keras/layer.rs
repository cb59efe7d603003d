/*!
What every layer can do, and what it is given to do it with.

The layers themselves are in [`layers`](super::layers), one file each; a layer that has been called is a
[`BuiltLayer`].
*/

use super::{BuiltLayer, Initializer, Tensor, Tensors, built_layer, context, context::Context};
use crate::graph::{self, Op, Shape};
use std::{any::Any, fmt, rc::Rc};

/// A layer's configuration, and its verbs: build the weights, go forward, say the output's shape. The way back is in
/// the [operations](crate::graph::ops) that `forward` is made of.
///
/// A layer of one's own implements `class_name`, `attributes`, `output_shape` and `forward`, and `build` if it has
/// weights.
///
/// ```
/// use cnn::{
///     graph::{self, ops::Multiply},
///     keras::{Attributes, Layer, Model, Scope, Shape, layers::Input},
/// };
/// use ndarray::array;
///
/// /// y = x², number by number.
/// #[derive(Debug)]
/// struct Square(Attributes);
///
/// impl Layer for Square {
///     fn class_name(&self) -> &'static str {
///         "Square"
///     }
///
///     fn attributes(&self) -> &Attributes {
///         &self.0
///     }
///
///     fn output_shape(&self, inputs: &[Shape]) -> Shape {
///         inputs[0].clone()
///     }
///
///     fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
///         scope.apply(Multiply, &[inputs[0], inputs[0]], "Mul")
///     }
/// }
///
/// let x = Input::new(2).call();
/// let model = Model::new(&x, &Square(Attributes::default()).call(&x));
/// assert_eq!(model.predict(&array![[1.0, 3.0]]), array![[1.0f32, 9.0]].into_dyn());
/// ```
pub trait Layer: Any + fmt::Debug {
    /// Keras' name of the layer, such as `Conv2D`.
    fn class_name(&self) -> &'static str;

    /// Name and trainability.
    fn attributes(&self) -> &Attributes;

    /// What automatic names begin with.
    fn prefix(&self) -> String {
        context::snake_case(self.class_name())
    }

    /// Creates the weights, whose shapes follow from the shapes of the inputs.
    ///
    /// # Panics
    /// If the layer cannot be called on such inputs.
    fn build(&self, _inputs: &[Shape], _scope: &mut Scope<'_>) {}

    /// The shape of the output.
    ///
    /// # Panics
    /// If the layer cannot be called on such inputs.
    fn output_shape(&self, inputs: &[Shape]) -> Shape;

    /// Writes down the computation.
    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor;

    /// Puts the layer into the network.
    ///
    /// It is consumed: one layer, one place. Two places with common weights are not supported.
    ///
    /// # Panics
    /// If the layer does not fit the shapes of its inputs, or the inputs come from different networks.
    #[track_caller]
    fn call(self, inputs: impl Tensors) -> Tensor
    where
        Self: Sized,
    {
        let inputs = inputs.list();
        let Some(first) = inputs.first() else {
            panic!("{}: expected at least one tensor, got none", self.class_name())
        };
        let context = first.0.context.clone();
        for other in &inputs {
            assert!(
                Rc::ptr_eq(&context, &other.0.context),
                "{}: {first} and {other} come from different networks\n\
                 help: create the second input with Input::new(shape).beside(&first)",
                self.class_name()
            );
        }
        built_layer::place(context, Rc::new(self), inputs)
    }
}

/// What every layer's configuration has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// The name, if it was given one; others are counted.
    pub name: Option<String>,
    /// Whether training moves its weights.
    pub trainable: bool,
}

impl Default for Attributes {
    fn default() -> Self {
        Attributes { name: None, trainable: true }
    }
}

/// One weight of a layer.
#[derive(Debug, Clone)]
pub struct Weight {
    /// Its name within the layer, such as `kernel`.
    pub name: &'static str,
    /// The variable.
    pub variable: graph::Tensor,
    /// Whether an optimizer may move it at all; moving statistics are not for optimizers.
    pub trainable: bool,
}

/// A layer's place in the graph, where it creates weights and operations under its name.
#[derive(Debug)]
pub struct Scope<'a> {
    pub(super) context: &'a Context,
    pub(super) name: &'a str,
    pub(super) weights: Vec<Weight>,
}

impl Scope<'_> {
    /// The layer's name.
    pub fn name(&self) -> &str {
        self.name
    }

    /// Creates a weight that training moves.
    pub fn add_weight(&mut self, name: &'static str, shape: &[usize], initializer: &Initializer) {
        let initial = initializer.prepare(self.context);
        let variable = self.context.graph.variable(shape, initial, &format!("{}/{name}", self.name));
        self.weights.push(Weight { name, variable, trainable: true });
    }

    /// Creates a weight that no optimizer moves, such as a moving average.
    pub fn add_untrained_weight(&mut self, name: &'static str, shape: &[usize], initializer: &Initializer) {
        let initial = initializer.prepare(self.context);
        let variable = self.context.graph.non_trainable_variable(shape, initial, &format!("{}/{name}", self.name));
        self.weights.push(Weight { name, variable, trainable: false });
    }

    /// A weight that `build` has created.
    ///
    /// # Panics
    /// If there is none of this name.
    #[track_caller]
    pub fn weight(&self, name: &str) -> &graph::Tensor {
        let weight = self.weights.iter().find(|weight| weight.name == name);
        &weight.unwrap_or_else(|| panic!("{}: build has created no weight {name}", self.name)).variable
    }

    /// An input of the network.
    pub fn placeholder(&self, shape: Shape) -> graph::Tensor {
        self.context.graph.placeholder(shape, graph::DType::Float32, self.name)
    }

    /// An operation, named after the layer.
    pub fn apply(&self, op: impl Op, inputs: &[&graph::Tensor], name: &str) -> graph::Tensor {
        self.context.graph.add(op, inputs, &format!("{}/{name}", self.name))
    }

    /// An operation that may change the weights `state` when it runs.
    pub fn apply_stateful(
        &self,
        op: impl Op,
        inputs: &[&graph::Tensor],
        state: &[&graph::Tensor],
        name: &str,
    ) -> graph::Tensor {
        self.context.graph.add_stateful(op, inputs, state, &format!("{}/{name}", self.name))
    }

    /// The two seeds of a random operation with the given seed, if it has one.
    pub fn seeds(&self, seed: Option<u64>) -> (u64, u64) {
        self.context.seeds(seed)
    }
}

impl fmt::Display for BuiltLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.name(), self.class_name())
    }
}
