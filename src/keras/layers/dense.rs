/*! The fully connected layer. */

use super::{label, only};
use crate::{
    graph::{self, Shape, ops},
    keras::{Attributes, GlorotUniform, Initializer, Layer, activations::Function, layer::Scope},
};

/// y = activation(x kernel + bias).
///
/// Input: (m, features). Output: (m, units). Weights: kernel (features, units), bias (units).
///
/// ```
/// use cnn::keras::layers::*;
/// let x = Input::new(2048).call();
/// let y = Dense::new(6).activation("softmax").name("fc6").call(&x);
/// assert_eq!(y.shape().to_string(), "(?, 6)");
/// assert_eq!(y.layer().count_params(), 2048 * 6 + 6);
/// ```
#[derive(Debug, Clone)]
pub struct Dense {
    /// How many numbers come out for each example.
    pub units: usize,
    /// What is applied at the end.
    pub activation: Function,
    /// Whether a bias is added.
    pub use_bias: bool,
    /// Where the kernel begins.
    pub kernel_initializer: Initializer,
    /// Where the bias begins.
    pub bias_initializer: Initializer,
    attributes: Attributes,
}

attributes!(Dense);

impl Dense {
    /// `units` outputs, no activation.
    pub fn new(units: usize) -> Self {
        Dense {
            units,
            activation: Function::Linear,
            use_bias: true,
            kernel_initializer: GlorotUniform::default().into(),
            bias_initializer: Initializer::Zeros,
            attributes: Attributes::default(),
        }
    }

    /// What is applied at the end, such as `"softmax"`.
    pub fn activation(mut self, activation: impl Into<Function>) -> Self {
        self.activation = activation.into();
        self
    }

    /// Whether a bias is added.
    pub fn use_bias(mut self, use_bias: bool) -> Self {
        self.use_bias = use_bias;
        self
    }

    /// Where the kernel begins: an initializer such as `GlorotUniform::seed(0)`, or its name, such as `"he_uniform"`.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[track_caller]
    pub fn kernel_initializer(mut self, initializer: impl Into<Initializer>) -> Self {
        self.kernel_initializer = initializer.into();
        self
    }

    /// Where the bias begins: an initializer such as `GlorotUniform::seed(0)`, or its name, such as `"ones"`.
    ///
    /// # Panics
    /// If there is no initializer of such a name.
    #[track_caller]
    pub fn bias_initializer(mut self, initializer: impl Into<Initializer>) -> Self {
        self.bias_initializer = initializer.into();
        self
    }

    fn features(&self, inputs: &[Shape]) -> usize {
        let x = only(self, inputs);
        assert!(self.units > 0, "{}: expected at least one unit, got 0", label(self));
        let Some(features) = (x.rank() == 2).then(|| x.last()).flatten() else {
            panic!(
                "{}: expected one row per example, shape (m, features), got shape {x}\nhelp: call Flatten first",
                label(self)
            )
        };
        features
    }
}

impl Layer for Dense {
    fn class_name(&self) -> &'static str {
        "Dense"
    }

    fn attributes(&self) -> &Attributes {
        &self.attributes
    }

    fn build(&self, inputs: &[Shape], scope: &mut Scope<'_>) {
        scope.add_weight("kernel", &[self.features(inputs), self.units], &self.kernel_initializer);
        if self.use_bias {
            scope.add_weight("bias", &[self.units], &self.bias_initializer);
        }
    }

    fn output_shape(&self, inputs: &[Shape]) -> Shape {
        self.features(inputs);
        Shape::from([inputs[0].dim(0), Some(self.units)])
    }

    fn forward(&self, scope: &Scope<'_>, inputs: &[&graph::Tensor]) -> graph::Tensor {
        let mut z = scope.apply(ops::MatMul, &[inputs[0], scope.weight("kernel")], "MatMul");
        if self.use_bias {
            z = scope.apply(ops::BiasAdd, &[&z, scope.weight("bias")], "BiasAdd");
        }
        self.activation.apply(scope, &z)
    }
}
