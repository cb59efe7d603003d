/*! Loss and metrics of a model on examples: after training, or after each epoch. */

use super::{
    examples::{ArrayLike, Examples, batches, require_batch_size},
    history::Logs,
    model::Model,
    progress::{Progress, Verbose},
};
use crate::display::Channel;
use crate::graph::Item;
use ndarray::ArrayViewD;

/// Means of the loss and of each metric over the examples processed so far.
pub(super) struct Means {
    names: Vec<&'static str>,
    sums: Vec<f64>,
    n: usize,
}

impl Means {
    pub fn new(model: &Model) -> Self {
        let metrics = model.metrics().iter().map(|metric| metric.name());
        let names: Vec<&str> = ["loss"].into_iter().chain(metrics).collect();
        Means { sums: vec![0.0; names.len()], names, n: 0 }
    }

    /// Adds the means over a batch of `n` examples.
    pub fn add(&mut self, values: &[f64], n: usize) {
        self.sums.iter_mut().zip(values).for_each(|(sum, value)| *sum += value * n as f64);
        self.n += n;
    }

    pub fn values(&self) -> Vec<f64> {
        self.sums.iter().map(|sum| sum / self.n.max(1) as f64).collect()
    }

    /// The means, each name with a prefix.
    pub fn logs(&self, prefix: &str) -> Logs {
        self.names.iter().zip(self.values()).map(|(name, value)| (format!("{prefix}{name}"), value)).collect()
    }
}

/// An evaluation to be; [`Evaluate::run`] carries it out. Made by [`Model::evaluate_with`].
#[must_use = "nothing is evaluated before .run()"]
#[derive(Debug)]
pub struct Evaluate<'a> {
    model: &'a Model,
    x: Examples<'a>,
    y: Examples<'a>,
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
        x: &Examples<'_>,
        y: &Examples<'_>,
        batch_size: usize,
        mut after_batch: impl FnMut(usize, &Means),
    ) -> Means {
        let mut means = Means::new(self);
        for batch in batches(x.len(), batch_size) {
            let n = batch.len();
            let seen = batch.end;
            means.add(&self.run_batch(&x.rows(batch.clone()), &y.rows(batch), false), n);
            after_batch(seen, &means);
        }
        means
    }

    /// Loss and metrics of one batch; if `train` is set, followed by a training step.
    pub(super) fn run_batch(&self, x: &ArrayViewD<'_, f32>, y: &ArrayViewD<'_, f32>, train: bool) -> Vec<f64> {
        let compiled = self.compiled("run_batch");
        let session = self.context.ready();
        let (input, output) = (self.only("input", &self.inputs), self.only("output", &self.outputs));
        let feeds = [input.symbol().feed(x), compiled.target.feed(y)];
        let (cost, output) = if train {
            let ((), cost, output) = session.run_training((&compiled.step, &compiled.cost, output.symbol()), &feeds);
            (cost, output)
        } else {
            session.run((&compiled.cost, output.symbol()), &feeds)
        };
        let metrics = compiled.metrics.iter().map(|metric| metric.mean(compiled.loss, &output, y));
        [f64::from(cost.item())].into_iter().chain(metrics).collect()
    }
}
