/*!
A layer: its settings, its weights, its computation, and how it is saved.

The layers themselves are in [`layers`](super::layers), one file each. [`Call`](super::Call) puts a layer into a
network, where it is a [`BuiltLayer`](super::BuiltLayer).
*/

use super::{config::Config, context, inputs, mismatch::Mismatch, scope::Scope};
use crate::graph::{self, Shape};
use std::{any::Any, fmt};

/// A layer: its settings, the weights it creates, and what it computes.
///
/// The backward pass is in the [operations](crate::graph::ops) that `forward` adds to the graph. A layer of the
/// program's own is saved as any other; [`load_model_with`](super::load_model_with) opens it again.
///
/// ```
/// use cnn::{
///     graph::{self, ops::Multiply},
///     keras::{Attributes, Config, LayerRegistry, Mismatch, Model, Scope, Shape, layers::*, load_model_with},
/// };
/// use ndarray::array;
///
/// /// y = factor · x², element by element.
/// #[derive(Debug)]
/// struct Square {
///     factor: usize,
///     attributes: Attributes,
/// }
///
/// impl Layer for Square {
///     fn class_name() -> &'static str {
///         "Square"
///     }
///
///     fn attributes(&self) -> &Attributes {
///         &self.attributes
///     }
///
///     fn attributes_mut(&mut self) -> &mut Attributes {
///         &mut self.attributes
///     }
///
///     fn output_shape(&self, inputs: &[Shape]) -> Shape {
///         inputs[0].clone()
///     }
///
///     fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
///         let square = scope.apply(Multiply, &[inputs[0], inputs[0]], "Square");
///         let copies = vec![&square; self.factor];
///         scope.apply(graph::ops::Add, &copies, "Sum")
///     }
///
///     fn config(&self) -> Config {
///         Config::new().set("factor", self.factor)
///     }
///
///     fn from_config(config: &Config) -> Result<Self, Mismatch> {
///         Ok(Square { factor: config.positive("factor")?, attributes: Attributes::default() })
///     }
/// }
///
/// let x_input = Input::new(2).call();
/// let model = Model::new(&x_input, Square { factor: 2, attributes: Attributes::default() }.call(&x_input));
/// let x = array![[1.0, 3.0]];
/// assert_eq!(model.predict(&x), array![[2.0f32, 18.0]].into_dyn());
///
/// # let dir = tempfile::tempdir().unwrap();
/// # let path = dir.path().join("square.h5");
/// model.save(&path)?;
/// let again = load_model_with(&path, &LayerRegistry::new().register::<Square>())?;
/// assert_eq!(again.predict(&x), model.predict(&x));
/// # Ok::<(), cnn::Error>(())
/// ```
pub trait Layer: Any + fmt::Debug {
    /// Keras' name of the layer, such as `Conv2D`.
    fn class_name() -> &'static str
    where
        Self: Sized;

    /// Name and trainability.
    fn attributes(&self) -> &Attributes;

    /// The same, to be set.
    fn attributes_mut(&mut self) -> &mut Attributes;

    /// The prefix of automatic names: `max_pooling2d` of `MaxPooling2D`.
    fn prefix() -> String
    where
        Self: Sized,
    {
        context::snake_case(Self::class_name())
    }

    /// Checks the settings and the shapes of the inputs, before anything is built: a single tensor of any shape, unless
    /// a layer says otherwise. [`inputs`](super::inputs) has what is often checked.
    ///
    /// # Errors
    /// If the layer cannot be called on such inputs.
    fn check_inputs(&self, inputs: &[Shape]) -> Result<(), Mismatch> {
        inputs::one(inputs)?;
        Ok(())
    }

    /// Creates the weights, whose shapes follow from the shapes of the inputs.
    fn build(&self, _inputs: &[Shape], _scope: &mut Scope<'_>) {}

    /// The shape of the output.
    fn output_shape(&self, inputs: &[Shape]) -> Shape;

    /// Adds the computation to the graph.
    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor;

    /// The settings by their Keras names, without name and trainability.
    fn config(&self) -> Config;

    /// The layer of these settings, without name and trainability. A setting that is not read is an error of the file.
    ///
    /// # Errors
    /// If a setting is missing, is of another type, or has a value that is not known here.
    fn from_config(config: &Config) -> Result<Self, Mismatch>
    where
        Self: Sized;

    /// Names the layer. Others are named after their class and counted: `activation_1`.
    #[must_use]
    fn name(mut self, name: impl Into<String>) -> Self
    where
        Self: Sized,
    {
        self.attributes_mut().name = Some(name.into());
        self
    }

    /// Whether training updates the layer's weights; see also [`BuiltLayer::set_trainable`].
    ///
    /// [`BuiltLayer::set_trainable`]: crate::keras::BuiltLayer::set_trainable
    #[must_use]
    fn trainable(mut self, trainable: bool) -> Self
    where
        Self: Sized,
    {
        self.attributes_mut().trainable = trainable;
        self
    }

    /// Whether a batch normalisation or a dropout always (`true`) or never (`false`) acts as in training: Keras 2's
    /// argument of the call, `layer(x, training=False)`.
    #[must_use]
    fn training(mut self, training: bool) -> Self
    where
        Self: Sized,
    {
        self.attributes_mut().training = Some(training);
        self
    }
}

/// The settings that all layers have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attributes {
    /// The name; without one, the class name and a count.
    pub name: Option<String>,
    /// Whether training updates its weights.
    pub trainable: bool,
    /// Whether it always (`true`) or never (`false`) acts as in training; unset, each run decides.
    pub training: Option<bool>,
    /// Settings of a file that are not implemented and would matter in training, such as a regularizer.
    pub(super) training_only: Option<String>,
}

impl Default for Attributes {
    fn default() -> Self {
        Attributes { name: None, trainable: true, training: None, training_only: None }
    }
}
