/*!
Metrics, reported in addition to the loss.

Metrics are computed from arrays, not in the graph: nothing is differentiated through them. What is a mean over examples
is in this file, what counts answers over a whole epoch in `counts`.
*/

mod counts;

pub use counts::confusion_matrix;

use super::{losses::Loss, names::UnknownName};
use counts::{Auc, Counts};
use ndarray::ArrayViewD;
use std::{fmt, rc::Rc};

/// A quantity that measures how good a model is. [`Model::compile`](super::Model::compile) also takes its name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Metric {
    /// The fraction of examples whose predicted class is right; in binary classification, of outputs that are right at
    /// a threshold of 0.5.
    Accuracy,
    /// The mean of (y − p)².
    MeanSquaredError,
    /// The mean of |y − p|.
    MeanAbsoluteError,
    /// The fraction of examples whose class is among the `k` that the model finds most probable.
    TopKCategoricalAccuracy {
        /// How many; 5.
        k: usize,
    },
    /// Of the answers yes (more than 0.5), the fraction that is right.
    Precision,
    /// Of the labels yes, the fraction that the model finds.
    Recall,
    /// The area under the curve of true positives over false positives, from 200 thresholds.
    Auc,
    /// A function of the program's own, see [`Metric::custom`].
    Custom(CustomMetric),
}

/// A function of labels and predictions; see [`Metric::custom`].
#[derive(Clone)]
pub struct CustomMetric {
    name: &'static str,
    function: Function,
}

/// From labels and predictions of a batch to the mean over its examples.
type Function = Rc<dyn Fn(&ArrayViewD<'_, f32>, &ArrayViewD<'_, f32>) -> f64>;

impl Metric {
    /// No metrics: only the loss is reported; the same as `()`.
    pub const NONE: [Metric; 0] = [];

    /// A metric of the program's own: a function of labels and predictions, of one shape, to the mean over the examples of
    /// a batch.
    ///
    /// ```
    /// use cnn::keras::{Metric, Model, layers::*};
    /// use ndarray::array;
    /// let x = Input::new(1).call();
    /// let mut model = Model::new(&x, &Dense::new(1).kernel_initializer("ones").call(&x));
    /// model.compile("sgd", "mse", [Metric::custom("bias", |y_true, y_pred| f64::from((y_pred - y_true).mean().unwrap()))]);
    /// assert_eq!(model.evaluate(&array![[1.0], [2.0]], &array![0.0, 2.0]), [0.5, 0.5]);
    /// ```
    pub fn custom(
        name: &'static str,
        function: impl Fn(&ArrayViewD<'_, f32>, &ArrayViewD<'_, f32>) -> f64 + 'static,
    ) -> Self {
        Metric::Custom(CustomMetric { name, function: Rc::new(function) })
    }

    /// Its name in progress lines and histories.
    pub fn name(&self) -> &'static str {
        match self {
            Metric::Accuracy => "acc",
            Metric::MeanSquaredError => "mean_squared_error",
            Metric::MeanAbsoluteError => "mean_absolute_error",
            Metric::TopKCategoricalAccuracy { .. } => "top_k_categorical_accuracy",
            Metric::Precision => "precision",
            Metric::Recall => "recall",
            Metric::Auc => "auc",
            Metric::Custom(custom) => custom.name,
        }
    }

    /// What sums it up over the batches of an epoch.
    pub(super) fn accumulator(&self, loss: &Loss) -> Accumulator {
        let kind = match self {
            Metric::Precision | Metric::Recall => Kind::Counts(Counts::default()),
            Metric::Auc => Kind::Auc(Auc::default()),
            _ => Kind::Mean { sum: 0.0, n: 0 },
        };
        Accumulator { metric: self.clone(), is_binary: matches!(loss, Loss::BinaryCrossentropy(_)), kind }
    }

    /// Its mean over a batch. As in Keras, accuracy is binary for [`Loss::BinaryCrossentropy`] or a single output, else
    /// categorical.
    fn mean(&self, is_binary: bool, output: &ArrayViewD<'_, f32>, target: &ArrayViewD<'_, f32>) -> f64 {
        let pairs = || output.iter().zip(target).map(|(p, y)| (f64::from(*p), f64::from(*y)));
        let n = output.len() as f64;
        let classes = output.shape().last().copied().unwrap_or(1);
        match self {
            Metric::Accuracy if is_binary || classes == 1 => {
                pairs().filter(|(p, y)| f64::from(u8::from(*p > 0.5)) == *y).count() as f64 / n
            }
            Metric::Accuracy => count_rows(output, target, |p, y| argmax(p) == argmax(y)) / (n / classes as f64),
            Metric::TopKCategoricalAccuracy { k } => {
                let is_among = |p: &[f32], y: &[f32]| p.iter().filter(|other| **other > p[argmax(y)]).count() < *k;
                count_rows(output, target, is_among) / (n / classes as f64)
            }
            Metric::MeanSquaredError => pairs().map(|(p, y)| (y - p).powi(2)).sum::<f64>() / n,
            Metric::MeanAbsoluteError => pairs().map(|(p, y)| (y - p).abs()).sum::<f64>() / n,
            Metric::Custom(custom) => (custom.function)(target, output),
            Metric::Precision | Metric::Recall | Metric::Auc => unreachable!("counted over the epoch"),
        }
    }
}

/// How many rows of probabilities and labels fulfil a condition.
fn count_rows(output: &ArrayViewD<'_, f32>, target: &ArrayViewD<'_, f32>, f: impl Fn(&[f32], &[f32]) -> bool) -> f64 {
    let classes = output.shape().last().copied().unwrap_or(1);
    let (output, target): (Vec<f32>, Vec<f32>) = (output.iter().copied().collect(), target.iter().copied().collect());
    output.chunks_exact(classes).zip(target.chunks_exact(classes)).filter(|(p, y)| f(p, y)).count() as f64
}

/// The index of the largest number; the first one, where several are equal.
pub(super) fn argmax(row: &[f32]) -> usize {
    (1..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best })
}

/// A metric over the batches so far.
#[derive(Debug, Clone)]
pub(super) struct Accumulator {
    metric: Metric,
    is_binary: bool,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Mean { sum: f64, n: usize },
    Counts(Counts),
    Auc(Auc),
}

impl Accumulator {
    /// Adds a batch.
    pub fn add(&mut self, output: &ArrayViewD<'_, f32>, target: &ArrayViewD<'_, f32>) {
        match &mut self.kind {
            Kind::Mean { sum, n } => {
                let m = output.shape()[0];
                *sum += self.metric.mean(self.is_binary, output, target) * m as f64;
                *n += m;
            }
            Kind::Counts(counts) => output.iter().zip(target).for_each(|(p, y)| counts.add(*p, *y)),
            Kind::Auc(auc) => output.iter().zip(target).for_each(|(p, y)| auc.add(*p, *y)),
        }
    }

    /// The value over all batches.
    pub fn value(&self) -> f64 {
        match &self.kind {
            Kind::Mean { sum, n } => sum / (*n).max(1) as f64,
            Kind::Counts(counts) if self.metric == Metric::Precision => counts.precision(),
            Kind::Counts(counts) => counts.recall(),
            Kind::Auc(auc) => auc.area(),
        }
    }
}

impl TryFrom<&str> for Metric {
    type Error = UnknownName;

    /// The metric of this name: `"accuracy"` or `"acc"`, `"mse"`, `"mae"`, `"top_k_categorical_accuracy"`,
    /// `"precision"`, `"recall"`, `"auc"`.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let help = "the metrics are accuracy, mse, mae, top_k_categorical_accuracy, precision, recall and auc; for \
                    another one, see Metric::custom";
        match name {
            "accuracy" | "acc" => Ok(Metric::Accuracy),
            "mse" | "mean_squared_error" => Ok(Metric::MeanSquaredError),
            "mae" | "mean_absolute_error" => Ok(Metric::MeanAbsoluteError),
            "top_k_categorical_accuracy" | "sparse_top_k_categorical_accuracy" => {
                Ok(Metric::TopKCategoricalAccuracy { k: 5 })
            }
            "precision" | "Precision" => Ok(Metric::Precision),
            "recall" | "Recall" => Ok(Metric::Recall),
            "auc" | "AUC" => Ok(Metric::Auc),
            _ => Err(UnknownName::new("metric", name, help)),
        }
    }
}

impl PartialEq for CustomMetric {
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name && Rc::ptr_eq(&self.function, &other.function)
    }
}

impl fmt::Debug for CustomMetric {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)
    }
}

/// The metrics of a model: of all outputs, or of each by its name.
///
/// ```
/// use cnn::keras::{metrics::Metrics, Model, layers::*};
/// let x = Input::new(4).call();
/// let class = Dense::new(3).activation("softmax").name("class").call(&x);
/// let size = Dense::new(1).name("size").call(&x);
/// let mut model = Model::new(&x, [&class, &size]);
/// let metrics = Metrics::new().output("class", ["accuracy"]).output("size", ["mae"]);
/// model.compile("adam", ["sparse_categorical_crossentropy", "mse"], metrics);
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct Metrics {
    of_all: Vec<Metric>,
    of_output: Vec<(String, Vec<Metric>)>,
}

/// What [`Model::compile`](super::Model::compile) takes as metrics: `()` for none, an array or a vector of metrics or
/// their names for all outputs, or [`Metrics`] by the outputs' names.
pub trait IntoMetrics {
    /// The metrics.
    ///
    /// # Errors
    /// If there is no metric of such a name.
    fn metrics(self) -> Result<Metrics, UnknownName>;
}

impl Metrics {
    /// None yet.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        Metrics { of_all: Vec::new(), of_output: Vec::new() }
    }

    /// The metrics of the output of this name, which is that of its layer.
    ///
    /// # Panics
    /// If there is no metric of such a name.
    #[must_use]
    #[track_caller]
    pub fn output(mut self, name: &str, metrics: impl IntoMetrics) -> Self {
        let metrics = metrics.metrics().unwrap_or_else(|error| panic!("{error}"));
        self.of_output.push((name.to_owned(), metrics.of_all));
        self
    }

    /// For outputs of these names, in order, the metrics; or why they do not fit.
    pub(super) fn for_outputs(&self, names: &[&str]) -> Result<Vec<Vec<Metric>>, String> {
        if let Some((name, _)) = self.of_output.iter().find(|(name, _)| !names.contains(&name.as_str())) {
            return Err(format!("expected metrics of the outputs {}, got some of {name}", names.join(", ")));
        }
        let of = |name: &&str| -> Vec<Metric> {
            let own = self.of_output.iter().filter(|(own, _)| own == name).flat_map(|(_, list)| list);
            self.of_all.iter().chain(own).cloned().collect()
        };
        Ok(names.iter().map(of).collect())
    }
}

impl IntoMetrics for Metrics {
    fn metrics(self) -> Result<Metrics, UnknownName> {
        Ok(self)
    }
}

impl IntoMetrics for () {
    fn metrics(self) -> Result<Metrics, UnknownName> {
        Ok(Metrics::new())
    }
}

impl<M: TryInto<Metric>, const N: usize> IntoMetrics for [M; N]
where
    UnknownName: From<M::Error>,
{
    fn metrics(self) -> Result<Metrics, UnknownName> {
        self.into_iter().collect::<Vec<_>>().metrics()
    }
}

impl<M: TryInto<Metric>> IntoMetrics for Vec<M>
where
    UnknownName: From<M::Error>,
{
    fn metrics(self) -> Result<Metrics, UnknownName> {
        let of_all = self.into_iter().map(|metric| Ok(metric.try_into()?)).collect::<Result<_, UnknownName>>()?;
        Ok(Metrics { of_all, of_output: Vec::new() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keras::losses::{BinaryCrossentropy, CategoricalCrossentropy};
    use ndarray::{Array2, array};

    #[track_caller]
    fn check(metric: Metric, loss: impl Into<Loss>, p: &Array2<f32>, y: &Array2<f32>, expected: f64) {
        let mut accumulator = metric.accumulator(&loss.into());
        accumulator.add(&p.view().into_dyn(), &y.view().into_dyn());
        assert_eq!(accumulator.value(), expected);
    }

    #[test]
    fn accuracy_is_categorical_or_binary() {
        let p = array![[0.1f32, 0.9], [0.6, 0.4], [0.5, 0.5]];
        let y = array![[0.0f32, 1.0], [0.0, 1.0], [1.0, 0.0]];
        check(Metric::Accuracy, CategoricalCrossentropy::new(), &p, &y, 2.0 / 3.0);
        let (p, y) = (array![[0.2f32], [0.5], [0.7]], array![[0.0f32], [1.0], [1.0]]);
        // 0.5 counts as class 0: Keras rounds the output, half to even.
        check(Metric::Accuracy, BinaryCrossentropy::new(), &p, &y, 2.0 / 3.0);
    }

    #[test]
    fn errors_are_means() {
        let (p, y) = (array![[1.0f32], [3.0]], array![[0.0f32], [1.0]]);
        check(Metric::MeanSquaredError, Loss::MeanSquaredError, &p, &y, 2.5);
        check(Metric::MeanAbsoluteError, Loss::MeanSquaredError, &p, &y, 1.5);
    }

    #[test]
    fn answers_are_counted() {
        let (p, y) = (array![[0.9f32], [0.8], [0.2], [0.6]], array![[1.0f32], [0.0], [1.0], [1.0]]);
        check(Metric::Precision, BinaryCrossentropy::new(), &p, &y, 2.0 / 3.0);
        check(Metric::Recall, BinaryCrossentropy::new(), &p, &y, 2.0 / 3.0);
        let (p, y) = (array![[0.1f32, 0.3, 0.6], [0.2, 0.7, 0.1]], array![[0.0f32, 1.0, 0.0], [0.0, 0.0, 1.0]]);
        check(Metric::TopKCategoricalAccuracy { k: 2 }, CategoricalCrossentropy::new(), &p, &y, 0.5);
    }
}
