/*!
Losses by their Keras names.

Where the model ends in the activation that belongs to the loss, the loss is computed from its logits: that is exact
where a probability is close to 0 or 1. Otherwise it is computed from the probabilities. The arithmetic is the engine's,
see [`graph::ops`](crate::graph::ops).
*/

use super::names::UnknownName;
use crate::graph::{
    Op, Shape, Tensor,
    ops::{
        BinaryCrossEntropy, CategoricalCrossEntropy, Reduce, Reduction, Sigmoid, SigmoidCrossEntropy, Softmax,
        SoftmaxCrossEntropy, SquaredDifference,
    },
};

/// What training minimizes. [`Model::compile`](super::Model::compile) also takes its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// −Σ y log p, for one-hot labels.
    CategoricalCrossentropy,
    /// The same, for labels that are class indices.
    SparseCategoricalCrossentropy,
    /// −y log p − (1 − y) log(1 − p), for answers of yes or no.
    BinaryCrossentropy,
    /// (y − p)².
    MeanSquaredError,
}

const ALL: [Loss; 4] = [
    Loss::CategoricalCrossentropy,
    Loss::SparseCategoricalCrossentropy,
    Loss::BinaryCrossentropy,
    Loss::MeanSquaredError,
];

impl Loss {
    /// Its Keras name.
    pub fn name(self) -> &'static str {
        match self {
            Loss::CategoricalCrossentropy => "categorical_crossentropy",
            Loss::SparseCategoricalCrossentropy => "sparse_categorical_crossentropy",
            Loss::BinaryCrossentropy => "binary_crossentropy",
            Loss::MeanSquaredError => "mean_squared_error",
        }
    }

    /// Whether labels are class indices.
    pub(super) fn is_sparse(self) -> bool {
        self == Loss::SparseCategoricalCrossentropy
    }

    /// Why a model whose output has this shape cannot be trained with the loss; `None` if it can.
    pub(super) fn misfit(self, output: &Shape) -> Option<String> {
        let chooses = matches!(self, Loss::CategoricalCrossentropy | Loss::SparseCategoricalCrossentropy);
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

    /// The mean over the batch, from the model's output and labels of the same shape.
    pub(super) fn build(self, output: &Tensor, target: &Tensor) -> Tensor {
        let graph = output.graph();
        let loss = match self {
            Loss::CategoricalCrossentropy | Loss::SparseCategoricalCrossentropy => {
                match logits_of::<Softmax>(output).filter(|logits| logits.shape().rank() == 2) {
                    Some(logits) => graph.add(SoftmaxCrossEntropy, &[&logits, target], "loss/categorical_crossentropy"),
                    None => graph.add(CategoricalCrossEntropy, &[output, target], "loss/categorical_crossentropy"),
                }
            }
            Loss::BinaryCrossentropy => match logits_of::<Sigmoid>(output) {
                Some(logits) => graph.add(SigmoidCrossEntropy, &[&logits, target], "loss/binary_crossentropy"),
                None => graph.add(BinaryCrossEntropy, &[output, target], "loss/binary_crossentropy"),
            },
            Loss::MeanSquaredError => graph.add(SquaredDifference, &[output, target], "loss/mean_squared_error"),
        };
        graph.add(Reduce { reduction: Reduction::Mean, axes: None }, &[&loss], "loss/mean")
    }
}

/// The input of the activation `A`, if that is what makes `output`.
fn logits_of<A: Op>(output: &Tensor) -> Option<Tensor> {
    output.is_made_by::<A>().then(|| output.inputs()[0].clone())
}

impl TryFrom<&str> for Loss {
    type Error = UnknownName;

    /// The loss of this name; `"mse"` is the mean squared error.
    fn try_from(name: &str) -> Result<Self, UnknownName> {
        let full_name = if name == "mse" { "mean_squared_error" } else { name };
        let help = || format!("the losses are {}", ALL.map(Loss::name).join(", "));
        let found = ALL.into_iter().find(|loss| loss.name() == full_name);
        found.ok_or_else(|| UnknownName::new("loss", name, help()))
    }
}
