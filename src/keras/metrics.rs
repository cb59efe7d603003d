/*!
Metrics, reported in addition to the loss.

Metrics are computed from arrays, not in the graph: nothing is differentiated through them.
*/

use super::{losses::Loss, names::UnknownName};
use ndarray::{ArrayBase, Data, Dimension};

/// A quantity that measures how good a model is. [`Model::compile`](super::Model::compile) also takes its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Metric {
    /// The fraction of examples whose predicted class is right; in binary classification, of outputs that are right at
    /// a threshold of 0.5.
    Accuracy,
    /// The mean of (y − p)².
    MeanSquaredError,
    /// The mean of |y − p|.
    MeanAbsoluteError,
}

impl Metric {
    /// No metrics: only the loss is reported. (The element type of a bare `[]` cannot be inferred.)
    pub const NONE: [Metric; 0] = [];

    /// Its name in progress lines and histories.
    pub fn name(self) -> &'static str {
        match self {
            Metric::Accuracy => "acc",
            Metric::MeanSquaredError => "mean_squared_error",
            Metric::MeanAbsoluteError => "mean_absolute_error",
        }
    }

    /// Its mean over a batch. As in Keras, accuracy is binary for [`Loss::BinaryCrossentropy`] or a single output, else
    /// categorical.
    pub(super) fn mean<S, T, D, E>(self, loss: Loss, output: &ArrayBase<S, D>, target: &ArrayBase<T, E>) -> f64
    where
        S: Data<Elem = f32>,
        T: Data<Elem = f32>,
        D: Dimension,
        E: Dimension,
    {
        let pairs = || output.iter().zip(target).map(|(p, y)| (f64::from(*p), f64::from(*y)));
        let n = output.len() as f64;
        match self {
            Metric::Accuracy => {
                let classes = output.shape().last().copied().unwrap_or(1);
                if loss == Loss::BinaryCrossentropy || classes == 1 {
                    return pairs().filter(|(p, y)| f64::from(u8::from(*p > 0.5)) == *y).count() as f64 / n;
                }
                let (output, target): (Vec<f32>, Vec<f32>) =
                    (output.iter().copied().collect(), target.iter().copied().collect());
                let rows = output.chunks_exact(classes).zip(target.chunks_exact(classes));
                rows.filter(|(p, y)| argmax(p) == argmax(y)).count() as f64 / (n / classes as f64)
            }
            Metric::MeanSquaredError => pairs().map(|(p, y)| (y - p).powi(2)).sum::<f64>() / n,
            Metric::MeanAbsoluteError => pairs().map(|(p, y)| (y - p).abs()).sum::<f64>() / n,
        }
    }
}

/// The index of the largest number; the first one, where several are equal.
fn argmax(row: &[f32]) -> usize {
    (1..row.len()).fold(0, |best, i| if row[i] > row[best] { i } else { best })
}

impl TryFrom<&str> for Metric {
    type Error = UnknownName;

    /// The metric of this name: `"accuracy"` or `"acc"`, `"mse"`, `"mae"`.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let help = "the metrics are accuracy, mse and mae; for another one, see callbacks::on_epoch_end";
        match name {
            "accuracy" | "acc" => Ok(Metric::Accuracy),
            "mse" | "mean_squared_error" => Ok(Metric::MeanSquaredError),
            "mae" | "mean_absolute_error" => Ok(Metric::MeanAbsoluteError),
            _ => Err(UnknownName::new("metric", name, help)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::array;

    #[test]
    fn accuracy_is_categorical_or_binary() {
        let p = array![[0.1f32, 0.9], [0.6, 0.4], [0.5, 0.5]];
        let y = array![[0.0f32, 1.0], [0.0, 1.0], [1.0, 0.0]];
        assert_eq!(Metric::Accuracy.mean(Loss::CategoricalCrossentropy, &p, &y), 2.0 / 3.0);
        let (p, y) = (array![[0.2f32], [0.5], [0.7]], array![[0.0f32], [1.0], [1.0]]);
        // 0.5 counts as class 0: Keras rounds the output, half to even.
        assert_eq!(Metric::Accuracy.mean(Loss::BinaryCrossentropy, &p, &y), 2.0 / 3.0);
    }

    #[test]
    fn errors_are_means() {
        let (p, y) = (array![[1.0f32], [3.0]], array![[0.0f32], [1.0]]);
        assert_eq!(Metric::MeanSquaredError.mean(Loss::MeanSquaredError, &p, &y), 2.5);
        assert_eq!(Metric::MeanAbsoluteError.mean(Loss::MeanSquaredError, &p, &y), 1.5);
    }
}
