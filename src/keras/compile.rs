/*! How a model is to be trained: loss, optimizer, metrics. */

use super::{
    compiled::Compiled, examples::ArrayLike, losses::Loss, metrics::Metric, model::Model, names::parsed,
    optimizers::Optimizer,
};
use crate::{
    graph::{DType, Tensor},
    numpy::RandomState,
};
use ndarray::ArrayD;
use std::{cell::OnceCell, fmt::Display};

impl Model {
    /// Says how the model is to be trained.
    ///
    /// # Arguments
    /// * `optimizer`: its name, such as `"adam"`, or a value, such as `Adam::new().learning_rate(0.001)`
    /// * `loss`: such as `"categorical_crossentropy"`
    /// * `metrics`: what to report in addition to the loss, such as `["accuracy"]`
    ///
    /// ```
    /// use cnn::keras::{Adam, Metric, Model, layers::*};
    /// let x_input = Input::new(2).call();
    /// let mut model = Model::new(&x_input, &Dense::new(3).activation("softmax").call(&x_input));
    /// model.compile("adam", "categorical_crossentropy", ["accuracy"]);
    /// // With a value for what a name alone does not say, and without metrics:
    /// model.compile(Adam::new().learning_rate(0.01), "categorical_crossentropy", Metric::NONE);
    /// assert_eq!(model.learning_rate(), 0.01);
    /// ```
    ///
    /// # Panics
    /// If there is nothing of such a name, the loss needs another output, or the model has several outputs.
    #[track_caller]
    pub fn compile<M: TryInto<Metric, Error: Display>>(
        &mut self,
        optimizer: impl TryInto<Optimizer, Error: Display>,
        loss: impl TryInto<Loss, Error: Display>,
        metrics: impl IntoIterator<Item = M>,
    ) {
        let (optimizer, loss) = (parsed(optimizer), parsed(loss));
        let mut parsed_metrics: Vec<Metric> = Vec::new();
        for metric in metrics {
            parsed_metrics.push(parsed(metric));
        }
        let metrics = parsed_metrics;
        if let Some((layer, setting)) = self.layers.iter().find_map(|layer| Some((layer, layer.training_only()?))) {
            panic!(
                "compile: the layer {layer} comes from a file with {setting}, which is not known here and would be \
                 missing in the loss or in training\nhelp: predict works; to train without it, build the layers \
                 anew and take the weights with load_weights"
            )
        }
        let output = self.only("output", &self.outputs);
        if let Some(why) = loss.misfit(&output.shape()) {
            panic!("compile: {why}")
        }
        let name = format!("{}_target", output.layer().name());
        let target = self.context.graph.placeholder(output.shape(), DType::Float32, &name);
        let cost = loss.build(output.symbol(), &target);
        let weights = self.layers.iter().flat_map(|layer| layer.weights());
        let variables: Vec<&Tensor> = weights.filter(|weight| weight.trainable).map(|w| &w.variable).collect();
        let step = optimizer.minimize(&cost, &variables);
        // The seed is fixed for the same reason as that of the weights: a notebook that runs again prints the same.
        let shuffle = RandomState::new(0);
        let gradients = OnceCell::new();
        self.compiled = Some(Compiled { loss, metrics, optimizer, target, cost, step, gradients, shuffle });
    }

    /// The learning rate that training uses now.
    ///
    /// # Panics
    /// If the model has not been compiled.
    #[track_caller]
    pub fn learning_rate(&self) -> f32 {
        self.context.session.learning_rate(&self.compiled("learning_rate").step)
    }

    /// Changes the learning rate, from the next training step on.
    ///
    /// # Panics
    /// If the model has not been compiled.
    #[track_caller]
    pub fn set_learning_rate(&self, learning_rate: f32) {
        self.context.session.set_learning_rate(&self.compiled("set_learning_rate").step, learning_rate);
    }

    /// The optimizer as it was compiled.
    pub fn optimizer(&self) -> Option<&Optimizer> {
        self.compiled.as_ref().map(|compiled| &compiled.optimizer)
    }

    /// The loss as it was compiled.
    pub fn loss(&self) -> Option<Loss> {
        self.compiled.as_ref().map(|compiled| compiled.loss)
    }

    /// The metrics as they were compiled.
    pub fn metrics(&self) -> &[Metric] {
        self.compiled.as_ref().map_or(&[], |compiled| &compiled.metrics)
    }

    /// The gradient of the loss on a batch with respect to each weight that can be trained, as in training, by layer
    /// and weight: `("conv1", "kernel", gradient)`. Nothing is changed.
    ///
    /// # Arguments
    /// * `x`, `y`: examples and labels, as for [`Model::fit`]
    ///
    /// # Returns
    /// For each weight, in the order of the layers, the names of its layer and of itself, and an array of its shape.
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// use ndarray::array;
    /// let x_input = Input::new(1).call();
    /// let mut model = Model::new(&x_input, &Dense::new(1).kernel_initializer("ones").name("line").call(&x_input));
    /// model.compile("sgd", "mse", ["mae"]);
    /// // The loss (x w + b − y)² with x = 3, w = 1, b = 0, y = 1.
    /// let gradients = model.gradients(&array![[3.0]], &array![1.0]);
    /// assert_eq!(gradients[0], ("line".to_string(), "kernel", array![[12.0f32]].into_dyn()));
    /// ```
    ///
    /// # Panics
    /// If the model has not been compiled, or the arrays do not fit it, as for [`Model::fit`].
    #[track_caller]
    pub fn gradients<'a>(
        &self,
        x: impl ArrayLike<'a>,
        y: impl ArrayLike<'a>,
    ) -> Vec<(String, &'static str, ArrayD<f32>)> {
        let (x, y) = self.check_examples("gradients", x.examples("gradients"), y.examples("gradients"));
        let compiled = self.compiled("gradients");
        let session = self.context.ready();
        let weights = || self.layers.iter().flat_map(|layer| layer.weights().iter().map(move |w| (layer, w)));
        let variables: Vec<&Tensor> = weights().filter(|(_, w)| w.trainable).map(|(_, w)| &w.variable).collect();
        // Batch normalisation updates its averages in every training run; they are restored.
        let kept: Vec<_> = weights().filter(|(_, w)| !w.trainable).map(|(_, w)| &w.variable).collect();
        let before: Vec<_> = kept.iter().map(|variable| session.value(variable)).collect();
        let gradients = compiled.gradients.get_or_init(|| self.context.graph.gradients(&compiled.cost, &variables));
        let input = self.only("input", &self.inputs).symbol();
        let (x, y) = (x.rows(0..x.len()), y.rows(0..y.len()));
        let values = session.run_training(gradients.as_slice(), &[input.feed(&x), compiled.target.feed(&y)]);
        kept.iter().zip(&before).for_each(|(variable, value)| session.assign(variable, value));
        let named = weights().filter(|(_, w)| w.trainable).zip(values);
        named.map(|((layer, w), value)| (layer.name().to_string(), w.name, value)).collect()
    }

    #[track_caller]
    pub(super) fn compiled(&self, verb: &str) -> &Compiled {
        self.compiled.as_ref().unwrap_or_else(|| {
            panic!(
                "{verb}: {} has not been compiled\nhelp: call model.compile(\"adam\", \"categorical_crossentropy\", \
                 [\"accuracy\"]) first",
                self.name
            )
        })
    }
}
