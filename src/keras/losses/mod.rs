/*!
Losses by their Keras names, one file for each kind.

Where the model ends in the activation that belongs to the loss, the loss is computed from its logits: that is exact
where a probability is close to 0 or 1. Otherwise it is computed from the probabilities. The arithmetic is the engine's,
see [`graph::ops`](crate::graph::ops).
*/

mod crossentropy;
mod custom;
mod several;

pub use crossentropy::{BinaryCrossentropy, CategoricalCrossentropy, SparseCategoricalCrossentropy};
pub use custom::CustomLoss;
pub use several::{IntoLosses, Losses};

use super::names::UnknownName;
use crate::graph::{
    Shape, Tensor,
    ops::{self, Binary, Dot, Huber, KlDivergence, L2Normalize, Reduce, Reduction, Unary},
};

/// What training minimizes. [`Model::compile`](super::Model::compile) also takes its name.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum Loss {
    /// −Σ y log p, for one-hot labels.
    CategoricalCrossentropy(CategoricalCrossentropy),
    /// The same, for labels that are class indices.
    SparseCategoricalCrossentropy(SparseCategoricalCrossentropy),
    /// −y log p − (1 − y) log(1 − p), for answers of yes or no.
    BinaryCrossentropy(BinaryCrossentropy),
    /// (y − p)².
    MeanSquaredError,
    /// |y − p|.
    MeanAbsoluteError,
    /// (y − p)² / 2 where |y − p| is at most `delta`, delta |y − p| − delta² / 2 elsewhere.
    Huber {
        /// Where the square becomes a line; Keras' default is 1.
        delta: f32,
    },
    /// Σ y log(y / p), for probabilities.
    KLDivergence,
    /// −Σ y p / (|y| |p|): −1 for vectors of the same direction.
    CosineSimilarity,
    /// A function of the program's own, see [`Loss::custom`].
    Custom(CustomLoss),
}

/// The names of the losses that have no other settings, with those that Keras takes as well.
const NAMES: [(&str, &[&str]); 8] = [
    ("categorical_crossentropy", &[]),
    ("sparse_categorical_crossentropy", &[]),
    ("binary_crossentropy", &[]),
    ("mean_squared_error", &["mse", "MSE"]),
    ("mean_absolute_error", &["mae", "MAE"]),
    ("huber", &["huber_loss"]),
    ("kl_divergence", &["kld", "KLD", "kullback_leibler_divergence"]),
    ("cosine_similarity", &[]),
];

impl Loss {
    /// Its Keras name.
    pub fn name(&self) -> &str {
        match self {
            Loss::CategoricalCrossentropy(_) => "categorical_crossentropy",
            Loss::SparseCategoricalCrossentropy(_) => "sparse_categorical_crossentropy",
            Loss::BinaryCrossentropy(_) => "binary_crossentropy",
            Loss::MeanSquaredError => "mean_squared_error",
            Loss::MeanAbsoluteError => "mean_absolute_error",
            Loss::Huber { .. } => "huber",
            Loss::KLDivergence => "kl_divergence",
            Loss::CosineSimilarity => "cosine_similarity",
            Loss::Custom(custom) => custom.name(),
        }
    }

    /// A loss of the program's own: a function of the labels and of what the model predicts, of one shape, to a tensor
    /// whose mean is minimized. See [`keras::ops`](super::ops) for what it is made of.
    ///
    /// ```
    /// use cnn::keras::{Loss, Model, layers::*, ops};
    /// use ndarray::array;
    /// let x = Input::new(1).call();
    /// let mut model = Model::new(&x, &Dense::new(1).kernel_initializer("ones").call(&x));
    /// // (p − y)⁴.
    /// let fourth_power = Loss::custom("fourth_power", |y_true, y_pred| {
    ///     let square = ops::squared_difference(y_pred, y_true);
    ///     ops::multiply(&square, &square)
    /// });
    /// model.compile("sgd", fourth_power, ());
    /// assert_eq!(model.evaluate(&array![[3.0]], &array![1.0]), [16.0]);
    /// ```
    pub fn custom(name: impl Into<String>, function: impl Fn(&Tensor, &Tensor) -> Tensor + 'static) -> Self {
        Loss::Custom(CustomLoss::new(name, function))
    }

    /// Whether labels are class indices.
    pub(super) fn is_sparse(&self) -> bool {
        matches!(self, Loss::SparseCategoricalCrossentropy(_))
    }

    /// Whether labels are probabilities.
    pub(super) fn takes_probabilities(&self) -> bool {
        matches!(self, Loss::CategoricalCrossentropy(_) | Loss::BinaryCrossentropy(_) | Loss::KLDivergence)
    }

    /// Why a model whose output has this shape cannot be trained with the loss; `None` if it can.
    pub(super) fn misfit(&self, output: &Shape) -> Option<String> {
        let chooses = matches!(self, Loss::CategoricalCrossentropy(_) | Loss::SparseCategoricalCrossentropy(_));
        if !chooses || output.rank() == 2 && output.last().is_some_and(|classes| classes > 1) {
            return None;
        }
        let help = match output.rank() {
            2 => "for a yes or no, compile with binary_crossentropy; else give the last layer one unit for each class",
            _ => "end the model in Flatten and Dense::new(classes)",
        };
        let name = self.name();
        Some(format!("{name} needs an output of shape (?, classes), two classes or more, got {output}\nhelp: {help}"))
    }

    /// The loss of each example, or of each element of it, from the model's output and labels of the same shape.
    fn elements(&self, output: &Tensor, target: &Tensor) -> Tensor {
        let graph = output.graph();
        match self {
            Loss::CategoricalCrossentropy(loss) => loss.elements(output, target),
            Loss::SparseCategoricalCrossentropy(loss) => loss.elements(output, target),
            Loss::BinaryCrossentropy(loss) => loss.elements(output, target),
            Loss::MeanSquaredError => {
                graph.add(Binary::SquaredDifference, &[output, target], "loss/mean_squared_error")
            }
            Loss::MeanAbsoluteError => {
                let difference = graph.add(Binary::Subtract, &[output, target], "loss/difference");
                graph.add(Unary::Abs, &[&difference], "loss/mean_absolute_error")
            }
            Loss::Huber { delta } => graph.add(Huber { delta: *delta }, &[output, target], "loss/huber"),
            Loss::KLDivergence => graph.add(KlDivergence, &[output, target], "loss/kl_divergence"),
            Loss::CosineSimilarity => {
                let unit = |x: &Tensor| {
                    let axis = x.shape().rank() - 1;
                    graph.add(L2Normalize { axis, epsilon: 1e-12 }, &[x], "loss/unit")
                };
                let cosine = graph.add(Dot, &[&unit(output), &unit(target)], "loss/cosine");
                graph.add(Unary::Negative, &[&cosine], "loss/cosine_similarity")
            }
            Loss::Custom(custom) => custom.elements(output, target),
        }
    }

    /// The mean over the batch, from the model's output and labels of the same shape.
    pub(super) fn build(&self, output: &Tensor, target: &Tensor) -> Tensor {
        mean(&self.elements(output, target))
    }

    /// The same, where each example counts with its weight: Σ weight · loss / m.
    pub(super) fn build_weighted(&self, output: &Tensor, target: &Tensor, weights: &Tensor) -> Tensor {
        let elements = self.elements(output, target);
        let axes: Vec<usize> = (1..elements.shape().rank()).collect();
        let of_example = match axes.is_empty() {
            true => elements,
            false => {
                elements.graph().add(Reduce { reduction: Reduction::Mean, axes: Some(axes) }, &[&elements], "loss/mean")
            }
        };
        mean(&of_example.graph().add(ops::Multiply, &[&of_example, weights], "loss/weighted"))
    }
}

/// The mean of all elements.
fn mean(loss: &Tensor) -> Tensor {
    loss.graph().add(Reduce { reduction: Reduction::Mean, axes: None }, &[loss], "loss/mean")
}

impl TryFrom<&str> for Loss {
    type Error = UnknownName;

    /// The loss of this name with its defaults; `"mse"` is the mean squared error, `"mae"` the mean absolute error.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let help = || format!("the losses are {}", NAMES.map(|(name, _)| name).join(", "));
        let full = NAMES.iter().find(|(full, others)| *full == name || others.contains(&name)).map(|(full, _)| *full);
        Ok(match full {
            Some("categorical_crossentropy") => CategoricalCrossentropy::new().into(),
            Some("sparse_categorical_crossentropy") => SparseCategoricalCrossentropy::new().into(),
            Some("binary_crossentropy") => BinaryCrossentropy::new().into(),
            Some("mean_squared_error") => Loss::MeanSquaredError,
            Some("mean_absolute_error") => Loss::MeanAbsoluteError,
            Some("huber") => Loss::Huber { delta: 1.0 },
            Some("kl_divergence") => Loss::KLDivergence,
            Some("cosine_similarity") => Loss::CosineSimilarity,
            _ => return Err(UnknownName::new("loss", name, help())),
        })
    }
}

impl From<CategoricalCrossentropy> for Loss {
    fn from(loss: CategoricalCrossentropy) -> Self {
        Loss::CategoricalCrossentropy(loss)
    }
}

impl From<SparseCategoricalCrossentropy> for Loss {
    fn from(loss: SparseCategoricalCrossentropy) -> Self {
        Loss::SparseCategoricalCrossentropy(loss)
    }
}

impl From<BinaryCrossentropy> for Loss {
    fn from(loss: BinaryCrossentropy) -> Self {
        Loss::BinaryCrossentropy(loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_that_of_a_loss() {
        for (name, others) in NAMES {
            for given in [name].iter().chain(others) {
                assert_eq!(Loss::try_from(*given).unwrap().name(), name);
            }
        }
    }
}
