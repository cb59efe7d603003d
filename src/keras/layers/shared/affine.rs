/*! What convolutions and `Dense` do alike: a product with a kernel, a bias, and an activation at the end. */

use crate::{
    graph::{self, Op, ops},
    keras::{
        activations::Function,
        config::Config,
        initializers::{GlorotUniform, Initializer},
        mismatch::Mismatch,
        regularizers::Regularizer,
        scope::Scope,
    },
};

/// y = activation(x · kernel + bias), where the product is the layer's.
#[derive(Debug, Clone)]
pub struct Affine {
    /// The activation.
    pub activation: Function,
    /// Whether a bias is added.
    pub use_bias: bool,
    /// The kernel's initial values.
    pub kernel_initializer: Initializer,
    /// The bias' initial values.
    pub bias_initializer: Initializer,
    /// The penalty of the kernel in the loss.
    pub kernel_regularizer: Option<Regularizer>,
    /// The penalty of the bias in the loss.
    pub bias_regularizer: Option<Regularizer>,
}

impl Affine {
    /// Keras' defaults: no activation, a bias of zeros, and a kernel by Glorot and Bengio.
    pub(in crate::keras::layers) fn new() -> Self {
        Affine {
            activation: Function::Linear,
            use_bias: true,
            kernel_initializer: GlorotUniform::default().into(),
            bias_initializer: Initializer::Zeros,
            kernel_regularizer: None,
            bias_regularizer: None,
        }
    }

    /// Creates kernel and bias; the last axis of the kernel counts the outputs.
    pub(in crate::keras::layers) fn build(&self, kernel_shape: &[usize], scope: &mut Scope<'_>) {
        self.build_kernel("kernel", kernel_shape, scope);
        self.build_bias(*kernel_shape.last().expect("a kernel has outputs"), scope);
    }

    /// Creates the kernel under a name of its own.
    pub(in crate::keras::layers) fn build_kernel(&self, name: &'static str, shape: &[usize], scope: &mut Scope<'_>) {
        scope.add_weight(name, shape, &self.kernel_initializer);
        scope.regularize(name, self.kernel_regularizer);
    }

    /// Creates the bias of `n` outputs, if there is one.
    pub(in crate::keras::layers) fn build_bias(&self, n: usize, scope: &mut Scope<'_>) {
        if self.use_bias {
            scope.add_weight("bias", &[n], &self.bias_initializer);
            scope.regularize("bias", self.bias_regularizer);
        }
    }

    /// Adds the product `op`, the bias and the activation to the graph.
    pub(in crate::keras::layers) fn forward(
        &self,
        scope: &Scope<'_>,
        (op, name): (impl Op, &str),
        x: &graph::Tensor,
    ) -> graph::Tensor {
        self.finish(scope, scope.apply(op, &[x, scope.weight("kernel")], name))
    }

    /// Adds the bias and the activation of a product to the graph.
    pub(in crate::keras::layers) fn finish(&self, scope: &Scope<'_>, mut z: graph::Tensor) -> graph::Tensor {
        if self.use_bias {
            z = scope.apply(ops::BiasAdd, &[&z, scope.weight("bias")], "BiasAdd");
        }
        self.activation.apply(scope, &z)
    }

    /// Adds the settings.
    pub(in crate::keras::layers) fn add_to(&self, config: Config) -> Config {
        self.add_to_as("kernel", config)
    }

    /// Adds the settings, with another name for the kernel.
    pub(in crate::keras::layers) fn add_to_as(&self, kernel: &str, config: Config) -> Config {
        config
            .set("activation", self.activation)
            .set("use_bias", self.use_bias)
            .set(&format!("{kernel}_initializer"), self.kernel_initializer.clone())
            .set("bias_initializer", self.bias_initializer.clone())
            .set(&format!("{kernel}_regularizer"), self.kernel_regularizer)
            .set("bias_regularizer", self.bias_regularizer)
    }

    /// Reads the settings.
    pub(in crate::keras::layers) fn from_config(config: &Config) -> Result<Self, Mismatch> {
        Affine::from_config_as("kernel", config)
    }

    /// Reads the settings, with another name for the kernel.
    pub(in crate::keras::layers) fn from_config_as(kernel: &str, config: &Config) -> Result<Self, Mismatch> {
        let default = Affine::new();
        Ok(Affine {
            activation: config.get_or("activation", default.activation)?,
            use_bias: config.get_or("use_bias", default.use_bias)?,
            kernel_initializer: config.initializer(&format!("{kernel}_initializer"), default.kernel_initializer),
            bias_initializer: config.initializer("bias_initializer", default.bias_initializer),
            kernel_regularizer: config.get_or(&format!("{kernel}_regularizer"), None)?,
            bias_regularizer: config.get_or("bias_regularizer", None)?,
        })
    }
}

/// The builder methods for a layer's field `affine`; `output` leaves out those of the kernel.
macro_rules! affine_methods {
    () => {
        affine_methods!(output);

        /// The kernel's initial values: an initializer such as `GlorotUniform::seed(0)`, or its name, such as
        /// `"he_uniform"`.
        ///
        /// # Panics
        /// If there is no initializer of such a name.
        #[must_use]
        #[track_caller]
        pub fn kernel_initializer(
            mut self,
            initializer: impl TryInto<$crate::keras::Initializer, Error: std::fmt::Display>,
        ) -> Self {
            self.affine.kernel_initializer = $crate::keras::names::parsed(initializer);
            self
        }

        /// The penalty of the kernel in the loss: a regularizer such as `Regularizer::l2(1e-4)`, or its name.
        ///
        /// # Panics
        /// If there is no regularizer of such a name.
        #[must_use]
        #[track_caller]
        pub fn kernel_regularizer(
            mut self,
            regularizer: impl TryInto<$crate::keras::Regularizer, Error: std::fmt::Display>,
        ) -> Self {
            self.affine.kernel_regularizer = Some($crate::keras::names::parsed(regularizer));
            self
        }
    };
    (output) => {
        /// The activation, such as `"relu"`.
        ///
        /// # Panics
        /// If there is no activation of such a name.
        #[must_use]
        #[track_caller]
        pub fn activation(
            mut self,
            activation: impl TryInto<$crate::keras::activations::Function, Error: std::fmt::Display>,
        ) -> Self {
            self.affine.activation = $crate::keras::names::parsed(activation);
            self
        }

        /// Whether a bias is added.
        #[must_use]
        pub fn use_bias(mut self, use_bias: bool) -> Self {
            self.affine.use_bias = use_bias;
            self
        }

        /// The bias' initial values: an initializer, or its name, such as `"ones"`.
        ///
        /// # Panics
        /// If there is no initializer of such a name.
        #[must_use]
        #[track_caller]
        pub fn bias_initializer(
            mut self,
            initializer: impl TryInto<$crate::keras::Initializer, Error: std::fmt::Display>,
        ) -> Self {
            self.affine.bias_initializer = $crate::keras::names::parsed(initializer);
            self
        }

        /// The penalty of the bias in the loss.
        ///
        /// # Panics
        /// If there is no regularizer of such a name.
        #[must_use]
        #[track_caller]
        pub fn bias_regularizer(
            mut self,
            regularizer: impl TryInto<$crate::keras::Regularizer, Error: std::fmt::Display>,
        ) -> Self {
            self.affine.bias_regularizer = Some($crate::keras::names::parsed(regularizer));
            self
        }
    };
}
pub(in crate::keras::layers) use affine_methods;
