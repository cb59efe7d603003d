/*! Loss and metrics of a model on examples: after training, or after each epoch. */

use super::{
    built_layer::Tensor,
    examples::{ArrayLike, Arrays, batches, require_batch_size},
    history::Logs,
    losses::Loss,
    metrics::{Accumulator, Metric},
    model::Model,
    progress::{Progress, Verbose},
};
use crate::display::Channel;
use crate::graph::Item;
use ndarray::{ArrayD, ArrayView1, ArrayViewD};

/// Means of the losses, and each metric, over the examples processed so far.
pub(super) struct Means {
    names: Vec<String>,
    sums: Vec<f64>,
    n: usize,
    metrics: Vec<Vec<Accumulator>>,
}

impl Means {
    pub fn new(model: &Model) -> Self {
        let compiled = model.compiled("evaluate");
        let several = model.outputs().len() > 1;
        let of_output = |name: &str, output: &Tensor| match several {
            true => format!("{}_{name}", output.layer().name()),
            false => name.to_owned(),
        };
        let mut names = vec!["loss".to_owned()];
        if several {
            names.extend(model.outputs().iter().map(|output| of_output("loss", output)));
        }
        let sums = vec![0.0; names.len()];
        for (output, metrics) in model.outputs().iter().zip(&compiled.metrics) {
            names.extend(metrics.iter().map(|metric| of_output(metric.name(), output)));
        }
        let accumulators = |(metrics, (loss, _)): (&Vec<Metric>, &(Loss, f32))| {
            metrics.iter().map(|metric| metric.accumulator(loss)).collect()
        };
        let metrics = compiled.metrics.iter().zip(&compiled.losses).map(accumulators).collect();
        Means { names, sums, n: 0, metrics }
    }

    /// Adds a batch of examples.
    pub fn add(&mut self, batch: &BatchResult, targets: &[ArrayViewD<'_, f32>]) {
        let n = targets[0].shape()[0];
        self.sums.iter_mut().zip(&batch.losses).for_each(|(sum, value)| *sum += value * n as f64);
        self.n += n;
        for ((metrics, output), target) in self.metrics.iter_mut().zip(&batch.outputs).zip(targets) {
            metrics.iter_mut().for_each(|metric| metric.add(&output.view(), target));
        }
    }

    pub fn values(&self) -> Vec<f64> {
        let losses = self.sums.iter().map(|sum| sum / self.n.max(1) as f64);
        losses.chain(self.metrics.iter().flatten().map(Accumulator::value)).collect()
    }

    /// The means, each name with a prefix.
    pub fn logs(&self, prefix: &str) -> Logs {
        self.names.iter().zip(self.values()).map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
    }
}

/// What a run of one batch computed.
pub(super) struct BatchResult {
    /// The mean loss; for a model with several outputs, those of the outputs behind it.
    losses: Vec<f64>,
    outputs: Vec<ArrayD<f32>>,
}

/// An evaluation to be; [`Evaluate::run`] carries it out. Made by [`Model::evaluate_with`].
#[must_use = "nothing is evaluated before .run()"]
#[derive(Debug)]
pub struct Evaluate<'a> {
    model: &'a Model,
    x: Arrays<'a>,
    y: Arrays<'a>,
    batch_size: usize,
    verbose: Verbose,
}

impl Evaluate<'_> {
    /// How many examples are computed at once; 32. It does not change the result but for rounding.
    ///
    /// # Panics
    /// If it is 0.
    #[track_caller]
    pub fn batch_size(mut self, batch_size: usize) -> Self {
        require_batch_size("batch_size", batch_size);
        self.batch_size = batch_size;
        self
    }

    /// What is printed.
    pub fn verbose(mut self, verbose: Verbose) -> Self {
        self.verbose = verbose;
        self
    }

    /// Loss and metrics, in the order in which they were compiled.
    #[track_caller]
    pub fn run(self) -> Vec<f64> {
        let Evaluate { model, x, y, batch_size, verbose } = self;
        // Where there is no terminal, the caller prints the result.
        let channel = Channel::here();
        let verbose = if verbose.resolve(channel) == Verbose::Bar { Verbose::Bar } else { Verbose::Silent };
        let progress = Progress::new(verbose, channel, x.len());
        let means = model.test(&x, &y, batch_size, |seen, _| progress.update(seen, &Logs::default()));
        progress.finish(x.len(), "", &Logs::default());
        means.values()
    }
}

impl Model {
    /// Loss and metrics on examples that the model may not have seen: `[loss, accuracy]`, in the order in which they
    /// were compiled.
    ///
    /// # Arguments
    /// * `x`, `y`: examples and labels, as for [`Model::fit`]
    ///
    /// ```
    /// use cnn::keras::{Model, layers::*};
    /// use ndarray::array;
    /// let x_input = Input::new(1).call();
    /// let mut model = Model::new(&x_input, &Dense::new(1).kernel_initializer("ones").call(&x_input));
    /// model.compile("sgd", "mse", ["mae"]);
    /// // The model says y = x.
    /// assert_eq!(model.evaluate(&array![[1.0], [2.0]], &array![1.0, 4.0]), [2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// If the model has not been compiled, there are no examples, or an array does not fit the model, as for
    /// [`Model::fit`].
    #[track_caller]
    pub fn evaluate<'a>(&'a self, x: impl ArrayLike<'a>, y: impl ArrayLike<'a>) -> Vec<f64> {
        self.evaluate_with(x, y).run()
    }

    /// As [`Model::evaluate`], with optional settings; [`Evaluate::run`] carries it out.
    ///
    /// ```
    /// use cnn::keras::{Model, Verbose, layers::*};
    /// use ndarray::array;
    /// let x_input = Input::new(1).call();
    /// let mut model = Model::new(&x_input, &Dense::new(1).kernel_initializer("ones").call(&x_input));
    /// model.compile("sgd", "mse", ["mae"]);
    /// let (x, y) = (array![[1.0], [2.0]], array![1.0, 4.0]);
    /// assert_eq!(model.evaluate_with(&x, &y).batch_size(1).verbose(Verbose::Silent).run(), [2.0, 1.0]);
    /// ```
    ///
    /// # Panics
    /// As [`Model::evaluate`].
    #[track_caller]
    pub fn evaluate_with<'a>(&'a self, x: impl ArrayLike<'a>, y: impl ArrayLike<'a>) -> Evaluate<'a> {
        let (x, y) = self.check_examples("evaluate", x.examples("evaluate"), y.examples("evaluate"));
        Evaluate { model: self, x, y, batch_size: 32, verbose: Verbose::Auto }
    }

    /// Means over all examples, with the weights as they are.
    pub(super) fn test(
        &self,
        x: &Arrays<'_>,
        y: &Arrays<'_>,
        batch_size: usize,
        mut after_batch: impl FnMut(usize, &Means),
    ) -> Means {
        let mut means = Means::new(self);
        for batch in batches(x.len(), batch_size) {
            let seen = batch.end;
            let y = y.rows(batch.clone());
            means.add(&self.run_batch(&x.rows(batch), &y, None, false), &y);
            after_batch(seen, &means);
        }
        means
    }

    /// Losses and outputs of one batch; if `train` is set, followed by a training step, in which each example counts with
    /// its weight.
    pub(super) fn run_batch(
        &self,
        x: &[ArrayViewD<'_, f32>],
        y: &[ArrayViewD<'_, f32>],
        weights: Option<&ArrayView1<'_, f32>>,
        train: bool,
    ) -> BatchResult {
        let compiled = self.compiled("run_batch");
        let session = self.network.context.ready();
        let mut feeds = self.feeds(x);
        feeds.extend(compiled.targets.iter().zip(y).map(|(target, y)| target.feed(y)));
        let objective = match weights {
            _ if !train => &compiled.objective,
            None => compiled.switch(false, session),
            Some(weights) => {
                compiled
                    .weighted
                    .get_or_init(|| self.objective(&compiled.optimizer, &compiled.losses, &compiled.targets, true));
                let objective = compiled.switch(true, session);
                feeds.push(objective.weights.as_ref().expect("a weighted objective").feed(weights));
                objective
            }
        };
        let outputs = self.outputs().iter().map(|output| output.symbol().clone());
        let fetched: Vec<_> =
            [objective.cost.clone()].into_iter().chain(objective.costs.clone()).chain(outputs).collect();
        let mut values = if train {
            if let Some(schedule) = &compiled.optimizer.common().schedule {
                session.set_learning_rate(&objective.step, schedule.at(compiled.iterations.get()));
            }
            compiled.iterations.set(compiled.iterations.get() + 1);
            session.run_training((&objective.step, &fetched), &feeds).1
        } else {
            session.run(&fetched, &feeds)
        };
        let outputs = values.split_off(1 + objective.costs.len());
        BatchResult { losses: values.iter().map(|loss| f64::from(loss.item())).collect(), outputs }
    }
}
