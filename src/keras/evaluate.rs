/*! Loss and metrics of a model on examples: after training, or batch by batch along the way. */

use super::{
    Logs, Model, Verbose,
    examples::{Examples, batches, demand_batch_size},
    progress::Progress,
};
use crate::display::Channel;
use crate::graph::{Item, fetch::Element};
use ndarray::{ArrayBase, ArrayViewD, Data, Dimension};

/// Means of the loss and of each metric over the examples seen so far.
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

    /// Takes in the means over a batch of `n` examples.
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
    pub fn evaluate<A, B, S, T, D, E>(&self, x: &ArrayBase<S, D>, y: &ArrayBase<T, E>) -> Vec<f64>
    where
        A: Element,
        B: Element,
        S: Data<Elem = A>,
        T: Data<Elem = B>,
        D: Dimension,
        E: Dimension,
    {
        self.evaluate_in_batches(x, y, 32, Verbose::Auto)
    }

    /// As [`Model::evaluate`], in batches of the given size; with a progress line, or without one. The size does not
    /// change the result but for rounding.
    ///
    /// # Panics
    /// As [`Model::evaluate`], and if the size is 0.
    #[track_caller]
    pub fn evaluate_in_batches<A, B, S, T, D, E>(
        &self,
        x: &ArrayBase<S, D>,
        y: &ArrayBase<T, E>,
        batch_size: usize,
        verbose: Verbose,
    ) -> Vec<f64>
    where
        A: Element,
        B: Element,
        S: Data<Elem = A>,
        T: Data<Elem = B>,
        D: Dimension,
        E: Dimension,
    {
        demand_batch_size("evaluate_in_batches", batch_size);
        let (x, y) = self.check_examples("evaluate", Examples::new("evaluate", x), Examples::new("evaluate", y));
        // Where there is no terminal, the caller prints the result.
        let channel = Channel::here();
        let verbose = if verbose.resolve(channel) == Verbose::Bar { Verbose::Bar } else { Verbose::Silent };
        let progress = Progress::new(verbose, channel, x.len());
        let means = self.test(&x, &y, batch_size, |seen, _| progress.update(seen, &Logs::default()));
        progress.finish("", &Logs::default());
        means.values()
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

    /// Loss and metrics of one batch; trains on it afterwards, if asked to.
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
