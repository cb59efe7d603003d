/*! How a model is to be trained: loss, optimizer, metrics. */

use super::{
    built_layer::BuiltLayer,
    compiled::{Compiled, Objective},
    examples::ArrayLike,
    losses::{IntoLosses, Loss},
    metrics::{IntoMetrics, Metric},
    model::Model,
    names::parsed,
    ops,
    optimizers::Optimizer,
    scope::Weight,
};
use crate::{
    graph::{self, DType, Tensor},
    numpy::RandomState,
};
use ndarray::ArrayD;
use std::{
    cell::{Cell, OnceCell, RefCell},
    collections::HashSet,
    fmt::Display,
};

impl Model {
    /// Says how the model is to be trained.
    ///
    /// # Arguments
    /// * `optimizer`: its name, such as `"adam"`, or a value, such as `Adam::new().learning_rate(0.001)`
    /// * `loss`: such as `"categorical_crossentropy"`; for several outputs an array with one for each, or
    ///   [`Losses`](super::Losses) by their names
    /// * `metrics`: what to report in addition to the loss, such as `["accuracy"]`, of each output; `()` for nothing
    ///
    /// ```
    /// use cnn::keras::{Adam, Model, layers::*};
    /// let x_input = Input::new(2).call();
    /// let mut model = Model::new(&x_input, &Dense::new(3).activation("softmax").call(&x_input));
    /// model.compile("adam", "categorical_crossentropy", ["accuracy"]);
    /// // With a value for what a name alone does not say, and without metrics:
    /// model.compile(Adam::new().learning_rate(0.01), "categorical_crossentropy", ());
    /// assert_eq!(model.learning_rate(), 0.01);
    /// ```
    ///
    /// # Panics
    /// If there is nothing of such a name, a loss needs another output, or there is not one loss for each output.
    #[track_caller]
    pub fn compile(
        &mut self,
        optimizer: impl TryInto<Optimizer, Error: Display>,
        loss: impl IntoLosses,
        metrics: impl IntoMetrics,
    ) {
        let optimizer = parsed(optimizer);
        let losses = loss.losses().unwrap_or_else(|error| panic!("{error}"));
        let metrics = metrics.metrics().unwrap_or_else(|error| panic!("{error}"));
        let layers: Vec<BuiltLayer> = self.outputs().iter().map(|output| output.layer()).collect();
        let names: Vec<&str> = layers.iter().map(BuiltLayer::name).collect();
        let losses = losses.for_outputs(&names).unwrap_or_else(|why| panic!("compile: {why}"));
        let metrics = metrics.for_outputs(&names).unwrap_or_else(|why| panic!("compile: {why}"));
        self.compile_parts(optimizer, losses, metrics);
    }

    /// Compiles with a loss and metrics for each output.
    #[track_caller]
    pub(super) fn compile_parts(&mut self, optimizer: Optimizer, losses: Vec<(Loss, f32)>, metrics: Vec<Vec<Metric>>) {
        let setting = |layer: &BuiltLayer| Some((layer.clone(), layer.training_only()?));
        if let Some((layer, setting)) = self.layers().iter().find_map(setting) {
            panic!(
                "compile: the layer {layer} comes from a file with {setting}, which is not known here and would be \
                 missing in the loss or in training\nhelp: predict works; to train without it, build the layers \
                 anew and take the weights with load_weights"
            )
        }
        for ((loss, _), output) in losses.iter().zip(self.outputs()) {
            if let Some(why) = loss.misfit(&output.shape()) {
                panic!("compile: {why}")
            }
        }
        let target = |output: &super::Tensor| {
            let name = format!("{}_target", output.layer().name());
            self.network.context.graph.placeholder(output.shape(), DType::Float32, &name)
        };
        let targets: Vec<Tensor> = self.outputs().iter().map(target).collect();
        let objective = self.objective(&optimizer, &losses, &targets, false);
        self.compiled = Some(Compiled {
            losses,
            metrics,
            optimizer,
            targets,
            objective,
            weighted: OnceCell::new(),
            is_weighted: Cell::new(false),
            iterations: Cell::new(0),
            gradients: OnceCell::new(),
            // The seed is fixed for the same reason as that of the weights: a notebook that runs again prints the same.
            shuffle: RefCell::new(RandomState::new(0)),
            order: RefCell::default(),
            epochs: Cell::new(0),
        });
    }

    /// The weights that an optimizer may update, each once.
    pub(super) fn trainable_weights(&self) -> Vec<&Weight> {
        let mut seen = HashSet::new();
        let weights = self.layers().iter().flat_map(|layer| layer.weights());
        weights.filter(|weight| weight.trainable && seen.insert(weight.variable.id())).collect()
    }

    /// The cost to minimize and the step that does it: the weighted sum of the outputs' losses and the penalties of the
    /// weights.
    pub(super) fn objective(
        &self,
        optimizer: &Optimizer,
        losses: &[(Loss, f32)],
        targets: &[Tensor],
        weighted: bool,
    ) -> Objective {
        let graph = &self.network.context.graph;
        let weights = weighted.then(|| graph.placeholder([None], DType::Float32, "sample_weights"));
        let cost_of = |((output, target), (loss, _)): ((&super::Tensor, &Tensor), &(Loss, f32))| match &weights {
            None => loss.build(output.symbol(), target),
            Some(weights) => loss.build_weighted(output.symbol(), target, weights),
        };
        let costs: Vec<Tensor> = self.outputs().iter().zip(targets).zip(losses).map(cost_of).collect();
        let scaled = |(cost, (_, factor)): (&Tensor, &(Loss, f32))| match *factor {
            1.0 => cost.clone(),
            factor => ops::scale(cost, factor),
        };
        let mut terms: Vec<Tensor> = costs.iter().zip(losses).map(scaled).collect();
        let trainable = self.trainable_weights();
        let penalties = trainable.iter().filter_map(|weight| Some(weight.regularizer?.penalty(&weight.variable)));
        terms.extend(penalties);
        let cost = match terms.as_slice() {
            [cost] => cost.clone(),
            _ => graph.add(graph::ops::Add, &terms.iter().collect::<Vec<_>>(), "loss/sum"),
        };
        let variables: Vec<&Tensor> = trainable.iter().map(|weight| &weight.variable).collect();
        let step = optimizer.minimize(&cost, &variables);
        Objective { weights, cost, costs: if costs.len() > 1 { costs } else { Vec::new() }, step }
    }

    /// The learning rate that training uses now.
    ///
    /// # Panics
    /// If the model has not been compiled.
    #[track_caller]
    pub fn learning_rate(&self) -> f32 {
        self.network.context.session.learning_rate(self.compiled("learning_rate").step())
    }

    /// Changes the learning rate, from the next training step on.
    ///
    /// # Panics
    /// If the model has not been compiled.
    #[track_caller]
    pub fn set_learning_rate(&self, learning_rate: f32) {
        self.network.context.session.set_learning_rate(self.compiled("set_learning_rate").step(), learning_rate);
    }

    /// The optimizer as it was compiled.
    pub fn optimizer(&self) -> Option<&Optimizer> {
        self.compiled.as_ref().map(|compiled| &compiled.optimizer)
    }

    /// The loss as it was compiled; of a model with several outputs, that of the first one.
    pub fn loss(&self) -> Option<Loss> {
        self.compiled.as_ref().map(|compiled| compiled.losses[0].0.clone())
    }

    /// The metrics as they were compiled; of a model with several outputs, those of the first one.
    pub fn metrics(&self) -> &[Metric] {
        self.compiled.as_ref().map_or(&[], |compiled| &compiled.metrics[0])
    }

    /// How many epochs the last call of [`Model::fit`] has completed, counted with those before its initial epoch; also of
    /// a model that was saved in a callback. Training goes on with `.initial_epoch(model.epochs())`.
    pub fn epochs(&self) -> usize {
        self.compiled.as_ref().map_or(0, |compiled| compiled.epochs.get())
    }

    /// How many training steps there were since it was compiled, also before it was saved.
    pub fn iterations(&self) -> u64 {
        self.compiled.as_ref().map_or(0, |compiled| compiled.iterations.get())
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
        let session = self.network.context.ready();
        let trainable = self.trainable_weights();
        let gradients = compiled.gradients.get_or_init(|| {
            let variables: Vec<&Tensor> = trainable.iter().map(|weight| &weight.variable).collect();
            self.network.context.graph.gradients(&compiled.objective.cost, &variables)
        });
        let (x, y) = (x.rows(0..x.len()), y.rows(0..y.len()));
        let mut feeds = self.feeds(&x);
        feeds.extend(compiled.targets.iter().zip(&y).map(|(target, y)| target.feed(y)));
        let values = self.with_statistics_kept(|| session.run_training(gradients.as_slice(), &feeds));
        let layer = |weight: &Weight| {
            let holds = |layer: &&BuiltLayer| layer.weights().iter().any(|own| own.variable == weight.variable);
            self.layers().iter().find(holds).expect("a weight of a layer").name().to_owned()
        };
        trainable.iter().zip(values).map(|(weight, value)| (layer(weight), weight.name, value)).collect()
    }

    /// Runs `f`, and restores what batch normalisation changes in every training run: its moving averages.
    pub(super) fn with_statistics_kept<T>(&self, f: impl FnOnce() -> T) -> T {
        let session = self.network.context.ready();
        let weights = self.layers().iter().flat_map(|layer| layer.weights());
        let kept: Vec<&Tensor> = weights.filter(|weight| !weight.trainable).map(|weight| &weight.variable).collect();
        let before: Vec<_> = kept.iter().map(|variable| session.value(variable)).collect();
        let result = f();
        kept.iter().zip(&before).for_each(|(variable, value)| session.assign(variable, value));
        result
    }

    #[track_caller]
    pub(super) fn compiled(&self, verb: &str) -> &Compiled {
        self.compiled.as_ref().unwrap_or_else(|| {
            panic!(
                "{verb}: {} has not been compiled\nhelp: call model.compile(\"adam\", \"categorical_crossentropy\", \
                 [\"accuracy\"]) first",
                self.network.name
            )
        })
    }
}
