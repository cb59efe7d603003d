/*! The cross-entropies: of exclusive classes, and of answers of yes or no. */

use crate::graph::{
    Op, Tensor,
    ops::{
        BinaryCrossEntropy, CategoricalCrossEntropy, Sigmoid, SigmoidCrossEntropy, SmoothLabels, Softmax,
        SoftmaxCrossEntropy,
    },
};

/// −Σ y log p, for one-hot labels.
///
/// ```
/// use cnn::keras::{Model, layers::*, losses::CategoricalCrossentropy};
/// let x = Input::new(4).call();
/// let mut model = Model::new(&x, &Dense::new(3).call(&x));
/// model.compile("adam", CategoricalCrossentropy::new().from_logits(true).label_smoothing(0.1), ["accuracy"]);
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct CategoricalCrossentropy {
    /// Whether the model's output has no softmax.
    pub from_logits: bool,
    /// The share s of each label that is spread over all classes: y becomes y (1 − s) + s / classes.
    pub label_smoothing: f32,
}

/// −log p of the class that the label says, for labels that are class indices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SparseCategoricalCrossentropy {
    /// Whether the model's output has no softmax.
    pub from_logits: bool,
}

/// −y log p − (1 − y) log(1 − p), for answers of yes or no.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BinaryCrossentropy {
    /// Whether the model's output has no sigmoid.
    pub from_logits: bool,
    /// How far labels are moved to one half: y becomes y (1 − s) + s / 2.
    pub label_smoothing: f32,
}

/// The builder methods of a loss.
macro_rules! from_logits {
    ($what:literal) => {
        #[doc = concat!("Whether the model ends without ", $what, ", which the loss then applies itself.")]
        #[must_use]
        pub fn from_logits(mut self, from_logits: bool) -> Self {
            self.from_logits = from_logits;
            self
        }
    };
}

macro_rules! label_smoothing {
    () => {
        /// How much of each label is spread evenly.
        ///
        /// # Panics
        /// If it is not in [0, 1].
        #[must_use]
        #[track_caller]
        pub fn label_smoothing(mut self, share: f32) -> Self {
            assert!((0.0..=1.0).contains(&share), "label_smoothing: expected a share in [0, 1], got {share}");
            self.label_smoothing = share;
            self
        }
    };
}

impl CategoricalCrossentropy {
    /// From probabilities, without label smoothing.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        CategoricalCrossentropy { from_logits: false, label_smoothing: 0.0 }
    }

    from_logits!("a softmax");
    label_smoothing!();

    pub(super) fn elements(&self, output: &Tensor, target: &Tensor) -> Tensor {
        categorical(output, &smoothed(target, self.label_smoothing, None), self.from_logits)
    }
}

impl SparseCategoricalCrossentropy {
    /// From probabilities.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        SparseCategoricalCrossentropy { from_logits: false }
    }

    from_logits!("a softmax");

    /// The labels have become one-hot rows.
    pub(super) fn elements(&self, output: &Tensor, target: &Tensor) -> Tensor {
        categorical(output, target, self.from_logits)
    }
}

impl BinaryCrossentropy {
    /// From probabilities, without label smoothing.
    #[expect(clippy::new_without_default, reason = "as all of Keras' objects here")]
    pub fn new() -> Self {
        BinaryCrossentropy { from_logits: false, label_smoothing: 0.0 }
    }

    from_logits!("a sigmoid");
    label_smoothing!();

    pub(super) fn elements(&self, output: &Tensor, target: &Tensor) -> Tensor {
        let (graph, target) = (output.graph(), smoothed(target, self.label_smoothing, Some(2)));
        let logits = if self.from_logits { Some(output.clone()) } else { logits_of::<Sigmoid>(output) };
        match logits {
            Some(logits) => graph.add(SigmoidCrossEntropy, &[&logits, &target], "loss/binary_crossentropy"),
            None => graph.add(BinaryCrossEntropy, &[output, &target], "loss/binary_crossentropy"),
        }
    }
}

fn categorical(output: &Tensor, target: &Tensor, from_logits: bool) -> Tensor {
    let graph = output.graph();
    let logits = if from_logits { Some(output.clone()) } else { logits_of::<Softmax>(output) };
    match logits.filter(|logits| logits.shape().rank() == 2) {
        Some(logits) => graph.add(SoftmaxCrossEntropy, &[&logits, target], "loss/categorical_crossentropy"),
        None => graph.add(CategoricalCrossEntropy, &[output, target], "loss/categorical_crossentropy"),
    }
}

/// The input of the activation `A`, if that is what makes `output`.
fn logits_of<A: Op>(output: &Tensor) -> Option<Tensor> {
    output.is_made_by::<A>().then(|| output.inputs()[0].clone())
}

/// Labels of which a share is spread over the classes, as many as the last axis has elements, unless said otherwise.
fn smoothed(target: &Tensor, share: f32, classes: Option<usize>) -> Tensor {
    if share == 0.0 {
        return target.clone();
    }
    let classes = classes.or(target.shape().last()).unwrap_or(1);
    target.graph().add(SmoothLabels { share, classes }, &[target], "loss/smooth_labels")
}
