/*!
The result of a training run: the session with its values, the tensors to compute with it, and its costs and accuracies.

Training itself is the assignment's function `model`.
*/

use super::{Session, Tensor, argmax};
use crate::graph::ops::ArgMax;
use ndarray::{Array1, ArrayBase, ArrayD, Data, Dimension, Ix1};
use std::collections::BTreeMap;

/// Variables by name: `parameters["W1"]`.
pub type Parameters = BTreeMap<&'static str, Tensor>;

/// A trained classifier. It keeps its whole graph, so that any tensor can be computed for any picture.
#[derive(Debug)]
pub struct TrainedModel {
    /// Holds the values of all variables.
    pub session: Session,
    /// The placeholder for pictures.
    pub x: Tensor,
    /// The logits, shape (m, classes).
    pub logits: Tensor,
    /// The filters by name.
    pub parameters: Parameters,
    /// The mean cost of each epoch.
    pub costs: Vec<f64>,
    /// The share of training pictures that are classified correctly.
    pub train_accuracy: f32,
    /// The share of test pictures that are classified correctly.
    pub test_accuracy: f32,
}

impl TrainedModel {
    /// The most likely class of each picture.
    pub fn predict<S: Data<Elem = f32>, D: Dimension>(&self, pictures: &ArrayBase<S, D>) -> Array1<usize> {
        let classes = self.evaluate(&argmax_of(self), pictures);
        classes.mapv(|class| class as usize).into_dimensionality::<Ix1>().expect("one class per picture")
    }

    /// The value of any tensor that depends on the pictures alone, such as a feature map.
    pub fn evaluate<S: Data<Elem = f32>, D: Dimension>(&self, t: &Tensor, pictures: &ArrayBase<S, D>) -> ArrayD<f32> {
        self.session.run(t, &[self.x.feed(pictures)])
    }
}

/// The prediction is part of the graph already, if the model asked for it; a graph grows with each call otherwise.
fn argmax_of(model: &TrainedModel) -> Tensor {
    let of_logits = |tensor: &Tensor| tensor.is_made_by::<ArgMax>() && tensor.inputs().contains(&model.logits);
    model.logits.graph().tensors().into_iter().find(of_logits).unwrap_or_else(|| argmax(&model.logits, 1))
}
